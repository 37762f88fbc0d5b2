"""What only the active server does besides its cycles: password hashes to Entra ID, and passwords back [adsync §7]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.events import RESET_SERVICE, TRACER

if TYPE_CHECKING:
    from lab.world.server import SyncServer

WRITEBACK = "Microsoft.OptionalFeature.PasswordWriteback"
ALIVE = frozenset({654, 656, 657})
"""Events of password hash synchronisation."""


def writeback_configured(server: SyncServer) -> bool:
    """Whether the wizard switched password writeback on."""
    return server.parameters[WRITEBACK] == "True"


def writeback_service(server: SyncServer) -> str:
    """Stopped or Started: a staging server does not run it."""
    runs = writeback_configured(server) and not server.scheduler.staging_mode_enabled
    return server.writeback_service or ("Started" if runs else "Stopped")


def show_life(server: SyncServer) -> None:
    """Write what the active server's log shows after every cycle."""
    if not server.password_hashes_stopped:
        server.log_event(TRACER, 654, f"Provision credentials ping end. TrackingID: {server.instance_id}")
    if writeback_service(server) == "Started" and not server.writeback_channel_lost:
        server.log_event(RESET_SERVICE, 31042, "The password reset service is connected to the service bus.")
