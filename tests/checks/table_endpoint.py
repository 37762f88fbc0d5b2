"""Endpoint versions: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .running import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World


def api(server: str, export_type: int | None = None, **values: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        names = {"imports": "AadConnectorImportApiVersion", "exports": "AadConnectorExportApiVersion"}
        world[server, "adsync_parameters"].update({names[name]: value for name, value in values.items()})
        if export_type is not None:
            world[server, "connectors"][1]["ExtensionConfiguration"]["ExportType"] = export_type

    return change


def getter(**values: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        for direction, value in values.items():
            world["new", f"{direction}_api_version"] = value

    return change


def absent_on(build: str, export_type: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        api("new", export_type, imports=None, exports=None)(world)
        world["new", "product_version"]["ProductVersion"] = build
        world.environment["endpoint"] = {"api_version": 2 if export_type == 5 else 1}
        if export_type == 2:
            world.environment["endpoint"]["member_limit"] = 50_000

    return change


MISMATCH = {"mismatch": "Version mismatch in Registry and AAD Connector."}
ISOLATED = {"old_exit": "isolated"}

CASES = [
    Case("EP-01v1", "V2", "pass", "import 2, export 2, ExportType 5: V2 on both", "deployed"),
    Case("EP-01v1", "only import", "fail", "mixed, import is 2 and export is 1", "deployed", api("new", 2, exports=1)),
    Case("EP-01v1", "only export", "fail", "mixed, import is 1 and export is 2", "deployed", api("new", imports=1)),
    Case("EP-01v1", "registry and ExportType disagree", "fail", "half-switched, the registry", "deployed", api("new",
         2)),
    Case("EP-01v1", "the getter complains", "fail", "half-switched, the export getter", "promote",
         getter(export=MISMATCH)),
    Case("EP-01v1", "the getter contradicts", "fail", "the import getter says 1", "promote", getter(**{"import": 1})),
    Case("EP-01v1", "the getters agree", "pass", "V2 on both", "promote", getter(**{"import": 2, "export": 2})),
    Case("EP-01v1", "still V1", "fail", "V2 is intended, found import 1", "deployed", api("new", 2, imports=1,
         exports=1)),
    Case("EP-01v1", "a third version", "fail", "a version other than 1 and 2", "deployed", api("new", exports=3)),
    Case("EP-01v1", "absent on 2.x", "pass", "absent, which means 2 on 2.x", "deployed", absent_on("2.6.92.0", 5)),
    Case("EP-01v1", "absent on 1.x", "inconclusive", "with low confidence", "deployed", absent_on("1.6.4.0", 2)),
    Case("EP-01v1", "no ExportType", "fail", "V2 is intended", "deployed", api("new", 2, imports=1, exports=1)),
    Case("EP-02v1", "V1", "pass", "V1 on both", "promote"),
    Case("EP-02v1", "V2", "pass", "V2 on both", "promote", api("old", 5, imports=2, exports=2)),
    Case("EP-02v1", "half-switched", "fail", "half-switched", "promote", api("old", 5)),
    Case("EP-02v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"),
         plan=ISOLATED),
    Case("EP-03v1", "all on V2", "pass", "V2 on both", "finish", server="old"),
    Case("EP-03v1", "the old one on V1", "fail", "V2 is needed", "finish", api("old", 2, imports=1, exports=1), "old"),
    Case("EP-03v1", "stopped", "not-applicable", "stopped", "finish", lambda world: world.silence("old"), "old",
         {"old_exit": "stopped"}),
]  # fmt: skip
