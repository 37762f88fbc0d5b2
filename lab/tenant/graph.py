"""Microsoft Graph, v1.0 and beta: authentication, permissions, routing. Pure: a request in, a reply out."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING

from lab.tenant import batch, chaos, errors, permissions, request, synchronization
from lab.tenant.collections import Collection
from lab.tenant.directory import Directory, Source, key_of, type_of
from lab.tenant.entities import DIRECTORY_ROLE, TYPES
from lab.tenant.errors import GraphError
from lab.tenant.mixed import DIRECTORY_OBJECT
from lab.tenant.page_cache import PageCache
from lab.tenant.reply import JSON, Reply, to_json
from lab.tenant.tokens import Bearer, TokenRejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.tenant.request import GraphRequest
    from lab.tenant.schema import EntityType
    from lab.tenant.tokens import TokenIssuer
    from lab.world.clock import Clock
    from lab.world.tenant import Tenant

_SETS = {each.entity_set: each for each in TYPES.values()}
_CASTS = frozenset({"user", "group", "device", "orgContact", "servicePrincipal"})
_DIAGNOSTIC = to_json(
    {"ServerInfo": {"DataCenter": "Lab", "Slice": "E", "Ring": "0", "ScaleUnit": "000", "RoleInstance": "LAB0"}}
).decode()
_CHALLENGE = base64.b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"1"}}}').decode()
_COST = {"members": 3, "transitiveMembers": 5, "users": 2, "applications": 2}
_SMALL_PAGE = 20


class Graph:
    """Answers for one tenant; `base_url` has no version."""

    def __init__(
        self,
        tenant: Tenant,
        clock: Clock,
        issuer: TokenIssuer,
        *,
        base_url: str,
        authority_url: str,
        audiences: frozenset[str],
    ) -> None:
        self._tenant = tenant
        self._clock = clock
        self._issuer = issuer
        self._base_url = base_url
        self._authority_url = authority_url
        self._audiences = audiences
        self._pages = PageCache()

    def caller(self, headers: Mapping[str, str]) -> Bearer:
        """Return who asks; raise the 401 that a missing, foreign or expired token gets."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise errors.unauthorized("Access token is empty.", self._authority_url)
        try:
            return self._issuer.check(token, self._audiences)
        except TokenRejectedError as error:
            raise errors.unauthorized(str(error), self._authority_url) from error

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """Answer one request; `target` is path and raw query, headers are looked up without regard to case."""
        try:
            bearer = self.caller(headers)
        except GraphError as error:
            return self._refusal(error, headers)
        reply = self.answer_as(bearer, method, target, headers, body)
        reply.identity = bearer.app_id
        return reply

    def answer_as(
        self, bearer: Bearer, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        """Answer one request of a known caller, also as one item of a batch; errors become bodies here."""
        try:
            asked = self._admitted(bearer, method, target, headers, body)
            reply = batch.answer(self, asked) if asked.segments == ("$batch",) else self._route(asked)
            reply.headers["x-ms-resource-unit"] = str(_cost(asked))
        except GraphError as error:
            return self._refusal(error, headers)
        self._stamp(reply, headers)
        return reply

    def _admitted(
        self, bearer: Bearer, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> GraphRequest:
        """Return the parsed request, when neither a fault nor a missing permission stands against it."""
        tenant = self._tenant
        asked = request.parse(method, target, headers, bearer=bearer, base_url=self._base_url, body=body)
        batched = asked.segments == ("$batch",)
        if tenant.throttle and not batched:
            tenant.throttle -= tenant.throttle > 0
            raise errors.throttled(tenant.retry_after, bearer.app_id, bearer.tenant_id)
        if not bearer.answered_challenge and chaos.take(tenant, asked.target, {"claims-challenge": ""}):
            raise errors.unauthorized(
                "Continuous access evaluation resulted in challenge.",
                self._authority_url,
                _CHALLENGE if bearer.answers_challenges else None,
            )
        if method != ("POST" if batched else "GET"):
            raise errors.method_not_allowed(method)
        if not permissions.granted(asked.segments, bearer.roles) or any(
            asked.path.startswith(prefix) for prefix in tenant.denied_paths
        ):
            raise errors.denied()
        return asked

    def _route(self, asked: GraphRequest) -> Reply:
        """Answer by the first segment; what is not served is refused as an address Graph does not know."""
        match asked.segments:
            case ("organization", *rest):
                return self._organization(asked, rest)
            case ("directory", "onPremisesSynchronization", *rest):
                return self._synchronization(asked, rest)
            case ("domains",):
                return synchronization.collection(asked, "domains", synchronization.domains(self._tenant))
            case ("auditLogs", ("directoryAudits" | "signIns") as log):
                return synchronization.collection(asked, f"auditLogs/{log}", [])
            case ("groups", "delta" | "microsoft.graph.delta"):
                raise errors.unsupported("Delta query is not served here.")
            case ("directoryObjects", identifier):
                return self._directory_object(asked, identifier)
            case ("me", *_):
                raise errors.malformed("/me request is only valid with delegated authentication flow.")
            case (entity_set, *rest) if entity_set in _SETS:
                return self._entity_set(asked, _SETS[entity_set], rest)
        raise errors.unknown_segment(asked.segments[0] if asked.segments else "")

    def _organization(self, asked: GraphRequest, rest: list[str]) -> Reply:
        value = synchronization.organization(asked, self._tenant)
        match rest:
            case []:
                return synchronization.collection(asked, "organization", [value])
            case [identifier]:
                return synchronization.single(asked, "organization", identifier, value, self._tenant)
        raise errors.unknown_segment(rest[1])

    def _synchronization(self, asked: GraphRequest, rest: list[str]) -> Reply:
        if not self._tenant.directory_synchronization_app_only:
            raise errors.denied()
        value = synchronization.on_premises_synchronization(asked, self._tenant)
        fragment = "directory/onPremisesSynchronization"
        match rest:
            case []:
                return synchronization.collection(asked, fragment, [value])
            case [identifier]:
                return synchronization.single(asked, fragment, identifier, value, self._tenant)
        raise errors.unknown_segment(rest[1])

    def _directory_object(self, asked: GraphRequest, identifier: str) -> Reply:
        directory = Directory(self._tenant)
        for entity_set in _SETS:
            try:
                row = directory.find(entity_set, identifier)
            except GraphError as error:
                if error.code != "Request_ResourceNotFound":
                    raise
            else:
                return self._collection(asked, Source(), type_of(row)).entity(row)
        raise errors.not_found(identifier)

    def _entity_set(self, asked: GraphRequest, of: EntityType, rest: list[str]) -> Reply:
        directory = Directory(self._tenant)
        if rest in ([], ["$count"]):
            source = directory.collection(of.entity_set)
            collection = self._collection(asked, source, of, paged=of is not DIRECTORY_ROLE)
            return collection.count() if rest else collection.page()
        name, named, value = rest[0].partition("=")
        row = directory.find_by(of.entity_set, name, value) if named else directory.find(of.entity_set, rest[0])
        if len(rest) == 1:
            return self._collection(asked, Source(), type_of(row)).entity(row)
        match type_of(row).name, rest[1]:
            case "group", "members":
                reply = self._related(asked, directory.members(key_of(row)), rest[2:])
            case "group", "transitiveMembers":
                reply = self._related(asked, directory.transitive_members(key_of(row)), rest[2:])
            case (("group" | "user" | "device" | "orgContact"), "memberOf"):
                reply = self._related(asked, directory.groups_of(key_of(row)), rest[2:])
            case "directoryRole", "members":
                reply = self._related(asked, directory.role_members(), rest[2:], paged=False)
            case "servicePrincipal", "appRoleAssignments":
                reply = synchronization.collection(asked, "appRoleAssignments", [])
            case (("group" | "user" | "orgContact"), "serviceProvisioningErrors"):
                reply = synchronization.collection(asked, "serviceProvisioningErrors", [])
            case _:
                raise errors.unknown_segment(rest[1])
        return reply

    def _collection(self, asked: GraphRequest, source: Source, of: EntityType, *, paged: bool = True) -> Collection:
        return Collection(asked, self._tenant, source, of, pages=self._pages, paged=paged)

    def _related(self, asked: GraphRequest, source: Source, rest: list[str], *, paged: bool = True) -> Reply:
        """Answer a relationship: cast to a type or not, as a page or as a count."""
        of = DIRECTORY_OBJECT
        if rest and rest[0] != "$count":
            name = rest[0].removeprefix("microsoft.").removeprefix("graph.")
            if name == rest[0] or name not in _CASTS:
                raise errors.unknown_segment(rest[0])
            of, source, rest = TYPES[name], source.of_type(name), rest[1:]
        collection = self._collection(asked, source, of, paged=paged)
        match rest:
            case []:
                return collection.page()
            case ["$count"]:
                return collection.count()
        raise errors.unknown_segment(rest[0])

    def _refusal(self, error: GraphError, headers: Mapping[str, str]) -> Reply:
        request_id = str(uuid.uuid4())
        body = error.body(
            date=f"{self._clock.now():%Y-%m-%dT%H:%M:%S}",
            request_id=request_id,
            client_request_id=headers.get("client-request-id") or request_id,
        )
        reply = Reply(
            error.status, to_json(body), {"Content-Type": JSON, **error.headers}, f"{error.status} {error.code}"
        )
        self._stamp(reply, headers, request_id)
        return reply

    def _stamp(self, reply: Reply, headers: Mapping[str, str], request_id: str | None = None) -> None:
        """Add the headers every answer of Graph carries."""
        identifier = request_id or str(uuid.uuid4())
        reply.headers |= {
            "request-id": identifier,
            "client-request-id": headers.get("client-request-id") or identifier,
            "x-ms-ags-diagnostic": _DIAGNOSTIC,
            "OData-Version": "4.0",
            "Cache-Control": "no-cache",
            "Strict-Transport-Security": "max-age=31536000",
            "Date": f"{self._clock.now():%a, %d %b %Y %H:%M:%S GMT}",
        }


def _cost(asked: GraphRequest) -> int:
    """Return the resource units the request costs [graph §1.6]."""
    query = asked.query
    base = max((_COST.get(segment, 1) for segment in asked.segments), default=1)
    small = query.top_given and query.top < _SMALL_PAGE
    return max(1, base - bool(query.select) + bool(query.expand) - small)
