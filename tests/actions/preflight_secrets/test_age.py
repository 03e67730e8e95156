"""Where each secret lives and how old it is, with the real HTTP service and an emulated GitHub."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.actions.preflight_secrets.credentials import pem, private_key
from tests.actions.preflight_secrets.room import codes_of, run_with
from tests.fakes import NOW, FakeClock, FakeHttp, FakeMasks, FakeSecrets
from tests.rehearsal.clients import rsa_key

from deploy_actions.actions.preflight_secrets import PreflightSecretsInputs
from deploy_actions.clients.github_app import App as AppToAsk
from deploy_actions.clients.github_app import minted
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, Unreachable
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.rehearsal.emulators.github import App, GitHub, GitHubEmulator, Repository, Token
from deploy_actions.services.http import HttpServers

READER = "reader-token-made-up"
NOBODY = "nobody-token-made-up"
REAL_NOW = datetime.now(UTC).replace(microsecond=0)  # which the emulator goes by
ENVIRONMENT = "production"


def written(days: float) -> datetime:
    return REAL_NOW - timedelta(days=days)


def github_with(repository: Repository) -> GitHub:
    may = {"secrets": "read", "environments": "read"}
    app = App(
        public_key=rsa_key("app").public,
        installation_id=42,
        permissions={"secrets": "write", "environments": "write", "contents": "write"},
        repositories=["acme/orders"],
    )
    return GitHub(
        tokens={READER: Token(permissions=may), NOBODY: Token(permissions={"contents": "write"})},
        apps={"7": app},
        repositories={"acme/orders": repository},
    )


def asked(url: str, manifest: Any, inputs: dict[str, str] | None = None, **worlds: Any) -> Report:
    """Every secret is set. Without `inputs`: the reader's token, and the environment."""
    given = {"github-token": READER, "environment": ENVIRONMENT} if inputs is None else inputs
    texts = {"secrets": json.dumps(manifest), "api-url": url, "repository": "acme/orders", **given}
    names = list(manifest)
    values = {name: f"9f8e7d6c-{name}" for name in names}
    real: dict[str, Any] = {"http": HttpServers(5), "clock": FakeClock(REAL_NOW)}
    return run_with(PreflightSecretsInputs.from_texts(texts), FakeSecrets(values), **{**real, **worlds})


def codes(found: Report, name: str = "KEY") -> list[str]:
    return [code for code in codes_of(found, name) if code != "secret-present"]


def rows(found: Report) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found.outputs.values()["ages"]
    return listed


AGED, OUTSIDE, UNVERIFIABLE = ["secret-aged"], ["secret-outside-environment"], ["age-unverifiable"]
OF_ENVIRONMENT = Repository(environments={ENVIRONMENT: {"KEY": written(10)}})


@pytest.mark.parametrize(
    ("places", "lives_in", "days", "expected"),
    [
        ({"E": 10}, "environment", 10, []),
        ({"R": 10}, "repository", 10, OUTSIDE),
        ({"O": 10}, "organization", 10, OUTSIDE),
        ({"E": 10, "R": 200, "O": 300}, "environment", 10, []),
        ({"E": 200, "R": 10}, "environment", 200, AGED),
        ({"R": 10, "O": 300}, "repository", 10, OUTSIDE),
        ({"O": 91}, "organization", 91, [*AGED, *OUTSIDE]),
        ({"E": 90}, "environment", 90, []),
        ({"E": 90.001}, "environment", 90, AGED),
        ({"E": 0}, "environment", 0, []),
        ({}, None, None, UNVERIFIABLE),
    ],
)
@pytest.mark.parametrize("listed_as", ["KEY", "Key"])
def test_the_nearest_place_wins_and_its_age_counts(  # noqa: PLR0913  # the columns of the table
    places: dict[str, float], lives_in: str | None, days: int | None, expected: list[str], *, listed_as: str
) -> None:
    where = {place: {listed_as: written(ago)} for place, ago in places.items()}
    repository = Repository(where.get("R", {}), {ENVIRONMENT: where.get("E", {})}, where.get("O", {}))
    with GitHubEmulator(github_with(repository)) as github:
        found = asked(github.url, {"KEY": {}})
    assert codes(found) == expected
    [row] = rows(found)
    assert (row["secret"], row["lives-in"], row["days"]) == ("KEY", lives_in, days)
    assert row["state"] == ("listed" if places else "unverifiable")
    assert bool(row["updated-at"]) is bool(places)


@pytest.mark.parametrize(
    ("rule", "default", "expected"),
    [
        ({}, "90d", []),
        ({}, "9d", AGED),
        ({"max-age": "9d"}, "90d", AGED),
        ({"max-age": "11d"}, "9d", []),
    ],
)
def test_a_rule_says_how_old_its_secret_may_be(rule: dict[str, str], default: str, expected: list[str]) -> None:
    inputs = {"github-token": READER, "environment": ENVIRONMENT, "max-age": default}
    with GitHubEmulator(github_with(OF_ENVIRONMENT)) as github:
        found = asked(github.url, {"KEY": rule}, inputs)
    assert codes(found) == expected
    assert found.decision is (Decision.WARN if expected else Decision.PASS)


