import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from tests.rehearsal.clients import Response, ask

from deploy_actions.rehearsal.emulators.github import (
    Approval,
    GitHub,
    GitHubEmulator,
    Job,
    Member,
    Protection,
    Repository,
    Run,
    Step,
    Token,
)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
SHA, OTHER = "a" * 40, "b" * 40


def job(key: int, **fields: Any) -> Job:
    return Job(id=key, name=f"job {key}", created_at=NOON, **fields)


def run(key: int, hours: int = 0, **fields: Any) -> Run:
    return Run(id=key, created_at=NOON + timedelta(hours=hours), number=key, **{"head_sha": SHA, **fields})


def orders() -> Repository:
    deployed = job(11, conclusion="cancelled", runner="prod-1", runner_group="prod", labels=["self-hosted", "prod"])
    deployed.steps = [Step("Set up job", conclusion="success"), Step("Deploy", "in_progress")]
    return Repository(
        environments={"production": {}, "staging": {}},
        protections={
            "production": Protection(["ada", "grace"], prevent_self_review=True, wait_timer=30),
            "eu/production": Protection(protected_branches=True),
        },
        runs=[
            run(1, 3, conclusion="cancelled", attempt=2, jobs=[deployed, job(12, attempt=2, status="queued")]),
            run(2, 1, status="in_progress", branch="next", event="push", actor="grace", triggering_actor="ada"),
            run(3, 2, status="waiting", head_sha=OTHER, jobs=[job(30 + n) for n in range(70)], workflow_id=7),
            run(4, 0, conclusion="success", approvals=[Approval("grace", comment="Go.", environments=["production"])]),
        ],
        concurrency_groups={"deploy/a:b": [Member(2, "in_progress", 21), Member(3)], "idle": []},
    )


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    tokens = {"job": Token("installation", {"actions": "read"}), "other": Token("installation", {"contents": "read"})}
    tokens["classic"] = Token(scopes=["repo"])
    ghes = Repository(concurrency_groups=None)
    with GitHubEmulator(GitHub(tokens=tokens, repositories={"acme/orders": orders(), "acme/ghes": ghes})) as github:
        yield github


def get(github: GitHubEmulator, path: str, repository: str = "acme/orders", *, token: str = "job") -> Response:
    return ask(f"{github.url}/repos/{repository}/{path}", f"Bearer {token}")


GROUP = f"actions/concurrency_groups/{quote('deploy/a:b', safe='')}"
ROUTES = [
    *("actions/runs", "actions/runs/1", "actions/runs/4/approvals", "actions/runs/1/attempts/1/jobs"),
    *("actions/jobs/11", "environments/production", GROUP),
]


@pytest.mark.parametrize("path", ROUTES)
def test_each_route_asks_for_actions(github: GitHubEmulator, path: str) -> None:
    refused = get(github, path, token="other")
    assert (refused.status, refused.headers["x-accepted-github-permissions"]) == (403, "actions=read")
    statuses = [get(github, path, token=token).status for token in ("job", "classic", "unknown")]
    assert statuses == [200, 200, 401]
    assert get(github, path, "acme/nowhere").status == 404


@pytest.mark.parametrize(
    "path",
    [
        *("actions/runs/9", "actions/runs/one", "actions/runs/01", "actions/runs/9/approvals", "actions/jobs/1"),
        *("actions/runs/1/attempts/0/jobs", "actions/runs/1/attempts/3/jobs", "actions/runs/9/attempts/1/jobs"),
        *("environments/nowhere", "actions/concurrency_groups/idle", "actions/concurrency_groups/nowhere"),
    ],
)
def test_what_is_not_there_is_not_found(github: GitHubEmulator, path: str) -> None:
    assert (get(github, path).status, get(github, path).json["message"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ("", [1, 3, 2, 4]),
        ("status=completed", [1, 4]),
        ("status=cancelled", [1]),
        ("status=in_progress", [2]),
        ("branch=next", [2]),
        ("event=push&actor=grace", [2]),
        (f"head_sha={OTHER}", [3]),
        ("created=%3E%3D2026-09-01T14:00:00Z", [1, 3]),
        ("created=%3E2026-09-01T14:00:00Z", [1]),
        ("created=%3C2026-09-01T13:00:00%2B00:00", [4]),
        ("created=%3C%3D2026-09-01T13:00:00Z", [2, 4]),
        ("created=2026-09-01T13:00:00Z", [2]),
        ("created=%3E%3D2026-09-01", [1, 3, 2, 4]),
        ("exclude_pull_requests=true", [1, 3, 2, 4]),
        ("per_page=3", [1, 3, 2]),
        ("per_page=3&page=2", [4]),
    ],
)
def test_runs_are_newest_first_and_as_asked_for(github: GitHubEmulator, query: str, runs: list[int]) -> None:
    assert [one["id"] for one in get(github, f"actions/runs?{query}").json["workflow_runs"]] == runs


def test_a_search_for_no_date_is_refused(github: GitHubEmulator) -> None:
    assert get(github, "actions/runs?created=%3E2026-13-01").status == 422


