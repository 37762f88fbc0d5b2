"""`python -m lab serve|step|fault|reset`: start a lab, do a runbook step on it, break something, start over."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.material import LAB_FILE
from lab.serve import serve
from lab.world.faults import FAULTS
from lab.world.scenarios import DEFAULT_SCENARIO, SCENARIOS, WorldOptions
from lab.world.server_state import Options
from lab.world.steps import STEPS
from lab.world.world import DEFAULT_CYCLE_SECONDS

if TYPE_CHECKING:
    from lab.world.table import Table

_TABLES: dict[str, Table] = {"step": STEPS, "fault": FAULTS}
_DIRECTORY = "folder of the running lab, with its lab.json"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="run a lab until it is told to stop")
    serving.add_argument("--dir", type=Path, required=True, help="folder for environment.toml and lab.json")
    scenarios = "; ".join(f"{name}: {scenario.meaning}" for name, scenario in SCENARIOS.items())
    serving.add_argument("--scenario", choices=SCENARIOS, default=DEFAULT_SCENARIO, help=scenarios)
    serving.add_argument(
        "--member-limit",
        choices=("50000", "250000", "none"),
        default="50000",
        help="what the new server's default rules hold; with 250000 or none there are no copies of them",
    )
    serving.add_argument("--cycle-seconds", type=float, default=DEFAULT_CYCLE_SECONDS, help="length of a cycle")
    serving.add_argument(
        "--no-references", action="store_true", help="Attributes of connector space objects list no references"
    )
    for kind in _TABLES:
        one = commands.add_parser(kind, help=f"do a {kind} on a running lab, or --list them")
        one.add_argument("name", nargs="?", help=f"name of the {kind}")
        one.add_argument("--dir", type=Path, help=_DIRECTORY)
        one.add_argument("--arg", action="append", default=[], metavar="NAME=VALUE", help="an argument")
        one.add_argument("--list", action="store_true", help="print all of them")
        if kind == "fault":
            one.add_argument("--undo", action="store_true", help="take the fault back")
    exporting = commands.add_parser("export", help="write a file that an administrator would bring from a server")
    exporting.add_argument("kind", choices=("collection", "configuration", "policy", "csexport"))
    exporting.add_argument("--dir", type=Path, required=True, help=_DIRECTORY)
    exporting.add_argument("--server", choices=("old", "new"), required=True)
    exporting.add_argument("--to", type=Path, required=True, help="file or folder to write; it must not exist")
    exporting.add_argument("--script", type=Path, help="for a collection: the collector script")
    exporting.add_argument("--reference", action="append", default=[], help="for a collection: a -ReferenceDN")
    exporting.add_argument("--connector", help="for csexport: the name of the connector (default: Entra ID's)")
    again = commands.add_parser("reset", help="rebuild the scenario of a running lab")
    again.add_argument("--dir", type=Path, required=True, help=_DIRECTORY)
    again.add_argument("--scenario", choices=SCENARIOS, help="another scenario")
    return parser


def _print_table(table: Table) -> None:
    for entry in table.entries.values():
        print(f"{entry.name}\n    {entry.meaning}")  # noqa: T201 - what --list is for
        for name, argument in entry.arguments.items():
            default = "required" if argument.default is None else f"default {_as_given(argument.default)}"
            print(f"    --arg {name}=…  {argument.meaning} ({default})")  # noqa: T201 - as above


def _as_given(default: str | int | bool) -> str:
    """Return a default as one would write it behind --arg."""
    return ("on" if default else "off") if isinstance(default, bool) else str(default)


def _post(folder: Path, path: str, body: dict[str, Any]) -> int:
    """Send a change to the running lab; returns the exit code."""
    try:
        contract = json.loads((folder / LAB_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = f"no {LAB_FILE} in {folder}: start a lab with `python -m lab serve --dir {folder}`"
        print(told, file=sys.stderr)  # noqa: T201 - why nothing was done
        return 1
    request = urllib.request.Request(  # noqa: S310 - the address is the lab's own, from its file
        f"{contract['control_url']}/{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            print(response.read().decode())  # noqa: T201 - the answer
            return 0
    except urllib.error.HTTPError as error:
        print(json.loads(error.read())["error"], file=sys.stderr)  # noqa: T201 - why it was refused
    except urllib.error.URLError as error:
        told = f"no lab answers at {contract['control_url']} ({error.reason}): it was stopped, or never started"
        print(told, file=sys.stderr)  # noqa: T201 - why nothing was done
    return 1


def _arguments(given: list[str]) -> dict[str, Any]:
    return dict(item.partition("=")[::2] for item in given)


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = _parser()
    options = parser.parse_args()
    if options.command == "serve":
        chosen = WorldOptions(
            options.member_limit,
            options.cycle_seconds,
            Options(references_in_attributes=not options.no_references),
        )
        asyncio.run(serve(options.dir, options.scenario, chosen))
        return 0
    if options.command == "reset":
        return _post(options.dir, "reset", {"scenario": options.scenario} if options.scenario else {})
    if options.command == "export":
        chosen_files = {"server": options.server, "to": str(options.to.resolve())}
        chosen_files |= {"script": str(options.script.resolve())} if options.script else {}
        chosen_files |= {"references": ";".join(options.reference)} if options.reference else {}
        chosen_files |= {"connector": options.connector} if options.connector else {}
        return _post(options.dir, f"export/{options.kind}", chosen_files)
    if options.list:
        _print_table(_TABLES[options.command])
        return 0
    if options.name is None or options.dir is None:
        parser.error(f"{options.command} needs a name and --dir, or --list")
    body = _arguments(options.arg)
    if options.command == "fault" and options.undo:
        body = {"undo": True}
    return _post(options.dir, f"{options.command}/{options.name}", body)


if __name__ == "__main__":
    sys.exit(main())
