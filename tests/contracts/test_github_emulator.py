"""GitHub's emulator against GitHub's own description, in everything that these exercises send and get."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.clients.github_answers import TOKEN, client
from tests.contracts.description import Description, description, routes_not_exercised
from tests.rehearsal.clients import app_jwt, ask, rsa_key

from deploy_actions.clients.github_comparison import changed_paths, compare
from deploy_actions.clients.github_deployments import (
    NewDeployment,
    attempts,
    create_deployment,
    write_status,
)
from deploy_actions.clients.github_runs import approvals, environment, job, jobs, run, waiting
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.rehearsal.emulators.github import (
    App,
    Approval,
    Commit,
    Deployment,
    Deprecation,
    Enterprise,
    Fault,
    GitHub,
    GitHubEmulator,
    Job,
    Member,
    Organization,
    Protection,
    Pull,
    Repository,
    Run,
    Runner,
    RunnerGroup,
    Status,
    Step,
    Token,
    Variable,
)
from deploy_actions.rehearsal.emulators.oidc import Oidc, OidcIssuer
from deploy_actions.rehearsal.emulators.server import Answered, Received
from deploy_actions.services.http import HttpServers

WRITTEN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
BASIC_ERROR = "#/components/responses/not_found"
EVERYWHERE = {
    304: "#/components/responses/not_modified",  # what the client has already
    400: "#/components/responses/bad_request",  # a body that is no JSON
    401: "#/components/responses/requires_authentication",  # a token that is none, on every endpoint
    403: "#/components/responses/forbidden",  # a token that may not; also the primary rate limit
    404: BASIC_ERROR,  # what is not there or may not be seen; an app that is none
    409: "#/components/responses/conflict",  # commits of a repository that has none
    422: "#/components/responses/validation_failed",  # a commit that is none
    429: BASIC_ERROR,  # the secondary rate limit
    500: "#/components/responses/internal_error",
    502: BASIC_ERROR,  # of GitHub's own front
    503: "#/components/responses/service_unavailable",
}
_LATER = "came on 2026-09-03, after this description"
_ENTERPRISES = "belongs to GitHub Enterprise Cloud, whose routes are in a description of their own"
_RUNNERS, _GROUPS = "/enterprises/{enterprise}/actions/runners", "/enterprises/{enterprise}/actions/runner-groups"
UNDESCRIBED = {
    "/idtoken": "belongs to the runner's service, of which GitHub publishes no description",
    "/repos/{owner}/{repo}/branches/{branch}": "is not among the routes of which the description was cut out",
    "/orgs/{org}": "is not among the routes of which the description was cut out",
    "/orgs/{org}/actions/runner-groups/{runner_group_id}/hosted-runners": (
        "is not among the routes of which the description was cut out"
    ),
    "/repos/{owner}/{repo}/actions/runners/deprecations/{version}": _LATER,
    "/orgs/{org}/actions/runners/deprecations/{version}": _LATER,
    _RUNNERS: _ENTERPRISES,
    _GROUPS: _ENTERPRISES,
    f"{_GROUPS}/{{runner_group_id}}": _ENTERPRISES,
    f"{_GROUPS}/{{runner_group_id}}/runners": _ENTERPRISES,
}
MORE_KEYS = {"response.status": "GitHub repeats the status in every error; `validation-error` does not say so"}
MORE_PROPERTIES = {
    # GitHub answers with it, and its interface has it ("Allow administrators to bypass configured protection rules")
    ("environment", "can_admins_bypass"): {"type": "boolean"},
    # https://github.com/github/rest-api-description/issues/5437
    ("app-permissions", "actions_variables"): {"type": "string", "enum": ["read", "write"]},
}


@pytest.fixture(name="described")
def _described() -> Description:
    described = description("github.json", everywhere=EVERYWHERE, undescribed=UNDESCRIBED, more_keys=MORE_KEYS)
    schemas = described.document["components"]["schemas"]
    for (schema, name), form in MORE_PROPERTIES.items():
        assert name not in schemas[schema]["properties"], "the description has it now"
        schemas[schema]["properties"][name] = form
    schemas["job"]["properties"]["conclusion"]["enum"].append(None)
    return described  # `nullable` does not suffice beside an enum that lacks null (OpenAPI 3.0.3, Schema Object)


def state() -> GitHub:
    secrets = {"secrets": "read", "environments": "read", "actions": "read"}
    everything = {**secrets, "contents": "read", "deployments": "read", "pull_requests": "read"}
    names = {f"SECRET_{n:03}": WRITTEN for n in range(250)}
    orders = Repository(
        secrets=names,
        environments={"production": names},
        organization_secrets=names,
        protections={
            "guarded": Protection(["ada", "grace"], prevent_self_review=True, wait_timer=30, protected_branches=True),
            "by teams": Protection(
                ["ada"],
                reviewer_teams=["release-managers"],
                branches=["main", *(f"release/{n}" for n in range(120))],
                tags=["v*"],
                custom_rules=["change-gate"],
                can_admins_bypass=None,
            ),
        },
        runners=fleet("repository", 2),
        variables={"DEPLOY_RUNNER_SET": Variable("primary", WRITTEN)},
        runs=runs(),
        concurrency_groups={"deploy": [Member(1, "in_progress"), Member(2, job=21)], "idle": []},
        commits=[
            *(Commit(f"{n:040x}", f"Commit {n}", files=[f"src/{n}.py"]) for n in range(259)),
            Commit(f"{259:040x}", "Commit 259", renames={"new name.py": "old name.py"}),
            Commit("a" * 40, "By the way", pulls=[2]),
            Commit("b" * 40, "Merge #1", [f"{259:040x}", f"{1:040x}"], pulls=[1]),
        ],
        pulls={1: Pull("Add", "Why\n\nBecause."), 2: Pull("Open", merged=False), 3: Pull("Elsewhere")},
        deployments=[
            Deployment(f"{n:040x}", WRITTEN, states=["queued", "in_progress", "success", "inactive"])
            for n in range(120)
        ]
        + [
            Deployment("a" * 40, WRITTEN, run=2, job=21, description="By hand", states=["queued", "in_progress"]),
            Deployment("a" * 40, WRITTEN, task="migrate", states=[Status("failure", "No", "https://argo.example/7")]),
        ],
    )
    runners = {"administration": "read", "organization_self_hosted_runners": "read", "actions_variables": "read"}
    app = App(
        public_key=rsa_key("app").public,
        installation_id=42,
        permissions=secrets | runners,
        repositories=["acme/orders"],
        client_id="Iv-client",
    )
    tokens = {
        "writer": Token("installation", everything | {"deployments": "write"}),
        "reader": Token(permissions=everything, expires=datetime(2036, 1, 1, tzinfo=UTC), login="ada"),
        "job": Token("installation", {"contents": "read"}),
        "runners": Token("installation", {**runners, "organization_plan": "read"}, repositories=["acme/orders"]),
        "classic": Token(scopes=["repo", "admin:org", "manage_runners:enterprise"]),
        "narrow": Token(scopes=["repo"]),
    }
    new, own = Repository(visibility="public"), Repository(owner_type="User")
    return GitHub(
        tokens=tokens,
        apps={"7": app},
        repositories={"acme/orders": orders, "acme/new": new, "ada/own": own},
        organizations={"acme": Organization(groups(), plan="enterprise")},
        enterprises={"acme-group": Enterprise(groups())},
        deprecations={"2.336.0": Deprecation(WRITTEN, WRITTEN), "2.337.0": Deprecation()},
    )


def fleet(name: str, count: int) -> list[Runner]:
    return [
        Runner(f"{name}-{n}", busy=n % 2 == 0, ephemeral=n % 3 == 0, version=None if n == 1 else "2.337.0")
        for n in range(count)
    ]


def groups() -> list[RunnerGroup]:
    workflows = ["acme/deploys/.github/workflows/deploy.yml@refs/heads/main"]
    return [
        RunnerGroup("Default", default=True),
        RunnerGroup("production", fleet("production", 250), "selected", ["acme/orders"], ["acme"], id=7),
        RunnerGroup("shared", fleet("shared", 1), inherited=True, restricted_to_workflows=True),
        RunnerGroup("inside", visibility="private", selected_workflows=workflows, allows_public_repositories=True),
        *(RunnerGroup(f"group-{n}") for n in range(120)),
    ]


def runs() -> list[Run]:
    steps = [Step("Deploy", "completed", "success", WRITTEN, WRITTEN), Step("Check", "in_progress", started_at=WRITTEN)]
    over = Job(id=11, name="gate", created_at=WRITTEN, conclusion="failure", runner="a", runner_group="b")
    over.started_at, over.completed_at, over.labels = WRITTEN, WRITTEN, ["self-hosted", "prod"]
    again = Job(id=12, name="gate", created_at=WRITTEN, status="queued", attempt=2)
    waits = [Job(id=20 + n, name=f"deploy {n}", created_at=WRITTEN, status="waiting") for n in range(40)]
    approval = Approval("grace", "approved", "Go.", ["production", "guarded"])
    return [
        Run(id=1, head_sha="a" * 40, created_at=WRITTEN, conclusion="failure", attempt=2, jobs=[over, again]),
        Run(id=2, head_sha="b" * 40, created_at=WRITTEN, status="waiting", branch=None, number=2, jobs=waits),
        Run(
            id=3,
            head_sha="a" * 40,
            created_at=WRITTEN,
            status="in_progress",
            triggering_actor="grace",
            approvals=[approval],
            pending_deployments=["guarded", "by teams"],
            jobs=[Job(id=31, name="deploy", created_at=WRITTEN, status="in_progress", steps=steps)],
        ),
    ]


def exercise_runs(url: str, github: GitHub) -> None:
    paths = [
        *("actions/runs", "actions/runs/1", "actions/runs/2", "actions/runs/3", "actions/runs/4"),
        *("actions/runs/3/approvals", "actions/runs/1/approvals", "actions/runs/4/approvals"),
        *("actions/runs/1/attempts/1/jobs", "actions/runs/1/attempts/2/jobs", "actions/runs/1/attempts/3/jobs"),
        *("actions/jobs/11", "actions/jobs/12", "actions/jobs/20", "actions/jobs/31", "actions/jobs/99"),
        *("environments/guarded", "environments/guarded/secrets"),
        *(f"actions/concurrency_groups/{name}" for name in ("deploy", "DEPLOY", "idle", "none", "a%2Fb%3Ac")),
    ]
    for authorization in ("", "Bearer no", "Bearer job", "Bearer reader"):
        for path in paths:
            ask(f"{url}/repos/acme/orders/{path}", authorization)
    created = "created=2026-09-01T08:00:00Z"
    for query in ("status=completed", "branch=main&event=push", created, "exclude_pull_requests=true&actor=ada"):
        ask(f"{url}/repos/acme/orders/actions/runs?per_page=2&page=1&{query}", "Bearer reader")
    for page in (1, 2, 3):
        ask(f"{url}/repos/acme/orders/actions/runs/2/attempts/1/jobs?per_page=30&page={page}", "Bearer reader")


def exercise_environments(url: str, github: GitHub) -> None:
    repository = f"{url}/repos/acme/orders"
    names = ("production", "guarded", "by%20teams", "nowhere")
    parts = ("", "/deployment-branch-policies", "/deployment_protection_rules")
    paths = ["environments", *(f"environments/{name}{part}" for name in names for part in parts)]
    paths += [f"actions/runs/{run}/pending_deployments" for run in (1, 3, 4)]
    for authorization in ("", "Bearer no", "Bearer job", "Bearer reader"):
        for path in paths:
            ask(f"{repository}/{path}", authorization)
    for page in (1, 2, 3):
        ask(f"{repository}/environments?per_page=1&page={page}", "Bearer reader")
        policies = f"{repository}/environments/by%20teams/deployment-branch-policies"
        ask(f"{policies}?per_page=100&page={page}", "Bearer reader")
    ask(f"{url}/repos/acme/nowhere/environments", "Bearer reader")


def exercise_owners(url: str, github: GitHub) -> None:
    for authorization in ("", "Bearer no", "Bearer job", "Bearer runners", "Bearer narrow", "Bearer classic"):
        for name in ("acme/orders", "acme/new", "ada/own", "acme/nowhere"):
            ask(f"{url}/repos/{name}", authorization)
        for path in ("orgs/acme", "orgs/ada", "repos/acme/orders/actions/variables/DEPLOY_RUNNER_SET"):
            ask(f"{url}/{path}", authorization)
    ask(f"{url}/repos/acme/orders/actions/variables/NOWHERE", "Bearer runners")


def exercise_runners(url: str, github: GitHub) -> None:
    levels = ("repos/acme/orders", "orgs/acme", "orgs/ada", "enterprises/acme-group", "enterprises/nowhere")
    runners = [f"{level}/actions/runners" for level in levels]
    group = [f"{level}/actions/runner-groups{part}" for level in levels[1:] for part in ("", "/7", "/8")]
    members = [f"{level}/actions/runner-groups/{key}/runners" for level in levels[1:] for key in (7, 8)]
    members += [f"{levels[1]}/actions/runner-groups/7/hosted-runners"]
    versions = [f"{path}/deprecations/{one}" for path in runners[:3] for one in ("2.336.0", "2.337.0", "2.2.0")]
    for authorization in ("", "Bearer no", "Bearer job", "Bearer runners", "Bearer narrow", "Bearer classic"):
        for path in (*runners, *group, *members, *versions):
            ask(f"{url}/{path}", authorization)
    for page in (1, 2, 3, 4):
        for path in (*runners, "orgs/acme/actions/runner-groups", "orgs/acme/actions/runner-groups/7/runners"):
            ask(f"{url}/{path}?per_page=100&page={page}", "Bearer classic")
    ask(f"{url}/{runners[1]}?name=production-3", "Bearer runners")
    for name in ("orders", "new", "nowhere"):
        ask(f"{url}/orgs/acme/actions/runner-groups?visible_to_repository={name}", "Bearer runners")


def exercise_conditional_requests(url: str, github: GitHub) -> None:
    paths = [
        *("repos/acme/orders", "repos/acme/orders/environments/guarded", "repos/acme/orders/actions/runs?per_page=2"),
        *("repos/acme/orders/actions/runners", "orgs/acme/actions/runners?per_page=100&page=2", "user"),
        "orgs/acme/actions/runner-groups/7/runners",
    ]
    github.tokens["classic"].login = "ada"
    for path in paths:
        etag = ask(f"{url}/{path}", "Bearer classic").headers["etag"]
        assert again(f"{url}/{path}", etag, 304).headers["etag"] == etag
        assert again(f"{url}/{path}", 'W/"other"', 200).headers["etag"] == etag


def again(url: str, etag: str, expected: int) -> HttpResponse:
    """What a client gets that has the answer with this ETag."""
    request = HttpRequest.bearer(url, Secret("classic"), headers={"If-None-Match": etag}, expected=(expected,))
    return HttpServers().send(request)


def exercise_faults(url: str, github: GitHub) -> None:
    path = "/orgs/acme/actions/runners"
    for status in (403, 404, 429, 500, 502, 503):
        github.faults = [Fault(path, status, page=2, times=1)]
        for page in (1, 2, 2):
            ask(f"{url}{path}?per_page=100&page={page}", "Bearer runners")


def exercise_deploying(url: str, github: GitHub) -> None:
    deployments = f"{url}/repos/acme/orders/deployments"
    new = {"ref": "a" * 40, "environment": "production", "auto_merge": False, "required_contexts": []}
    for authorization in ("", "Bearer no", "Bearer reader", "Bearer writer"):
        ask(deployments, authorization, method="POST", body=new)
        for state in ("in_progress", "success", "inactive"):
            status = {"state": state, "description": "d" * 140, "log_url": "https://github.com/acme/orders"}
            ask(f"{deployments}/123/statuses", authorization, method="POST", body=status)
        for key in (121, 122, 123, 999):
            ask(f"{deployments}/{key}", authorization)
            ask(f"{deployments}/{key}/statuses", authorization)
    named = {"task": "migrate", "description": "d", "production_environment": True, "transient_environment": False}
    ask(deployments, "Bearer writer", method="POST", body={"ref": "main", **named})
    ask(deployments, "Bearer writer", method="POST", body={"ref": "nowhere"})
    ask(f"{deployments}/999/statuses", "Bearer writer", method="POST", body={"state": "success"})
    ask(f"{url}/repos/acme/nowhere/deployments", "Bearer writer", method="POST", body=new)


def exercise_our_client(url: str, github: GitHub) -> None:
    github.tokens[TOKEN] = github.tokens["writer"]
    ours = client(HttpServers(), url)
    made = create_deployment(ours, NewDeployment(sha="a" * 40, environment="production", description="d" * 200))
    for state in ("in_progress", "success"):
        write_status(ours, made, state=state, description="d" * 200, log_url="https://github.com/acme/orders")
    newest = next(attempts(ours, "production"))
    assert (newest.id, newest.ever_succeeded) == (made, True)
    assert (run(ours, 1).id, job(ours, 11).id, len(jobs(ours, 2, 1)), len(approvals(ours, 3))) == (1, 11, 40, 1)
    assert environment(ours, "guarded").required_reviewers
    assert [one.run_id for one in waiting(ours, "deploy") or ()] == [1, 2]
    assert compare(ours, f"{0:040x}", f"{9:040x}").ahead_by == len(changed_paths(ours, f"{0:040x}", f"{9:040x}") or ())


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
        *("branches/main", "branches/nowhere", "commits/nowhere/pulls", "pulls/1", "pulls/2", "pulls/3", "pulls/4"),
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
    for name in ("administration", "organization_self_hosted_runners", "actions_variables"):
        ask(mint, good, method="POST", body={"permissions": {name: "read"}})
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
    exercise_runs,
    exercise_environments,
    exercise_owners,
    exercise_runners,
    exercise_conditional_requests,
    exercise_faults,
    exercise_deploying,
    exercise_our_client,
    exercise_app,
    exercise_limits,
]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.__name__)
def test_traffic_is_as_github_describes_it(described: Description, exercise: Callable[[str, GitHub], None]) -> None:
    with GitHubEmulator(state()) as github:
        exercise(github.url, github.state)
    assert described.faults_of(github) == []


def test_what_an_enterprise_server_has_below_a_path_is_as_described(described: Description) -> None:
    with GitHubEmulator(state(), base_path="/api/v3") as github:
        exercise_environments(github.url, github.state)
        exercise_owners(github.url, github.state)
        assert github.url.endswith("/api/v3")
    assert described.faults_of(github) == []


def test_a_search_by_date_is_a_moment_to_the_description_though_github_takes_ranges(described: Description) -> None:
    with GitHubEmulator(state()) as github:
        ask(f"{github.url}/repos/acme/orders/actions/runs?created=%3E%3D2026-09-01T08:00:00Z", "Bearer reader")
    (fault,) = described.faults_of(github)
    assert fault.endswith("query parameter created: : '>=2026-09-01T08:00:00Z' is not a 'date-time'")


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
    routes = {template for _, template, _ in (*GitHubEmulator.routes, *OidcIssuer.routes)}
    assert set(described.undescribed) <= routes


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
