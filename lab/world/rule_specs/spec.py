"""The short form in which standard rules are written, and what several of them share."""

from __future__ import annotations

from dataclasses import dataclass

from lab.world.enums import LinkType


@dataclass(frozen=True, slots=True)
class Spec:
    """A standard rule, written short."""

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
        """Towards the metaverse."""
        return self.name.startswith("In from")

    @property
    def ad(self) -> bool:
        """Of the AD connector."""
        return " AD - " in self.name


PROVISION = LinkType.Provision
ANCHOR = "sourceAnchor <- cloudSourceAnchor,sourceAnchor"
ANCHOR_EXPRESSION = (
    "IIF(IsPresent([mS-DS-ConsistencyGuid]),ConvertToBase64([mS-DS-ConsistencyGuid]),ConvertToBase64([objectGUID]))"
)
CLOUD_DN = 'dn := "CN={" & ConvertToUTF8Hex([sourceAnchor]) & "}"'
TO_CLOUD = "sourceAnchor ISNOTNULL; cloudMastered NOTEQUAL True; cloudFiltered NOTEQUAL True"
NOT_CRITICAL = ("isCriticalSystemObject NOTEQUAL True; adminDescription NOTSTARTSWITH Group_",)
USERS_ONLY = ("isCriticalSystemObject NOTEQUAL True; adminDescription NOTSTARTSWITH User_",)
CLOUD_GROUPS = (f"{TO_CLOUD}; securityEnabled EQUAL True", f"{TO_CLOUD}; mailEnabled EQUAL True")
MAIL_GROUPS = (f"{TO_CLOUD}; mailEnabled EQUAL True",)
NAMES = ("displayName <- displayName", "description <- description")
TO_SOURCE = ("sourceAnchor", "sourceAnchor")
BY_GUID = ("objectGUID", "sourceAnchorBinary")
