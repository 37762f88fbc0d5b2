"""The worlds that `lab serve` can start with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from lab.world import history, rule_editing
from lab.world.clock import Clock
from lab.world.connectors import account_suffix, make_connectors
from lab.world.default_rules import GROUP_JOIN, GROUP_WRITEUP, MemberLimit, default_rules
from lab.world.enums import SynchronizationPolicyType
from lab.world.errors import UnknownArgumentError
from lab.world.ids import IdSpace
from lab.world.model import ENTRA_CONNECTOR, SchedulerSettings
from lab.world.population import SMALL, make_forest
from lab.world.server import (
    COMPUTER_NAME_KEY,
    EXPORT_API_VERSION,
    EXPORT_TYPE_OF_VERSION,
    IMPORT_API_VERSION,
    PARAMETERS_KEY,
    V1_MEMBER_LIMIT,
    SyncServer,
)
from lab.world.server_state import Options, Purpose
from lab.world.synchronise import import_ad, import_entra, synchronise
from lab.world.tenant import DEFAULT_DOMAIN, CloudGroup, SyncIdentity, Tenant
from lab.world.windows import PRODUCT_KEY, windows_registry
from lab.world.world import DEFAULT_CYCLE_SECONDS, World

if TYPE_CHECKING:
    from lab.world.forest import Forest

DEFAULT_SCENARIO = "v2-swing"
LARGE_LIMIT = 250_000
_MACHINES: dict[Purpose, tuple[str, UUID]] = {
    "old": ("CONTOSO-SYNC01", UUID("5b2c2f2e-9d0f-4b57-8a31-2f1f0c6c1a01")),
    "new": ("CONTOSO-SYNC02", UUID("c04b7a94-63a1-4d0e-b7ce-7f83f4a0d702")),
}
_SINCE_LAST_CYCLE: dict[Purpose, timedelta] = {"old": timedelta(minutes=4), "new": timedelta(minutes=7)}
_CHANGED_BEFORE = timedelta(hours=3)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Build:
    """One server as a scenario wants it."""

    version: str
    api_version: int
    member_limit: MemberLimit
    staging: bool
    cloned: bool = False
    """Both limiting rules were replaced by copies with 250,000 at precedence 98 and 99."""
    changed: bool = False
    """The runbook's steps were done three hours ago, with a full cycle after them."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the environment file says is being done."""

    kind: Literal["v2-endpoint", "version-swing", "in-place"] = "v2-endpoint"
    rollback: Literal["endpoint", "swing"] = "endpoint"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named starting point."""

    meaning: str
    old: Build | None
    """None where one server is upgraded in place: it is the new one then."""
    new: Build
    intent: Intent = Intent()
    starts_at: datetime | None = None
    """What the world's clock shows at the start; None is the machine's time."""
    small: bool = False
    """A forest of some 12,000 users whose groups are all within 50,000 members, quick to read on both sides."""


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """What `lab serve` lets one choose."""

    member_limit: MemberLimit = "50000"
    """What the new server's default rules hold."""
    cycle_seconds: float = DEFAULT_CYCLE_SECONDS
    levers: Options = field(default_factory=Options)


_OLD = Build("2.6.84.0", 1, "50000", staging=False)
_SWING = Intent("version-swing", "swing")
SCENARIOS: dict[str, Scenario] = {
    "v2-swing": Scenario(
        "Today's builds; old active on V1, new staging with V2 and a limit of 250,000, ready for gate `deployed`.",
        _OLD,
        Build("2.6.92.0", 2, "50000", staging=True, cloned=True, changed=True),
    ),
    "v2-start": Scenario(
        "As v2-swing before the first step: both servers on V1 with the default limit.",
        _OLD,
        Build("2.6.92.0", 1, "50000", staging=True),
    ),
    "2021": Scenario(
        "July 2021: old active on 1.6.4.0 with a limit of 50,000, new staging on 2.0.3.0, the world's clock in 2021.",
        Build("1.6.4.0", 2, "50000", staging=False),
        Build("2.0.3.0", 2, "250000", staging=True, changed=True),
        _SWING,
        datetime(2021, 7, 25, 10, 0, tzinfo=UTC),
    ),
    "version-swing": Scenario(
        "Old active on 2.5.190.0, new staging on 2.6.92.0, both on V2; the old one is to be retired afterwards.",
        Build("2.5.190.0", 2, "250000", staging=False),
        Build("2.6.92.0", 2, "250000", staging=True, changed=True),
        _SWING,
        small=True,
    ),
    "in-place": Scenario(
        "One server on 2.6.3.0, with fewer than 100,000 objects, to be upgraded in place.",
        None,
        Build("2.6.3.0", 2, "250000", staging=False, changed=True),
        Intent("in-place"),
        small=True,
    ),
}


