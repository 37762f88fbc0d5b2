"""The growth of groups since an accepted run: what the check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.answers import Outcome

from .healthy import AD_NAME, group_count
from .running import Case, all_of

if TYPE_CHECKING:
    from .running import Change
    from .world import World


def then(connector: str = AD_NAME, server: str = "new", **sizes: int) -> Change:
    rows = [{"Rdn": f"cn={name}", "DisplayName": name, "Count": count} for name, count in sizes.items()]

    def change(world: World) -> None:
        world["collector", "baseline_groups"] = {
            "run_id": "20261101T080000Z-nightly", "read_at": "2026-11-01T08:00:00+00:00",
            "sizes": {server: {connector: rows}},
        }  # fmt: skip

    return change


def now(name: str, count: int) -> Change:
    return lambda world: world["new", "group_statistics", AD_NAME].append(group_count(name, f"CN={name}", count))


def without_groups(world: World) -> None:
    world["new", "group_statistics", AD_NAME].clear()


CASES = [
    Case("LG-05v1", "no baseline", "not-applicable", "no accepted run was given", "promote"),
    Case("LG-05v1", "slow", "pass", "Campus grew most, by 1,000", "nightly", then(Campus=59_000, Staff=3)),
    Case("LG-05v1", "doubles", "fail", "Alumni went from 80,000 to 170,000 members since 2026-11-01 08:00Z", "promote",
         all_of(then(Campus=60_000, Alumni=80_000), now("Alumni", 170_000))),
    Case("LG-05v1", "just fits once more", "pass", "Alumni grew most, by 80,000", "soak",
         all_of(then(Campus=60_000, Alumni=90_000), now("Alumni", 170_000))),
    Case("LG-05v1", "new and large", "fail", "Alumni went from 0 to 130,000", "nightly",
         all_of(then(Campus=60_000), now("Alumni", 130_000))),
    Case("LG-05v1", "too large already", "pass", "Alumni grew most", "nightly",
         all_of(then(Campus=60_000), now("Alumni", 260_000))),
    Case("LG-05v1", "shrinks", "pass", "Staff grew most, by 0", "nightly", then(Campus=90_000, Staff=3)),
    Case("LG-05v1", "no groups", "pass", "there are no groups", "nightly", all_of(then(Campus=1), without_groups)),
    Case("LG-05v1", "of another server", "inconclusive", "knows no group sizes of contoso.com on new", "soak",
         then(server="standby", Campus=1)),
    Case("LG-05v1", "of another connector", "inconclusive", "knows no group sizes of contoso.com", "soak",
         then("fabrikam.com", Campus=1)),
    Case("LG-05v1", "unreadable", "error", "baseline_groups: failed", "soak",
         all_of(then(Campus=1), lambda world: world.refuse("collector", "baseline_groups", Outcome.FAILED))),
    Case("LG-05v1", "not read", "error", "group_statistics", "soak",
         all_of(then(Campus=1), lambda world: world.refuse("new", "group_statistics", subject=AD_NAME))),
]  # fmt: skip
