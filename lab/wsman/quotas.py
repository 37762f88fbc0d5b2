"""Host-side limits of WinRM that a client can run into [psrp §4, §5]."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quotas:
    """Defaults of Windows Server 2016 and later.

    Attributes:
        shells_per_user: MaxShellsPerUser.
        commands_per_shell: MaxConcurrentCommandsPerShell; a command counts until Signal Terminate.
        idle_timeout: Seconds a shell lives without a request when the client asks for nothing else.
        minimum_idle_timeout: Seconds; less is raised to it.
        max_envelope_kb: MaxEnvelopeSizekb of the service.

    """

    shells_per_user: int = 30
    commands_per_shell: int = 1000
    idle_timeout: float = 7200.0
    minimum_idle_timeout: float = 60.0
    max_envelope_kb: int = 500