def make_world(name: str = DEFAULT_SCENARIO, options: WorldOptions | None = None) -> World:
    """Build a scenario from scratch.

    Raises:
        UnknownArgumentError: there is no scenario of that name.
    """
    if name not in SCENARIOS:
        raise UnknownArgumentError(f"no scenario {name!r}; scenarios: {', '.join(SCENARIOS)}")
    options, scenario = options or WorldOptions(), SCENARIOS[name]
    clock = Clock.starting_at(scenario.starts_at) if scenario.starts_at else Clock()
    forest = make_forest(SMALL if scenario.small else None)
    new = _with_limit(scenario.new, options.member_limit)
    builds: dict[Purpose, Build] = {"old": scenario.old, "new": new} if scenario.old else {"new": new}
    servers: dict[str, SyncServer] = {
        purpose: _make_server(purpose, build, forest, clock, options) for purpose, build in builds.items()
    }
    tenant = _make_tenant(forest, servers, clock)
    for purpose, build in builds.items():
        _settle(servers[purpose], tenant, build)
    active = next(server for server in servers.values() if not server.staging)
    tenant.current_export_data.client_machine_name = active.computer_name
    tenant.current_export_data.service_account = _account(active.computer_name)
    tenant.current_export_data.total_connector_space_objects = len(active.entra.everything)
    tenant.synchronization_client_version = active.product_version
    return World(name, clock, forest, tenant, servers, options.cycle_seconds)


def _with_limit(build: Build, member_limit: MemberLimit) -> Build:
    """The variant: default rules that hold something else than 50,000 need no copies."""
    if not build.cloned or member_limit == build.member_limit:
        return build
    return Build(build.version, build.api_version, member_limit, build.staging, cloned=False, changed=build.changed)


def _account(computer_name: str) -> str:
    return f"Sync_{computer_name}_{account_suffix(computer_name)}@{DEFAULT_DOMAIN}"


def _make_server(purpose: Purpose, build: Build, forest: Forest, clock: Clock, options: WorldOptions) -> SyncServer:
    computer_name, instance = _MACHINES[purpose]
    now, salt = clock.now(), str(instance)
    created = now - timedelta(days=300 if purpose == "old" else 21)
    connectors = make_connectors(salt, computer_name, build.version, EXPORT_TYPE_OF_VERSION[build.api_version], created)
    half_hour = timedelta(minutes=30)
    scheduler = SchedulerSettings(
        allowed_sync_cycle_interval=half_hour,
        currently_effective_sync_cycle_interval=half_hour,
        customized_sync_cycle_interval=None,
        next_sync_cycle_policy_type=SynchronizationPolicyType.Delta,
        next_sync_cycle_start_time_in_utc=now - _SINCE_LAST_CYCLE[purpose] + half_hour,
        purge_run_history_interval=timedelta(days=7),
        sync_cycle_enabled=True,
        maintenance_enabled=True,
        staging_mode_enabled=build.staging,
        scheduler_suspended=False,
        sync_cycle_in_progress=False,
    )
    server = SyncServer(
        purpose=purpose,
        computer_name=computer_name,
        instance_id=instance,
        product_version=build.version,
        forest=forest,
        clock=clock,
        scheduler=scheduler,
        connectors=connectors,
        rules=default_rules(salt, connectors[0].identifier, ENTRA_CONNECTOR, build.member_limit),
        registry=_registry(computer_name, build.api_version),
        parameters=_parameters(),
        options=options.levers,
        staging=build.staging,
    )
    server.run_numbers = {connectors[0].identifier: 4_100, ENTRA_CONNECTOR: 4_080}
    return server


def _registry(computer_name: str, api_version: int) -> dict[str, dict[str, object]]:
    return {
        PARAMETERS_KEY: {
            "Path": "C:\\Program Files\\Microsoft Azure AD Sync\\",
            IMPORT_API_VERSION: api_version,
            EXPORT_API_VERSION: api_version,
            "Server": "contoso-sql01",
            "SQLInstance": "",
            "DBName": "ADSync",
        },
        COMPUTER_NAME_KEY: {"ComputerName": computer_name},
        **windows_registry(),
        r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync": {"ObjectName": "NT SERVICE\\ADSync", "Start": 2},
        PRODUCT_KEY: {
            "WizardPath": "C:\\Program Files\\Microsoft Azure Active Directory Connect\\AzureADConnect.exe",
            "AuditEventLogging": 1,
        },
    }


