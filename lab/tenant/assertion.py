"""Client assertions: the signed JWT a certificate credential sends instead of a secret."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from lab.tenant import aadsts
from lab.tenant.aadsts import AuthorityError

if TYPE_CHECKING:
    from collections.abc import Iterable

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_ALGORITHMS = ["RS256", "PS256"]
_CLOCK_SKEW = 300


def verify(assertion: str, *, client_id: str, certificate_pem: bytes, audiences: set[str], now: float) -> None:
    """Accept the assertion, or raise AuthorityError as the token endpoint does.

    The certificate is found by the thumbprint in the header (`x5t`: SHA-1, `x5t#S256`: SHA-256), as Entra does:
    a key id is not looked at. `now` is the wall clock in seconds; five minutes of skew are allowed.
    """
    try:
        header = jwt.get_unverified_header(assertion)
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise AuthorityError(aadsts.ASSERTION_MALFORMED) from error
    certificate = _registered(header, client_id, certificate_pem)
    try:
        jwt.decode(
            assertion,
            certificate.public_key(),  # type: ignore[arg-type]  # an EC key is refused by the algorithm list
            algorithms=_ALGORITHMS,
            options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise AuthorityError(aadsts.ASSERTION_SIGNATURE, thumbprint=_thumbprint(certificate)) from error
    _check_time(claims, now)
    if not audiences & _as_set(claims.get("aud")):
        raise AuthorityError(aadsts.ASSERTION_AUDIENCE)
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise AuthorityError(aadsts.ASSERTION_CLIENT)


def _registered(header: dict[str, Any], client_id: str, certificate_pem: bytes) -> x509.Certificate:
    """Return the registered certificate the header points to."""
    sent = {name: str(header[name]).rstrip("=") for name in ("x5t#S256", "x5t") if name in header}
    if certificate_pem:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        known = {"x5t": _b64url(certificate, hashes.SHA1()), "x5t#S256": _b64url(certificate, hashes.SHA256())}  # noqa: S303 (the header's own algorithm)
        if sent and all(known[name] == value for name, value in sent.items()):
            return certificate
    raise AuthorityError(
        aadsts.ASSERTION_KEY_UNKNOWN, thumbprint=_printed(next(iter(sent.values()), "")), client_id=client_id
    )


def _check_time(claims: dict[str, Any], now: float) -> None:
    not_before, expires = claims.get("nbf", 0), claims.get("exp", 0)
    if not_before - _CLOCK_SKEW <= now < expires + _CLOCK_SKEW:
        return
    raise AuthorityError(
        aadsts.ASSERTION_TIME, now=_instant(now), not_before=_instant(not_before), expires=_instant(expires)
    )


def _as_set(audience: str | Iterable[str] | None) -> set[str]:
    if audience is None:
        return set()
    return {audience} if isinstance(audience, str) else set(audience)


def _b64url(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> str:
    return base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).rstrip(b"=").decode()


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 (Windows names certificates by SHA-1)


def _printed(thumbprint: str) -> str:
    """Return a base64url thumbprint the way Entra prints it: upper-case hex."""
    try:
        return base64.urlsafe_b64decode(thumbprint + "=" * (-len(thumbprint) % 4)).hex().upper()
    except ValueError:
        return thumbprint


def _instant(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
