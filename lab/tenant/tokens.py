"""Access tokens: RS256 JWTs that the authority signs and Graph checks.

Tokens live on the wall clock, not on the world's: a client compares them with its own time, and a client of a world
set in 2021 still runs today.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""The application id of Microsoft Graph in every tenant."""

LIFETIME = 3599
"""Seconds an access token lives for a client without CAE."""

CAE_LIFETIME = 86399
"""Seconds an access token lives for a client that can answer claims challenges (capability CP1)."""


class TokenRejectedError(Exception):
    """Graph does not take this bearer token; the message is what Graph puts into the error body."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """What Graph knows about the caller: application, tenant, granted application roles."""

    app_id: str
    tenant_id: str
    roles: frozenset[str]
    answers_challenges: bool
    """Whether the client announced CP1."""
    answered_challenge: bool
    """Whether the token was asked for with the claims of a challenge."""


class TokenIssuer:
    """One signing key, published as JWKS; issues and checks access tokens for Graph."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = uuid.uuid4().hex

    def jwks(self) -> dict[str, object]:
        """Return the JSON Web Key Set with the public half."""
        key: dict[str, Any] = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        key.pop("key_ops", None)
        return {"keys": [key | {"use": "sig", "kid": self._key_id, "x5t": self._key_id}]}

    def issue(
        self,
        *,
        issuer: str,
        tenant_id: str,
        app_id: str,
        app_display_name: str,
        audience: str,
        roles: Iterable[str],
        credential: str,
        capabilities: Iterable[str] = (),
        challenge_answered: bool = False,
    ) -> tuple[str, int]:
        """Return a signed token and its lifetime in seconds.

        `credential` is Entra's `appidacr`: "1" for a secret, "2" for a certificate.
        """
        now = int(self._wall())
        lifetime = CAE_LIFETIME if "CP1" in capabilities else LIFETIME
        object_id = str(uuid.uuid5(uuid.UUID(tenant_id), f"servicePrincipal:{app_id}"))
        claims: dict[str, object] = {
            "aud": audience,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "app_displayname": app_display_name,
            "appid": app_id,
            "appidacr": credential,
            "idtyp": "app",
            "oid": object_id,
            "sub": object_id,
            "roles": sorted(roles),
            "tid": tenant_id,
            "uti": uuid.uuid4().hex[:22],
            "ver": "1.0",
            "xms_cc": sorted(capabilities),
        }
        if challenge_answered:
            claims["acrs"] = ["challenge"]
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id}), lifetime

    def check(self, token: str, audiences: frozenset[str]) -> Bearer:
        """Return the caller of a valid token; raise TokenRejectedError with Graph's words otherwise."""
        try:
            claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidSignatureError as error:
            raise TokenRejectedError("Access token validation failure. Invalid signature.") from error
        except jwt.InvalidTokenError as error:
            raise TokenRejectedError("IDX14100: JWT is not well formed, there are no dots (.).") from error
        if claims["exp"] <= self._wall():
            raise TokenRejectedError("Lifetime validation failed, the token is expired.")
        if claims["aud"] not in audiences:
            raise TokenRejectedError("Access token validation failure. Invalid audience.")
        return Bearer(
            app_id=claims["appid"],
            tenant_id=claims["tid"],
            roles=frozenset(claims["roles"]),
            answers_challenges="CP1" in claims["xms_cc"],
            answered_challenge="acrs" in claims,
        )