def _parameters() -> dict[str, str]:
    return {
        "Microsoft.AADFilter.ApplicationList": "",
        "Microsoft.AADFilter.AttributeExclusionList": "",
        "Microsoft.DirectoryExtension.SourceTargetAttributesMap": "",
        "Microsoft.OptionalFeature.AutoUpgradeState": "Disabled",
        "Microsoft.OptionalFeature.AutoUpgradeSuspensionReason": "",
        "Microsoft.OptionalFeature.DeviceWriteBack": "False",
        "Microsoft.OptionalFeature.DeviceWriteUp": "True",
        "Microsoft.OptionalFeature.DirectoryExtension": "False",
        "Microsoft.OptionalFeature.DirectoryExtensionAttributes": "",
        "Microsoft.OptionalFeature.ExchangeMailPublicFolder": "False",
        "Microsoft.OptionalFeature.ExportDeletionThreshold": "True",
        "Microsoft.OptionalFeature.ExportDeletionThresholdValue": "500",
        "Microsoft.OptionalFeature.FilterAAD": "False",
        "Microsoft.OptionalFeature.GroupFiltering": "False",
        "Microsoft.OptionalFeature.GroupWriteBack": "False",
        "Microsoft.OptionalFeature.HybridExchange": "False",
        "Microsoft.OptionalFeature.PasswordHashSync": "True",
        "Microsoft.OptionalFeature.PasswordWriteback": "False",
        "Microsoft.OptionalFeature.UserWriteBack": "False",
        "Microsoft.SynchronizationOption.AnchorAttribute": "mS-DS-ConsistencyGuid",
        "Microsoft.SynchronizationOption.JoinCriteria": "AlwaysProvision",
        "Microsoft.SynchronizationOption.UPNAttribute": "userPrincipalName",
        "Microsoft.Synchronize.RunHistoryPurgeInterval": "7.00:00:00",
        "Microsoft.Synchronize.SynchronizationSchedule": "True",
        "Microsoft.SystemInformation.MachineRole": "RoleMemberServer",
        "Microsoft.UserSignIn.DesktopSsoEnabled": "False",
        "Microsoft.UserSignIn.SignOnMethod": "PasswordHashSync",
        "Microsoft.Version.SynchronizationRuleImmutableTag": "V1",
    }


def _make_tenant(forest: Forest, servers: dict[str, SyncServer], clock: Clock) -> Tenant:
    """Entra ID as the old server has filled it: every group it can send, no larger one."""
    tenant = Tenant(forest)
    tenant.users = forest.users - forest.service_accounts
    tenant.devices, tenant.contacts = forest.devices, forest.contacts
    present = tenant.objects | type(tenant.users).of(*forest.groups)
    for key, group in forest.groups.items():
        members = group.members & present
        if len(members) <= V1_MEMBER_LIMIT:
            tenant.groups[key] = CloudGroup(key, members)
    tenant.last_sync = clock.now() - _SINCE_LAST_CYCLE["old"]
    ids = IdSpace("sync identities")
    tenant.sync_identities = [
        SyncIdentity(
            "user",
            ids.uuid(number),
            "On-Premises Directory Synchronization Service Account",
            user_principal_name=_account(server.computer_name),
        )
        for number, server in enumerate(servers.values())
    ]
    return tenant


def _settle(server: SyncServer, tenant: Tenant, build: Build) -> None:
    """Give the server its past, and the connector spaces that its cycles have led to."""
    now = server.clock.now()
    last = now - _SINCE_LAST_CYCLE[server.purpose]
    changed_at = now - _CHANGED_BEFORE
    import_ad(server)
    import_entra(server, tenant)
    errors = synchronise(server, server.ad_connector, full=True).errors
    history.write_background(server, now - _DAY)
    changed = False
    for start in history.cycle_starts(last, now - _DAY):
        full = build.changed and not changed and start > changed_at
        if full:
            changed = True
            _do_the_steps(server, build, changed_at)
            errors = synchronise(server, server.ad_connector, full=True).errors
        history.write_cycle(server, start, full=full, staging=build.staging, sync_errors=errors)
    synchronise(server, server.entra_connector, full=True)


def _do_the_steps(server: SyncServer, build: Build, when: datetime) -> None:
    """The runbook's steps as they were done then: both rules replaced by copies, the connector touched."""
    before = len(server.events)
    if build.cloned:
        for name, precedence in ((GROUP_WRITEUP, 98), (GROUP_JOIN, 99)):
            rule = rule_editing.default_rule(server, name)
            rule_editing.clone(server, rule, precedence, LARGE_LIMIT, when.date())
    for record in server.events[before:]:
        record.time_created = when
    server.entra_connector.last_modification_time = when
    server.overrides.clear()
    server.rules_changed = False