def test_a_run_says_what_it_is(github: GitHubEmulator) -> None:
    found = get(github, "actions/runs/2").json
    assert (found["status"], found["conclusion"], found["head_sha"]) == ("in_progress", None, SHA)
    assert (found["actor"]["login"], found["triggering_actor"]["login"]) == ("grace", "ada")
    assert found["html_url"] == "https://github.com/acme/orders/actions/runs/2"
    assert get(github, "actions/runs/4").json["triggering_actor"]["login"] == "ada"


def test_a_job_says_where_it_ran_and_how_far_it_came(github: GitHubEmulator) -> None:
    found = get(github, "actions/jobs/11").json
    assert (found["run_id"], found["run_attempt"], found["conclusion"]) == (1, 1, "cancelled")
    assert (found["runner_name"], found["runner_group_name"], found["labels"]) == (
        *("prod-1", "prod"),
        ["self-hosted", "prod"],
    )
    steps = [(step["number"], step["name"], step["status"], step["conclusion"]) for step in found["steps"]]
    assert steps == [(1, "Set up job", "completed", "success"), (2, "Deploy", "in_progress", None)]
    waits = get(github, "actions/jobs/12").json
    assert (waits["runner_name"], waits["started_at"], waits["completed_at"]) == (None, waits["created_at"], None)


def test_each_attempt_has_its_own_jobs_by_pages(github: GitHubEmulator) -> None:
    found = {n: get(github, f"actions/runs/1/attempts/{n}/jobs").json["jobs"] for n in (1, 2)}
    assert {n: [one["id"] for one in jobs] for n, jobs in found.items()} == {1: [11], 2: [12]}
    pages = [get(github, f"actions/runs/3/attempts/1/jobs?per_page=30&page={n}").json for n in (1, 2, 3)]
    assert [(page["total_count"], len(page["jobs"])) for page in pages] == [(70, 30), (70, 30), (70, 10)]


def test_reviews_say_who_what_and_of_which_environment(github: GitHubEmulator) -> None:
    (found,) = get(github, "actions/runs/4/approvals").json
    assert (found["user"]["login"], found["state"], found["comment"]) == ("grace", "approved", "Go.")
    assert [one["name"] for one in found["environments"]] == ["production"]
    assert get(github, "actions/runs/1/approvals").json == []


@pytest.mark.parametrize(
    ("name", "rules", "policy"),
    [
        ("staging", {}, False),
        (
            "PRODUCTION",
            {"wait_timer": {"wait_timer": 30}, "required_reviewers": {"prevent_self_review": True}},
            False,
        ),
        ("eu%2Fproduction", {"branch_policy": {}}, True),
    ],
)
def test_an_environment_has_a_rule_for_each_protection(
    github: GitHubEmulator, name: str, rules: dict[str, Any], policy: bool
) -> None:
    found = get(github, f"environments/{name}").json
    seen = {rule["type"]: rule for rule in found["protection_rules"]}
    assert {kind: {key: rule[key] for key in rules.get(kind, {})} for kind, rule in seen.items()} == rules
    assert (found["deployment_branch_policy"] is not None) == policy


def test_reviewers_are_people(github: GitHubEmulator) -> None:
    (rule,) = (one for one in get(github, "environments/production").json["protection_rules"] if "reviewers" in one)
    assert [(one["type"], one["reviewer"]["login"]) for one in rule["reviewers"]] == [
        ("User", "ada"),
        ("User", "grace"),
    ]


def test_a_group_says_who_holds_it_and_who_waits(github: GitHubEmulator) -> None:
    found = get(github, GROUP.upper().replace("ACTIONS/CONCURRENCY_GROUPS", "actions/concurrency_groups")).json
    assert (found["group_name"], found["total_count"]) == ("deploy/a:b", 2)
    members = [(one["run_id"], one.get("job_id"), one["status"]) for one in found["group_members"]]
    assert members == [(2, 21, "in_progress"), (3, None, "pending")]


def test_a_github_that_tells_no_groups_finds_none(github: GitHubEmulator) -> None:
    assert get(github, GROUP, "acme/ghes").status == 404


def test_runs_and_groups_are_written_in_kebab_case() -> None:
    written = {
        "runs": [
            {
                **{"id": 1, "head-sha": SHA, "created-at": "2026-09-01T12:00:00Z", "workflow-id": 7},
                "jobs": [{"id": 2, "name": "deploy", "created-at": "2026-09-01T12:00:00Z", "runner-group": "prod"}],
            }
        ],
        "protections": {"production": {"wait-timer": 5, "prevent-self-review": True, "reviewers": ["ada"]}},
        "concurrency-groups": {"deploy": [{"run": 1, "status": "in_progress"}]},
    }
    repository = msgspec.json.decode(json.dumps(written), type=Repository)
    assert repository.runs[0].jobs[0].runner_group == "prod"
    assert repository.protections["production"].wait_timer == 5
    assert msgspec.json.decode(b'{"concurrency-groups": null}', type=Repository).concurrency_groups is None
