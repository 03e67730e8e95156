import re
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tests.rehearsal.clients import Response, app_jwt, ask, rsa_key

from deploy_actions.rehearsal.github_scenario import GitHubWorld
from deploy_actions.rehearsal.github_world import APP_ID, APP_KEY, JOB_TOKEN, OWN_RUN, github
from deploy_actions.rehearsal.scenario import SCENARIOS, ScenarioError, load_scenarios

SHA = "a" * 40
RUNNERS = "orgs/acme/actions/runners"
GROUPS = "orgs/acme/actions/runner-groups"
ENVIRONMENT = "repos/acme/orders/environments/production"
OF_THE_APP = {
    **{"secrets": "read", "environments": "read", "metadata": "read", "contents": "read"},
    **{"administration": "read", "organization_self_hosted_runners": "read", "actions_variables": "read"},
}


class Rehearsed:
    """A scenario's GitHub, asked as the job, or as the app."""

    def __init__(self, stack: ExitStack, text: str) -> None:
        world = msgspec.convert(yaml.safe_load(text) or {}, GitHubWorld)
        self.url = stack.enter_context(github(world, {APP_KEY: rsa_key("app").private, "DEPLOY_TOKEN": "x"}, SHA))
        self._signed = app_jwt(rsa_key("app"), APP_ID)

    def minted(self) -> Mapping[str, Any]:
        made = ask(f"{self.url}/app/installations/1/access_tokens", self._signed, method="POST").json
        assert isinstance(made, dict)
        return made

    def app(self, path: str) -> Response:
        return ask(f"{self.url}/{path}", f"Bearer {self.minted()['token']}")

    def job(self, path: str) -> Response:
        return ask(f"{self.url}/{path}", f"Bearer {JOB_TOKEN}")


@pytest.fixture(name="stack")
def _stack() -> Any:
    with ExitStack() as stack:
        yield stack


def shown(runner: Mapping[str, Any]) -> tuple[Any, ...]:
    labels = [label["name"] for label in runner["labels"]]
    return (runner["name"], labels, runner["status"], runner["busy"], runner["version"], runner["ephemeral"])


def test_two_pools_of_one_runner_each_are_there_unless_told_otherwise(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "")
    assert [shown(one) for one in rehearsed.app(RUNNERS).json["runners"]] == [
        ("rehearsal", ["self-hosted", "linux", "x64", "production", "primary"], "online", False, "2.337.0", False),
        (
            *("rehearsal-secondary", ["self-hosted", "linux", "x64", "production", "secondary"]),
            *("online", False, "2.337.0", False),
        ),
    ]
    visible = rehearsed.app(f"{GROUPS}?visible_to_repository=orders").json["runner_groups"]
    assert [(one["name"], one["visibility"]) for one in visible] == [("production", "selected")]
    assert rehearsed.app("repos/acme/orders/actions/runners").json["total_count"] == 0


def test_runners_are_as_the_scenario_has_them(stack: ExitStack) -> None:
    rehearsed = Rehearsed(
        stack,
        """
        private: true
        runners:
          - { name: a, group: blue, status: offline, busy: true, version: null, ephemeral: true }
          - { name: b, group: null, labels: [self-hosted, arm64] }
        """,
    )
    (listed,) = rehearsed.app(RUNNERS).json["runners"]
    assert shown(listed) == ("a", ["self-hosted", "production", "primary"], "offline", True, None, True)
    (own,) = rehearsed.app("repos/acme/orders/actions/runners").json["runners"]
    assert shown(own) == ("b", ["self-hosted", "arm64"], "online", False, "2.337.0", False)
    visible = rehearsed.app(f"{GROUPS}?visible_to_repository=orders").json["runner_groups"]
    assert [one["name"] for one in visible] == ["blue"]


def test_1200_extra_runners_need_a_page_more_than_twelve(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "extra-runners: 1200")
    (group,) = rehearsed.app(GROUPS).json["runner_groups"]
    last = rehearsed.app(f"{GROUPS}/{group['id']}/runners?per_page=100&page=13").json
    assert (last["total_count"], [one["name"] for one in last["runners"]]) == (1202, ["fleet-1199", "fleet-1200"])
    assert shown(last["runners"][0])[1] == ["self-hosted", "build"]


