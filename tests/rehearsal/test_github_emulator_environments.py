import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.rehearsal.clients import Response, ask

from deploy_actions.rehearsal.emulators.github import (
    GitHub,
    GitHubEmulator,
    Protection,
    Repository,
    Run,
    Token,
)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
SHA = "a" * 40


def orders() -> Repository:
    return Repository(
        environments={"staging": {}, "production": {}},
        protections={
            "production": Protection(
                ["ada"],
                prevent_self_review=True,
                wait_timer=30,
                reviewer_teams=["release-managers"],
                branches=["main", "release/*"],
                tags=["v*"],
                custom_rules=["change-gate", "scanner"],
                can_admins_bypass=False,
            ),
            "protected": Protection(protected_branches=True),
            "tagged": Protection(tags=["v*"], can_admins_bypass=None),
            "shut": Protection(branches=[]),
            "by-team": Protection(reviewer_teams=["release-managers"]),
        },
        runs=[
            Run(id=1, head_sha=SHA, created_at=NOON, status="waiting", pending_deployments=["production", "protected"]),
            Run(id=2, head_sha=SHA, created_at=NOON),
        ],
    )


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    actions = {"actions": "read"}
    tokens = {
        "job": Token("installation", actions),
        "other": Token("installation", {"contents": "read", "environments": "read"}),
        "ada": Token(permissions=actions, login="ada"),
        "classic": Token(scopes=["repo"]),
    }
    with GitHubEmulator(GitHub(tokens=tokens, repositories={"acme/orders": orders()})) as github:
        yield github


def get(github: GitHubEmulator, path: str, repository: str = "acme/orders", *, token: str = "job") -> Response:
    return ask(f"{github.url}/repos/{repository}/{path}", f"Bearer {token}")


PRODUCTION = "environments/production"
POLICIES, CUSTOM = "deployment-branch-policies", "deployment_protection_rules"
PENDING = "actions/runs/1/pending_deployments"


@pytest.mark.parametrize("path", ["environments", f"{PRODUCTION}/{POLICIES}", f"{PRODUCTION}/{CUSTOM}", PENDING])
def test_each_route_asks_for_actions(github: GitHubEmulator, path: str) -> None:
    refused = get(github, path, token="other")
    assert (refused.status, refused.headers["x-accepted-github-permissions"]) == (403, "actions=read")
    assert [get(github, path, token=token).status for token in ("job", "classic", "unknown")] == [200, 200, 401]
    assert get(github, path, "acme/nowhere").status == 404


@pytest.mark.parametrize(
    "path",
    [
        *(f"environments/nowhere/{POLICIES}", f"environments/nowhere/{CUSTOM}", "environments/nowhere"),
        *("actions/runs/9/pending_deployments", "environments/eu/production"),
    ],
)
def test_what_is_not_there_is_not_found(github: GitHubEmulator, path: str) -> None:
    assert (get(github, path).status, get(github, path).json["message"]) == (404, "Not Found")


def test_environments_are_listed_by_name_with_their_rules(github: GitHubEmulator) -> None:
    answer = get(github, "environments").json
    names = [one["name"] for one in answer["environments"]]
    assert names == ["by-team", "production", "protected", "shut", "staging", "tagged"]
    assert answer["total_count"] == 6
    assert answer["environments"][1] == get(github, PRODUCTION).json
    assert [one["name"] for one in get(github, "environments?per_page=4&page=2").json["environments"]] == names[4:]


@pytest.mark.parametrize(
    ("name", "policy", "types"),
    [
        ("production", (False, True), ["wait_timer", "required_reviewers", "branch_policy"]),
        ("protected", (True, False), ["branch_policy"]),
        ("tagged", (False, True), ["branch_policy"]),
        ("shut", (False, True), ["branch_policy"]),
        ("by-team", None, ["required_reviewers"]),
        ("staging", None, []),
    ],
)
def test_a_policy_is_of_protected_branches_or_of_patterns(
    github: GitHubEmulator, name: str, policy: tuple[bool, bool] | None, types: list[str]
) -> None:
    found = get(github, f"environments/{name}").json
    told = found["deployment_branch_policy"]
    assert (told and (told["protected_branches"], told["custom_branch_policies"])) == policy
    assert [rule["type"] for rule in found["protection_rules"]] == types


