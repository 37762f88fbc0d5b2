"""Connector space objects as XML text, made fast: 250,000 references in well under a second and a half.

The shape is the one csexport writes [entra_docs §1.4]: what Entra ID or Active Directory holds stands in
`synchronized-hologram`, the pending change in `unapplied-export`, and the object as it will be after it in
`unapplied-export-hologram`. On the Entra connector a reference is its `dn`; on the AD connector an `anchor`
(objectGUID in base64) stands beside it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from lab.world.forest import anchor_of, entra_dn_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.world.forest import Forest
    from lab.world.keys import KeySet
    from lab.world.model import CsAttribute
    from lab.world.space import AdExport, EntraGroup, Operation

_BINARY = "binary"
_ROOT_OPEN, _ROOT_CLOSE = "<cs-objects>", "</cs-objects>"


@lru_cache(maxsize=8)
def _entra_values(members: KeySet, operation: str) -> str:
    mark = f' operation="{operation}"' if operation else ""
    open_, close = f"<dn-value{mark}><dn>", "</dn></dn-value>"
    return open_ + f"{close}{open_}".join(map(entra_dn_of, members)) + close if members else ""


def _entra_member(members: KeySet) -> str:
    return f'<dn-attr name="member" multivalued="true">{_entra_values(members, "")}</dn-attr>' if members else ""


def ad_member(forest: Forest, members: KeySet) -> str:
    """The `member` attribute of a group on the AD connector."""
    if not members:
        return ""
    values = "".join(
        f'<dn-value><dn>{escape(forest.object(key).dn)}</dn><anchor encoding="base64">{anchor_of(key)}</anchor>'
        "</dn-value>"
        for key in members
    )
    return f'<dn-attr name="member" multivalued="true">{values}</dn-attr>'


def attributes_xml(attributes: Iterable[CsAttribute]) -> str:
    """The value attributes of an entry; references are written apart."""
    parts: list[str] = []
    for attribute in attributes:
        if attribute.type == "reference":
            continue
        encoding = ' encoding="base64"' if attribute.type == _BINARY else ""
        values = "".join(f"<value{encoding}>{escape(value)}</value>" for value in attribute.values)
        parts.append(
            f'<attr name="{attribute.name}" type="{attribute.type}" '
            f'multivalued="{str(attribute.is_multi_valued).lower()}">{values}</attr>',
        )
    return "".join(parts)


def entry(dn: str, object_type: str, anchor: str, content: str) -> str:
    """An object in full."""
    mark = f'<anchor encoding="base64">{anchor}</anchor>' if anchor else ""
    return (
        f"<entry dn={quoteattr(dn)}>{mark}<primary-objectclass>{object_type}</primary-objectclass>"
        f"<objectclass><oc-value>{object_type}</oc-value></objectclass>{content}</entry>"
    )


def cs_object(identifier: str, dn: str, object_type: str, head: dict[str, str], sections: str) -> str:
    """The whole document."""
    told = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in head.items() if value)
    return (
        f'{_ROOT_OPEN}<cs-object cs-dn={quoteattr(dn)} id="{{{identifier.upper()}}}" object-type="{object_type}">'
        f"{told}{sections}</cs-object>{_ROOT_CLOSE}"
    )


def inner(document: str) -> str:
    """The one object of a document that `cs_object` made, without the root around it."""
    return document.removeprefix(_ROOT_OPEN).removesuffix(_ROOT_CLOSE)


def ad_export(dn: str, export: AdExport) -> str:
    """What waits to be written back to Active Directory for one object."""
    content = _changed(export.attribute, "") if export.attribute else ""
    delta = f"<delta operation={quoteattr(export.operation)} dn={quoteattr(dn)}>{content}</delta>"
    return f"<unapplied-export>{delta}</unapplied-export>"


def entra_sections(
    dn: str,
    object_type: str,
    operation: Operation,
    values: str,
    group: EntraGroup | None,
    *,
    holograms: bool,
    changed: str = "",
) -> str:
    """What is held and what is pending, of an object on the Entra connector."""
    sections = ""
    if operation != "add":
        held = _entra_member(group.imported) if group and group.imported is not None else ""
        sections += f"<synchronized-hologram>{entry(dn, object_type, '', values + held)}</synchronized-hologram>"
    if operation == "none":
        return sections
    sections += (
        f"<unapplied-export>{_delta(dn, object_type, operation, values, group, changed=changed)}</unapplied-export>"
    )
    if operation != "delete" and holograms:
        planned = _entra_member(group.hologram) if group else ""
        planned_entry = entry(dn, object_type, "", values + planned)
        sections += f"<unapplied-export-hologram>{planned_entry}</unapplied-export-hologram>"
    return sections


def _changed(attribute: str, before: str) -> str:
    """One value taken away and another put in its place."""
    gone = f'<value operation="delete">{escape(before)}</value>' if before else ""
    return f'<attr name={quoteattr(attribute)} operation="update">{gone}<value operation="add">changed</value></attr>'


def _delta(
    dn: str, object_type: str, operation: Operation, values: str, group: EntraGroup | None, *, changed: str
) -> str:
    opened = f'<delta operation="{operation}" dn={quoteattr(dn)}>'
    if operation == "delete":
        return f"{opened}</delta>"
    content = ""
    if operation == "add":
        content += f"<primary-objectclass>{object_type}</primary-objectclass>{values}"
    if operation == "update" and group is None:
        content += _changed(changed, "before")
    if group is not None and (group.pending_adds or group.pending_deletes):
        references = _entra_values(group.pending_adds, "add") + _entra_values(group.pending_deletes, "delete")
        content += f'<dn-attr name="member" operation="{operation}" multivalued="true">{references}</dn-attr>'
    return f"{opened}{content}</delta>"
