"""What every kind of failure means. The tables follow what was measured of the libraries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.etree.ElementTree import ParseError

import httpx
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from kiota_abstractions.api_error import APIError
from pypsrp.exceptions import (
    AuthenticationError,
    FragmentError,
    WinRMError,
    WinRMTransportError,
    WSManFaultError,
)
from spnego.exceptions import NoCredentialError

from fixtures.answers import Outcome
from fixtures.environment import SecretError
from fixtures.reads import IncompleteError, RefusedError
from fixtures.wire import failures, graph_failures
from fixtures.wire.failures import ErrorText, of_record


def fault(code: int | str) -> WSManFaultError:
    return WSManFaultError(code, "SYNC02", "the reason", None, None, None)


@pytest.mark.parametrize(
    ("error", "outcome", "again"),
    [
        (AuthenticationError("Failed to authenticate"), Outcome.AUTHENTICATION, False),
        (NoCredentialError(context_msg="no ticket"), Outcome.AUTHENTICATION, False),
        (ImportError("gssapi"), Outcome.AUTHENTICATION, False),
        (SecretError("the environment variable X is not set"), Outcome.AUTHENTICATION, False),
        (requests.exceptions.SSLError("certificate verify failed: unknown CA"), Outcome.UNREACHABLE, False),
        (requests.exceptions.SSLError("UNEXPECTED_EOF_WHILE_READING"), Outcome.UNREACHABLE, True),
        (requests.exceptions.ConnectionError("refused"), Outcome.UNREACHABLE, True),
        (requests.exceptions.ConnectTimeout("no SYN"), Outcome.UNREACHABLE, True),
        (requests.exceptions.ReadTimeout("hung"), Outcome.UNREACHABLE, True),
        (WinRMTransportError("http", 503, ""), Outcome.UNREACHABLE, True),
        (fault(5), Outcome.DENIED, False),
        (fault(2150858811), Outcome.NOT_OFFERED, False),
        (fault(2150859173), Outcome.UNREACHABLE, True),
        (fault(2150859236), Outcome.UNREACHABLE, True),
        (fault(2150859241), Outcome.UNREACHABLE, True),
        (fault(2150859180), Outcome.DENIED, False),
        (fault(2150859235), Outcome.DENIED, False),
        (fault(2150858843), Outcome.UNREACHABLE, True),
        (fault(87), Outcome.FAILED, False),
        (FragmentError("missing"), Outcome.PARTIAL, True),
        (WinRMError("relates to"), Outcome.FAILED, False),
        (ParseError("no XML"), Outcome.FAILED, False),
        (FileNotFoundError("ca.pem"), Outcome.FAILED, False),
        (RuntimeError("else"), Outcome.FAILED, False),
    ],
)
def test_an_exception_of_the_wire_has_one_outcome(error: Exception, outcome: Outcome, *, again: bool) -> None:
    failure = failures.of_exception(error)
    assert (failure.outcome, failure.again) == (outcome, again)
    assert failure.text


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ErrorText("CommandNotFoundException", "The term 'Get-X' is not recognized"), Outcome.NOT_OFFERED),
        (ErrorText("NamedParameterNotFound,Select-Object", "no parameter ExpandProperty"), Outcome.NOT_OFFERED),
        (ErrorText("ScriptsNotAllowed", "not allowed"), Outcome.NOT_OFFERED),
        (ErrorText("X", "The current user has insufficient privileges to perform this operation."), Outcome.DENIED),
        (ErrorText("X", "Access Denied - verify you are running as an administrator account."), Outcome.DENIED),
        (ErrorText("X", "Requested registry access is not allowed."), Outcome.DENIED),
        (ErrorText("UnauthorizedAccess,Y", "Attempted to perform an operation"), Outcome.DENIED),
        (ErrorText("X", "any text in another language", permission=True), Outcome.DENIED),
        (ErrorText("X", "The service is not running."), Outcome.FAILED),
    ],
)
def test_an_error_record_has_one_outcome(error: ErrorText, outcome: Outcome) -> None:
    failure = of_record(error, "SwingGate")
    assert failure.outcome is outcome
    assert error.message in failure.text


def test_a_text_that_stands_in_its_id_too_is_told_once() -> None:
    error = ErrorText("Access Denied.,Cmdlet.GetADSyncScheduler", "Access Denied.")

    assert str(error) == "Access Denied.,Cmdlet.GetADSyncScheduler"


NO_ENDPOINT = (
    "There was no endpoint listening at net.pipe://localhost/ADSyncManagement that could accept the message. This is "
    "often caused by an incorrect address or SOAP action. See InnerException, if present, for more details."
)


@pytest.mark.parametrize(
    "message", [NO_ENDPOINT, "Es war kein Endpunkt an NET.PIPE://localhost/ADSyncManagement vorhanden."]
)
def test_a_management_pipe_that_lets_nobody_in_is_told_with_its_two_causes(message: str) -> None:
    failure = of_record(ErrorText("System.ServiceModel.EndpointNotFoundException,Get", message), "Microsoft.PowerShell")
    assert (failure.outcome, failure.again) == (Outcome.FAILED, False)
    assert "the ADSync service is stopped, or the session is a network logon" in failure.text


def test_an_error_id_that_holds_a_whole_stack_is_cut_to_its_ends() -> None:
    stack = "System.InvalidOperationException: AAD is busy.\n   at A.B(String x)\n   at C*, Char** s),X.Cmdlet.GetIt"
    assert str(ErrorText(stack, "AAD is busy.")) == "AAD is busy. [System.InvalidOperationException,X.Cmdlet.GetIt]"


def status(code: int, **headers: str) -> APIError:
    return APIError("status", code, headers)


@pytest.mark.parametrize(
    ("error", "outcome", "again"),
    [
        (status(401), Outcome.AUTHENTICATION, False),
        (status(403), Outcome.DENIED, False),
        (status(404), Outcome.FAILED, False),
        (status(400), Outcome.FAILED, False),
        (status(501), Outcome.NOT_OFFERED, False),
        (status(408), Outcome.UNREACHABLE, True),
        (status(429), Outcome.TIMED_OUT, True),
        (status(500), Outcome.UNREACHABLE, True),
        (status(504), Outcome.UNREACHABLE, True),
        (httpx.ReadError("reset"), Outcome.UNREACHABLE, True),
        (httpx.RemoteProtocolError("cut"), Outcome.UNREACHABLE, True),
        (httpx.ConnectError("certificate verify failed"), Outcome.UNREACHABLE, False),
        (TimeoutError(), Outcome.TIMED_OUT, False),
        (IncompleteError("a page without value"), Outcome.PARTIAL, True),
        (RefusedError("POST"), Outcome.FAILED, False),
        (ClientAuthenticationError("AADSTS7000215"), Outcome.AUTHENTICATION, False),
        (ServiceRequestError("refused"), Outcome.UNREACHABLE, True),
        (SecretError("not set"), Outcome.AUTHENTICATION, False),
    ],
)
def test_an_exception_of_graph_has_one_outcome(error: Exception, outcome: Outcome, *, again: bool) -> None:
    failure = graph_failures.of_exception(error)
    assert (failure.outcome, failure.again) == (outcome, again)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_retry_after_is_read(headers: dict[str, str] | None, seconds: float | None) -> None:
    assert graph_failures.retry_after(headers) == seconds


def test_a_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for date in (later, later.replace("GMT", "-0000")):
        assert graph_failures.retry_after({"Retry-After": date}) == pytest.approx(90, abs=3)


def test_a_sentence_holds_no_address_of_an_object() -> None:
    error = requests.exceptions.ConnectionError("<urllib3.connection.X object at 0x7f3a> refused")

    failure = failures.of_exception(error)

    assert failure.text == "no connection: urllib3.connection.X refused"
