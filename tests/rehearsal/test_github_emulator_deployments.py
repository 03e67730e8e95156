import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.rehearsal.clients import Response, ask

from deploy_actions.rehearsal.emulators.github import (
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Repository,
    Status,
    Token,
)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
OLD, NEW = "a" * 40, "b" * 40


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    tokens = {level: Token("installation", {"deployments": level}) for level in ("read", "write")}
    orders = Repository(
        commits=[Commit(OLD, "Old"), Commit(NEW, "New")],
        deployments=[
            Deployment(OLD, NOON, states=["queued", "in_progress", "success"]),
            Deployment(OLD, NOON, states=["success"], environment="staging"),
            Deployment(OLD, NOON, states=["failure"]),
            Deployment(OLD, NOON, states=["success"], transient=True),
            Deployment(OLD, NOON, states=["success"], production=True),
        ],
    )
    with GitHubEmulator(GitHub(tokens=tokens, repositories={"acme/orders": orders})) as github:
        yield github


def post(github: GitHubEmulator, path: str, body: object, *, token: str = "write") -> Response:
    return ask(f"{github.url}/repos/acme/orders/{path}", f"Bearer {token}", method="POST", body=body)


def get(github: GitHubEmulator, path: str) -> Any:
    return ask(f"{github.url}/repos/acme/orders/{path}", "Bearer read").json


def states(github: GitHubEmulator, key: int) -> list[str]:
    return [status["state"] for status in get(github, f"deployments/{key}/statuses")]


def test_what_is_posted_is_listed_afterwards(github: GitHubEmulator) -> None:
    new = {"ref": "main", "environment": "production", "task": "migrate", "description": "By hand"}
    made = post(github, "deployments", {**new, "required_contexts": []})
    assert (made.status, made.json["id"], made.json["sha"], made.json["ref"]) == (201, 6, NEW, "main")
    assert (made.json["production_environment"], made.json["transient_environment"]) == (True, False)
    assert get(github, "deployments")[0] == get(github, "deployments/6") == made.json
    link = "https://github.com/acme/orders/actions/runs/7"
    for state in ("in_progress", "failure"):
        status = post(github, "deployments/6/statuses", {"state": state, "description": f"{state}!", "log_url": link})
        assert (status.status, status.json["state"]) == (201, state)
    listed = get(github, "deployments/6/statuses")
    assert [(one["state"], one["description"], one["log_url"], one["target_url"]) for one in listed] == [
        ("failure", "failure!", link, link),
        ("in_progress", "in_progress!", link, link),
    ]
    assert get(github, "deployments/6")["updated_at"] == listed[0]["created_at"]
    assert [one["id"] for one in get(github, "deployments?task=migrate")] == [6]


@pytest.mark.parametrize(
    ("status", "inactive"),
    [
        ({"state": "success"}, [1]),
        ({"state": "success", "auto_inactive": True}, [1]),
        ({"state": "success", "auto_inactive": False}, []),
        ({"state": "in_progress"}, []),
        ({"state": "failure"}, []),
        ({"state": "success", "environment": "staging"}, [2]),
    ],
)
def test_a_success_makes_the_live_ones_of_its_environment_inactive(
    github: GitHubEmulator, status: dict[str, Any], inactive: list[int]
) -> None:
    post(github, "deployments", {"ref": NEW})
    assert post(github, "deployments/6/statuses", status).status == 201
    assert [key for key in range(1, 7) if states(github, key)[0] == "inactive"] == inactive
    assert states(github, 6) == [status["state"]]


def test_what_became_inactive_still_says_that_it_succeeded(github: GitHubEmulator) -> None:
    post(github, "deployments", {"ref": NEW})
    post(github, "deployments/6/statuses", {"state": "success"})
    assert states(github, 1) == ["inactive", "success", "in_progress", "queued"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("deployments", {"ref": "nowhere"}, 422),
        ("deployments", {}, 422),
        ("deployments", {"ref": 7}, 422),
        ("deployments", b"{", 400),
        ("deployments/9/statuses", {"state": "success"}, 404),
        ("deployments/one/statuses", {"state": "success"}, 404),
        ("deployments/1/statuses", {"state": "waiting"}, 422),
        ("deployments/1/statuses", {"state": "done"}, 422),
        ("deployments/1/statuses", {}, 422),
        ("deployments/1/statuses", {"state": "success", "description": "d" * 141}, 422),
        ("deployments/1/statuses", {"state": "failure", "description": "d" * 140}, 201),
    ],
)
def test_what_github_would_not_take_is_refused_and_not_kept(
    github: GitHubEmulator, path: str, body: object, status: int
) -> None:
    before = [get(github, "deployments"), states(github, 1)]
    assert post(github, path, body).status == status
    assert ([get(github, "deployments"), states(github, 1)] == before) == (status != 201)


@pytest.mark.parametrize(("path", "body"), [("", {"ref": NEW}), ("/1/statuses", {"state": "failure"})])
def test_writing_needs_the_permission_to_write(github: GitHubEmulator, path: str, body: object) -> None:
    refused = post(github, f"deployments{path}", body, token="read")
    assert (refused.status, refused.headers["x-accepted-github-permissions"]) == (403, "deployments=write")
    assert post(github, f"deployments{path}", body, token="unknown").status == 401
    assert post(github, f"deployments{path}", body).status == 201


@pytest.mark.parametrize(
    ("deployment", "links"),
    [
        (Deployment(NEW, NOON, states=["success"]), ["https://github.com/acme/orders/actions/runs/6"]),
        (Deployment(NEW, NOON, states=["success"], run=77), ["https://github.com/acme/orders/actions/runs/77"]),
        (
            Deployment(NEW, NOON, states=[Status("success", log_url="https://argo.io/1"), "queued"], run=77, job=8),
            ["https://github.com/acme/orders/actions/runs/77/job/8", "https://argo.io/1"],
        ),
        (Deployment(NEW, NOON, states=[Status("success", log_url="")]), [""]),
    ],
)
def test_statuses_link_to_the_run_and_its_job_or_elsewhere(
    github: GitHubEmulator, deployment: Deployment, links: list[str]
) -> None:
    github.state.repositories["acme/orders"].deployments.append(deployment)
    assert [status["log_url"] for status in get(github, "deployments/6/statuses")] == links


def test_a_status_is_a_state_or_says_more() -> None:
    states = ["waiting", {"state": "failure", "description": "No", "log-url": "", "at": "2026-09-01T13:00:00Z"}]
    written = {"sha": NEW, "created-at": "2026-09-01T12:00:00Z", "states": states, "run": 7}
    first, second = msgspec.json.decode(json.dumps(written), type=Deployment).statuses()
    assert (first.state, second.state, second.description, second.log_url) == ("waiting", "failure", "No", "")
    assert [one.at and one.at.strftime("%H:%M:%S") for one in (first, second)] == ["12:00:01", "13:00:00"]
