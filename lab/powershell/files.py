"""Provider paths of a sync server: its registry, the few files a reader asks for, its environment.

A path is resolved to an `Item`; what cannot be is None. Names are case-insensitive, as on Windows.
"""

from __future__ import annotations

import ntpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.powershell.clr import Int64, NetObject, Version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lab.world.server import SyncServer

_CORE = "Microsoft.PowerShell.Core"
_HIVES = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}
_HIVE_NAMES = {name.casefold(): drive for drive, name in _HIVES.items()}
_PROVIDER = re.compile(rf"(?:{re.escape(_CORE)}\\)?(Registry|FileSystem|Environment)::", re.IGNORECASE)
WIZARD = r"C:\Program Files\Microsoft Azure Active Directory Connect\AzureADConnect.exe"
"""The wizard's place [adsync §12]."""


@dataclass(frozen=True)
class Place:
    """Where a path points: provider, drive, and the path behind the drive."""

    provider: str
    drive: str
    path: str

    @property
    def full(self) -> str:
        """The path with its drive."""
        return f"{self.drive}:{self.path}" if self.provider == "Environment" else f"{self.drive}:\\{self.path}"

    @property
    def provider_path(self) -> str:
        """The path as the provider itself writes it: HKEY_LOCAL_MACHINE for a registry drive."""
        return f"{_HIVES[self.drive]}\\{self.path}" if self.provider == "Registry" else self.full


def place(path: str) -> Place | None:
    """Read a path; None where its drive or hive does not exist."""
    text = path.replace("/", "\\")
    match = _PROVIDER.match(text)
    if match and match.group(1).lower() == "registry":
        hive, _, rest = text[match.end() :].strip("\\").partition("\\")
        drive = _HIVE_NAMES.get(hive.casefold())
        return Place("Registry", drive, rest) if drive else None
    if match:
        text = text[match.end() :]
    drive, colon, rest = text.partition(":")
    if not colon:
        return Place("FileSystem", "C", f"Users\\Public\\{text.strip(chr(92))}")
    if drive.upper() in _HIVES:
        return Place("Registry", drive.upper(), rest.strip("\\"))
    if drive.casefold() == "env":
        return Place("Environment", "Env", rest.strip("\\"))
    return Place("FileSystem", drive.upper(), rest.strip("\\")) if drive.upper() == "C" else None


def registry_values(server: SyncServer, at: Place) -> Mapping[str, object] | None:
    """Values of a registry key; empty for a key that only has keys below it, None where there is no such key."""
    wanted = at.full.casefold()
    for key, values in server.registry.items():
        if key.casefold() == wanted:
            return values
    below = wanted.rstrip("\\") + "\\"
    return {} if any(key.casefold().startswith(below) for key in server.registry) else None


def environment(server: SyncServer) -> dict[str, str]:
    """Environment variables of a session on the server."""
    return {
        "COMPUTERNAME": server.computer_name,
        "OS": "Windows_NT",
        "PROCESSOR_ARCHITECTURE": "AMD64",
        "ProgramFiles": r"C:\Program Files",
        "SystemRoot": r"C:\Windows",
    }


def binaries(server: SyncServer) -> dict[str, str]:
    """Executables on the server that carry a product version: full path to description."""
    folder = server.install_path.rstrip("\\") + "\\Bin\\"
    return {
        f"{folder}miiserver.exe": "Microsoft Azure AD Sync service",
        f"{folder}csexport.exe": "Connector space export tool",
        WIZARD: "Microsoft Azure AD Connect",
    }


def engine_configuration_path(server: SyncServer) -> str:
    """Give the path of miiserver.exe.config, the one text file of a server that the lab knows."""
    return server.install_path.rstrip("\\") + r"\Bin\miiserver.exe.config"


def engine_configuration(server: SyncServer) -> bytes:
    """Give the text of miiserver.exe.config: the build's own, and what somebody added, or put in its place."""
    if server.engine_configuration_replaced is not None:
        return server.engine_configuration_replaced.encode()
    own = f"<configuration><!-- {server.product_version} --></configuration>\r\n"
    return (own + server.engine_configuration).encode()


def write_engine_configuration(server: SyncServer, text: str) -> None:
    """Put another text into miiserver.exe.config; the build's own text is no change."""
    server.engine_configuration, server.engine_configuration_replaced = "", None
    if engine_configuration(server) != text.encode():
        server.engine_configuration_replaced = text


def provider_notes(at: Place, *, container: bool | None) -> dict[str, object]:
    """Give the note properties that a provider adds to what it hands out."""
    parent, _, child = at.provider_path.rpartition("\\")
    notes: dict[str, object] = {
        "PSPath": f"{_CORE}\\{at.provider}::{at.provider_path}",
        "PSParentPath": f"{_CORE}\\{at.provider}::{parent}",
        "PSChildName": child,
        "PSDrive": NetObject(("System.Management.Automation.PSDriveInfo", "System.Object"), text=at.drive),
        "PSProvider": NetObject(
            ("System.Management.Automation.ProviderInfo", "System.Object"),
            text=f"{_CORE}\\{at.provider}",
        ),
    }
    if container is not None:
        notes["PSIsContainer"] = container
    return notes


