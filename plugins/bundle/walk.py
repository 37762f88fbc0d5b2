"""Walking over the chain of a folder of runs: every bundle whole, and every link where it belongs.

A bundle that was changed has a broken seal; one that was written anew has another digest than its follower names; one
that is gone is missed by its follower. Only the last one has no follower: keep its digest elsewhere, and give it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plugins.bundle.chain import BUNDLE
from plugins.bundle.reader import Archive, ChangedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

VERDICT = "verdict.json"


@dataclass(frozen=True, slots=True)
class Link:
    """One bundle: the folder it lies in, its digest, and what it says about itself."""

    folder: str
    sha256: str
    run_id: str
    before: Mapping[str, Any] | None
    """Run and digest of the bundle it follows; None for a first one."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What was found on the way."""

    links: tuple[Link, ...]
    problems: tuple[str, ...]
    """Each names a run, and begins with `changed`, `swapped`, `missing`, `broken`, `gap`, `forked` or `shortened`."""

    @property
    def ends(self) -> tuple[Link, ...]:
        """The bundles that no other follows: one, in a chain that is whole."""
        followed = {link.before["run_id"] for link in self.links if link.before is not None}
        return tuple(link for link in self.links if link.folder not in followed)


def walk(runs: Path, end: str | None = None) -> Walk:
    """Verify every bundle of a folder of runs and every link; with `end`, the manifest digest of the last one too.

    Raises OSError.
    """
    links: list[Link] = []
    problems: list[str] = []
    for folder in sorted(path for path in runs.iterdir() if path.is_dir() and not path.is_symlink()):
        told = _told(folder)
        try:
            with Archive(folder / BUNDLE) as archive:
                link = _link(folder.name, archive)
        except FileNotFoundError:
            if told is not None:
                problems.append(f"missing: {folder.name} has no {BUNDLE}, and its {VERDICT} names one")
            continue
        except ChangedError as error:
            problems.append(f"changed: {folder.name}: {error}")
            continue
        except (KeyError, TypeError) as error:
            problems.append(f"swapped: {folder.name} holds no bundle of a run: its manifest lacks {error}")
            continue
        if link.run_id != folder.name:
            problems.append(f"swapped: {folder.name} holds the bundle of {link.run_id}")
        if told not in (None, link.sha256):
            problems.append(f"swapped: {folder.name}: its {VERDICT} names a bundle with the digest {told}")
        links.append(link)
    changed = {problem.split(": ")[1] for problem in problems if problem.startswith("changed")}
    problems += _linked(links, changed)
    found = Walk(tuple(links), ())
    if end is not None and end not in {link.sha256 for link in found.ends}:
        problems.append(f"shortened: no run ends the chain with the digest {end}")
    return Walk(tuple(links), tuple(problems))


def _link(folder: str, archive: Archive) -> Link:
    """Return a link. Raises KeyError and TypeError for a manifest that is none of a run."""
    before = archive.manifest["previous"]
    if before is not None:
        before = {"run_id": str(before["run_id"]), "manifest_sha256": before["manifest_sha256"]}
    return Link(folder, archive.seal.sha256, str(archive.manifest["run_id"]), before)


def _told(folder: Path) -> str | None:
    """Return the digest by which a run's verdict names its bundle; None when it names none that one can read."""
    try:
        told: str = json.loads((folder / VERDICT).read_text(encoding="utf-8"))["evidence"]["manifest_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def _linked(links: list[Link], changed: set[str]) -> Iterator[str]:
    """Say which links do not hold. A bundle that was changed is told already, and proves nothing about its digest."""
    by_folder = {link.folder: link for link in links}
    followers = defaultdict(list)
    for link in links:
        followers[link.before["run_id"] if link.before else ""].append(link.folder)
        if link.before is None:
            continue
        name, sha256 = link.before["run_id"], link.before["manifest_sha256"]
        if sha256 is None:
            yield f"gap: {link.folder} follows {name}, whose bundle could not be read when it was written"
        elif name not in by_folder:
            if name not in changed:
                yield f"missing: {link.folder} follows {name} ({sha256}), which is not here"
        elif by_folder[name].sha256 != sha256:
            yield f"broken: {link.folder} follows {name} with the digest {sha256}; it has {by_folder[name].sha256}"
    for name, several in sorted(followers.items()):
        if len(several) > 1:
            after = f"follow {name}" if name else "are the first"
            yield f"forked: {', '.join(several)} all {after}"
