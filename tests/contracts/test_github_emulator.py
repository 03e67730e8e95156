"""GitHub's emulator against GitHub's own description, in everything that these exercises send and get."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.contracts.description import Description, description, routes_not_exercised
from tests.rehearsal.clients import app_jwt, ask, rsa_key

from deploy_actions.rehearsal.emulators.github import (
    App,
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Pull,
    Repository,
    Token,
)
from deploy_actions.rehearsal.emulators.oidc import Oidc, OidcIssuer
from deploy_actions.rehearsal.emulators.server import Answered, Received

WRITTEN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
BASIC_ERROR = "#/components/responses/not_found"
EVERYWHERE = {
    400: "#/components/responses/bad_request",  # a body that is no JSON
    401: "#/components/responses/requires_authentication",  # a token that is none, on every endpoint
    403: "#/components/responses/forbidden",  # a token that may not; also the primary rate limit
    404: BASIC_ERROR,  # what is not there or may not be seen; an app that is none
    409: "#/components/responses/conflict",  # commits of a repository that has none
    422: "#/components/responses/validation_failed",  # a commit that is none
    429: BASIC_ERROR,  # the secondary rate limit
    503: "#/components/responses/service_unavailable",
}
UNDESCRIBED = {"/idtoken": "belongs to the runner's service, of which GitHub publishes no description"}
MORE_KEYS = {"response.status": "GitHub repeats the status in every error; `validation-error` does not say so"}


@pytest.fixture(name="described")
def _described() -> Description:
    return description("github.json", everywhere=EVERYWHERE, undescribed=UNDESCRIBED, more_keys=MORE_KEYS)


def state() -> GitHub:
    secrets = {"secrets": "read", "environments": "read", "actions": "read"}
    everything = {**secrets, "contents": "read", "deployments": "read", "pull_requests": "read"}
    names = {f"SECRET_{n:03}": WRITTEN for n in range(250)}
    orders = Repository(
        secrets=names,
        environments={"production": names},
        organization_secrets=names,
        commits=[
            *(Commit(f"{n:040x}", f"Commit {n}") for n in range(260)),
            Commit("a" * 40, "By the way", pulls=[2]),
            Commit("b" * 40, "Merge #1", [f"{259:040x}", f"{1:040x}"], pulls=[1]),
        ],
        pulls={1: Pull("Add", "Why\n\nBecause."), 2: Pull("Open", merged=False), 3: Pull("Elsewhere")},
        deployments=[
            Deployment(f"{n:040x}", WRITTEN, states=["queued", "in_progress", "success", "inactive"])
            for n in range(120)
        ],
    )
    app = App(
        public_key=rsa_key("app").public,
        installation_id=42,
        permissions=secrets,
        repositories=["acme/orders"],
        client_id="Iv-client",
    )
    tokens = {
        "reader": Token(permissions=everything, expires=datetime(2036, 1, 1, tzinfo=UTC), login="ada"),
        "job": Token("installation", {"contents": "read"}),
    }
    return GitHub(tokens=tokens, apps={"7": app}, repositories={"acme/orders": orders, "acme/new": Repository()})


def exercise_reading(url: str, github: GitHub) -> None:
    repository = f"{url}/repos/acme/orders"
    lists = ("actions/secrets", "actions/organization-secrets", "environments/production/secrets")
    for authorization in ("", "Bearer no", "Bearer job", "Bearer reader"):
        for path in (*lists, "environments/production", "environments/staging", "environments/staging/secrets"):
            ask(f"{repository}/{path}", authorization)
        ask(f"{url}/user", authorization)
        ask(f"{url}/rate_limit", authorization)
    for path in lists:
        for page in (1, 2, 3, 4):
            ask(f"{repository}/{path}?per_page=100&page={page}", "Bearer reader")
    ask(f"{url}/repos/acme/nowhere/actions/secrets", "Bearer reader")


def exercise_history(url: str, github: GitHub) -> None:
    repository, first, last, aside = f"{url}/repos/acme/orders", f"{0:040x}", "b" * 40, "a" * 40
    paths = [
        *("deployments", "deployments/1/statuses", "deployments/999/statuses"),
        *("commits/main", f"commits/{aside}", "commits/nowhere", f"commits/{last}/pulls", f"commits/{aside}/pulls"),
        *("commits/nowhere/pulls", "pulls/1", "pulls/2", "pulls/3", "pulls/4"),
        *(f"compare/{pair}" for pair in (f"{first}...{last}", "main...main", f"main...{aside}", f"{last}...{first}")),
        *("compare/main...nowhere", "compare/main"),
    ]
    for authorization in ("", "Bearer no", "Bearer job", "Bearer reader"):
        for path in paths:
            ask(f"{repository}/{path}", authorization)
    for query in ("environment=production", "environment=staging", f"sha={first}", "ref=main", "task=deploy"):
        ask(f"{repository}/deployments?per_page=100&page=1&{query}", "Bearer reader")
    paged = ("deployments", "deployments/1/statuses", f"commits/{last}/pulls", f"compare/{first}...{last}")
    for path in paged:
        for page in (1, 2, 3, 4):
            ask(f"{repository}/{path}?per_page=100&page={page}", "Bearer reader")
    for path in ("commits/main", "commits/main/pulls", "compare/main...main", "deployments"):
        ask(f"{url}/repos/acme/new/{path}", "Bearer reader")


def exercise_app(url: str, github: GitHub) -> None:
    good, mint = app_jwt(rsa_key("app")), f"{url}/app/installations/42/access_tokens"
    for authorization in (good, app_jwt(rsa_key("app"), "8"), app_jwt(rsa_key("other")), "Bearer reader", ""):
        ask(f"{url}/app", authorization)
        ask(f"{url}/repos/acme/orders/installation", authorization)
        ask(mint, authorization, method="POST")
    ask(f"{url}/repos/acme/nowhere/installation", good)
    ask(f"{url}/app/installations/43/access_tokens", good, method="POST")
    ask(mint, good, method="POST", body={"permissions": {"secrets": "write"}})
    ask(mint, good, method="POST", body={"repositories": ["nowhere"]})
    minted = ask(mint, good, method="POST", body={"permissions": {"secrets": "read"}, "repositories": ["orders"]})
    for _ in range(2):
        ask(f"{url}/installation/token", f"Bearer {minted.json['token']}", method="DELETE")
    ask(f"{url}/installation/token", "Bearer reader", method="DELETE")


def exercise_limits(url: str, github: GitHub) -> None:
    for fault in ("down", "rate_limited", "rate_limit_used_up"):
        setattr(github, fault, True)
        for path in ("/rate_limit", "/user", "/repos/acme/orders/actions/secrets"):
            ask(url + path, "Bearer reader")
        setattr(github, fault, False)


EXERCISES: list[Callable[[str, GitHub], None]] = [
    exercise_reading,
    exercise_history,
    exercise_app,
    exercise_limits,
]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.__name__)
def test_traffic_is_as_github_describes_it(described: Description, exercise: Callable[[str, GitHub], None]) -> None:
    with GitHubEmulator(state()) as github:
        exercise(github.url, github.state)
    assert described.faults_of(github) == []


def test_the_exercises_reach_every_route() -> None:
    with GitHubEmulator(state()) as github:
        for exercise in EXERCISES:
            exercise(github.url, github.state)
    assert routes_not_exercised([github]) == set()


def test_the_issuers_route_is_excepted_with_a_reason(described: Description) -> None:
    with OidcIssuer(Oidc("request")) as issuer:
        ask(issuer.request_url, "bearer request")
    assert described.faults_of(issuer) == []
    assert routes_not_exercised([issuer]) == set()


def test_no_exception_is_left_over(described: Description) -> None:
    assert not set(described.undescribed) & set(described.document["paths"])


SECRETS = "/repos/{owner}/{repo}/actions/secrets"
ASKED = "/repos/acme/orders/actions/secrets"
SECRET = {"name": "X", "created_at": "2026-09-01T08:00:00Z", "updated_at": "2026-09-01T08:00:00Z"}
EMPTY: dict[str, Any] = {"total_count": 0, "secrets": []}
MINT = "/app/installations/{installation_id}/access_tokens"
MINTED = {"token": "t", "expires_at": "2026-09-01T08:00:00Z"}


def got(route: str, status: int, body: object) -> Answered:
    return Answered(route, "POST" if route == MINT else "GET", status, body)


@pytest.mark.parametrize(
    ("asked", "answered", "fault"),
    [
        (ASKED, got(SECRETS, 200, EMPTY), None),
        (ASKED, got(SECRETS, 200, {"total_count": 1, "secrets": [SECRET]}), None),
        (f"{ASKED}?per_page=100", got(SECRETS, 200, EMPTY), None),
        (f"{ASKED}?per-page=100", got(SECRETS, 200, EMPTY), "query parameter per-page is unknown"),
        (f"{ASKED}?page=two", got(SECRETS, 200, EMPTY), "'two' is not of type 'integer'"),
        (ASKED, got("/repos/{owner}/{repo}/actions/secret", 200, EMPTY), "no such path and method"),
        (ASKED, got("", 404, {}), "no such path and method"),
        (ASKED, got(SECRETS, 418, {}), "no such status"),
        (ASKED, got(SECRETS, 200, {"secrets": []}), "'total_count' is a required property"),
        (ASKED, got(SECRETS, 200, {**EMPTY, "next": 1}), "response.next is unknown"),
        (
            ASKED,
            got(SECRETS, 200, {**EMPTY, "secrets": [{**SECRET, "value": "v"}]}),
            "response.secrets[].value is unknown",
        ),
        (ASKED, got(SECRETS, 200, {**EMPTY, "secrets": [{**SECRET, "created_at": "today"}]}), "is not a 'date-time'"),
        (ASKED, got(SECRETS, 403, {"error": "no"}), "response.error is unknown"),
        ("/app/installations/x/access_tokens", got(MINT, 201, MINTED), "'x' is not of type 'integer'"),
    ],
)
def test_traffic_that_is_not_as_described_is_caught(
    described: Description, asked: str, answered: Answered, fault: str | None
) -> None:
    faults = described.faults(Received(answered.method, asked, {}, b""), answered)
    assert len(faults) == (1 if fault else 0)
    assert not fault or fault in faults[0]


@pytest.mark.parametrize(
    ("received", "fault"),
    [
        (Received("POST", "/app/installations/1/access_tokens", {}, b'{"permissions": {"secrets": "read"}}'), None),
        (Received("POST", "/app/installations/1/access_tokens", {}, b'{"scope": 1}'), "request.scope is unknown"),
        (
            Received("POST", "/app/installations/1/access_tokens", {}, b'{"permissions": {"secrets": "all"}}'),
            "is not one of",
        ),
        (Received("GET", ASKED, {}, b"{}"), "the request has a body"),
    ],
)
def test_a_request_body_that_is_not_as_described_is_caught(
    described: Description, received: Received, fault: str | None
) -> None:
    answered = got(MINT, 201, MINTED) if received.method == "POST" else got(SECRETS, 200, EMPTY)
    faults = described.faults(received, answered)
    assert len(faults) == (1 if fault else 0)
    assert not fault or fault in faults[0]