@pytest.mark.parametrize("private", [False, True])
def test_the_repository_is_private_or_not_and_sees_its_group(stack: ExitStack, private: bool) -> None:
    rehearsed = Rehearsed(stack, f"private: {private}")
    repository = rehearsed.job("repos/acme/orders").json
    assert (repository["private"], repository["owner"]["type"]) == (private, "Organization")
    assert rehearsed.app(f"{GROUPS}?visible_to_repository=orders").json["total_count"] == 1


def test_the_job_cannot_read_runners_and_the_app_can(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "variables: { SET: { value: primary } }")
    for path in (RUNNERS, GROUPS, "repos/acme/orders/actions/runners", "repos/acme/orders/actions/variables/SET"):
        assert (rehearsed.job(path).status, rehearsed.app(path).status) == (403, 200)
    assert rehearsed.minted()["permissions"] == OF_THE_APP


def test_the_scenario_may_take_permissions_from_the_app(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "app-permissions: { metadata: read }")
    assert rehearsed.minted()["permissions"] == {"metadata": "read"}
    assert rehearsed.app(RUNNERS).status == 403


def test_a_variable_has_its_age(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "variables: { SET: { value: secondary, age: 2h } }")
    found = rehearsed.app("repos/acme/orders/actions/variables/SET").json
    age = datetime.now(UTC) - datetime.fromisoformat(found["updated_at"])
    assert found["value"] == "secondary"
    assert timedelta(hours=2) <= age < timedelta(hours=2, minutes=1)


def test_the_environment_is_guarded_unless_told_otherwise(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "")
    found = rehearsed.job(ENVIRONMENT).json
    assert found["can_admins_bypass"] is False
    assert [rule["type"] for rule in found["protection_rules"]] == ["required_reviewers", "branch_policy"]
    (policy,) = rehearsed.job(f"{ENVIRONMENT}/deployment-branch-policies").json["branch_policies"]
    assert (policy["name"], policy["type"]) == ("main", "branch")


def test_the_environment_is_as_the_scenario_has_it(stack: ExitStack) -> None:
    rehearsed = Rehearsed(
        stack,
        """
        reviewers: [ada]
        reviewer-teams: [release-managers]
        wait-timer: 30
        branches: [main, "release/*"]
        tags: ["v*"]
        custom-rules: [change-gate]
        administrators-may-bypass: null
        """,
    )
    found = rehearsed.job(ENVIRONMENT).json
    assert "can_admins_bypass" not in found
    timer, review, _ = found["protection_rules"]
    assert (timer["wait_timer"], review["prevent_self_review"]) == (30, True)
    assert [one["type"] for one in review["reviewers"]] == ["User", "Team"]
    policies = rehearsed.job(f"{ENVIRONMENT}/deployment-branch-policies").json["branch_policies"]
    assert [(one["type"], one["name"]) for one in policies] == [
        *(("branch", "main"), ("branch", "release/*"), ("tag", "v*"))
    ]
    rules = rehearsed.job(f"{ENVIRONMENT}/deployment_protection_rules").json["custom_deployment_protection_rules"]
    assert [rule["app"]["slug"] for rule in rules] == ["change-gate"]


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", {"protected_branches": False, "custom_branch_policies": True}),
        ("protected-branches: true", {"protected_branches": True, "custom_branch_policies": False}),
        ("branches: []", None),
        ("{ branches: [], tags: [v1] }", {"protected_branches": False, "custom_branch_policies": True}),
    ],
)
def test_a_branch_policy_is_one_of_three(stack: ExitStack, text: str, policy: Mapping[str, bool] | None) -> None:
    rehearsed = Rehearsed(stack, text)
    assert rehearsed.job(ENVIRONMENT).json["deployment_branch_policy"] == policy
    of_protected = bool(policy and policy["protected_branches"])
    assert rehearsed.job("repos/acme/orders/branches/main").json["protected"] is of_protected


