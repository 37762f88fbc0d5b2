"""The renderer: plain data of one run in, static HTML out.

Everything a server or a tenant named is text: the templates escape by default, and nothing is marked safe that came
from data. What is cut is counted, and says where the whole lies.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from reports.drawings import MOST_BARS, drawings
from reports.picture import Picture, picture
from reports.tables import asked, breakable, brief

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters but those that end a line or a column, marks of direction, and what has no width."""
HERE = Path(__file__).parent
MOST_ROWS = 200
"""Rows of one check that are shown."""
MOST_READS = 500
MOST_REASONS = 40
LONGEST_TEXT = 4000
"""Characters of one fact, request, error or raw answer that are shown."""
LONGEST_EXCERPT = 600
"""Characters of a raw answer that are shown in the sheet of a check: under Reads stands more of it."""
MOST_LACKING = 20
"""Reads without a value that are named among the limits of one result."""
MOST_RUNS = 60
"""Runs of one server that are listed behind the timeline."""

STATES: Mapping[str, tuple[str, str]] = {
    "fail": ("Fail", "✕"),
    "error": ("Error", "!"),
    "inconclusive": ("Inconclusive", "?"),
    "waived": ("Waived", "~"),
    "pass": ("Pass", "✓"),
    "not-applicable": ("Not applicable", "–"),  # noqa: RUF001 - a dash
}
"""Word and symbol of each state, most serious first: a state is never shown by colour alone."""
CAPS: Mapping[str, int] = {
    "rows": MOST_ROWS,
    "reads": MOST_READS,
    "reasons": MOST_REASONS,
    "bars": MOST_BARS,
    "runs": MOST_RUNS,
    "excerpt": LONGEST_EXCERPT,
}
OPEN = ("fail", "error", "inconclusive")
"""States that ask for something to be done: their sheets stand open."""


def render(report: Mapping[str, Any]) -> str:
    """Return the evidence of a run as a piece of HTML, verdict first.

    `report` is what `verdict.json` holds, with `definitions`, `glance`, `moment` and `next` beside it, and `raw`: the
    text of each answer by the id of its read. A copy that is given away has no `raw`.
    Raises jinja2.UndefinedError when a key is missing, and RuntimeError when a check got lost on the way.
    """
    html = (
        _environment()
        .get_template("report.jinja2")
        .render(
            report=report,
            checks=[(check, brief(check)) for check in report["checks"]],
            read_groups=list(asked(report["reads"], MOST_READS)),
            sheets=_sheets(report),
            counts=_counts(report["checks"]),
            families=sorted({check["id"][:2] for check in report["checks"]}),
            actions=_actions(report["checks"]),
            raw=report.get("raw"),
            picture=_picture(report["glance"]),
            drawn=drawings(report["glance"]["pictures"]),
            caps=CAPS,
            states=STATES,
            open_states=OPEN,
        )
    )
    drawn = html.count('<tr class="check-row"')
    if drawn != len(report["checks"]):
        msg = f"{drawn} of {len(report['checks'])} checks were drawn"
        raise RuntimeError(msg)
    return html


def page(report: Mapping[str, Any]) -> str:
    """Return the evidence of a run as a whole page, without pytest's own appendix."""
    title = f"{report['verdict']} · {report['gate']} · {report['run_id']}"
    scripts = [script()]
    return (
        _environment()
        .get_template("alone.jinja2")
        .render(
            title=title,
            styles=style(),
            evidence=render(report),
            scripts=[Markup(text) for text in scripts],  # noqa: S704 - our own file
            policy=policy(scripts),
        )
    )


def script() -> str:
    """Return the script of the report: a convenience, nothing is told by it."""
    return (HERE / "report.js").read_text(encoding="utf-8")


def style() -> str:
    """Return the style sheet of the report."""
    return (HERE / "style.css").read_text(encoding="utf-8")


def frame(assets: Path) -> Template:
    """Return the page around the evidence. `assets` is where pytest-html keeps the script of its table.

    Only the two scripts named here run in the page: a policy in its head holds their digests.
    """
    scripts = [script(), (assets / "app.js").read_text(encoding="utf-8")]
    about = {"scripts": [Markup(text) for text in scripts], "policy": policy(scripts)}  # noqa: S704 - our own files
    return _environment().get_template("frame.jinja2", globals=about)


