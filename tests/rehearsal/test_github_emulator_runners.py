import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.rehearsal.clients import Response, app_jwt, ask, rsa_key

from deploy_actions.rehearsal.emulators.github import (
    App,
    Deprecation,
    Enterprise,
    GitHub,
    GitHubEmulator,
    Job,
    Organization,
    Repository,
    Run,
    Runner,
    RunnerGroup,
    Token,
)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
READ = {"administration": "read", "organization_self_hosted_runners": "read"}
OF_THE_JOB = {"contents": "read", "actions": "read", "deployments": "write"}


def pool(name: str, count: int) -> list[Runner]:
    return [Runner(f"{name}-{n:04}") for n in range(1, count + 1)]


def groups() -> list[RunnerGroup]:
    return [
        RunnerGroup("Default", default=True),
        RunnerGroup("production", pool("prod", 1200), "selected", ["acme/orders"], id=7),
        RunnerGroup("private", pool("inside", 2), "private"),
        RunnerGroup("open", pool("open", 1), allows_public_repositories=True),
        RunnerGroup("chosen", visibility="selected", repositories=["acme/site"], allows_public_repositories=True),
        RunnerGroup("shared", pool("shared", 3), inherited=True),
    ]


def world() -> GitHub:
    first = Runner("orders-1", ["self-hosted", "Linux", "ARM64", "production"], os="linux")
    second = Runner("orders-2", [], status="offline", busy=True, version=None, ephemeral=True, os="unknown", id=5)
    job = Job(id=1, name="deploy", created_at=NOON, runner="prod-0001", runner_group="private")
    orders = Repository(runners=[first, second], runs=[Run(id=1, head_sha="a" * 40, created_at=NOON, jobs=[job])])
    return GitHub(
        tokens={
            "app": Token("installation", READ, repositories=["acme/orders"]),
            "elsewhere": Token("installation", READ, repositories=["octo/other"]),
            "personal": Token(permissions=READ),
            "job": Token("installation", OF_THE_JOB, repositories=["acme/orders"]),
            "repo": Token(scopes=["repo"]),
            "org": Token(scopes=["repo", "admin:org"]),
            "enterprise": Token(scopes=["manage_runners:enterprise"]),
        },
        apps={"7": App(public_key=rsa_key("app").public, installation_id=42, repositories=["acme/orders"])},
        repositories={
            "acme/orders": orders,
            "acme/site": Repository(visibility="public"),
            "acme/other": Repository(visibility="internal"),
            "octo/other": Repository(),
            "ada/own": Repository(owner_type="User"),
        },
        organizations={"acme": Organization(groups())},
        enterprises={
            "acme-group": Enterprise(
                [
                    RunnerGroup("shared", pool("shared", 3)),
                    RunnerGroup("selected", pool("some", 1), "selected", organizations=["acme"], id=9),
                ]
            )
        },
        deprecations={
            "2.336.0": Deprecation(runtime=datetime(2026, 11, 5, tzinfo=UTC)),
            "2.329.0": Deprecation(NOON, registration=NOON),
            "2.337.0": Deprecation(),
        },
    )


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    with GitHubEmulator(world()) as github:
        yield github


def get(github: GitHubEmulator, path: str, token: str = "app") -> Response:
    return ask(f"{github.url}/{path}", f"Bearer {token}")


def names(answer: Response, key: str = "runners") -> list[str]:
    return [one["name"] for one in answer.json[key]]


REPOSITORY = "repos/acme/orders/actions/runners"
ORGANIZATION, GROUPS = "orgs/acme/actions/runners", "orgs/acme/actions/runner-groups"
ENTERPRISE, SHARES = "enterprises/acme-group/actions/runners", "enterprises/acme-group/actions/runner-groups"
OLD = "deprecations/2.336.0"


@pytest.mark.parametrize("path", [REPOSITORY, f"{REPOSITORY}/{OLD}"])
def test_runners_of_a_repository_are_its_administrators(github: GitHubEmulator, path: str) -> None:
    statuses = {token: get(github, path, token).status for token in ("app", "personal", "repo", "org", "job", "nobody")}
    assert statuses == {"app": 200, "personal": 200, "repo": 200, "org": 200, "job": 403, "nobody": 401}
    assert get(github, path, "elsewhere").status == 404
    assert get(github, path, "enterprise").status == 403
    refused = get(github, path, "job")
    assert refused.json["message"] == "Resource not accessible by integration"
    assert refused.headers["x-accepted-github-permissions"] == "administration=read"


