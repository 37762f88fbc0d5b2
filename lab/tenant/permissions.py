"""Application permissions: which roles open a path, and which member types they show [graph §0.5, §1.5]."""

from __future__ import annotations

DIRECTORY = "Directory.Read.All"

_GROUPS = frozenset({"GroupMember.Read.All", "Group.Read.All", "Group.ReadBasic.All", DIRECTORY})
_MEMBERS = frozenset({"GroupMember.ReadBasic.All", "GroupMember.Read.All", "Group.Read.All", DIRECTORY})
_APPLICATIONS = frozenset({"Application.Read.All", DIRECTORY})
_ROLES = frozenset({"RoleManagement.Read.Directory", "RoleManagement.Read.All", DIRECTORY})

_PATHS: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (("groups", "*", "members"), _MEMBERS),
    (("groups", "*", "transitiveMembers"), _MEMBERS),
    (("groups",), _GROUPS),
    (("users", "*", "memberOf"), frozenset({DIRECTORY, "GroupMember.Read.All", "User.Read.All"})),
    (("users",), frozenset({"User.ReadBasic.All", "User.Read.All", DIRECTORY})),
    (("devices",), frozenset({"Device.Read.All", DIRECTORY})),
    (("contacts",), frozenset({"OrgContact.Read.All", DIRECTORY})),
    (
        ("organization",),
        frozenset({"Organization.Read.All", "User.Read.All", "DeviceManagementServiceConfig.Read.All", DIRECTORY}),
    ),
    (("domains",), frozenset({"Domain.Read.All", DIRECTORY})),
    (("directoryRoles",), _ROLES),
    (("applications",), _APPLICATIONS),
    (("servicePrincipals",), _APPLICATIONS),
    (("auditLogs",), frozenset({"AuditLog.Read.All"})),
    (("directory", "onPremisesSynchronization"), frozenset({"OnPremDirectorySynchronization.Read.All"})),
)
"""First match wins; `*` is any one segment."""

_VISIBLE = {
    "user": frozenset({"User.Read.All", DIRECTORY}),
    "group": frozenset({"GroupMember.Read.All", "Group.Read.All", DIRECTORY}),
    "device": frozenset({"Device.Read.All", DIRECTORY}),
    "orgContact": frozenset({"OrgContact.Read.All", DIRECTORY}),
    "servicePrincipal": _APPLICATIONS,
    "application": _APPLICATIONS,
    "directoryRole": _ROLES,
}

_BASIC_USER = frozenset({"id", "displayName", "givenName", "mail", "surname", "userPrincipalName"})


def granted(segments: tuple[str, ...], roles: frozenset[str]) -> bool:
    """Return whether the roles open the path; a path nobody knows is open, and then answered with its own error."""
    for pattern, needed in _PATHS:
        if len(segments) >= len(pattern) and all(
            want in ("*", have) for want, have in zip(pattern, segments, strict=False)
        ):
            return not _readers(needed).isdisjoint(roles)
    return True


def shown(type_name: str, name: str, roles: frozenset[str]) -> bool:
    """Return whether a property of an object of this type is shown; what is not shown is null, the id always is."""
    if name == "id" or not _readers(_VISIBLE[type_name]).isdisjoint(roles):
        return True
    return type_name == "user" and name in _BASIC_USER and "User.ReadBasic.All" in roles


def _readers(needed: frozenset[str]) -> frozenset[str]:
    """Add the permissions that include reading: `X.ReadWrite.All` for `X.Read.All`."""
    return needed | {name.replace(".Read.", ".ReadWrite.") for name in needed}
