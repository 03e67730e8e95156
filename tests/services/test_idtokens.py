import base64
import json

import pytest
from tests.fault_server import fault_server

from deploy_actions.core.ports import IdTokens
from deploy_actions.core.redact import Redactor
from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, ServiceError, Unreachable
from deploy_actions.core.world import World
from deploy_actions.rehearsal.emulators.oidc import Oidc, OidcIssuer
from deploy_actions.rehearsal.emulators.routes import Answer, Routes
from deploy_actions.rehearsal.emulators.server import Emulator
from deploy_actions.services.idtokens import connect

REQUEST_TOKEN = "request-token-made-up"


def id_tokens(url: str, token: str = REQUEST_TOKEN, redactor: Redactor | None = None) -> IdTokens:
    environ = {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": token}
    return connect(World(environ, redactor or Redactor(), lambda line: None))


@pytest.mark.parametrize("audience", ["sts.amazonaws.com", "https://acme.example/a?b=c&d#e", "api://Ä ö+/"])
def test_a_token_is_issued_for_the_audience_that_was_asked_for(audience: str) -> None:
    with OidcIssuer(Oidc(REQUEST_TOKEN)) as issuer:
        token = id_tokens(issuer.request_url).token(audience)
    payload = token.reveal().split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["aud"] == audience
    [request] = issuer.received
    assert request.headers["authorization"] == f"Bearer {REQUEST_TOKEN}"
    assert request.path.startswith("/idtoken?api-version=2.0&audience=")


def test_both_tokens_are_redacted() -> None:
    redactor = Redactor()
    with OidcIssuer(Oidc(REQUEST_TOKEN)) as issuer:
        token = id_tokens(issuer.request_url, redactor=redactor).token("acme")
    assert redactor.redact(f"{REQUEST_TOKEN} {token.reveal()}") == "*** ***"


@pytest.mark.parametrize(("url", "token"), [("", REQUEST_TOKEN), ("https://issuer.example?x", ""), ("", "")])
def test_a_job_without_the_permission_is_told_so(url: str, token: str) -> None:
    with pytest.raises(NotFound, match="id-token: write"):
        id_tokens(url, token).token("acme")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", Refused),
        ("404", NotFound),
        ("429", RateLimited),
        ("503", Unreachable),
        ("html", Malformed),
        ("ok", Malformed),
        ("no-json", Malformed),
        ("truncated", Malformed),
        ("redirect", Malformed),
        ("no-http", Malformed),
    ],
)
def test_an_issuer_that_issues_none_is_an_error(fault: str, error: type[ServiceError]) -> None:
    with fault_server() as server, pytest.raises(error) as raised:
        id_tokens(f"{server.url}/{fault}#").token("acme")  # the server takes no query; behind a `#` none is sent
    assert REQUEST_TOKEN not in str(raised.value)


class Issuer(Emulator[str]):
    routes = Routes(("GET", "/idtoken", lambda body, _: Answer(200, body)))


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"value": 1}', '{"value": null}', '"token"', '{"x":' + "[" * 100_000, '{"value": "\\ud800"}']
)
def test_an_answer_that_holds_no_token_is_malformed(body: str) -> None:
    with Issuer(body) as issuer, pytest.raises(Malformed, match="holds no token"):
        id_tokens(f"{issuer.url}/idtoken?x=1").token("acme")


@pytest.mark.parametrize("url", ["no url", "ftp://issuer.example", "https://[", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none_is_malformed(url: str) -> None:
    with pytest.raises(Malformed):
        id_tokens(url).token("acme")
