"""Bodies that describe a shell, a command or the service itself [recordings in psrp §2]."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from lab.wsman.uris import CONFIG, SHELL

if TYPE_CHECKING:
    from lab.wsman.commands import RunningCommand
    from lab.wsman.quotas import Quotas
    from lab.wsman.shells import Shell

_UNLIMITED = 4_294_967_295
_ANY_NUMBER = 2_147_483_647

_Tree = dict[str, "str | int | _Tree"]


def shell_document(shell: Shell, *, usage: bool = False) -> str:
    """rsp:Shell; with `usage` also what Get and Enumerate add."""
    seconds = time.monotonic() - shell.created
    inactive = time.monotonic() - shell.touched
    fields = {
        "ShellId": shell.shell_id,
        "ResourceUri": shell.resource_uri,
        "Owner": shell.owner,
        "ClientIP": shell.client_ip,
        "ProcessId": str(4000 + int(shell.shell_id[:4], 16)),
        "IdleTimeOut": f"PT{shell.idle_timeout:.3f}S",
        "InputStreams": shell.input_streams,
        "OutputStreams": shell.output_streams,
        "MaxIdleTimeOut": "PT2147483.647S",
        "Locale": shell.locale,
        "DataLocale": shell.data_locale,
        "CompressionMode": "NoCompression",
        "ProfileLoaded": "Yes",
        "Encoding": "UTF8",
        "BufferMode": "Block",
        "State": shell.state,
        "ShellRunTime": _days(seconds),
        "ShellInactivity": _days(inactive),
    }
    if usage:
        fields |= {"MemoryUsed": "58MB", "ChildProcesses": "0"}
    content = "".join(f"<rsp:{name}>{escape(value)}</rsp:{name}>" for name, value in fields.items())
    return f'<rsp:Shell xmlns:rsp="{SHELL}">{content}</rsp:Shell>'


def created_document(shell: Shell, to: str) -> str:
    """Body of a CreateResponse."""
    return (
        f"<x:ResourceCreated><a:Address>{escape(to)}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{escape(shell.resource_uri)}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell.shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        f"</x:ResourceCreated>{shell_document(shell)}"
    )


def enumeration_document(items: list[str]) -> str:
    """Body of an EnumerateResponse that holds everything."""
    content = f"<w:Items>{''.join(items)}</w:Items>" if items else ""
    return (
        f"<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext>{content}<w:EndOfSequence/>"
        "</n:EnumerateResponse>"
    )


def command_document(command: RunningCommand) -> str:
    """rsp:Command of an enumeration."""
    state = "Done" if command.channel.exhausted else "Running"
    return (
        f'<rsp:Command xmlns:rsp="{SHELL}"><rsp:CommandId>{command.id}</rsp:CommandId>'
        f"<rsp:CommandLine></rsp:CommandLine><rsp:CommandState>{state}</rsp:CommandState></rsp:Command>"
    )


def config_document(quotas: Quotas, cbt_hardening_level: str) -> str:
    """cfg:Config: everything `winrm get winrm/config` shows [recordings]."""
    tree: _Tree = {
        "MaxEnvelopeSizekb": quotas.max_envelope_kb,
        "MaxTimeoutms": 60_000,
        "MaxBatchItems": 32_000,
        "MaxProviderRequests": _UNLIMITED,
        "Client": {
            "NetworkDelayms": 5_000,
            "URLPrefix": "wsman",
            "AllowUnencrypted": "false",
            "Auth": {
                "Basic": "true",
                "Digest": "true",
                "Kerberos": "true",
                "Negotiate": "true",
                "Certificate": "true",
                "CredSSP": "false",
            },
            "DefaultPorts": {"HTTP": 5985, "HTTPS": 5986},
            "TrustedHosts": "",
        },
        "Service": {
            "RootSDDL": "O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)",
            "MaxConcurrentOperations": _UNLIMITED,
            "MaxConcurrentOperationsPerUser": 1_500,
            "EnumerationTimeoutms": 240_000,
            "MaxConnections": 300,
            "MaxPacketRetrievalTimeSeconds": 120,
            "AllowUnencrypted": "false",
            "Auth": {
                "Basic": "true",
                "Kerberos": "true",
                "Negotiate": "true",
                "Certificate": "false",
                "CredSSP": "false",
                "CbtHardeningLevel": cbt_hardening_level,
            },
            "DefaultPorts": {"HTTP": 5985, "HTTPS": 5986},
            "IPv4Filter": "*",
            "IPv6Filter": "*",
            "EnableCompatibilityHttpListener": "false",
            "EnableCompatibilityHttpsListener": "false",
            "CertificateThumbprint": "",
            "AllowRemoteAccess": "true",
        },
        "Winrs": {
            "AllowRemoteShellAccess": "true",
            "IdleTimeout": int(quotas.idle_timeout * 1_000),
            "MaxConcurrentUsers": _ANY_NUMBER,
            "MaxShellRunTime": _ANY_NUMBER,
            "MaxProcessesPerShell": _ANY_NUMBER,
            "MaxMemoryPerShellMB": _ANY_NUMBER,
            "MaxShellsPerUser": quotas.shells_per_user,
        },
    }
    return f'<cfg:Config xmlns:cfg="{CONFIG}">{_config(tree)}</cfg:Config>'


def _config(tree: _Tree) -> str:
    return "".join(
        f"<cfg:{name}>{_config(value) if isinstance(value, dict) else value}</cfg:{name}>"
        for name, value in tree.items()
    )


def _days(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"P{day}DT{hour}H{minute}M{second}S"