def test_without_an_environment_none_is_asked_for() -> None:
    with GitHubEmulator(github_with(Repository(secrets={"KEY": written(1)}))) as github:
        found = asked(github.url, {"KEY": {}}, {"github-token": READER})
    assert codes(found) == []
    assert [request.path.partition("?")[0] for request in github.received] == [
        "/repos/acme/orders/actions/organization-secrets",
        "/repos/acme/orders/actions/secrets",
    ]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3)])
def test_every_page_is_read_and_no_more(count: int, pages: int) -> None:
    secrets = {f"KEY_{number:03}": written(number) for number in range(count)}
    manifest: dict[str, dict[str, str]] = {name: {} for name in secrets} or {"KEY": {}}
    with GitHubEmulator(github_with(Repository(environments={ENVIRONMENT: secrets}))) as github:
        found = asked(github.url, manifest)
    assert [row["days"] for row in rows(found)] == ([*range(count)] or [None])
    assert len(github.received) == 2 + pages


@pytest.mark.parametrize("name", ["production", "eu/production", "eu prod", "prüfung", "50% ?#&=+", "%2F", "a\\b"])
def test_the_name_of_an_environment_is_escaped(name: str) -> None:
    repository = Repository(environments={name: {"KEY": written(1)}, "other": {}})
    with GitHubEmulator(github_with(repository)) as github:
        found = asked(github.url, {"KEY": {}}, {"github-token": READER, "environment": name})
    assert codes(found) == []
    assert rows(found)[0]["lives-in"] == "environment"
    assert {one.route for one in github.answered} >= {"/repos/{owner}/{repo}/environments/{environment_name}/secrets"}


DECISIONS = [("", Decision.CANNOT_VERIFY), ("warn", Decision.WARN), ("ignore", Decision.SKIP)]
FAULTS: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"github-token": NOBODY}, {}),
    ({"github-token": "unknown-token"}, {}),
    ({"github-token": READER}, {"down": True}),
    ({"github-token": READER}, {"rate_limited": True}),
    ({"github-token": READER, "repository": "acme/nowhere"}, {}),
    ({"github-token": READER, "environment": "staging"}, {}),
    ({"github-token": READER, "repository": ""}, {}),
    ({"app-id": "7"}, {}),
    ({"app-private-key": rsa_key("app").private}, {}),
    ({"app-id": "8", "app-private-key": rsa_key("app").private}, {}),
    ({"app-id": "7", "app-private-key": rsa_key("another").private}, {}),
    ({"app-id": "7", "app-private-key": "9f8e7d6c"}, {}),
    ({"app-id": "7", "app-private-key": rsa_key("app").private, "repository": ""}, {}),
]


