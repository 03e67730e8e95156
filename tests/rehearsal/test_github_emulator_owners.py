from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.rehearsal.clients import Response, ask

from deploy_actions.rehearsal.emulators.github import (
    Commit,
    GitHub,
    GitHubEmulator,
    Organization,
    Pull,
    Repository,
    Run,
    Token,
    Variable,
)

WRITTEN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def world() -> GitHub:
    site = Repository(
        visibility="public",
        commits=[Commit("a" * 40, "First", pulls=[1])],
        pulls={1: Pull("Add")},
        runs=[Run(id=1, head_sha="a" * 40, created_at=WRITTEN)],
    )
    return GitHub(
        tokens={
            "bare": Token("installation", {}),
            "elsewhere": Token("installation", {}, repositories=["acme/site"]),
            "variables": Token("installation", {"actions_variables": "read"}),
            "plan": Token("installation", {"organization_plan": "read"}, repositories=["acme/orders"]),
            "admin": Token(scopes=["admin:org"]),
            "classic": Token(scopes=["repo"]),
        },
        repositories={
            "acme/orders": Repository(variables={"DEPLOY_RUNNER_SET": Variable("secondary", WRITTEN)}),
            "acme/site": site,
            "acme/inner": Repository(visibility="internal"),
            "ada/own": Repository(owner_type="User"),
        },
        organizations={"acme": Organization(plan="enterprise"), "octo": Organization()},
    )


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    with GitHubEmulator(world()) as github:
        yield github


def get(github: GitHubEmulator, path: str, token: str = "bare") -> Response:
    return ask(f"{github.url}/{path}", f"Bearer {token}")


@pytest.mark.parametrize(
    ("name", "visibility", "owner"),
    [
        ("acme/orders", "private", "Organization"),
        ("acme/site", "public", "Organization"),
        ("acme/inner", "internal", "Organization"),
        ("ada/own", "private", "User"),
    ],
)
def test_a_repository_says_who_may_see_it_and_whose_it_is(
    github: GitHubEmulator, name: str, visibility: str, owner: str
) -> None:
    found = get(github, f"repos/{name.upper()}").json
    assert (found["full_name"], found["visibility"]) == (name, visibility)
    assert found["private"] == (visibility != "public")
    assert (found["owner"]["login"], found["owner"]["type"]) == (name.partition("/")[0], owner)
    assert ("organization" in found) == (owner == "Organization")


@pytest.mark.parametrize(
    ("token", "status"), [("bare", 200), ("classic", 200), ("plan", 200), ("elsewhere", 404), ("nobody", 401)]
)
def test_each_token_that_sees_a_repository_reads_what_it_is(github: GitHubEmulator, token: str, status: int) -> None:
    assert get(github, "repos/acme/orders", token).status == status
    assert get(github, "repos/acme/nowhere", "bare").status == 404


def test_a_repository_is_the_same_wherever_it_is_shown(github: GitHubEmulator) -> None:
    run = get(github, "repos/acme/site/actions/runs/1", "classic").json
    pull = get(github, "repos/acme/site/pulls/1", "classic").json
    shown = [run["repository"], run["head_repository"], pull["head"]["repo"], pull["base"]["repo"]]
    assert {(one["full_name"], one["visibility"], one["private"]) for one in shown} == {("acme/site", "public", False)}


@pytest.mark.parametrize(
    ("organization", "token", "plan"),
    [
        ("acme", "plan", "enterprise"),
        ("acme", "admin", "enterprise"),
        ("acme", "bare", None),
        ("acme", "classic", None),
        ("octo", "admin", None),
    ],
)
def test_an_organizations_plan_is_for_those_who_may_read_it(
    github: GitHubEmulator, organization: str, token: str, plan: str | None
) -> None:
    found = get(github, f"orgs/{organization}", token).json
    assert (found["login"], found["type"]) == (organization, "Organization")
    assert found.get("plan", {}).get("name") == plan


@pytest.mark.parametrize(
    ("name", "token", "status"), [("ada", "admin", 404), ("nobody", "admin", 404), ("acme", "x", 401)]
)
def test_a_person_is_no_organization(github: GitHubEmulator, name: str, token: str, status: int) -> None:
    assert get(github, f"orgs/{name}", token).status == status


@pytest.mark.parametrize("name", ["DEPLOY_RUNNER_SET", "deploy_runner_set"])
def test_a_variable_has_its_value_and_when_it_was_written(github: GitHubEmulator, name: str) -> None:
    assert get(github, f"repos/acme/orders/actions/variables/{name}", "variables").json == {
        "name": "DEPLOY_RUNNER_SET",
        "value": "secondary",
        **{"created_at": "2026-09-01T08:00:00Z", "updated_at": "2026-09-01T08:00:00Z"},
    }


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("acme/orders/actions/variables/DEPLOY_RUNNER_SET", "classic", 200),
        ("acme/orders/actions/variables/DEPLOY_RUNNER_SET", "bare", 403),
        ("acme/orders/actions/variables/DEPLOY_RUNNER_SET", "nobody", 401),
        ("acme/orders/actions/variables/OTHER", "variables", 404),
        ("acme/site/actions/variables/DEPLOY_RUNNER_SET", "variables", 404),
        ("acme/nowhere/actions/variables/DEPLOY_RUNNER_SET", "variables", 404),
    ],
)
def test_a_variable_is_for_those_who_may_read_it(github: GitHubEmulator, path: str, token: str, status: int) -> None:
    answer = get(github, f"repos/{path}", token)
    assert answer.status == status
    if status == 403:
        assert answer.headers["x-accepted-github-permissions"] == "actions_variables=read"
