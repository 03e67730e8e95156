"""What act cannot show of production-deploy.yml is proved from its text."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy_actions.core.input_types import Duration
from deploy_actions.runner import action_names, load_action
from deploy_actions.services.secrets import SLOT_NAMES, SLOT_PREFIX, SLOTS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github/workflows/production-deploy.yml").read_text()
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
DEPLOY: dict[str, Any] = WORKFLOW["jobs"]["deploy"]
GATE: dict[str, Any] = WORKFLOW["jobs"]["gate"]
ANNOTATE: dict[str, Any] = WORKFLOW["jobs"]["annotate"]
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in DEPLOY["steps"]}
HEALTH = ("Take the baseline", "Check the health")


def test_one_deploy_at_a_time_queued_and_never_cancelled() -> None:
    assert DEPLOY["concurrency"] == {"group": "production-deploy", "cancel-in-progress": False, "queue": "max"}


def test_exactly_one_job_names_the_environment() -> None:
    named = [name for name, job in WORKFLOW["jobs"].items() if "environment" in job]
    assert named == ["deploy"]
    assert DEPLOY["environment"] == "${{ inputs.environment }}"


def test_the_default_runner_is_the_primary_of_production() -> None:
    inputs = WORKFLOW[True]["workflow_call"]["inputs"]
    assert inputs["runs-on"]["default"] == '["self-hosted","production","primary"]'
    assert DEPLOY["runs-on"] == "${{ fromJSON(inputs.runs-on) }}"


def test_nothing_is_permitted_but_reading_the_repository() -> None:
    assert WORKFLOW["permissions"] == {}
    assert DEPLOY["permissions"] == {"contents": "read"}
    assert GATE["permissions"] == dict.fromkeys(load_action("jira-gate").permissions, "read")
    assert ANNOTATE["permissions"] == {}


def test_a_deploy_goes_on_after_a_gate_that_passed_or_was_not_asked_for_and_in_no_other_case() -> None:
    assert GATE["if"] == "inputs.jira-url != ''"
    assert DEPLOY["needs"] == "gate"
    passed = "needs.gate.result == 'success'"
    not_asked_for = "(needs.gate.result == 'skipped' && inputs.jira-url == '')"
    assert DEPLOY["if"] == f"${{{{ !cancelled() && ({passed} || {not_asked_for}) }}}}"


def test_the_gate_runs_outside_the_production_pool_and_before_any_job_names_the_environment() -> None:
    inputs = WORKFLOW[True]["workflow_call"]["inputs"]
    assert inputs["gate-runs-on"]["default"] == '["ubuntu-latest"]'
    for job in (GATE, ANNOTATE):
        assert job["runs-on"] == "${{ fromJSON(inputs.gate-runs-on) }}"
        assert "environment" not in job


def test_the_jira_token_reaches_the_two_actions_that_ask_jira_and_nothing_else() -> None:
    users = [
        step["name"]
        for job in WORKFLOW["jobs"].values()
        for step in job["steps"]
        if "secrets[inputs.jira-token]" in str(step)
    ]
    assert users == ["Check the Jira issues", "Annotate the Jira issues"]


def test_every_permission_has_its_reason_beside_it() -> None:
    granted = re.findall(r"^ +(?:contents|actions|deployments|pull-requests|id-token): \w+.*$", TEXT, re.MULTILINE)
    assert granted
    assert all("#" in line for line in granted)


def test_every_job_and_the_deploy_itself_have_a_time_limit() -> None:
    assert all("timeout-minutes" in job for job in WORKFLOW["jobs"].values())
    assert STEPS["Deploy"]["timeout-minutes"] == "${{ inputs.deploy-window-minutes }}"
    assert all("timeout-minutes" in STEPS[name] for name in HEALTH)


def test_the_secrets_are_checked_before_the_deploy_and_nothing_overrides_the_verdict() -> None:
    assert list(STEPS) == [
        "Check out the commit to be deployed",
        "Check the secrets",
        "Take the baseline",
        "Deploy",
        "Check the health",
    ]
    assert not any("continue-on-error" in step for step in STEPS.values())
    assert "continue-on-error" not in DEPLOY


def test_the_health_is_checked_where_checks_are_given_after_a_step_that_succeeded_and_in_no_other_case() -> None:
    conditions = {name: step["if"] for name, step in STEPS.items() if "if" in step}
    assert conditions == dict.fromkeys(HEALTH, "inputs.health-checks != ''")
    assert WORKFLOW[True]["workflow_call"]["inputs"]["health-checks"]["default"] == ""


def test_both_health_steps_have_the_same_inputs_so_that_wrong_ones_end_the_job_before_the_deploy() -> None:
    before, after = (STEPS[name]["with"] for name in HEALTH)
    assert before["mode"] == "baseline"
    assert "mode" not in after
    assert {**before, "baseline": "${{ steps.baseline.outputs.baseline }}"} == {**after, "mode": "baseline"}


@pytest.mark.parametrize("output", ["decision", "reason-code"])
def test_what_the_job_came_to_is_the_word_of_the_last_action_that_ran(output: str) -> None:
    ids = [step["id"] for step in reversed(DEPLOY["steps"]) if "id" in step]
    words = [f"steps.{step_id}.outputs.{output}" for step_id in ids]
    assert DEPLOY["outputs"][output] == f"${{{{ {' || '.join(words)} }}}}"


def test_the_checkout_leaves_no_credentials() -> None:
    assert STEPS["Check out the commit to be deployed"]["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", ["Check the secrets", "Deploy", *HEALTH])
def test_the_slots_are_handed_to_the_steps_that_need_them(name: str) -> None:
    slots = {f"{SLOT_PREFIX}{i + 1}": f"${{{{ secrets[fromJSON(inputs.secrets)[{i}]] }}}}" for i in range(SLOTS)}
    assert STEPS[name]["env"] == {SLOT_NAMES: "${{ inputs.secrets }}", **slots}


def test_no_secret_reaches_the_whole_job_or_another_step() -> None:
    assert "env" not in WORKFLOW
    assert "env" not in DEPLOY
    assert "env" not in STEPS["Check out the commit to be deployed"]
    assert "toJSON(secrets)" not in TEXT


def test_no_step_has_a_shell_of_its_own() -> None:
    assert not any("run" in step for step in STEPS.values())


def test_third_party_actions_are_pinned_by_commit_with_their_version_and_our_own_are_of_this_commit() -> None:
    for line in re.findall(r"^ +uses: (.*)$", TEXT, re.MULTILINE):
        assert re.fullmatch(r"\$/actions/[a-z-]+|[\w./-]+@[0-9a-f]{40} # v[0-9.]+", line), line


OURS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"] if step["uses"].startswith("$/")]


@pytest.mark.parametrize("step", OURS, ids=[step["name"] for step in OURS])
def test_every_input_given_is_one_that_the_action_declares(step: dict[str, Any]) -> None:
    name = step["uses"].removeprefix("$/actions/")
    assert name in action_names()
    declared = {field.name: field for field in load_action(name).inputs.fields()}
    assert set(step["with"]) <= set(declared)
    assert {field.name for field in declared.values() if field.required} <= set(step["with"])


def test_the_default_deploy_window_is_the_actions_own() -> None:
    minutes = WORKFLOW[True]["workflow_call"]["inputs"]["deploy-window-minutes"]["default"]
    [window] = [f for f in load_action("preflight-secrets").inputs.fields() if f.name == "deploy-window"]
    assert Duration.parse(f"{minutes}m") == Duration.parse(str(window.default))


@pytest.mark.parametrize("name", ["timeout", "grace", "interval", "successes", "failure-limit"])
def test_the_default_pace_of_health_checks_is_the_actions_own(name: str) -> None:
    [own] = [field for field in load_action("health-check").inputs.fields() if field.name == name]
    assert WORKFLOW[True]["workflow_call"]["inputs"][f"health-{name}"]["default"] == own.default