@pytest.mark.parametrize(
    ("name", "told"), [("production", False), ("staging", True), ("protected", True), ("tagged", "not at all")]
)
def test_whether_administrators_may_bypass_is_told_or_not(github: GitHubEmulator, name: str, told: bool | str) -> None:
    assert get(github, f"environments/{name}").json.get("can_admins_bypass", "not at all") == told


def test_reviewers_are_users_and_teams(github: GitHubEmulator) -> None:
    (rule,) = (one for one in get(github, PRODUCTION).json["protection_rules"] if "reviewers" in one)
    user, team = rule["reviewers"]
    assert rule["prevent_self_review"] is True
    assert (user["type"], user["reviewer"]["login"]) == ("User", "ada")
    assert (team["type"], team["reviewer"]["slug"]) == ("Team", "release-managers")
    assert team["reviewer"]["html_url"] == "https://github.com/orgs/acme/teams/release-managers"


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("production", [("branch", "main"), ("branch", "release/*"), ("tag", "v*")]),
        ("tagged", [("tag", "v*")]),
        ("shut", []),
        ("protected", []),
        ("staging", []),
    ],
)
def test_patterns_are_of_branches_and_of_tags(
    github: GitHubEmulator, name: str, patterns: list[tuple[str, str]]
) -> None:
    answer = get(github, f"environments/{name}/{POLICIES}").json
    assert [(one["type"], one["name"]) for one in answer["branch_policies"]] == patterns
    assert answer["total_count"] == len(patterns) == len({one["id"] for one in answer["branch_policies"]})


def test_many_patterns_come_by_pages(github: GitHubEmulator) -> None:
    github.state.repositories["acme/orders"].protections["shut"].branches = [f"release/{n}" for n in range(150)]
    pages = [get(github, f"environments/shut/{POLICIES}?per_page=100&page={page}").json for page in (1, 2)]
    assert [(page["total_count"], len(page["branch_policies"])) for page in pages] == [(150, 100), (150, 50)]


def test_custom_rules_are_those_of_apps(github: GitHubEmulator) -> None:
    answer = get(github, f"{PRODUCTION}/{CUSTOM}").json
    rules = answer["custom_deployment_protection_rules"]
    assert [(rule["app"]["slug"], rule["enabled"]) for rule in rules] == [("change-gate", True), ("scanner", True)]
    assert answer["total_count"] == 2
    assert get(github, f"environments/staging/{CUSTOM}").json == {
        "total_count": 0,
        "custom_deployment_protection_rules": [],
    }


def test_a_run_says_which_environments_it_waits_for_and_who_may_let_it_go(github: GitHubEmulator) -> None:
    production, protected = get(github, PENDING).json
    assert production["environment"]["name"] == "production"
    assert "created_at" not in production["environment"]
    assert (production["wait_timer"], production["wait_timer_started_at"]) == (30, "2026-09-01T12:00:00Z")
    assert [one["type"] for one in production["reviewers"]] == ["User", "Team"]
    assert (protected["wait_timer"], protected["wait_timer_started_at"], protected["reviewers"]) == (0, None, [])
    mine = {token: get(github, PENDING, token=token).json for token in ("job", "ada", "classic")}
    may = {token: [one["current_user_can_approve"] for one in waits] for token, waits in mine.items()}
    assert may == {"job": [False, False], "ada": [True, False], "classic": [False, False]}
    assert get(github, "actions/runs/2/pending_deployments").json == []


@pytest.mark.parametrize("patterns", [{"branches": ["main"]}, {"branches": []}, {"tags": ["v*"]}])
def test_a_policy_cannot_be_of_both_kinds(patterns: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match="either `protected-branches` or patterns"):
        msgspec.convert({"protected-branches": True, **patterns}, Protection)


def test_protection_is_written_in_kebab_case() -> None:
    written = {
        "protections": {
            "production": {
                **{"reviewer-teams": ["release-managers"], "branches": ["main"], "tags": ["v*"]},
                **{"custom-rules": ["change-gate"], "can-admins-bypass": None},
            }
        }
    }
    protection = msgspec.json.decode(json.dumps(written), type=Repository).protections["production"]
    assert protection == Protection(
        reviewer_teams=["release-managers"],
        branches=["main"],
        tags=["v*"],
        custom_rules=["change-gate"],
        can_admins_bypass=None,
    )
    assert (Protection().can_admins_bypass, Protection().has_patterns) == (True, False)
