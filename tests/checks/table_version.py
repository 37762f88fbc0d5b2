"""Versions: what each check says to which change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .running import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World


def build(server: str, version: str, **local: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        world[server, "product_version"]["ProductVersion"] = version
        if local:
            world.environment["versions"] = [{"version": version, "source": "our own tests", **local}]

    return change


def in_2021(server: str, version: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        build(server, version)(world)
        world.now = datetime(2021, 9, 1, tzinfo=UTC)

    return change


def soon(server: str, version: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        build(server, version)(world)
        world.now = datetime(2026, 10, 10, tzinfo=UTC)

    return change


def in_cloud(version: str, cloud: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        build("old", version)(world)
        world.now = datetime(2025, 6, 1, tzinfo=UTC)
        world.environment["tenant"]["cloud"] = cloud

    return change


CASES = [
    Case("VE-01v1", "newest", "pass", "2.6.92.0 is supported", "deployed"),
    Case("VE-01v1", "supported", "pass", "2.6.3.0 is supported until 2027-07-07", "promote", build("new", "2.6.3.0")),
    Case("VE-01v1", "below the floor", "fail", "2.5.76.0 is below 2.5.79.0", "deployed", build("new", "2.5.76.0")),
    Case("VE-01v1", "recalled", "fail", "2.6.79.0 was recalled", "deployed", build("new", "2.6.79.0")),
    Case("VE-01v1", "recalled and approved", "fail", "was recalled", "deployed", build("new", "2.6.79.0",
         approved=True)),
    Case("VE-01v1", "out of support", "fail", "2.5.79.0 is out of support since 2026-10-23", "deployed",
         build("new", "2.5.79.0")),
    Case("VE-01v1", "approved", "pass", "approved by our own tests", "deployed", build("new", "2.5.79.0",
         approved=True)),
    Case("VE-01v1", "unknown", "inconclusive", "2.7.1.0 is not in the version table", "deployed", build("new",
         "2.7.1.0")),
    Case("VE-01v1", "a local row", "pass", "2.7.1.0 is supported", "deployed",
         build("new", "2.7.1.0", released="2026-11-10T00:00:00Z")),
    Case("VE-01v1", "a local row says recalled", "fail", "was recalled", "deployed", build("new", "2.7.1.0",
         recalled=True)),
    Case("VE-01v1", "1.x today", "fail", "does not synchronize any more", "deployed", build("new", "1.6.4.0")),
    Case("VE-01v1", "2.0 in 2021", "pass", "2.0.3.0 is supported", "deployed", in_2021("new", "2.0.3.0")),
    Case("VE-01v1", "1.6 in 2021", "pass", "1.6.4.0 is supported until 2022-08-31", "deployed", in_2021("new",
         "1.6.4.0")),
    Case("VE-01v1", "today's build in 2021", "inconclusive", "after the day judged", "deployed", in_2021("new",
         "2.6.92.0")),
    Case("VE-02v1", "able", "pass", "above the wizard's floor", "promote"),
    Case("VE-02v1", "below the hard floor", "fail", "below", "promote", build("old", "2.4.131.0")),
    Case("VE-02v1", "below the wizard's floor", "fail", "staging mode cannot be configured", "promote",
         build("old", "2.3.20.0")),
    Case("VE-02v1", "commercial", "pass", "above", "promote", in_cloud("2.4.18.0", "commercial")),
    Case("VE-02v1", "another cloud", "fail", "2.4.18.0 is below 2.4.21.0", "promote", in_cloud("2.4.18.0",
         "us-gov-l4")),
    Case("VE-02v1", "recorded", "not-applicable", "its build is recorded", "promote", build("old", "2.3.20.0"),
         plan={"old_exit": "stopped"}),
    Case("VE-02v1", "2021", "pass", "above the wizard's floor", "prepare", in_2021("old", "1.6.4.0")),
    Case("VE-03v1", "one build", "pass", "both are 2.6.92.0", "deployed"),
    Case("VE-03v1", "half upgraded", "fail", "the program is 2.6.91.0, its configuration 2.6.92.0", "deployed",
         build("new", "2.6.91.0")),
    Case("VE-04v1", "repaired", "pass", "no advisory of the table names 2.6.92.0", "promote", server="new"),
    Case("VE-04v1", "open", "fail", "CVE-2026-65673", "promote", build("new", "2.6.3.0"), "new"),
    Case("VE-04v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         {"old_exit": "isolated"}),
    Case("VE-05v1", "newest", "pass", "2.6.92.0 is the newest build", "deployed", soon("new", "2.6.92.0")),
    Case("VE-05v1", "the table is old", "inconclusive", "checked on 2026-10-06", "deployed"),
    Case("VE-05v1", "older", "fail", "2.6.84.0 is installed, 2.6.92.0 is out", "deployed", build("new", "2.6.84.0")),
    Case("VE-05v1", "in 2021", "fail", "2.0.10.0 is out", "deployed", in_2021("new", "2.0.3.0")),
    Case("VE-06v1", "equal", "pass", "new has 2.6.92.0, old has 2.6.92.0", "promote"),
    Case("VE-06v1", "older", "fail", "new has 2.6.84.0", "promote", build("new", "2.6.84.0")),
    Case("VE-06v1", "isolated", "not-applicable", "isolated", "finish", lambda world: world.silence("old"),
         plan={"old_exit": "isolated"}),
]  # fmt: skip
