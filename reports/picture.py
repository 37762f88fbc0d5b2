"""The picture of the pair: where each server and the tenant stand, and who exports.

Places and words only; the template draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOX_WIDTH = 300
BOX_HEIGHT = 172
GAP = 72
TENANT_HEIGHT = 70
ARROW = 84
MARGIN = 8
LONGEST = 30
"""Characters of a name that fit into a box."""

_EXPORTS = {
    "active": ("active", "exports to Entra"),
    "staging": ("staging", "does not export"),
    "unknown": ("role not read", "exports not known"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One server."""

    x: int
    centre: int
    purpose: str
    name: str
    host: str
    role: str
    role_word: str
    export_word: str
    lines: tuple[tuple[str, str], ...]
    """Label and value, top to bottom."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole drawing."""

    width: int
    height: int
    tenant_x: int
    tenant_width: int
    tenant_height: int
    box_top: int
    box_width: int
    box_height: int
    tenant: str
    tenant_id: str
    boxes: tuple[Box, ...]
    summary: str
    """What the picture shows, in one sentence, for those who do not see it."""


def picture(servers: Sequence[Mapping[str, Any]], tenant: Mapping[str, Any]) -> Picture:
    """Lay out the servers side by side, in the order given, below their tenant."""
    width = 2 * MARGIN + len(servers) * BOX_WIDTH + max(0, len(servers) - 1) * GAP
    boxes = tuple(_box(server, MARGIN + place * (BOX_WIDTH + GAP)) for place, server in enumerate(servers))
    top = TENANT_HEIGHT + ARROW + MARGIN
    return Picture(
        width=width,
        height=top + BOX_HEIGHT + MARGIN,
        tenant_x=MARGIN,
        tenant_width=width - 2 * MARGIN,
        tenant_height=TENANT_HEIGHT,
        box_top=top,
        box_width=BOX_WIDTH,
        box_height=BOX_HEIGHT,
        tenant=_short(tenant.get("name") or "tenant not read", 2 * LONGEST),
        tenant_id=tenant["id"],
        boxes=boxes,
        summary="; ".join(f"the {box.purpose} server {box.name}: {box.role_word}, {box.export_word}" for box in boxes),
    )


def _box(server: Mapping[str, Any], x: int) -> Box:
    role_word, export_word = _EXPORTS[server["role"]]
    versions = (server["import_api"], server["export_api"])
    endpoint = f"import {_known(versions[0])}, export {_known(versions[1])}" if any(versions) else _known(None)
    scheduler = {True: "on", False: "off"}.get(server["scheduler"], "not read")
    return Box(
        x=x,
        centre=x + BOX_WIDTH // 2,
        purpose=server["purpose"],
        name=_short(server["computer_name"], LONGEST),
        host=_short(server["target"], LONGEST + 6),
        role=server["role"],
        role_word=role_word,
        export_word=export_word,
        lines=(
            ("Connect", _short(_known(server["version"]), LONGEST)),
            ("Endpoint", endpoint),
            ("Scheduler", scheduler),
        ),
    )


def _known(value: object) -> str:
    return "not read" if value is None else str(value)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
