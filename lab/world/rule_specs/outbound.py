"""Standard rules away from the metaverse, and the limit they hold [adsync §4.4, §4.5]."""

from __future__ import annotations

from typing import Literal

from lab.world.enums import LinkType
from lab.world.rule_specs.spec import (
    ANCHOR,
    CLOUD_DN,
    CLOUD_GROUPS,
    MAIL_GROUPS,
    NAMES,
    PROVISION,
    TO_CLOUD,
    TO_SOURCE,
    Spec,
)

GROUP_JOIN = "Out to AAD - Group Join"
GROUP_WRITEUP = "Out to AAD - Group Writeup Member Limit"

MemberLimit = Literal["50000", "250000", "none"]
"""What the default rules hold: a literal, or no limit at all [adsync §4.4, semantics §5]."""

_MORE = "Visit https://go.microsoft.com/fwlink/?linkid=2154336 for more information."


def member_limit_expression(limit: int, *, counted: str = 'ValueCount("member")') -> str:
    """The flow of `member` that fails above a limit [adsync §4.4]."""
    return f'IIF(({counted}> {limit}),Error("Maximum Group member count exceeded. {_MORE}"),IgnoreThisFlow)'


def to_entra_users() -> list[Spec]:
    """Outbound rules of users and contacts."""
    services = (
        "ExchangeOnline",
        "DynamicsCRM",
        "LyncOnline",
        "SharePointOnline",
        "Intune",
        "OfficeProPlus",
        "AzureRMS",
    )
    to_cloud = (f"{TO_CLOUD}; sourceObjectType EQUAL User",)
    return [
        Spec(
            "Out to AAD - User Join",
            "person",
            "user",
            PROVISION,
            12,
            to_cloud,
            (
                CLOUD_DN,
                ANCHOR,
                "commonName <- cn",
                "onPremiseSecurityIdentifier <- objectSid",
                "accountEnabled <- accountEnabled",
                "userPrincipalName <- userPrincipalName",
            ),
            TO_SOURCE,
        ),
        Spec(
            "Out to AAD - User Identity",
            "person",
            "user",
            LinkType.Join,
            7,
            to_cloud,
            (*NAMES, "givenName <- givenName", "surname <- sn", "manager <- manager"),
        ),
        *(
            Spec(f"Out to AAD - User {service}", "person", "user", LinkType.Join, 5, to_cloud, (*NAMES, "mail <- mail"))
            for service in services
        ),
        Spec(
            "Out to AAD - Contact Join",
            "person",
            "contact",
            PROVISION,
            6,
            (f"{TO_CLOUD}; sourceObjectType EQUAL Contact",),
            (CLOUD_DN, ANCHOR),
            TO_SOURCE,
        ),
        Spec(
            "Out to AAD - Contact Identity",
            "person",
            "contact",
            LinkType.Join,
            3,
            (f"{TO_CLOUD}; sourceObjectType EQUAL Contact",),
            (*NAMES, "mail <- mail"),
        ),
        Spec(
            "Out to AAD - Contact ExchangeOnline",
            "person",
            "contact",
            LinkType.Join,
            3,
            (f"{TO_CLOUD}; sourceObjectType EQUAL Contact",),
            ("proxyAddresses <- proxyAddresses",),
        ),
    ]


def to_entra_groups(limit: MemberLimit) -> list[Spec]:
    """Outbound rules of groups and devices, and the one towards Active Directory."""
    changed = int(limit != "50000")  # a build that changes a default rule counts its tag up
    member = () if limit == "none" else (f"member := {member_limit_expression(int(limit))}",)
    writeup = [Spec(GROUP_WRITEUP, "group", "group", LinkType.Join, 3 + changed, (TO_CLOUD,), member)] if member else []
    return [
        *writeup,
        Spec(
            "Out to AAD - Contact LyncOnline",
            "person",
            "contact",
            LinkType.Join,
            2,
            (f"{TO_CLOUD}; sourceObjectType EQUAL Contact",),
            NAMES,
        ),
        Spec(
            GROUP_JOIN,
            "group",
            "group",
            PROVISION,
            7 + changed,
            CLOUD_GROUPS,
            (
                "commonName <- cn",
                CLOUD_DN,
                *member,
                "onPremiseSecurityIdentifier <- objectSid",
                ANCHOR,
                "securityEnabled <- securityEnabled",
            ),
            TO_SOURCE,
        ),
        Spec(
            "Out to AAD - Group Identity",
            "group",
            "group",
            LinkType.Join,
            4,
            CLOUD_GROUPS,
            (*NAMES, "member <- member", "mailEnabled <- mailEnabled"),
        ),
        *(
            Spec(
                f"Out to AAD - Group {service}",
                "group",
                "group",
                LinkType.Join,
                4,
                MAIL_GROUPS,
                (*NAMES, "proxyAddresses <- proxyAddresses"),
            )
            for service in ("ExchangeOnline", "DynamicsCRM", "Intune", "LyncOnline", "SharePointOnline", "AzureRMS")
        ),
        Spec(
            "Out to AAD - Device Join",
            "device",
            "device",
            PROVISION,
            3,
            (TO_CLOUD,),
            (CLOUD_DN, ANCHOR, "onPremiseSecurityIdentifier <- objectSid"),
            TO_SOURCE,
        ),
        Spec("Out to AAD - Device Common", "device", "device", LinkType.Join, 2, (TO_CLOUD,), NAMES),
        Spec(
            "Out to AD - User ImmutableId",
            "person",
            "user",
            LinkType.JoinNoFlow,
            2,
            ("sourceAnchorBinary ISNOTNULL; cloudFiltered NOTEQUAL True",),
            ("mS-DS-ConsistencyGuid := IIF(IsPresent([mS-DS-ConsistencyGuid]),IgnoreThisFlow,[sourceAnchorBinary])",),
        ),
    ]