@pytest.mark.parametrize(("policy", "decision"), DECISIONS)
@pytest.mark.parametrize(("inputs", "state"), FAULTS)
def test_what_cannot_be_found_out_is_said_of_each_secret(
    inputs: dict[str, str], state: dict[str, Any], policy: str, decision: Decision
) -> None:
    with GitHubEmulator(github_with(OF_ENVIRONMENT)) as github:
        for name, value in state.items():
            setattr(github.state, name, value)
        found = asked(github.url, {"KEY": {}, "OTHER": {}}, {**inputs, "unverifiable-age": policy})
    assert (codes(found), codes(found, "OTHER")) == (UNVERIFIABLE, UNVERIFIABLE)
    assert {f.decision for f in found.findings if f.reason_code == "age-unverifiable"} == {decision}
    assert [(row["state"], row["days"]) for row in rows(found)] == [("unverifiable", None)] * 2
    assert not any(token in f"{found.findings}" for token in (READER, NOBODY, "PRIVATE KEY"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{no json",
        b"\xff",
        b'{"total_count": 1}',
        b'{"total_count": "1", "secrets": []}',
        b'{"total_count": 1, "secrets": [{"name": "KEY"}]}',
        b'{"total_count": 1, "secrets": [{"name": "KEY", "updated_at": "yesterday"}]}',
        b'{"total_count": 1, "secrets": [{"name": "KEY", "updated_at": "2026-11-01T00:00:00"}]}',
        b'{"total_count": 1, "secrets": [{"name": 1, "updated_at": "2026-11-01T00:00:00Z"}]}',
        b'{"total_count": 9000, "secrets": []}',
        b'{"x":' + b"[" * 50_000,
    ],
)
def test_a_page_that_is_not_as_documented_is_no_age(body: bytes) -> None:
    found = asked("https://api.example", {"KEY": {}}, http=FakeHttp(body))
    assert codes(found) == UNVERIFIABLE
    assert found.decision is Decision.CANNOT_VERIFY


@pytest.mark.parametrize(("rule", "expected"), [({}, []), ({"max-age": "30d"}, UNVERIFIABLE)])
@pytest.mark.parametrize("inputs", [{}, {"repository": ""}, {"environment": ENVIRONMENT}])
def test_without_a_credential_only_a_rule_asks_for_an_age(
    rule: dict[str, str], expected: list[str], inputs: dict[str, str]
) -> None:
    http = FakeHttp()
    found = asked("https://api.example", {"KEY": rule, "OTHER": {}}, inputs, http=http)
    assert (codes(found), codes(found, "OTHER"), http.requests) == (expected, [], [])
    assert found.decision is (Decision.CANNOT_VERIFY if expected else Decision.PASS)
    assert [row["state"] for row in rows(found)] == ["unverifiable"] * 2


def test_an_app_asks_with_a_token_for_no_more_than_this_and_ends_it() -> None:
    masks = FakeMasks()
    inputs = {"app-id": "7", "app-private-key": rsa_key("app").private, "environment": ENVIRONMENT}
    with GitHubEmulator(github_with(OF_ENVIRONMENT)) as github:
        found = asked(github.url, {"KEY": {}}, inputs, masks=masks)
        left = github.state.tokens.keys()
    assert (codes(found), rows(found)[0]["days"]) == ([], 10)
    assert [one.method for one in github.answered] == ["GET", "POST", "GET", "GET", "GET", "DELETE"]
    wanted = {"repositories": ["orders"], "permissions": {"secrets": "read", "environments": "read"}}
    assert json.loads(github.received[1].body) == wanted
    token = github.received[-1].headers["authorization"].removeprefix("Bearer ")
    assert left == {READER, NOBODY}
    assert token in masks.values
    assert token not in f"{found.findings}{found.outputs.values()}"


def test_the_token_of_an_app_is_ended_even_when_a_list_cannot_be_read() -> None:
    inputs = {"app-id": "7", "app-private-key": rsa_key("app").private, "environment": "staging"}
    with GitHubEmulator(github_with(OF_ENVIRONMENT)) as github:
        found = asked(github.url, {"KEY": {}}, inputs)
    assert codes(found) == UNVERIFIABLE
    assert github.state.tokens.keys() == {READER, NOBODY}


@pytest.mark.parametrize("wrong", [{"unverifiable-age": "never"}, {"max-age": "old"}, {"repository": "acme/.."}])
def test_a_wrong_input_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        asked("https://api.example", {"KEY": {}}, wrong)


# The minting of a token, which the probe `github-app` shares.


def app(key: str) -> AppToAsk:
    wanted = {"contents": "read", "secrets": "write"}
    return AppToAsk("https://api.example", "7", Secret(key), "acme/orders", wanted)


def test_a_token_with_less_than_was_asked_for_is_refused_and_ended() -> None:
    class Stingy(FakeHttp):
        def send(self, request: HttpRequest) -> HttpResponse:
            super().send(request)
            bodies = {"GET": b'{"id": 1}', "POST": b'{"token": "minted", "permissions": {"contents": "read"}}'}
            return HttpResponse(200, {}, bodies.get(request.method, b""))

    http, masks = Stingy(), FakeMasks()
    with (
        pytest.raises(Refused, match="granted without `secrets: write`"),
        minted(app(rsa_key("app").private), http, masks, NOW),
    ):
        pytest.fail("such a token must not be used")
    assert [request.method for request in http.requests] == ["GET", "POST", "DELETE"]
    assert masks.values == ["minted"]


def test_a_token_that_cannot_be_masked_is_not_used_and_ended() -> None:
    class Mute(FakeMasks):
        def register(self, name: str, values: Sequence[Secret]) -> int:
            raise Unreachable("the log", "masking", "the disk is full")

    class Minting(FakeHttp):
        def send(self, request: HttpRequest) -> HttpResponse:
            super().send(request)
            granted = b'{"token": "minted", "permissions": {"contents": "read", "secrets": "write"}}'
            return HttpResponse(200, {}, {"GET": b'{"id": 1}', "POST": granted}.get(request.method, b""))

    http = Minting()
    with pytest.raises(Unreachable), minted(app(rsa_key("app").private), http, Mute(), NOW):
        pytest.fail("such a token must not be used")
    assert [request.method for request in http.requests] == ["GET", "POST", "DELETE"]


def encrypted_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    scheme = serialization.BestAvailableEncryption(b"password")
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, scheme).decode()


@pytest.mark.parametrize("key", [rsa_key("app").public, private_key(), encrypted_key(), pem(NOW), "9f8e7d6c", "ä", ""])
def test_what_is_no_private_key_of_an_app_is_an_error_of_its_service(key: str) -> None:
    http = FakeHttp()
    with pytest.raises(Malformed, match="private key"), minted(app(key), http, FakeMasks(), NOW):
        pytest.fail("there is no token")
    assert http.requests == []
