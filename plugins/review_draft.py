"""`--write-review FILE`: what waits to be exported, as a review that somebody can read and sign [semantics §3].

Only csexport files handed in hold names; where the server counts pending exports that no file lists, the draft says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from fixtures.facts.pair import Migration
from fixtures.facts.pending import pending_files, plain
from fixtures.facts.review import draft
from fixtures.facts.windows_json import UnreadableFactError
from plugins.run import RUN, Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fixtures.facts.server import ServerFacts

OPTION = "write_review"


def target(config: pytest.Config) -> Path | None:
    """Return where the draft goes, or None when none was asked for."""
    given = config.getoption(OPTION)
    return config.invocation_params.dir / given if given else None


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write over a file: it may be somebody's signed review. Raises pytest.UsageError."""
    path = target(config)
    if path is not None and path.exists():
        raise pytest.UsageError(f"--write-review: {path} exists; a review is never written over")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the draft once everything was read."""
    path, run = target(session.config), session.config.stash[RUN]
    if path is None or run.fetched is None:
        return
    text = draft_of(run)
    terminal: pytest.TerminalReporter | None = session.config.pluginmanager.get_plugin("terminalreporter")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        run.troubles.append(f"the review draft was not written: {error}")
    else:
        if terminal is not None:
            terminal.write_line(f"\nA draft of the review stands in {path}; it needs an author.")


def draft_of(run: Run) -> str:
    """Return the draft: the classes and objects of the new server's files, and what no file lists, as remarks."""
    migration = Migration(run.environment, run.answers, run.gate, run.clock.now())
    server = migration.new
    try:
        files = pending_files(run.answers, server.name)
    except (MissingAnswer, UnreadableFactError) as error:
        return f"# Nothing can be drafted: {error}\n"
    listed = {plain(file.connector) for file in files}
    return draft(files, f"{migration.now:%Y-%m-%dT%H:%M:%SZ}") + "".join(_unlisted(server, listed))


def _unlisted(server: ServerFacts, listed: set[str]) -> Iterator[str]:
    try:
        for connector in server.connectors:
            counted = server.statistics(connector)
            if counted.pending and plain(connector.name) not in listed:
                yield f"\n# not listed: {counted} on {connector.name}; hand in its csexport file\n"
    except (MissingAnswer, UnreadableFactError) as error:
        yield f"\n# not counted: {error}\n"
