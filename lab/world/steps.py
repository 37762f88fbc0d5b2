"""What people do to a server in windows of the product: wizard, rules editor, console, services [semantics §7]."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lab.world import rule_editing
from lab.world.csexport import pending_exports_xml
from lab.world.enums import EventLevel
from lab.world.errors import SyncError
from lab.world.events import TRACER
from lab.world.table import SERVER, Argument, Arguments, Table
from lab.world.upgrade import upgrade

if TYPE_CHECKING:
    from uuid import UUID

    from lab.world.server import SyncServer
    from lab.world.world import World

STEPS = Table("step")

_RULE = Argument("name or identifier of the rule; of two with one name the enabled one")
_STANDARD_RULE = Argument("name of the standard rule, as Out to AAD - Group Join")
_WIZARD_FLOOR = (2, 4, 18, 0)
_WIZARD_FLOOR_SINCE = 2025


def version_tuple(version: str) -> tuple[int, ...]:
    """A version as numbers, for comparing."""
    return tuple(int(part) for part in version.split("."))


@STEPS.add(
    "set-staging-mode",
    server=SERVER,
    on=Argument("on: the server stages; off: the server exports"),
    start_cycle=Argument("whether the wizard starts a cycle when it closes", default=True),
)
def _set_staging_mode(world: World, arguments: Arguments) -> None:
    """Configure staging mode in the wizard, which signs in to Entra ID: old builds cannot any more [entra_docs §3]."""
    server = arguments.server()
    server.require_service()
    if world.clock.now().year >= _WIZARD_FLOOR_SINCE and version_tuple(server.product_version) < _WIZARD_FLOOR:
        raise SyncError(
            f"The wizard of {server.product_version} cannot sign in to Entra ID any more (2.4.18.0 is needed).",
            "WizardSignIn",
        )
    server.set_staging(arguments.flag("on"))
    state = "enabled" if server.staging else "disabled"
    server.log_event(TRACER, 904, f"Staging mode has been {state} by the configuration wizard.", EventLevel.Information)
    if arguments.flag("start_cycle") and server.cycle is None:
        server.start_sync_cycle()


@STEPS.add(
    "clone-rule",
    server=SERVER,
    rule=_STANDARD_RULE,
    precedence=Argument("precedence of the copy, 0 to 99", 99),
    limit=Argument("member limit to write into the copy; 0 keeps what it has", 0),
)
def _clone_rule(world: World, arguments: Arguments) -> None:
    """Edit a standard rule and answer Yes: it is disabled and an editable copy takes its place."""
    server = arguments.server()
    rule = rule_editing.default_rule(server, arguments.text("rule"))
    limit = arguments.number("limit") or None
    rule_editing.clone(server, rule, arguments.number("precedence"), limit, world.clock.now().date())


@STEPS.add("set-rule-precedence", server=SERVER, rule=_RULE, precedence=Argument("the new precedence"))
def _set_rule_precedence(_world: World, arguments: Arguments) -> None:
    """Change the precedence of a rule."""
    server = arguments.server()
    rule_editing.set_precedence(server, server.rule(arguments.text("rule")), arguments.number("precedence"))


@STEPS.add("set-rule-expression", server=SERVER, rule=_RULE, expression=Argument("the flow of member, whole"))
def _set_rule_expression(_world: World, arguments: Arguments) -> None:
    """Replace the expression of a rule's member flow."""
    server = arguments.server()
    rule_editing.set_expression(server, server.rule(arguments.text("rule")), arguments.text("expression"))


@STEPS.add("set-rule-limit", server=SERVER, rule=_RULE, limit=Argument("the new member limit"))
def _set_rule_limit(_world: World, arguments: Arguments) -> None:
    """Change the number in a rule's member limit."""
    server = arguments.server()
    rule_editing.set_limit(server, server.rule(arguments.text("rule")), arguments.number("limit"))


@STEPS.add("enable-rule", server=SERVER, rule=_RULE)
def _enable_rule(_world: World, arguments: Arguments) -> None:
    """Enable a rule in the editor."""
    server = arguments.server()
    rule_editing.set_disabled(server, server.rule(arguments.text("rule")), disabled=False)


@STEPS.add("disable-rule", server=SERVER, rule=_RULE)
def _disable_rule(_world: World, arguments: Arguments) -> None:
    """Disable a rule in the editor."""
    server = arguments.server()
    rule_editing.set_disabled(server, server.rule(arguments.text("rule")), disabled=True)


