"""Refusals of the token endpoint: AADSTS number, OAuth error, HTTP status and text.

Bodies follow what Microsoft Entra ID sends: `error`, `error_description` (text, then trace id, correlation id
and timestamp), `error_codes`, `timestamp`, `trace_id`, `correlation_id`, `error_uri`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_CERTIFICATE_DOCUMENTATION = (
    "https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One documented way to be refused: `code` is the AADSTS number, `error` the OAuth word, `text` a template."""

    code: int
    error: str
    status: int
    text: str


TENANT_NOT_FOUND = Refusal(
    90002,
    "invalid_request",
    400,
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct"
    " cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the"
    " tenant.",
)
ONLY_POST = Refusal(
    900561, "invalid_request", 400, "The endpoint only accepts POST requests. Received a {method} request."
)
PARAMETER_MISSING = Refusal(
    900144, "invalid_request", 400, "The request body must contain the following parameter: '{parameter}'."
)
GRANT_UNSUPPORTED = Refusal(
    70003, "unsupported_grant_type", 400, "The app requested an unsupported grant type '{grant_type}'."
)
APPLICATION_NOT_FOUND = Refusal(
    700016,
    "unauthorized_client",
    400,
    "Application with identifier '{client_id}' was not found in the directory '{directory}'. This can happen if the"
    " application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
    " You may have sent your authentication request to the wrong tenant.",
)
CREDENTIAL_MISSING = Refusal(
    7000216,
    "invalid_client",
    401,
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
)
SECRET_WRONG = Refusal(
    7000215,
    "invalid_client",
    401,
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the"
    " client secret ID, for a secret added to app '{client_id}'.",
)
ASSERTION_MALFORMED = Refusal(50027, "invalid_request", 400, "JWT token is invalid or malformed.")
ASSERTION_KEY_UNKNOWN = Refusal(
    700027,
    "invalid_client",
    401,
    "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The"
    " key was not found., Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph"
    " Explorer or directly use MS Graph to see configured keys for app Id '{client_id}'.]",
)
ASSERTION_SIGNATURE = Refusal(
    700027,
    "invalid_client",
    401,
    "Client assertion contains an invalid signature. [Reason - The key was found, but use of the key to verify the"
    " signature failed., Thumbprint of key used by client: '{thumbprint}'.]",
)
ASSERTION_TIME = Refusal(
    700024,
    "invalid_client",
    401,
    "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {not_before},"
    f" expiry time of assertion {{expires}}. Review the documentation at {_CERTIFICATE_DOCUMENTATION} .",
)
ASSERTION_AUDIENCE = Refusal(
    700023,
    "invalid_client",
    401,
    "Client assertion audience claim does not match Realm issuer. Review the documentation at"
    f" {_CERTIFICATE_DOCUMENTATION} .",
)
ASSERTION_CLIENT = Refusal(
    700021,
    "invalid_client",
    401,
    "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at"
    f" {_CERTIFICATE_DOCUMENTATION} .",
)
SCOPE_NOT_DEFAULT = Refusal(
    1002012,
    "invalid_scope",
    400,
    "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default"
    " suffixed to the resource identifier (application ID URI).",
)
RESOURCE_NOT_FOUND = Refusal(
    500011,
    "invalid_resource",
    400,
    "The resource principal named {resource} was not found in the tenant named {directory}. This can happen if the"
    " application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
    " You might have sent your authentication request to the wrong tenant.",
)


class AuthorityError(Exception):
    """The token endpoint refuses; carries the refusal and the values its text needs."""

    def __init__(self, refusal: Refusal, **values: str) -> None:
        self.refusal = refusal
        self.text = f"AADSTS{refusal.code}: {refusal.text.format(**values)}"
        super().__init__(self.text)

    def body(self, *, authority_url: str, now: datetime, trace_id: str, correlation_id: str) -> dict[str, object]:
        """Return the JSON body; `now` is printed in UTC as the service prints it."""
        timestamp = f"{now:%Y-%m-%d %H:%M:%S}Z"
        return {
            "error": self.refusal.error,
            "error_description": (
                f"{self.text} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {timestamp}"
            ),
            "error_codes": [self.refusal.code],
            "timestamp": timestamp,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": f"{authority_url}/error?code={self.refusal.code}",
        }
