import socket
from collections.abc import Iterator

import pytest
from tests.fault_server import FaultServer, fault_server

from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, ServiceError, Unreachable
from deploy_actions.services.http import HttpServers

CREDENTIAL = Secret("canary-in-the-mine")
HTTP = HttpServers(limit_seconds=0.5)


def get(url: str, credential: Secret | None = None) -> HttpResponse:
    return HTTP.send(HttpRequest.bearer(url, credential) if credential else HttpRequest(url=url))


FAULTS: list[tuple[str, type[ServiceError], str]] = [
    ("401", Refused, "status 401"),
    ("403", Refused, "status 403"),
    ("404", NotFound, "status 404"),
    ("410", NotFound, "status 410"),
    ("418", Malformed, "status 418"),
    ("429", RateLimited, "status 429, retry after 7 s"),
    ("500", Unreachable, "status 500"),
    ("503", Unreachable, "status 503"),
    ("slow", Unreachable, "no answer in time"),
    ("endless", Unreachable, "not complete in time"),
    ("truncated", Malformed, "broken off"),
    ("html", Malformed, "content type is not application/json"),
    ("huge", Malformed, "longer than 1048576 bytes"),
    ("no-http", Malformed, "no HTTP"),
    ("redirect", Malformed, "a redirect, which is not followed"),
]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[FaultServer]:
    with fault_server() as server:
        yield server


@pytest.fixture(scope="module")
def server(elsewhere: FaultServer) -> Iterator[FaultServer]:
    with fault_server(elsewhere.url.replace("127.0.0.1", "localhost")) as running:
        yield running


def test_a_good_answer_is_given_whole(server: FaultServer) -> None:
    answer = get(f"{server.url}/ok", CREDENTIAL)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"{}", "application/json")
    assert server.authorizations[-1] == f"Bearer {CREDENTIAL.reveal()}"


def test_without_a_credential_none_is_sent(server: FaultServer) -> None:
    get(f"{server.url}/ok")
    assert server.authorizations[-1] is None


@pytest.mark.parametrize(("fault", "error", "cause"), FAULTS)
def test_every_fault_is_the_error_it_stands_for(
    server: FaultServer, fault: str, error: type[ServiceError], cause: str
) -> None:
    with pytest.raises(error) as raised:
        get(f"{server.url}/{fault}", CREDENTIAL)
    assert type(raised.value) is error
    assert cause in raised.value.cause
    assert (raised.value.service, raised.value.operation) == (server.url.removeprefix("http://"), f"GET /{fault}")


@pytest.mark.parametrize("fault", [fault for fault, _, _ in FAULTS])
def test_no_error_tells_the_credential_or_the_body(server: FaultServer, fault: str) -> None:
    with pytest.raises(ServiceError) as raised:
        get(f"{server.url}/{fault}?key={CREDENTIAL.reveal()}", CREDENTIAL)
    assert CREDENTIAL.reveal() not in str(raised.value)
    assert "body-that-must-not-show" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_credential_does_not_follow_a_redirect(server: FaultServer, elsewhere: FaultServer) -> None:
    with pytest.raises(Malformed):
        get(f"{server.url}/redirect", CREDENTIAL)
    assert elsewhere.authorizations == []


def test_a_refused_connection_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="refused"):
            get(f"http://127.0.0.1:{taken.getsockname()[1]}/")


@pytest.mark.parametrize(
    "url", ["", "no url", "ftp://127.0.0.1/", "http://", "http://[::1/", "http://127.0.0.1:99999/"]
)
def test_an_address_that_cannot_be_used_is_an_error_of_the_service(url: str) -> None:
    with pytest.raises(ServiceError):
        get(url)


def test_a_user_in_the_address_is_not_shown() -> None:
    with pytest.raises(ServiceError) as raised:
        get("http://user:canary@127.0.0.1:9/")
    assert "canary" not in raised.value.service + str(raised.value)


def test_a_tls_server_that_cannot_be_trusted_is_unreachable(server: FaultServer) -> None:
    with pytest.raises(Unreachable, match="TLS"):
        get(server.url.replace("http://", "https://") + "/ok")


def test_the_retry_after_of_a_rate_limit_is_in_seconds(server: FaultServer) -> None:
    with pytest.raises(RateLimited) as raised:
        get(f"{server.url}/429")
    assert raised.value.retry_after == 7
