"""The query options of one Graph request [graph §1.1-1.3, §5]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from lab.tenant.errors import bad_request, malformed, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PAGE = 100
MAXIMUM_PAGE = 999

_KNOWN = frozenset({"select", "top", "filter", "orderby", "search", "count", "expand", "skiptoken", "format"})
_COUNT_VALUES = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Query:
    """Parsed options; `pairs` are the options as sent, in order, for the next link."""

    pairs: tuple[tuple[str, str], ...] = ()
    select: tuple[str, ...] = ()
    """Empty: no `$select`, the type's default properties."""
    top: int = DEFAULT_PAGE
    top_given: bool = False
    filter: str | None = None
    orderby: str | None = None
    search: str | None = None
    expand: str | None = None
    skiptoken: str | None = None
    count: bool = False
    eventual: bool = False
    """Whether the request carried `ConsistencyLevel: eventual`; Graph never carries it over to the next link."""

    @property
    def advanced(self) -> bool:
        """Whether the index that serves advanced queries may be asked: the header and `$count=true`."""
        return self.eventual and self.count

    def link(self, url: str, skiptoken: str) -> str:
        """Return the next link: absolute, every option of this request, and the token."""
        pairs = [(name, value) for name, value in self.pairs if name != "$skiptoken"]
        options = [f"{name}={quote(value, safe=chr(36) + ',:/()')}" for name, value in pairs]
        return f"{url}?{'&'.join([*options, f'$skiptoken={skiptoken}'])}"


def parse(raw: str, headers: Mapping[str, str]) -> Query:
    """Parse a raw query string; names are accepted with `$`, `%24` or none, as v1.0 does."""
    options: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for part in filter(None, raw.split("&")):
        name, _, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        bare = name.removeprefix("$").lower()
        if bare == "skip":
            raise bad_request("'$skip' is not supported by the service.")
        if bare not in _KNOWN:
            if name.startswith("$"):
                raise malformed(f"The query parameter '{name}' is not supported.")
            continue
        options[bare] = value
        pairs.append((f"${bare}", value))
    return Query(
        pairs=tuple(pairs),
        select=_names(options.get("select", "")),
        top=_top(options.get("top")),
        top_given="top" in options,
        filter=options.get("filter"),
        orderby=options.get("orderby"),
        search=options.get("search"),
        expand=options.get("expand"),
        skiptoken=options.get("skiptoken"),
        count=_count(options.get("count", "false")),
        eventual=headers.get("ConsistencyLevel", "").lower() == "eventual",
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _count(text: str) -> bool:
    if text.lower() not in _COUNT_VALUES:
        raise malformed(
            f"Invalid value '{text}' for $count query option found. The $count query option requires"
            " a boolean value of true or false."
        )
    return _COUNT_VALUES[text.lower()]


def _top(text: str | None) -> int:
    if text is None:
        return DEFAULT_PAGE
    if not text.isdecimal():
        raise malformed(
            f"Invalid value '{text}' for $top query option found. The $top query option requires"
            " a non-negative integer value."
        )
    if not 1 <= int(text) <= MAXIMUM_PAGE:
        raise unsupported(f"Invalid page size specified: '{text}'. Must be between 1 and {MAXIMUM_PAGE} inclusive.")
    return int(text)