@STEPS.add("delete-rule", server=SERVER, rule=_RULE)
def _delete_rule(_world: World, arguments: Arguments) -> None:
    """Delete a rule in the editor; a rule whose name only begins with the text is taken when there is just one."""
    server = arguments.server()
    server.remove_rule(_rule_or_only_clone(server, arguments.text("rule")))


def _rule_or_only_clone(server: SyncServer, text: str) -> UUID:
    try:
        return server.rule(text).identifier
    except SyncError:
        clones = [rule for rule in server.rules if rule.name.casefold().startswith(text.casefold())]
        if len(clones) != 1:
            raise
        return clones[0].identifier


@STEPS.add(
    "run-profile",
    server=SERVER,
    connector=Argument("name of the connector"),
    profile=Argument("Full Import, Full Synchronization, Delta Import, Delta Synchronization or Export"),
)
def _run_profile(world: World, arguments: Arguments) -> None:
    """Run one profile from the Synchronization Service console; an export runs in staging mode too."""
    world.run_profile(arguments.server(), arguments.text("connector"), arguments.text("profile"))


@STEPS.add(
    "csexport",
    server=SERVER,
    connector=Argument("name of the connector"),
    path=Argument("the file to write"),
)
def _csexport(_world: World, arguments: Arguments) -> None:
    """Write the pending exports of a connector to a file: csexport NAME FILE /f:x."""
    text = pending_exports_xml(arguments.server(), arguments.text("connector"))
    Path(arguments.text("path")).write_text(text, encoding="utf-8")


@STEPS.add("start-cycle", server=SERVER, policy=Argument("Delta, Initial or Unspecified", "Unspecified"))
def _start_cycle(_world: World, arguments: Arguments) -> None:
    """Start a cycle and leave it to run."""
    arguments.server().start_sync_cycle(arguments.policy())


@STEPS.add(
    "complete-cycles",
    server=SERVER,
    count=Argument("how many", 1),
    policy=Argument("Delta, Initial or Unspecified", "Unspecified"),
)
def _complete_cycles(world: World, arguments: Arguments) -> None:
    """Carry a cycle under way to its end, then run so many more from start to end, at once."""
    server = arguments.server()
    for _ in range(arguments.number("count")):
        world.complete_cycle(server, arguments.policy())


@STEPS.add("stop-service", server=SERVER)
def _stop_service(_world: World, arguments: Arguments) -> None:
    """Stop the ADSync service."""
    arguments.server().stop_service()


@STEPS.add("set-api-version", server=SERVER, version=Argument("1 or 2"))
def _set_api_version(_world: World, arguments: Arguments) -> None:
    """Both cmdlets of the V2 article, import and export, as one step."""
    server, version = arguments.server(), arguments.number("version")
    server.set_export_api_version(version)
    server.set_import_api_version(version)


@STEPS.add("start-service", server=SERVER)
def _start_service(_world: World, arguments: Arguments) -> None:
    """Start the ADSync service."""
    arguments.server().start_service()


@STEPS.add("set-service-start-type", server=SERVER, start_type=Argument("Automatic, Manual or Disabled", "Disabled"))
def _set_service_start_type(_world: World, arguments: Arguments) -> None:
    """Choose how the ADSync service starts."""
    arguments.server().set_service_start_type(arguments.text("start_type"))


@STEPS.add("upgrade", server=SERVER, version=Argument("the build to install", "2.6.92.0"))
def _upgrade(world: World, arguments: Arguments) -> None:
    """Upgrade in place: standard rules are set back, custom ones kept, V2 is switched on, full runs are demanded."""
    server = arguments.server()
    world.finish_cycle(server)
    upgrade(server, arguments.text("version"))


@STEPS.add("remove-sync-identity", server=SERVER)
def _remove_sync_identity(world: World, arguments: Arguments) -> None:
    """Remove a server's account and application from the tenant, as is done when it is retired."""
    computer = f"_{arguments.server().computer_name}_"
    world.tenant.sync_identities = [
        identity
        for identity in world.tenant.sync_identities
        if computer not in (identity.user_principal_name or identity.display_name)
    ]


@STEPS.add("isolate-server", server=SERVER, on=Argument("on: isolate; off: connect again", default=True))
def _isolate_server(_world: World, arguments: Arguments) -> None:
    """Cut a server off: it cannot be reached, and its runs reach neither Active Directory nor Entra ID."""
    server = arguments.server()
    server.isolated = server.unreachable = arguments.flag("on")
