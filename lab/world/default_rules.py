"""The rules that setup makes for one forest, written from the documented names, tags and flows [adsync §4.4, §4.5].

Numbers follow the order of this table; the product's own numbers depend on build and forest count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from lab.world.enums import ComparisonOperator, FlowType, LinkType, SynchronizationRuleDirection
from lab.world.ids import IdSpace
from lab.world.model import (
    NO_GUID,
    AttributeFlowMapping,
    ImmutableTag,
    JoinCondition,
    JoinConditionGroup,
    ScopeCondition,
    ScopeConditionGroup,
    SynchronizationRule,
)

if TYPE_CHECKING:
    from uuid import UUID

GROUP_JOIN = "Out to AAD - Group Join"
GROUP_WRITEUP = "Out to AAD - Group Writeup Member Limit"
FIRST_STANDARD_PRECEDENCE = 100

MemberLimit = Literal["50000", "250000", "none"]
"""What the default rules hold: a literal, or no limit at all [adsync §4.4, semantics §5]."""

_MORE = "Visit https://go.microsoft.com/fwlink/?linkid=2154336 for more information."


def member_limit_expression(limit: int, *, counted: str = 'ValueCount("member")') -> str:
    """The flow of `member` that fails above a limit [adsync §4.4]."""
    return f'IIF(({counted}> {limit}),Error("Maximum Group member count exceeded. {_MORE}"),IgnoreThisFlow)'


@dataclass(frozen=True, slots=True)
class _Spec:
    name: str
    source: str
    target: str
    link: LinkType = LinkType.Join
    tag: int = 1
    scope: tuple[str, ...] = ()
    """Scope groups, each `attribute OPERATOR value; …`."""
    flows: tuple[str, ...] = ()
    """`destination <- source`, `destination = constant`, or `destination := expression`."""
    join: tuple[str, str] | None = None

    @property
    def inbound(self) -> bool:
        return self.name.startswith("In from")

    @property
    def ad(self) -> bool:
        return " AD - " in self.name


_P = LinkType.Provision
_ANCHOR = "sourceAnchor <- cloudSourceAnchor,sourceAnchor"
_ANCHOR_EXPRESSION = (
    "IIF(IsPresent([mS-DS-ConsistencyGuid]),ConvertToBase64([mS-DS-ConsistencyGuid]),ConvertToBase64([objectGUID]))"
)
_CLOUD_DN = 'dn := "CN={" & ConvertToUTF8Hex([sourceAnchor]) & "}"'
_TO_CLOUD = "sourceAnchor ISNOTNULL; cloudMastered NOTEQUAL True; cloudFiltered NOTEQUAL True"
_NOT_CRITICAL = ("isCriticalSystemObject NOTEQUAL True; adminDescription NOTSTARTSWITH Group_",)
_USERS_ONLY = ("isCriticalSystemObject NOTEQUAL True; adminDescription NOTSTARTSWITH User_",)
_CLOUD_GROUPS = (f"{_TO_CLOUD}; securityEnabled EQUAL True", f"{_TO_CLOUD}; mailEnabled EQUAL True")
_MAIL_GROUPS = (f"{_TO_CLOUD}; mailEnabled EQUAL True",)
_NAMES = ("displayName <- displayName", "description <- description")
_TO_SOURCE = ("sourceAnchor", "sourceAnchor")
_BY_GUID = ("objectGUID", "sourceAnchorBinary")


def _from_ad_user(kind: str, source: str) -> list[_Spec]:
    """Inbound rules of one class of users."""
    return [
        _Spec(
            f"In from AD - {kind} Join",
            source,
            "person",
            _P,
            6,
            _USERS_ONLY,
            (
                f"sourceAnchor := {_ANCHOR_EXPRESSION}",
                "sourceObjectType = User",
                "objectSid <- objectSid",
                "cloudFiltered := IIF(IsPresent([isCriticalSystemObject]),True,NULL)",
            ),
            _BY_GUID,
        ),
        _Spec(
            f"In from AD - {kind} AccountEnabled",
            source,
            "person",
            LinkType.Join,
            4,
            ("userAccountControl ISBITNOTSET 2",),
            (
                "accountEnabled := IIF(BitAnd([userAccountControl],2)=0,True,False)",
                "userPrincipalName := IIF(IsPresent([userPrincipalName]),[userPrincipalName],[sAMAccountName])",
            ),
        ),
        _Spec(
            f"In from AD - {kind} Common from Exchange",
            source,
            "person",
            LinkType.Join,
            5,
            ("msExchMailboxGuid ISNOTNULL",),
            (*_NAMES, "givenName <- givenName", "sn <- sn"),
        ),
        _Spec(
            f"In from AD - {kind} Common",
            source,
            "person",
            LinkType.Join,
            7,
            (),
            (*_NAMES, "cn <- cn", "givenName <- givenName", "sn <- sn", "manager <- manager"),
        ),
        _Spec(
            f"In from AD - {kind} Exchange",
            source,
            "person",
            LinkType.Join,
            6,
            ("msExchMailboxGuid ISNOTNULL",),
            ("mail <- mail", "proxyAddresses <- proxyAddresses"),
        ),
        _Spec(
            f"In from AD - {kind} Lync",
            source,
            "person",
            LinkType.Join,
            3,
            ("msRTCSIP-PrimaryUserAddress ISNOTNULL",),
            ("msRTCSIP-PrimaryUserAddress <- msRTCSIP-PrimaryUserAddress",),
        ),
    ]


def _from_ad_others() -> list[_Spec]:
    return [
        _Spec(
            "In from AD - Contact Join",
            "contact",
            "person",
            _P,
            4,
            (),
            (f"sourceAnchor := {_ANCHOR_EXPRESSION}",),
            _BY_GUID,
        ),
        _Spec("In from AD - Contact Common", "contact", "person", LinkType.Join, 4, (), (*_NAMES, "mail <- mail")),
        _Spec(
            "In from AD - Group Join",
            "group",
            "group",
            _P,
            4,
            _NOT_CRITICAL,
            (
                f"sourceAnchor := {_ANCHOR_EXPRESSION}",
                "sourceObjectType = Group",
                "objectSid <- objectSid",
                "securityEnabled := BitAnd([groupType],2147483648) <> 0",
            ),
            _BY_GUID,
        ),
        _Spec(
            "In from AD - Group Exchange",
            "group",
            "group",
            LinkType.Join,
            5,
            ("mailNickname ISNOTNULL",),
            ("mailEnabled := IIF(IsPresent([mail]),True,False)", "proxyAddresses <- proxyAddresses"),
        ),
        _Spec(
            "In from AD - Group Common",
            "group",
            "group",
            LinkType.Join,
            4,
            (),
            (*_NAMES, "cn <- cn", "member <- member", 'memberCount := ValueCount("member")'),
        ),
        _Spec(
            "In from AD - ForeignSecurityPrincipal Join User",
            "foreignSecurityPrincipal",
            "person",
            LinkType.JoinNoFlow,
            2,
            (),
            (),
            ("objectSid", "objectSid"),
        ),
        _Spec(
            "In from AD - Computer Join",
            "computer",
            "device",
            _P,
            2,
            ("userCertificate ISNOTNULL",),
            ("sourceAnchor := ConvertToBase64([objectGUID])", "objectSid <- objectSid"),
            _BY_GUID,
        ),
        _Spec("In from AD - Computer Common", "computer", "device", LinkType.Join, 1, (), (*_NAMES, "cn <- cn")),
    ]


def _from_entra() -> list[_Spec]:
    return [
        _Spec(
            "In from AAD - User Join",
            "user",
            "person",
            LinkType.Join,
            4,
            (),
            ("cloudAnchor <- cloudAnchor",),
            _TO_SOURCE,
        ),
        _Spec(
            "In from AAD - Group Join",
            "group",
            "group",
            LinkType.Join,
            4,
            (),
            ("cloudAnchor <- cloudAnchor",),
            _TO_SOURCE,
        ),
        _Spec(
            "In from AAD - Contact Join",
            "contact",
            "person",
            LinkType.Join,
            3,
            (),
            ("cloudAnchor <- cloudAnchor",),
            _TO_SOURCE,
        ),
        _Spec(
            "In from AAD - Device Common",
            "device",
            "device",
            LinkType.Join,
            2,
            (),
            ("deviceId <- deviceId",),
            _TO_SOURCE,
        ),
        _Spec(
            "In from AAD - User NGCKey",
            "user",
            "person",
            LinkType.Join,
            1,
            (),
            ("msDS-KeyCredentialLink <- msDS-KeyCredentialLink",),
        ),
    ]


def _to_entra_users() -> list[_Spec]:
    services = (
        "ExchangeOnline",
        "DynamicsCRM",
        "LyncOnline",
        "SharePointOnline",
        "Intune",
        "OfficeProPlus",
        "AzureRMS",
    )
    to_cloud = (f"{_TO_CLOUD}; sourceObjectType EQUAL User",)
    return [
        _Spec(
            "Out to AAD - User Join",
            "person",
            "user",
            _P,
            12,
            to_cloud,
            (
                _CLOUD_DN,
                _ANCHOR,
                "commonName <- cn",
                "onPremiseSecurityIdentifier <- objectSid",
                "accountEnabled <- accountEnabled",
                "userPrincipalName <- userPrincipalName",
            ),
            _TO_SOURCE,
        ),
        _Spec(
            "Out to AAD - User Identity",
            "person",
            "user",
            LinkType.Join,
            7,
            to_cloud,
            (*_NAMES, "givenName <- givenName", "surname <- sn", "manager <- manager"),
        ),
        *(
            _Spec(
                f"Out to AAD - User {service}", "person", "user", LinkType.Join, 5, to_cloud, (*_NAMES, "mail <- mail")
            )
            for service in services
        ),
        _Spec(
            "Out to AAD - Contact Join",
            "person",
            "contact",
            _P,
            6,
            (f"{_TO_CLOUD}; sourceObjectType EQUAL Contact",),
            (_CLOUD_DN, _ANCHOR),
            _TO_SOURCE,
        ),
        _Spec(
            "Out to AAD - Contact Identity",
            "person",
            "contact",
            LinkType.Join,
            3,
            (f"{_TO_CLOUD}; sourceObjectType EQUAL Contact",),
            (*_NAMES, "mail <- mail"),
        ),
        _Spec(
            "Out to AAD - Contact ExchangeOnline",
            "person",
            "contact",
            LinkType.Join,
            3,
            (f"{_TO_CLOUD}; sourceObjectType EQUAL Contact",),
            ("proxyAddresses <- proxyAddresses",),
        ),
    ]


def _to_entra_groups(limit: MemberLimit) -> list[_Spec]:
    member = () if limit == "none" else (f"member := {member_limit_expression(int(limit))}",)
    writeup = [_Spec(GROUP_WRITEUP, "group", "group", LinkType.Join, 3, (_TO_CLOUD,), member)] if member else []
    return [
        *writeup,
        _Spec(
            "Out to AAD - Contact LyncOnline",
            "person",
            "contact",
            LinkType.Join,
            2,
            (f"{_TO_CLOUD}; sourceObjectType EQUAL Contact",),
            _NAMES,
        ),
        _Spec(
            GROUP_JOIN,
            "group",
            "group",
            _P,
            7,
            _CLOUD_GROUPS,
            (
                "commonName <- cn",
                _CLOUD_DN,
                *member,
                "onPremiseSecurityIdentifier <- objectSid",
                _ANCHOR,
                "securityEnabled <- securityEnabled",
            ),
            _TO_SOURCE,
        ),
        _Spec(
            "Out to AAD - Group Identity",
            "group",
            "group",
            LinkType.Join,
            4,
            _CLOUD_GROUPS,
            (*_NAMES, "member <- member", "mailEnabled <- mailEnabled"),
        ),
        *(
            _Spec(
                f"Out to AAD - Group {service}",
                "group",
                "group",
                LinkType.Join,
                4,
                _MAIL_GROUPS,
                (*_NAMES, "proxyAddresses <- proxyAddresses"),
            )
            for service in ("ExchangeOnline", "DynamicsCRM", "Intune", "LyncOnline", "SharePointOnline", "AzureRMS")
        ),
        _Spec(
            "Out to AAD - Device Join",
            "device",
            "device",
            _P,
            3,
            (_TO_CLOUD,),
            (_CLOUD_DN, _ANCHOR, "onPremiseSecurityIdentifier <- objectSid"),
            _TO_SOURCE,
        ),
        _Spec("Out to AAD - Device Common", "device", "device", LinkType.Join, 2, (_TO_CLOUD,), _NAMES),
        _Spec(
            "Out to AD - User ImmutableId",
            "person",
            "user",
            LinkType.JoinNoFlow,
            2,
            ("sourceAnchorBinary ISNOTNULL; cloudFiltered NOTEQUAL True",),
            ("mS-DS-ConsistencyGuid := IIF(IsPresent([mS-DS-ConsistencyGuid]),IgnoreThisFlow,[sourceAnchorBinary])",),
        ),
    ]


def default_rules(
    salt: str, ad_connector: UUID, entra_connector: UUID, limit: MemberLimit
) -> list[SynchronizationRule]:
    """The standard rules of an installation; `salt` makes its identifiers, which differ between installations."""
    ids = IdSpace(f"{salt}/rules")
    specs = [
        *_from_ad_user("User", "user"),
        *_from_ad_user("InetOrgPerson", "inetOrgPerson"),
        *_from_ad_others(),
        *_from_entra(),
        *_to_entra_users(),
        *_to_entra_groups(limit),
    ]
    return [
        _rule(spec, ids.uuid(number), ad_connector if spec.ad else entra_connector, FIRST_STANDARD_PRECEDENCE + number)
        for number, spec in enumerate(specs)
    ]


def _rule(spec: _Spec, identifier: UUID, connector: UUID, precedence: int) -> SynchronizationRule:
    agnostic = "Microsoft." + spec.name.replace(" - ", "").replace(" ", "")
    joins = [JoinConditionGroup([JoinCondition(*spec.join)])] if spec.join else []
    return SynchronizationRule(
        identifier=identifier,
        internal_id=identifier,
        name=spec.name,
        version=1,
        description="",
        immutable_tag=ImmutableTag(f"{agnostic}.{spec.tag:03d}", agnostic, spec.tag, True, False),
        connector=connector,
        direction=SynchronizationRuleDirection(0 if spec.inbound else 1),
        disabled=False,
        source_object_type=spec.source,
        target_object_type=spec.target,
        precedence=precedence,
        precedence_after=NO_GUID,
        precedence_before=NO_GUID,
        link_type=spec.link,
        enable_password_sync=spec.name == "In from AD - User AccountEnabled",
        join_filter=joins,
        scope_filter=[_scope(group) for group in spec.scope],
        attribute_flow_mappings=[_flow(flow) for flow in spec.flows],
        soft_delete_expiry_interval=timedelta(),
        version_agnostic_tag=agnostic,
        tag_version=spec.tag,
        is_standard_rule=True,
    )


def _scope(text: str) -> ScopeConditionGroup:
    conditions: list[ScopeCondition] = []
    for part in text.split("; "):
        attribute, operator, *value = part.split(" ")
        conditions.append(ScopeCondition(attribute, " ".join(value), ComparisonOperator[operator]))
    return ScopeConditionGroup(conditions)


def _flow(text: str) -> AttributeFlowMapping:
    destination, sign, source = text.split(" ", 2)
    if sign == ":=":
        attributes = ["member"] if destination == "member" else []
        return AttributeFlowMapping(attributes, destination, FlowType.Expression, expression=source)
    if sign == "=":
        return AttributeFlowMapping([source], destination, FlowType.Constant)
    return AttributeFlowMapping(source.split(","), destination, FlowType.Direct)
