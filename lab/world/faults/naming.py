"""Names that mean something to whoever shows them: to a directory they are names like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.faults.catalogue import FAULTS, group_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.table import Arguments
    from lab.world.world import World

IMAGE = '<img src=x onerror="document.title=1">'
SCRIPT = "</script><script>document.title=2</script>"
TURNED = "Field \u202egnp.exe"
"""After the mark the text runs from right to left."""
ENDLESS = "Contractors " + "x" * 240
"""Nearly as long as a display name may be, without a place to break it."""
TENANT = "<svg onload=document.title=3> & Contoso"


@FAULTS.add("names-like-markup")
def _names_like_markup(world: World, _: Arguments) -> Callable[[], None]:
    """No fault: large groups and the tenant have names that are markup, run backwards, or never end."""
    renamed = (("All Staff", IMAGE), ("Students", SCRIPT), ("Field", TURNED), ("Contractors", ENDLESS))
    groups = [(group_named(world, before), before, after) for before, after in renamed]
    for group, _before, after in groups:
        group.display_name = after
    tenant = world.tenant.display_name
    world.tenant.display_name = TENANT

    def undo() -> None:
        for group, before, _after in groups:
            group.display_name = before
        world.tenant.display_name = tenant

    return undo