def test_an_environment_may_not_exist(stack: ExitStack) -> None:
    rehearsed = Rehearsed(stack, "environment-exists: false")
    assert rehearsed.job(ENVIRONMENT).status == 404
    assert rehearsed.job("repos/acme/orders/environments").json == {"total_count": 0, "environments": []}
    assert rehearsed.app(f"{ENVIRONMENT}/secrets").status == 404


@pytest.mark.parametrize(
    ("text", "runner", "group", "labels"),
    [
        ("", "rehearsal", "production", ["self-hosted", "production", "primary"]),
        ("{ own-runner: other, own-runner-group: blue, own-runner-labels: [x] }", "other", "blue", ["x"]),
        ("own-runner-group: null", "rehearsal", None, ["self-hosted", "production", "primary"]),
    ],
)
def test_the_rehearsed_job_runs_where_the_scenario_says(  # noqa: PLR0913 a table
    stack: ExitStack, text: str, runner: str, group: str | None, labels: list[str]
) -> None:
    (job,) = Rehearsed(stack, text).job(f"repos/acme/orders/actions/runs/{OWN_RUN}/attempts/1/jobs").json["jobs"]
    assert (job["runner_name"], job["runner_group_name"], job["labels"]) == (runner, group, labels)


@pytest.mark.parametrize(("text", "days"), [("", 60), ('deprecations: { "2.337.0": "-5d" }', -5)])
def test_a_version_is_served_for_a_while(stack: ExitStack, text: str, days: int) -> None:
    found = Rehearsed(stack, text).app(f"{RUNNERS}/deprecations/2.337.0").json
    left = datetime.fromisoformat(found["runtime_deprecates_at"]) - datetime.now(UTC)
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)


@pytest.mark.parametrize("text", ["deprecations: null", "deprecations: {}"])
def test_a_github_may_tell_no_deprecations(stack: ExitStack, text: str) -> None:
    assert Rehearsed(stack, text).app(f"{RUNNERS}/deprecations/2.337.0").status == 404


def test_faults_have_their_place(stack: ExitStack) -> None:
    text = f"{{ extra-runners: 300, faults: [{{ path: /{RUNNERS}, page: 3, status: 502, times: 1 }}] }}"
    world = msgspec.convert(yaml.safe_load(text), GitHubWorld)
    rehearsed = Rehearsed(stack, text)
    pages = [1, 2, 3, 3]
    assert [rehearsed.app(f"{RUNNERS}?per_page=100&page={page}").status for page in pages] == [200, 200, 502, 200]
    with github(world, {APP_KEY: rsa_key("app").private}, SHA) as url:
        assert ask(f"{url}/{RUNNERS}?page=3").status == 502
    assert world.faults[0].times == 1


@pytest.mark.parametrize(
    ("github_text", "problem"),
    [
        ("deprecations: { '2.337.0': soon }", "is not a duration"),
        ("variables: { A: { value: x, age: old } }", "is not a duration"),
        ("variables: { A: { age: 1d } }", "missing required field `value`"),
        ("runners: [ { name: a, status: idle } ]", "Invalid enum value 'idle'"),
        ("runners: [ { name: a, pool: x } ]", "unknown field `pool`"),
        ("faults: [ { path: /x, status: 200 } ]", ">= 400"),
    ],
)
def test_what_no_github_can_be_is_refused_by_its_file(tmp_path: Path, github_text: str, problem: str) -> None:
    text = f"title: x\nexpect: {{jobs: {{}}, actions: {{}}}}\ngithub: {{ {github_text} }}"
    (tmp_path / "broken.yml").write_text(text)
    with pytest.raises(ScenarioError, match=rf"broken\.yml is no scenario: .*{re.escape(problem)}"):
        load_scenarios(tmp_path)


def test_every_scenario_has_a_github_that_can_be(stack: ExitStack) -> None:
    for scenario in load_scenarios(SCENARIOS):
        secrets = dict.fromkeys(scenario.github.tokens, "a-token")
        with github(scenario.github, secrets, SHA) as url:
            assert ask(f"{url}/repos/acme/orders", f"Bearer {JOB_TOKEN}").status == (
                503 if scenario.github.down else 200
            )
