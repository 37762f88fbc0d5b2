"""Prerequisites and the life of a build: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .running import Case, all_of
from .table_version import build, in_2021

if TYPE_CHECKING:
    from .running import Change
    from .world import World

AUTO = "Microsoft.OptionalFeature.AutoUpgradeState"
EXPRESS = "Express Edition (64-bit)"
STOPPED = {"old_exit": "stopped"}


def changed(read: str, server: str = "new", **values: Any) -> Change:
    def change(world: World) -> None:
        world[server, read].update(values)

    return change


def key(number: int, **values: Any) -> Change:
    def change(world: World) -> None:
        world["new", "tls"][number].update(values)

    return change


def no_keys(world: World) -> None:
    world["new", "tls"] = []


def local_parameter(value: str | None) -> Change:
    def change(world: World) -> None:
        kept = [item for item in world["new", "global_parameters"] if item["Name"] != AUTO]
        world["new", "global_parameters"] = kept + ([{"Name": AUTO, "Value": value}] if value else [])

    return change


def objects(count: int) -> Change:
    def change(world: World) -> None:
        world["new", "connector_statistics", "contoso.com"]["TotalConnectors"] = count

    return change


def named(domain: str) -> Change:
    def change(world: World) -> None:
        world["new", "connectors"][1]["Name"] = f"{domain} - AAD"

    return change


def silent(world: World) -> None:
    world.silence("old")


LOCAL = changed("database", IsLocalDBInstalled=True, SqlEdition=EXPRESS, UsedSpaceInMb=812.5)

CASES = [
    Case("PR-01v1", "2022", "pass", "Windows Server 2022 (build 20348, Server)", "deployed"),
    Case("PR-01v1", "core", "fail", "there is no desktop", "promote",
         changed("operating_system", InstallationType="Server Core")),
    Case("PR-01v1", "too old", "fail", "older than Windows Server 2016", "promote",
         changed("operating_system", CurrentBuild="9600", ProductName="Windows Server 2012 R2 Standard")),
    Case("PR-01v1", "2025", "inconclusive", "announced, not stated", "deployed",
         changed("operating_system", CurrentBuild="26100")),
    Case("PR-01v1", "unknown", "inconclusive", "not one the documents name", "deployed",
         changed("operating_system", CurrentBuild="25398")),
    Case("PR-02v1", "new enough", "pass", "Release 533325", "deployed"),
    Case("PR-02v1", "4.7.1", "fail", "Release 461310 is below 461808", "deployed", changed("dotnet", Release=461310)),
    Case("PR-03v1", "on", "pass", "all values switch TLS 1.2 on", "nightly"),
    Case("PR-03v1", "not set", "pass", "8 of the values are not set", "deployed", no_keys),
    Case("PR-03v1", "not set where it is demanded", "fail", "2.4.27.0 demands a value that is not there", "deployed",
         all_of(no_keys, build("new", "2.4.27.0"))),
    Case("PR-03v1", "not set where it is no longer demanded", "pass", "8 of the values", "deployed",
         all_of(no_keys, build("new", "2.4.131.0"))),
    Case("PR-03v1", "strong crypto off", "fail", r"Microsoft\.NETFramework\v4.0.30319: SchUseStrongCrypto = 0",
         "promote", key(0, SchUseStrongCrypto=0)),
    Case("PR-03v1", "off in the other hive", "fail", r"WOW6432Node\Microsoft\.NETFramework", "promote",
         key(1, SystemDefaultTlsVersions=0)),
    Case("PR-03v1", "disabled by default", "fail", r"TLS 1.2\Client: DisabledByDefault = 1", "promote",
         key(2, DisabledByDefault=1)),
    Case("PR-04v1", "full SQL Server", "pass", "3.3 GB on Standard Edition (64-bit)", "promote", server="new"),
    Case("PR-04v1", "large on a full SQL Server", "pass", "48.8 GB on Standard", "promote",
         changed("database", UsedSpaceInMb=50000.0), "new"),
    Case("PR-04v1", "small on LocalDB", "pass", "0.8 GB on LocalDB", "promote", LOCAL, "new"),
    Case("PR-04v1", "full", "fail", "it ends at 10 GB", "promote",
         all_of(LOCAL, changed("database", UsedSpaceInMb=10240)), "new"),
    Case("PR-04v1", "full on Express", "fail", "it ends at 10 GB", "promote",
         changed("database", UsedSpaceInMb=10300.5, SqlEdition=EXPRESS), "new"),
    Case("PR-04v1", "not set up yet", "not-applicable", "not set up yet", "prepare", server="new"),
    Case("PR-05v1", "full SQL Server", "pass", "3.3 GB", "deployed"),
    Case("PR-05v1", "small on LocalDB", "pass", "9 objects on contoso", "deployed", LOCAL),
    Case("PR-05v1", "many objects on LocalDB", "fail", "100,000 objects on contoso.com are too many", "deployed",
         all_of(LOCAL, objects(100_000))),
    Case("PR-05v1", "8 GB on LocalDB", "fail", "from 8 GB on", "deployed",
         all_of(LOCAL, changed("database", UsedSpaceInMb=8192.0))),
    Case("PR-06v1", "disabled", "pass", "automatic upgrade is disabled", "promote", server="new"),
    Case("PR-06v1", "suspended", "pass", "suspended: UpgradeNotSupportedNonLocalDbInstall", "promote",
         all_of(changed("auto_upgrade", State=0, SuspensionReason="UpgradeNotSupportedNonLocalDbInstall"),
                local_parameter("Suspended")), "new"),
    Case("PR-06v1", "enabled", "fail", "automatic upgrade is enabled", "soak", changed("auto_upgrade", State=1), "new"),
    Case("PR-06v1", "enabled by the parameter", "fail", "automatic upgrade is enabled", "soak",
         local_parameter("Enabled"), "new"),
    Case("PR-06v1", "they disagree", "inconclusive", "the cmdlet says Suspended, the global parameter Disabled",
         "soak", changed("auto_upgrade", State=0), "new"),
    Case("PR-06v1", "no parameter", "pass", "disabled", "soak", local_parameter(None), "new"),
    Case("PR-06v1", "stopped", "not-applicable", "stopped after the switch", "soak", silent, "old", STOPPED),
    Case("PR-07v1", "equal", "pass", "servers of one build have the same file", "finish"),
    Case("PR-07v1", "edited", "fail", "one of them was edited", "finish",
         changed("engine_configuration", Hash="CD" * 32)),
    Case("PR-07v1", "two builds", "inconclusive", "every server has a build of its own", "nightly",
         build("old", "2.6.84.0")),
    Case("PR-07v1", "stopped", "not-applicable", "nothing to compare with", "finish", silent, plan=STOPPED),
    Case("VE-07v1", "new", "pass", "2.6.92.0 came out on 2026-09-23", "finish", server="new"),
    Case("VE-07v1", "old", "fail", "2.5.190.0 came out 13 months ago", "finish", build("new", "2.5.190.0"), "new"),
    Case("VE-07v1", "at its end", "fail", "support of 2.5.79.0 ends on 2026-10-23", "finish",
         build("new", "2.5.79.0"), "new"),
    Case("VE-07v1", "in 2021", "pass", "2.0.3.0 came out on 2021-07-20", "finish", in_2021("new", "2.0.3.0"), "new"),
    Case("VE-07v1", "unknown", "inconclusive", "does not say when 2.7.1.0 came out", "finish",
         build("new", "2.7.1.0"), "new"),
    Case("VE-07v1", "stopped", "not-applicable", "stopped after the switch", "finish", silent, "old", STOPPED),
    Case("VE-08v1", "nothing", "pass", "no known issue of the table names 2.6.92.0", "deployed"),
    Case("VE-08v1", "an issue", "fail", "2.6.91.0: enabling pass-through", "deployed", build("new", "2.6.91.0")),
    Case("VE-08v1", "two issues", "fail", "wipes its application identity", "deployed", build("new", "2.5.190.0")),
    Case("VE-08v1", "unknown", "inconclusive", "2.7.1.0 is not in the version table", "deployed",
         build("new", "2.7.1.0")),
    Case("VE-09v1", "equal", "pass", "old has 2.6.92.0, new has 2.6.92.0", "finish"),
    Case("VE-09v1", "behind", "fail", "old has 2.6.84.0, new has 2.6.92.0", "nightly", build("old", "2.6.84.0")),
    Case("VE-10v1", "commercial", "pass", "contoso.onmicrosoft.com is in a cloud with", "promote", server="new"),
    Case("VE-10v1", "Germany", "fail", "never had the V2 endpoint", "promote", named("contoso.onmicrosoft.de"), "new"),
    Case("VE-10v1", "21Vianet", "pass", "contoso.partner.onmschina.cn", "promote",
         named("contoso.partner.onmschina.cn"), "new"),
    Case("VE-10v1", "no initial domain", "pass", "the environment says commercial", "promote", named("contoso.com"),
         "new"),
    Case("VE-10v1", "stopped", "not-applicable", "stopped and disabled", "promote",
         changed("service", "old", Status=1, StartType=4), "old", STOPPED),
]  # fmt: skip