@pytest.mark.parametrize(
    "path",
    [
        ORGANIZATION,
        GROUPS,
        *(f"{GROUPS}/7{part}" for part in ("", "/runners", "/hosted-runners")),
        f"{ORGANIZATION}/{OLD}",
    ],
)
def test_runners_of_an_organization_are_for_those_who_may_there(github: GitHubEmulator, path: str) -> None:
    allowed = {token: get(github, path, token).status for token in ("app", "personal", "org")}
    assert set(allowed.values()) == {200}
    for token, header, needed in (
        ("job", "x-accepted-github-permissions", "organization_self_hosted_runners=read"),
        ("elsewhere", "x-accepted-github-permissions", "organization_self_hosted_runners=read"),
        ("repo", "x-accepted-oauth-scopes", "admin:org"),
        ("enterprise", "x-accepted-oauth-scopes", "admin:org"),
    ):
        refused = get(github, path, token)
        assert (refused.status, refused.headers[header]) == (403, needed)
    assert get(github, path, "nobody").status == 401


@pytest.mark.parametrize("path", [ENTERPRISE, SHARES, f"{SHARES}/9", f"{SHARES}/9/runners"])
def test_runners_of_an_enterprise_are_for_its_scope_alone(github: GitHubEmulator, path: str) -> None:
    statuses = {token: get(github, path, token).status for token in github.state.tokens}
    assert statuses == {token: 200 if token == "enterprise" else 403 for token in statuses}
    assert get(github, path, "org").headers["x-accepted-oauth-scopes"] == "manage_runners:enterprise"
    assert get(github, path, "nobody").status == 401
    assert get(github, path.replace("acme-group", "nowhere"), "enterprise").status == 404


@pytest.mark.parametrize(
    "path",
    [
        *("orgs/nowhere/actions/runners", "orgs/ada/actions/runners", "orgs/ada/actions/runner-groups"),
        *(f"{GROUPS}/8", f"{GROUPS}/8/runners", f"{GROUPS}/seven", "repos/acme/nowhere/actions/runners"),
        *(f"{REPOSITORY}/deprecations/2.2.0", f"{ORGANIZATION}/deprecations/2.2.0"),
        *(f"{GROUPS}?visible_to_repository=nowhere", f"{GROUPS}?visible_to_repository=acme/orders"),
    ],
)
def test_what_is_not_there_is_not_found(github: GitHubEmulator, path: str) -> None:
    answer = get(github, path, "org")
    assert (answer.status, answer.json["message"]) == (404, "Not Found")


def test_a_repository_lists_what_is_registered_in_it_alone(github: GitHubEmulator) -> None:
    answer = get(github, REPOSITORY).json
    assert answer["total_count"] == 2
    first, second = answer["runners"]
    labels = [(label["name"], label["type"]) for label in first.pop("labels")]
    assert labels == [
        *((name, "read-only") for name in ("self-hosted", "Linux", "ARM64")),
        ("production", "custom"),
    ]
    assert first.pop("id") > 1000
    common = {"runner_group_id": 1, "os": "linux"}
    assert first == {
        **{"name": "orders-1", "status": "online", "busy": False, "ephemeral": False, "version": "2.337.0"},
        **common,
    }
    assert second == {
        **{"id": 5, "name": "orders-2", "status": "offline", "busy": True, "ephemeral": True, "version": None},
        **{**common, "os": "unknown", "labels": []},
    }


def test_an_organization_lists_its_own_runners_each_with_its_group(github: GitHubEmulator) -> None:
    url, found = f"{github.url}/{ORGANIZATION}?per_page=100", []
    while url:
        page = ask(url, "Bearer app")
        found += page.json["runners"]
        url = next(iter(re.findall(r'<([^>]+)>; rel="next"', page.headers["link"])), "")
    assert page.json["total_count"] == len(found) == 1203
    by_group = {one["id"]: one["name"] for one in get(github, f"{GROUPS}?per_page=100").json["runner_groups"]}
    counts: dict[str, int] = {}
    for one in found:
        counts[by_group[one["runner_group_id"]]] = counts.get(by_group[one["runner_group_id"]], 0) + 1
    assert counts == {"production": 1200, "private": 2, "open": 1}


