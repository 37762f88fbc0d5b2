"""Passwords in both directions: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.answers import Outcome

from .healthy import ENTRA_NAME, ago, event, runs
from .running import Case, all_of

if TYPE_CHECKING:
    from .running import Change
    from .world import World


def parameter(name: str, value: str) -> Change:
    def change(world: World) -> None:
        for server in ("old", "new"):
            for record in world[server, "global_parameters"]:
                if record["Name"] == f"Microsoft.OptionalFeature.{name}":
                    record["Value"] = value

    return change


def answer(read: str, *rows: object, subject: str = "") -> Change:
    return lambda world: world.__setitem__(("new", read, subject), list(rows))


def without_a_parameter(world: World) -> None:
    world["new", "global_parameters"][:] = [
        record for record in world["new", "global_parameters"] if not record["Name"].endswith("PasswordHashSync")
    ]


def just_switched(world: World) -> None:
    world["new", "runs"] = runs((16, 46))


CONFIGURED = parameter("PasswordWriteback", "True")
STARTED = all_of(
    CONFIGURED, answer("password_writeback", {"Connector": ENTRA_NAME, "Enabled": True}, subject=ENTRA_NAME)
)
OPEN = answer("events_password_writeback", event(31042, "connected", provider="PasswordResetService"))
SILENT = answer("events_password_hashes")

CASES = [
    Case("PW-01v1", "not configured", "not-applicable", "is not configured", "switched"),
    Case("PW-01v1", "open", "pass", "its channel was open at 2026-11-20 07:00Z", "switched", all_of(STARTED, OPEN)),
    Case("PW-01v1", "stolen", "inconclusive", "no event 31042", "soak", STARTED),
    Case("PW-01v1", "stopped", "fail", "its service is not started", "nightly", CONFIGURED),
    Case("PW-01v1", "started but off", "fail", "its service is not started", "soak",
         all_of(STARTED, answer("password_writeback", {"Connector": ENTRA_NAME, "Enabled": False}, subject=ENTRA_NAME),
                OPEN)),
    Case("PW-01v1", "service denied", "error", "password_writeback", "soak",
         all_of(CONFIGURED, lambda world: world.refuse("new", "password_writeback"))),
    Case("PW-01v1", "log denied", "error", "events_password_writeback", "soak",
         all_of(STARTED, lambda world: world.refuse("new", "events_password_writeback", Outcome.DENIED))),
    Case("PW-02v1", "alive", "pass", "came at 2026-11-20 07:35Z", "soak"),
    Case("PW-02v1", "not configured", "not-applicable", "is not configured", "soak",
         parameter("PasswordHashSync", "False")),
    Case("PW-02v1", "silent", "fail", "the log shows no sign of life", "soak", SILENT),
    Case("PW-02v1", "hours ago", "fail", "came at 2026-11-20 04:00Z", "nightly",
         answer("events_password_hashes", event(656, "request", 240))),
    Case("PW-02v1", "just switched", "inconclusive", "was not seen active for 3:00:00", "switched",
         all_of(SILENT, just_switched)),
    Case("PW-02v1", "a young log", "inconclusive", "the log begins at 2026-11-20 07:00Z only", "soak",
         all_of(SILENT, lambda world: world["new", "events_oldest"].update(TimeCreated=ago(hours=1)))),
    Case("PW-02v1", "a cleared log", "inconclusive", "the log is empty", "soak",
         all_of(SILENT, lambda world: world.__setitem__(("new", "events_oldest", ""), None))),
    Case("PW-02v1", "denied", "error", "events_password_hashes", "soak",
         lambda world: world.refuse("new", "events_password_hashes")),
]  # fmt: skip
