"""Collections and single objects: pages, counts, filters, casts, as Graph answers them [graph §1.1-1.3]."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lab.tenant import chaos, errors, filters, narrowing, paging, predicates
from lab.tenant.directory import CloudObject, Directory, Source
from lab.tenant.mixed import DIRECTORY_OBJECT
from lab.tenant.page_cache import CHANGING
from lab.tenant.paging import Position
from lab.tenant.query import DEFAULT_PAGE
from lab.tenant.rendering import Renderer
from lab.tenant.reply import Reply, to_json
from lab.world.forest import DirectoryObject

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from lab.tenant.directory import Row
    from lab.tenant.page_cache import PageCache
    from lab.tenant.request import GraphRequest
    from lab.tenant.schema import EntityType
    from lab.world.tenant import Tenant

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
TEXT = "text/plain"

_COUNT_NEEDS_HEADER = (
    "Raw count (/$count) is not supported because the 'ConsistencyLevel:eventual' header is missing."
    " See more details at https://aka.ms/GraphDocsAdvancedQuery"
)
_SEARCH_NEEDS_HEADER = (
    "Request with $search query parameter only works through MSGraph with a special request header:"
    " 'ConsistencyLevel: eventual'"
)
_BEHIND_ALL_KEYS = 1 << 62
_EXPANDED = 20
"""Members that `$expand=members` gives of a group, without a next link."""


class Collection:
    """One collection of one request: `of` is its type, DIRECTORY_OBJECT where types mix."""

    def __init__(
        self,
        request: GraphRequest,
        tenant: Tenant,
        source: Source,
        of: EntityType,
        *,
        pages: PageCache,
        paged: bool = True,
    ) -> None:
        self._request = request
        self._pages = pages
        self._tenant = tenant
        self._of = of
        self._paged = paged
        self._check_select()
        self._source, self._accepts = self._filtered(source)

    def count(self) -> Reply:
        """Answer `/$count`: a number as text."""
        if not self._request.query.eventual:
            raise errors.unsupported(_COUNT_NEEDS_HEADER)
        number = self._number()
        if number and chaos.take(self._tenant, self._request.target, chaos.COUNTS):
            number -= 1
        return Reply(200, str(number).encode(), {"Content-Type": TEXT})

    def page(self) -> Reply:
        """Answer one page, with the next link when there is more."""
        query = self._request.query
        identity = self._identity()
        start = paging.decode(query.skiptoken, identity) if query.skiptoken else paging.START
        rows, following = self._rows(start)
        kind = chaos.take(self._tenant, self._request.target, chaos.PAGES)
        if kind == "empty-page":
            rows, following = [], replace(start, turn=start.turn + 1)
        elif kind == "repeated-page":
            following = replace(start, turn=start.turn + 1)
        link = self._link(start, following, identity, kind)
        return self._page_reply(rows, link, first=query.skiptoken is None, value=kind != "missing-value")

    def entity(self, row: Row) -> Reply:
        """Answer one object instead of the collection."""
        context = self._request.context(f"{self.fragment()}/$entity")
        parts = [f'"@odata.context":"{context}"', self._writer()(row)[1:-1]]
        return Reply(200, f"{{{','.join(filter(None, parts))}}}".encode(), {"Content-Type": JSON})

    def _writer(self) -> Callable[[Row], str]:
        """Return what writes an object: chosen properties, its members inside when `$expand` asks for them."""
        query = self._request.query
        render = Renderer(
            self._tenant,
            roles=self._request.bearer.roles,
            select=query.select,
            mixed=self._of is DIRECTORY_OBJECT,
        )
        return partial(self._expanded, render) if query.expand else render

    def _page_reply(self, rows: list[Row], link: str | None, *, first: bool, value: bool) -> Reply:
        query = self._request.query
        head = f'{{"@odata.context":"{self._request.context(self.fragment())}"'
        if first and query.advanced:
            head += f',"@odata.count":{self._number()}'
        if link is not None:
            head += f',"@odata.nextLink":{to_json(link).decode()}'
        if not value:
            return Reply(200, f"{head}}}".encode(), {"Content-Type": JSON})

        def write() -> bytes:
            items = ",".join(map(self._writer(), rows))
            return f'{head},"value":[{items}]}}'.encode()

        key = self._cache_key(head, rows)
        if key is None:
            return Reply(200, write(), {"Content-Type": JSON})
        return Reply(200, headers={"Content-Type": JSON}, packed=self._pages.packed(key, write))

    def _cache_key(self, head: str, rows: list[Row]) -> Hashable | None:
        """Return what a full page of synchronised users depends on; None for any other page."""
        query = self._request.query
        keys = tuple(row.key for row in rows if isinstance(row, DirectoryObject) and row.kind == "user")
        small = len(keys) < DEFAULT_PAGE
        if small or len(keys) < len(rows) or query.expand or not CHANGING.isdisjoint(query.select):
            return None
        return head, query.select, self._request.bearer.roles, keys

    def fragment(self) -> str:
        """Return the set of `@odata.context`, with the selected names."""
        select = self._request.query.select
        return self._of.entity_set + (f"({','.join(select)})" if select else "")

    def _link(self, start: Position, following: Position | None, identity: str, kind: str | None) -> str | None:
        query = self._request.query
        if kind == "repeated-link":
            return query.link(self._request.url, query.skiptoken or paging.encode(start, identity))
        if following is None:
            return None
        link = query.link(self._request.url, paging.encode(following, identity))
        return link.replace(self._request.base_url, "https://graph.example", 1) if kind == "foreign-link" else link

    def _identity(self) -> str:
        query = self._request.query
        return f"{self._request.path}|{query.select}|{query.top}|{query.filter}|{query.orderby}|{query.search}"

    def _rows(self, start: Position) -> tuple[list[Row], Position | None]:
        """Return the objects of the page from `start`, and where the next page begins."""
        if not self._paged:
            return [row for _, row in self._walk(paging.START)], None
        walk = self._ordered(start) if self._request.query.orderby else self._walk(start)
        rows: list[Row] = []
        last = start
        for position, row in walk:
            if len(rows) == self._request.query.top:
                return rows, replace(last, turn=0)
            rows.append(row)
            last = position
        return rows, None

    def _walk(self, start: Position) -> Iterator[tuple[Position, Row]]:
        """Iterate over the objects after `start`, each with the position behind it."""
        made = self._tenant.object
        for key in self._source.after(start.key):
            row = made(key)
            if self._accepts is None or self._accepts(row):
                yield Position(key, start.index), row
        for index, each in enumerate(self._source.cloud[start.index :], start.index + 1):
            if self._accepts is None or self._accepts(each):
                yield Position(_BEHIND_ALL_KEYS, index), each

    def _ordered(self, start: Position) -> Iterator[tuple[Position, Row]]:
        query = self._request.query
        key, downwards = predicates.order(
            query.orderby or "", self._of, self._tenant, advanced=query.advanced, filtered=query.filter is not None
        )
        ordered = sorted((row for _, row in self._walk(paging.START)), key=key, reverse=downwards)
        for index, row in enumerate(ordered[start.index :], start.index + 1):
            yield Position(-1, index), row

    def _number(self) -> int:
        if self._accepts is None:
            return len(self._source)
        return sum(1 for _ in self._walk(paging.START))

    def _filtered(self, source: Source) -> tuple[Source, Callable[[Row], bool] | None]:
        """Apply `$filter` and `$search`: a smaller source and what is left to ask of each object."""
        query = self._request.query
        tree: filters.Expression | None = None
        if query.filter is not None:
            tree = filters.parse(query.filter)
            counted = query.eventual and self._request.segments[-1] == "$count"
            predicates.check(tree, self._of, advanced=query.advanced or counted)
            if chaos.take(self._tenant, self._request.target, {"unsupported-query": ""}):
                raise errors.unsupported("Unsupported query.")
        if query.search is not None:
            if not query.eventual:
                raise errors.unsupported(_SEARCH_NEEDS_HEADER)
            wanted = predicates.search(query.search, self._of)
            tree = wanted if tree is None else filters.Logical("and", tree, wanted)
        if tree is None:
            return source, None
        narrowed, decided = narrowing.narrow(tree, source, self._of, self._tenant)
        passes = predicates.predicate(tree, self._tenant)
        if not decided:
            return narrowed, passes
        return Source(narrowed.keys, tuple(each for each in narrowed.cloud if passes(each))), None

    def _check_select(self) -> None:
        for name in self._request.query.select:
            if name not in self._of.properties:
                raise errors.malformed(
                    f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type"
                    f" 'microsoft.graph.{self._of.name}'."
                )
        expand = self._request.query.expand
        if expand is not None and (expand != "members" or self._of.name not in ("group", "directoryRole")):
            raise errors.malformed(
                f"Parsing OData Select and Expand failed: Could not find a property named '{expand}' on type"
                f" 'microsoft.graph.{self._of.name}'."
            )

    def _expanded(self, render: Renderer, row: Row) -> str:
        """Return an object with its members inside, as `$expand=members` gives them."""
        directory = Directory(self._tenant)
        if isinstance(row, CloudObject):
            members: list[Row] = list(directory.role_members().cloud)
        else:
            keys = directory.members(row.key).keys.first(_EXPANDED)
            members = [self._tenant.object(key) for key in keys]
        inside = Renderer(self._tenant, roles=self._request.bearer.roles, mixed=True)
        return f'{{{render.inner(row)},"members":[{",".join(map(inside, members))}]}}'