@pytest.mark.parametrize(
    ("query", "count", "first"),
    [
        ("", 30, "prod-0001"),
        ("?per_page=100&page=12", 100, "prod-1101"),
        ("?per_page=100&page=13", 0, None),
        ("?per_page=1000", 100, "prod-0001"),
    ],
)
def test_a_group_of_1200_comes_on_twelve_pages(
    github: GitHubEmulator, query: str, count: int, first: str | None
) -> None:
    answer = get(github, f"{GROUPS}/7/runners{query}")
    assert (answer.json["total_count"], len(answer.json["runners"])) == (1200, count)
    assert next(iter(names(answer)), None) == first


def test_runners_are_found_by_their_whole_name(github: GitHubEmulator) -> None:
    assert names(get(github, f"{ORGANIZATION}?name=prod-0007")) == ["prod-0007"]
    assert names(get(github, f"{ORGANIZATION}?name=prod-000")) == []
    assert len(names(get(github, f"{REPOSITORY}?name="))) == 2


@pytest.mark.parametrize(
    ("repository", "visible"),
    [
        ("orders", ["Default", "production", "private", "open", "shared"]),
        ("ORDERS", ["Default", "production", "private", "open", "shared"]),
        ("other", ["Default", "private", "open", "shared"]),
        ("site", ["open", "chosen"]),
        ("", ["Default", "production", "private", "open", "chosen", "shared"]),
    ],
)
def test_a_repository_sees_the_groups_that_admit_it(
    github: GitHubEmulator, repository: str, visible: list[str]
) -> None:
    answer = get(github, f"{GROUPS}?visible_to_repository={repository}")
    assert names(answer, "runner_groups") == visible
    assert answer.json["total_count"] == len(visible)


def test_a_group_says_who_may_use_it(github: GitHubEmulator) -> None:
    github.state.organizations["acme"].runner_groups[1].selected_workflows = ["acme/w/.github/workflows/d.yml@v1"]
    github.state.organizations["acme"].runner_groups[1].restricted_to_workflows = True
    found = get(github, f"{GROUPS}/7").json
    url = f"{github.url}/{GROUPS}/7"
    assert found == {
        **{"id": 7, "name": "production", "visibility": "selected", "default": False, "inherited": False},
        **{"runners_url": f"{url}/runners", "selected_repositories_url": f"{url}/repositories"},
        **{"hosted_runners_url": f"{url}/hosted-runners", "allows_public_repositories": False},
        **{"restricted_to_workflows": True, "selected_workflows": ["acme/w/.github/workflows/d.yml@v1"]},
        "workflow_restrictions_read_only": False,
    }
    shared = get(github, GROUPS).json["runner_groups"][-1]
    assert (shared["inherited"], shared["workflow_restrictions_read_only"]) == (True, True)
    assert "selected_repositories_url" not in shared
    assert names(get(github, f"{GROUPS}/{shared['id']}/runners")) == ["shared-0001", "shared-0002", "shared-0003"]


@pytest.mark.parametrize(
    ("organization", "visible"), [("acme", ["shared", "selected"]), ("octo", ["shared"]), ("", ["shared", "selected"])]
)
def test_an_organization_sees_the_groups_that_its_enterprise_shares(
    github: GitHubEmulator, organization: str, visible: list[str]
) -> None:
    answer = get(github, f"{SHARES}?visible_to_organization={organization}", "enterprise")
    assert names(answer, "runner_groups") == visible
    assert answer.json["total_count"] == len(visible)
    assert {"inherited", "selected_repositories_url"}.isdisjoint(answer.json["runner_groups"][-1])


def test_an_enterprise_lists_its_runners_by_pages(github: GitHubEmulator) -> None:
    pages = [get(github, f"{ENTERPRISE}?per_page=3&page={page}", "enterprise") for page in (1, 2)]
    assert [names(page) for page in pages] == [["shared-0001", "shared-0002", "shared-0003"], ["some-0001"]]
    assert names(get(github, f"{SHARES}/9/runners", "enterprise")) == ["some-0001"]


def test_a_job_names_its_runner_and_group_by_their_ids(github: GitHubEmulator) -> None:
    job = get(github, "repos/acme/orders/actions/jobs/1", "job").json
    (runner,) = get(github, f"{ORGANIZATION}?name=prod-0001").json["runners"]
    groups = {one["name"]: one["id"] for one in get(github, GROUPS).json["runner_groups"]}
    assert (job["runner_id"], job["runner_group_id"]) == (runner["id"], groups["private"])