def policy(scripts: Sequence[str]) -> str:
    """Return a Content Security Policy: nothing is fetched from anywhere, and no script runs but these."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"


def page_environment() -> Environment:
    """Return what other pages of the house are rendered with: the same templates, filters and escaping."""
    return _environment()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        utc=utc,
        clock=clock,
        fact=fact,
        cut=cut,
        parts=parts,
        thousands=thousands,
        paragraphs=paragraphs,
        sentence=sentence,
    )
    return environment


def _sheets(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one sheet per check, with its results on each server, most serious check first."""
    reads = {read["id"]: {**read, "number": number} for number, read in enumerate(report["reads"], start=1)}
    thresholds = report["glance"]["thresholds"]
    sheets: dict[str, dict[str, Any]] = {}
    for check in report["checks"]:
        blank = {
            **report["definitions"].get(check["id"], _UNDEFINED),
            **check,
            "results": [],
            "thresholds": thresholds.get(check["id"], []),
        }
        sheet = sheets.setdefault(check["id"], blank)
        answers = [reads[name] for name in check["reads"] if name in reads]
        sheet["results"].append({**check, "answers": answers, "limits": _limits(answers, report.get("raw") or {})})
    return list(sheets.values())


_UNDEFINED: Mapping[str, Any] = {
    "why": "",
    "judged": "",
    "fix": "",
    "links": [],
    "function": "",
    "claimed": [],
    "waivable": True,
}


def _limits(answers: Sequence[Mapping[str, Any]], raw: Mapping[str, Any]) -> list[str]:
    """Return what the proof of one result does not reach: reads without a value, and the time it holds."""
    lacking = [read for read in answers if read["outcome"] != "ok"]
    found = [f"No value from {read['id']}: {read['outcome']}." for read in lacking[:MOST_LACKING]]
    if len(lacking) > MOST_LACKING:
        found.append(f"{len(lacking) - MOST_LACKING:,} more reads gave no value.")
    held = [(raw[read["id"]]["holds_until"], read["id"]) for read in answers if read["id"] in raw]
    if held:
        until, name = min(held)
        found.append(f"It holds until {utc(until)}, when {name} gets too old.")
    return found


def _actions(checks: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return what is to do, each thing once, with the checks it is for; most serious first."""
    found: dict[str, list[str]] = {}
    for check in checks:
        names = found.setdefault(check["remedy"], []) if check["state"] in OPEN else []
        if check["id"] not in names:
            names.append(check["id"])
    return list(found.items())


def _counts(checks: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    found = [check["state"] for check in checks]
    return [(state, found.count(state)) for state in STATES if state in found]


def _picture(glance: Mapping[str, Any]) -> Picture:
    return picture(glance["servers"], glance["tenant"])


def visible(value: object) -> object:
    """Return a text with the characters that steer its display shown by their numbers: a name may not run backwards."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _STEERING.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
    return value


def utc(moment: str | None) -> str:
    """Return `2026-11-20T06:45:12Z` as a reader likes it, with its zone."""
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M:%S} UTC" if moment else "not known"


def clock(moment: str | None) -> str:
    """Return only the time of day, with its zone."""
    return f"{datetime.fromisoformat(moment):%H:%M:%S}Z" if moment else "–"  # noqa: RUF001 - a dash


def fact(value: object) -> str:
    """Return a fact as text: plain words as they are, structures as JSON; cut with a count."""
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    if isinstance(value, int):
        return thousands(value)
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return cut(", ".join(map(fact, value)) or "none")
    return cut(json.dumps(value, ensure_ascii=False))


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text, cut with a count of what is left out."""
    return text if len(text) <= longest else f"{text[:longest]} … and {len(text) - longest:,} characters more"


def parts(text: str) -> Markup:
    """Return a name that may be broken between its parts. It is escaped, and what steers its display is shown."""
    return breakable(str(visible(text)))


def sentence(text: str) -> str:
    """Return a text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def thousands(number: int) -> str:
    """Return a number with its thousands apart; what could be a year or a port stays whole."""
    return f"{number:,}" if abs(number) >= 10_000 else str(number)  # noqa: PLR2004 - four digits read well


def paragraphs(text: str) -> Markup:
    """Return a text of the suite as paragraphs and lists. The text itself is escaped."""
    pieces = []
    for block in text.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            items = Markup().join(Markup("<li>{}</li>").format(line[2:]) for line in lines)
            pieces.append(Markup("<ul>{}</ul>").format(items))
        else:
            pieces.append(Markup("<p>{}</p>").format(" ".join(lines)))
    return Markup().join(pieces)