def version_info(path: str, description: str, version: str) -> NetObject:
    """Build the FileVersionInfo of an executable."""
    parts = [int(part) for part in version.split(".")]
    numbers = dict(zip(("Major", "Minor", "Build", "Private"), (*parts, 0, 0, 0, 0), strict=False))
    name = ntpath.basename(path)
    parsed = Version((*parts, 0, 0, 0, 0)[:4])
    return NetObject(
        ("System.Diagnostics.FileVersionInfo", "System.Object"),
        {
            "Comments": "",
            "CompanyName": "Microsoft Corporation",
            "FileBuildPart": numbers["Build"],
            "FileDescription": description,
            "FileMajorPart": numbers["Major"],
            "FileMinorPart": numbers["Minor"],
            "FileName": path,
            "FilePrivatePart": numbers["Private"],
            "FileVersion": version,
            "InternalName": name,
            "IsDebug": False,
            "IsPatched": False,
            "IsPrivateBuild": False,
            "IsPreRelease": False,
            "IsSpecialBuild": False,
            "Language": "English (United States)",
            "LegalCopyright": "",
            "LegalTrademarks": "",
            "OriginalFilename": name,
            "PrivateBuild": "",
            "ProductBuildPart": numbers["Build"],
            "ProductMajorPart": numbers["Major"],
            "ProductMinorPart": numbers["Minor"],
            "ProductName": "Microsoft® Azure® AD Connect",
            "ProductPrivatePart": numbers["Private"],
            "ProductVersion": version,
            "SpecialBuild": "",
        },
        notes={"FileVersionRaw": parsed, "ProductVersionRaw": parsed},
        text=f"File:             {path}\r\nFileVersion:      {version}\r\nProductVersion:   {version}\r\n",
    )


def _file(server: SyncServer, at: Place, moment: datetime) -> NetObject | None:
    for path, description in binaries(server).items():
        if path.casefold() == at.full.casefold():
            name = ntpath.basename(path)
            return NetObject(
                ("System.IO.FileInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"),
                {
                    "Name": name,
                    "Length": Int64(2_097_152),
                    "DirectoryName": ntpath.dirname(path),
                    "IsReadOnly": False,
                    "Exists": True,
                    "FullName": path,
                    "Extension": ntpath.splitext(name)[1],
                    "CreationTime": moment,
                    "LastWriteTime": moment,
                },
                notes={
                    **provider_notes(at, container=False),
                    "Mode": "-a----",
                    "VersionInfo": version_info(path, description, server.product_version),
                    "BaseName": ntpath.splitext(name)[0],
                },
                text=path,
            )
    return None


def _text_file(server: SyncServer, at: Place, moment: datetime) -> NetObject:
    path = engine_configuration_path(server)
    return NetObject(
        ("System.IO.FileInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"),
        {
            "Name": ntpath.basename(path),
            "Length": Int64(len(engine_configuration(server))),
            "DirectoryName": ntpath.dirname(path),
            "IsReadOnly": False,
            "Exists": True,
            "FullName": path,
            "LastWriteTime": moment,
        },
        notes={**provider_notes(at, container=False), "Mode": "-a----"},
        text=path,
    )


def _key(server: SyncServer, at: Place) -> NetObject | None:
    values = registry_values(server, at)
    if values is None:
        return None
    return NetObject(
        ("Microsoft.Win32.RegistryKey", "System.MarshalByRefObject", "System.Object"),
        {"SubKeyCount": 0, "View": "Default", "ValueCount": len(values), "Name": at.provider_path},
        notes={"Property": list(values), **provider_notes(at, container=True)},
        text=at.provider_path,
    )


def _variable(server: SyncServer, at: Place) -> NetObject | None:
    for name, value in environment(server).items():
        if name.casefold() == at.path.casefold():
            return NetObject(
                ("System.Collections.DictionaryEntry", "System.ValueType", "System.Object"),
                {"Key": name, "Value": value},
                notes={**provider_notes(at, container=False), "Name": name},
            )
    return None


def item(server: SyncServer, at: Place, moment: datetime) -> NetObject | None:
    """Give what Get-Item gives; `moment` stands for the file times, which nobody judges."""
    if at.provider == "Registry":
        return _key(server, at)
    if at.full.casefold() == engine_configuration_path(server).casefold():
        return _text_file(server, at, moment)
    return _variable(server, at) if at.provider == "Environment" else _file(server, at, moment)


def item_property(server: SyncServer, at: Place, moment: datetime) -> NetObject | None:
    """Give what Get-ItemProperty gives: for a registry key its values as note properties."""
    if at.provider == "Registry":
        values = registry_values(server, at)
        return None if values is None else NetObject.custom({**values, **provider_notes(at, container=None)})
    return item(server, at, moment)