def test_a_group_lists_the_larger_runners_of_githubs_own_beside_its_runners(github: GitHubEmulator) -> None:
    github.state.organizations["acme"].runner_groups[1].hosted_runners = ["large"]
    answer = get(github, f"{GROUPS}/7/hosted-runners").json
    assert (answer["total_count"], [one["name"] for one in answer["runners"]]) == (1, ["large"])
    assert answer["runners"][0]["runner_group_id"] == 7
    assert get(github, f"{GROUPS}/7/runners?per_page=1").json["total_count"] == 1200


def test_an_organization_of_which_nothing_is_said_has_no_runners(github: GitHubEmulator) -> None:
    answer = get(github, "orgs/OCTO/actions/runners", "org")
    assert (answer.status, answer.json) == (200, {"total_count": 0, "runners": []})


@pytest.mark.parametrize("level", [REPOSITORY, ORGANIZATION])
@pytest.mark.parametrize(
    ("version", "dates"),
    [
        ("2.336.0", {"runtime_deprecates_at": "2026-11-05T00:00:00Z"}),
        (
            "2.329.0",
            {"runtime_deprecates_at": "2026-09-01T12:00:00Z", "registration_deprecates_at": "2026-09-01T12:00:00Z"},
        ),
        ("2.337.0", {}),
    ],
)
def test_a_version_is_served_until_a_date_that_may_be_open(
    github: GitHubEmulator, level: str, version: str, dates: dict[str, str]
) -> None:
    assert get(github, f"{level}/deprecations/{version}").json == {"runner_version": version, **dates}


@pytest.mark.parametrize("level", [REPOSITORY, ORGANIZATION])
def test_an_enterprise_server_tells_no_deprecations(github: GitHubEmulator, level: str) -> None:
    github.state.deprecations = None
    assert get(github, f"{level}/{OLD}").status == 404


def test_an_app_gets_a_token_for_its_organizations_runners(github: GitHubEmulator) -> None:
    github.state.apps["7"].permissions = {**READ, "actions_variables": "read"}
    mint, signed = f"{github.url}/app/installations/42/access_tokens", app_jwt(rsa_key("app"))
    tokens = {
        name: ask(mint, signed, method="POST", body={"permissions": {name: "read"}}).json["token"] for name in READ
    }
    assert {name: get(github, ORGANIZATION, token).status for name, token in tokens.items()} == {
        "administration": 403,
        "organization_self_hosted_runners": 200,
    }
    assert {name: get(github, REPOSITORY, token).status for name, token in tokens.items()} == {
        "administration": 200,
        "organization_self_hosted_runners": 403,
    }
    assert get(github, "orgs/octo/actions/runners", tokens["organization_self_hosted_runners"]).status == 403
    installation = ask(f"{github.url}/repos/acme/orders/installation", signed).json
    assert installation["permissions"] == {**READ, "actions_variables": "read"}


def test_runners_are_written_in_kebab_case() -> None:
    written = {
        "repositories": {"acme/orders": {"runners": [{"name": "a", "busy": True}], "owner-type": "User"}},
        "organizations": {
            "acme": {
                "plan": "enterprise",
                "runner-groups": [
                    {"name": "production", "visibility": "selected", "repositories": ["acme/orders"], "id": 7},
                    {"name": "open", "allows-public-repositories": True, "runners": [{"name": "b", "labels": ["x"]}]},
                ],
            }
        },
        "enterprises": {"acme-group": {"runner-groups": [{"name": "shared", "organizations": ["acme"]}]}},
        "deprecations": {"2.336.0": {"runtime": "2026-11-05T00:00:00Z"}},
    }
    github = msgspec.json.decode(json.dumps(written), type=GitHub)
    assert github.repositories["acme/orders"].runners[0].labels == ["self-hosted", "Linux", "X64"]
    assert [group.id for group in github.organizations["acme"].runner_groups] == [7, None]
    assert github.enterprises["acme-group"].runner_groups[0].organizations == ["acme"]
    assert msgspec.json.decode(b'{"deprecations": null}', type=GitHub).deprecations is None


@pytest.mark.parametrize(
    ("runner", "fault"),
    [
        ({"name": "a", "status": "idle"}, "Invalid enum value 'idle'"),
        ({"name": "a", "labels": "x"}, "Expected `array`"),
        ({"name": "a", "runner-group-id": 7}, "unknown field `runner-group-id`"),
    ],
)
def test_what_no_runner_can_be_is_refused(runner: dict[str, Any], fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=re.escape(fault)):
        msgspec.convert({"runners": [runner]}, Repository)
