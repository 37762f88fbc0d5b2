"""Standard rules towards the metaverse [adsync §4.5]."""

from __future__ import annotations

from lab.world.enums import LinkType
from lab.world.rule_specs.spec import (
    ANCHOR_EXPRESSION,
    BY_GUID,
    NAMES,
    NOT_CRITICAL,
    PROVISION,
    TO_SOURCE,
    USERS_ONLY,
    Spec,
)


def from_ad_user(kind: str, source: str) -> list[Spec]:
    """Inbound rules of one class of users."""
    return [
        Spec(
            f"In from AD - {kind} Join",
            source,
            "person",
            PROVISION,
            6,
            USERS_ONLY,
            (
                f"sourceAnchor := {ANCHOR_EXPRESSION}",
                "sourceObjectType = User",
                "objectSid <- objectSid",
                "cloudFiltered := IIF(IsPresent([isCriticalSystemObject]),True,NULL)",
            ),
            BY_GUID,
        ),
        Spec(
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
        Spec(
            f"In from AD - {kind} Common from Exchange",
            source,
            "person",
            LinkType.Join,
            5,
            ("msExchMailboxGuid ISNOTNULL",),
            (*NAMES, "givenName <- givenName", "sn <- sn"),
        ),
        Spec(
            f"In from AD - {kind} Common",
            source,
            "person",
            LinkType.Join,
            7,
            (),
            (*NAMES, "cn <- cn", "givenName <- givenName", "sn <- sn", "manager <- manager"),
        ),
        Spec(
            f"In from AD - {kind} Exchange",
            source,
            "person",
            LinkType.Join,
            6,
            ("msExchMailboxGuid ISNOTNULL",),
            ("mail <- mail", "proxyAddresses <- proxyAddresses"),
        ),
        Spec(
            f"In from AD - {kind} Lync",
            source,
            "person",
            LinkType.Join,
            3,
            ("msRTCSIP-PrimaryUserAddress ISNOTNULL",),
            ("msRTCSIP-PrimaryUserAddress <- msRTCSIP-PrimaryUserAddress",),
        ),
    ]


def from_ad_others() -> list[Spec]:
    """Inbound rules of contacts, groups and computers."""
    return [
        Spec(
            "In from AD - Contact Join",
            "contact",
            "person",
            PROVISION,
            4,
            (),
            (f"sourceAnchor := {ANCHOR_EXPRESSION}",),
            BY_GUID,
        ),
        Spec("In from AD - Contact Common", "contact", "person", LinkType.Join, 4, (), (*NAMES, "mail <- mail")),
        Spec(
            "In from AD - Group Join",
            "group",
            "group",
            PROVISION,
            4,
            NOT_CRITICAL,
            (
                f"sourceAnchor := {ANCHOR_EXPRESSION}",
                "sourceObjectType = Group",
                "objectSid <- objectSid",
                "securityEnabled := BitAnd([groupType],2147483648) <> 0",
            ),
            BY_GUID,
        ),
        Spec(
            "In from AD - Group Exchange",
            "group",
            "group",
            LinkType.Join,
            5,
            ("mailNickname ISNOTNULL",),
            ("mailEnabled := IIF(IsPresent([mail]),True,False)", "proxyAddresses <- proxyAddresses"),
        ),
        Spec(
            "In from AD - Group Common",
            "group",
            "group",
            LinkType.Join,
            4,
            (),
            (*NAMES, "cn <- cn", "member <- member", 'memberCount := ValueCount("member")'),
        ),
        Spec(
            "In from AD - ForeignSecurityPrincipal Join User",
            "foreignSecurityPrincipal",
            "person",
            LinkType.JoinNoFlow,
            2,
            (),
            (),
            ("objectSid", "objectSid"),
        ),
        Spec(
            "In from AD - Computer Join",
            "computer",
            "device",
            PROVISION,
            2,
            ("userCertificate ISNOTNULL",),
            ("sourceAnchor := ConvertToBase64([objectGUID])", "objectSid <- objectSid"),
            BY_GUID,
        ),
        Spec("In from AD - Computer Common", "computer", "device", LinkType.Join, 1, (), (*NAMES, "cn <- cn")),
    ]


def from_entra() -> list[Spec]:
    """Inbound rules of the Entra connector."""
    return [
        Spec(
            "In from AAD - User Join",
            "user",
            "person",
            LinkType.Join,
            4,
            (),
            ("cloudAnchor <- cloudAnchor",),
            TO_SOURCE,
        ),
        Spec(
            "In from AAD - Group Join",
            "group",
            "group",
            LinkType.Join,
            4,
            (),
            ("cloudAnchor <- cloudAnchor",),
            TO_SOURCE,
        ),
        Spec(
            "In from AAD - Contact Join",
            "contact",
            "person",
            LinkType.Join,
            3,
            (),
            ("cloudAnchor <- cloudAnchor",),
            TO_SOURCE,
        ),
        Spec(
            "In from AAD - Device Common",
            "device",
            "device",
            LinkType.Join,
            2,
            (),
            ("deviceId <- deviceId",),
            TO_SOURCE,
        ),
        Spec(
            "In from AAD - User NGCKey",
            "user",
            "person",
            LinkType.Join,
            1,
            (),
            ("msDS-KeyCredentialLink <- msDS-KeyCredentialLink",),
        ),
    ]
