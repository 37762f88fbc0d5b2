"""The lab's csexport file: it lists what the connector statistics count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from lab.world.csexport import pending_exports_xml
from lab.world.faults import FAULTS

from .helpers import fault, pending, step, there

if TYPE_CHECKING:
    from pathlib import Path

    from lab.world.server import SyncServer
    from lab.world.world import World


def operations(text: str) -> Counter[str]:
    root = ET.fromstring(text)
    return Counter(delta.get("operation", "") for delta in root.iterfind("cs-object/unapplied-export/delta"))


def test_the_file_lists_what_the_statistics_count(world: World, new: SyncServer) -> None:
    fault(world, "deletes-3")
    fault(world, "attribute-rewritten", count=7)
    counted = pending(new)

    found = operations(pending_exports_xml(new, new.entra_connector.name))

    assert (found["add"], found["update"], found["delete"]) == (
        counted.export_adds, counted.export_updates, counted.export_deletes
    )  # fmt: skip
    assert found["delete"] == 3


def test_an_attribute_change_names_the_attribute(world: World, new: SyncServer) -> None:
    fault(world, "source-anchor-changes", count=1)

    assert (
        pending_exports_xml(new, new.entra_connector.name).count('<attr name="sourceAnchor" operation="update">') == 1
    )


def test_what_waits_for_active_directory_is_listed_and_counted(world: World, new: SyncServer) -> None:
    fault(world, "writeback-pending", operation="update", count=4)

    assert operations(pending_exports_xml(new, new.ad_connector.name)) == {"update": 4}
    assert new.connector_statistics(new.ad_connector.name).export_updates == 4


def test_an_export_to_active_directory_leaves_nothing_waiting(world: World, new: SyncServer) -> None:
    fault(world, "writeback-pending")
    step(world, "run-profile", server="new", connector=new.ad_connector.name, profile="Export")

    assert new.connector_statistics(new.ad_connector.name).export_deletes == 0


def test_members_that_leave_a_group_stand_in_its_delta(world: World, new: SyncServer) -> None:
    fault(world, "group-loses-members", group="Helpdesk", count=2)

    assert pending_exports_xml(new, new.entra_connector.name).count('<dn-value operation="delete">') == 2


def test_the_step_writes_the_file(world: World, new: SyncServer, tmp_path: Path) -> None:
    path = tmp_path / "entra.xml"
    step(world, "csexport", server="new", connector=new.entra_connector.name, path=str(path))

    assert path.read_text(encoding="utf-8").startswith("<cs-objects>")


@pytest.mark.parametrize("name", ["attribute-rewritten", "source-anchor-changes", "writeback-pending"])
def test_a_fault_of_pending_exports_can_be_taken_back(world: World, new: SyncServer, name: str) -> None:
    before = pending(new), new.connector_statistics(new.ad_connector.name)
    undo = there(FAULTS[name].apply(world, {}))
    undo()

    assert (pending(new), new.connector_statistics(new.ad_connector.name)) == before
