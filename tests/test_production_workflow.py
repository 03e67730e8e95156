"""What act cannot show of production-deploy.yml is proved from its text."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy_actions.actions.verify_environment.guarded_jobs import DEFAULT_ENVIRONMENT
from deploy_actions.core.input_types import Duration
from deploy_actions.guard.inputs import CommandInputs
from deploy_actions.runner import action_names, load_action
from deploy_actions.services.secrets import SLOT_NAMES, SLOT_PREFIX, SLOTS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github/workflows/production-deploy.yml").read_text()
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
DEPLOY: dict[str, Any] = WORKFLOW["jobs"]["deploy"]
GATE: dict[str, Any] = WORKFLOW["jobs"]["gate"]
ANNOTATE: dict[str, Any] = WORKFLOW["jobs"]["annotate"]
ENVIRONMENT = "${{ inputs.environment || 'production' }}"
COMMIT = " ${{ inputs.sha || github.sha }}"
"""What follows the name of the step that deploys."""

GATE_STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in GATE["steps"]}
STEPS: dict[str, dict[str, Any]] = {step["name"].removesuffix(COMMIT): step for step in DEPLOY["steps"]}
HEALTH = ("Take the baseline", "Check the health", "Check the health after the rollback")
INPUTS: dict[str, Any] = WORKFLOW[True]["workflow_call"]["inputs"]


def test_one_deploy_at_a_time_queued_and_never_cancelled() -> None:
    assert DEPLOY["concurrency"] == {"group": "production-deploy", "cancel-in-progress": False, "queue": "max"}


def test_exactly_one_job_names_the_environment() -> None:
    named = [name for name, job in WORKFLOW["jobs"].items() if "environment" in job]
    assert named == ["deploy"]
    assert DEPLOY["environment"] == ENVIRONMENT


def test_no_caller_names_the_runner_of_the_deploy_only_the_policy_does() -> None:
    assert DEPLOY["runs-on"] == "${{ fromJSON(needs.gate.outputs.runs-on) }}"
    assert GATE["outputs"]["runs-on"] == "${{ steps.runners.outputs.runs-on }}"
    assert {step["id"]: step["uses"] for step in GATE["steps"] if "id" in step}["runners"] == "$/actions/route-runner"
    assert "runs-on" not in INPUTS
    given = GATE_STEPS["Choose the runners"]["with"]
    assert given["policy-file"] == "${{ inputs.runner-policy }}"
    assert INPUTS["runner-policy"]["default"] == default_of("route-runner", "policy-file")
    assert INPUTS["environment-policy"]["default"] == default_of("verify-environment", "policy-file")


def default_of(action: str, name: str) -> str:
    [own] = [field for field in load_action(action).inputs.fields() if field.name == name]
    return str(own.default)


def test_the_runner_is_proved_to_be_the_chosen_one_before_any_secret_and_anything_of_the_products() -> None:
    first = DEPLOY["steps"][0]
    assert first["uses"] == "$/actions/verify-runner"
    assert first["with"]["choice"] == "${{ needs.gate.outputs.choice }}"
    assert GATE["outputs"]["choice"] == "${{ steps.runners.outputs.choice }}"
    assert (first["with"]["runner-name"], first["with"]["runner-environment"]) == (
        "${{ runner.name }}",
        "${{ runner.environment }}",
    )
    assert first["with"]["max-age"] == "${{ inputs.runner-choice-max-age }}"
    assert INPUTS["runner-choice-max-age"]["default"] == default_of("verify-runner", "max-age")
    before_checkout = DEPLOY["steps"][: list(STEPS).index("Check out the commit to be deployed")]
    assert [step["name"] for step in before_checkout] == ["Check the runner", "Check the approval"]
    assert "secrets" not in str(before_checkout)


def test_the_policies_are_those_of_the_commit_that_the_run_is_for_and_all_name_one_environment() -> None:
    assert "ref" not in GATE_STEPS["Check out the policies"]["with"]
    assert GATE_STEPS["Check out the policies"]["with"]["persist-credentials"] is False
    asked = [*GATE_STEPS.values(), *STEPS.values()]
    named = [step["with"]["environment"] for step in asked if "environment" in step.get("with", {})]
    assert set(named) == {ENVIRONMENT}


def test_an_empty_environment_is_the_default_one_wherever_it_is_named() -> None:
    assert ENVIRONMENT.split("'")[1] == INPUTS["environment"]["default"] == DEFAULT_ENVIRONMENT
    used = re.findall(r"\$\{\{ *inputs\.environment\b(?!-).*?\}\}", TEXT)
    assert set(used) == {ENVIRONMENT}
    assert ANNOTATE["steps"][0]["with"]["environment"] == ENVIRONMENT


def test_the_library_whose_workflow_may_be_called_is_the_one_that_runs() -> None:
    assert GATE_STEPS["Check the environment"]["with"]["library"] == "${{ job.workflow_repository }}"


@pytest.mark.parametrize("name", ["approved-by", "approved-at", "bypassed"])
def test_the_evidence_has_the_word_of_verify_approval(name: str) -> None:
    assert STEPS["Conclude"]["with"][name] == f"${{{{ steps.approval.outputs.{name} }}}}"


def test_the_runners_are_chosen_for_the_workflow_that_defines_the_jobs_with_an_app_or_a_token() -> None:
    given = GATE_STEPS["Choose the runners"]["with"]
    assert given["workflow-ref"] == "${{ job.workflow_ref }}"
    assert given["github-token"] == "${{ secrets[inputs.runner-github-token] }}"
    assert given["enterprise"] == "${{ inputs.runner-enterprise }}"
    assert TEXT.count("secrets[inputs.runner-github-token]") == 1


def test_only_the_steps_that_ask_github_with_an_app_get_its_key() -> None:
    users = [
        step["name"]
        for job in WORKFLOW["jobs"].values()
        for step in job["steps"]
        if "secrets[inputs.github-app-private-key]" in str(step)
    ]
    assert users == ["Check the environment", "Choose the runners", "Check the secrets"]


def test_nothing_is_permitted_but_reading() -> None:
    assert WORKFLOW["permissions"] == {}
    for job, of_no_token in ((GATE, set()), (DEPLOY, {"jira-gate", "preflight-secrets"})):
        ours = {step["uses"].removeprefix("$/actions/") for step in job["steps"] if step["uses"].startswith("$/")}
        asked = {name for action in ours - of_no_token for name in load_action(action).permissions}
        assert job["permissions"] == dict.fromkeys({*asked, "contents"}, "read")
    assert ANNOTATE["permissions"] == {}


def test_a_deploy_goes_on_after_gates_that_passed_and_in_no_other_case() -> None:
    assert "if" not in GATE
    assert DEPLOY["needs"] == "gate"
    assert "if" not in DEPLOY  # which on GitHub means `success()`: every job that it needs


def test_the_gate_runs_outside_the_production_pool_and_before_any_job_names_the_environment() -> None:
    assert INPUTS["gate-runs-on"]["default"] == '["ubuntu-latest"]'
    for job in (GATE, ANNOTATE):
        assert job["runs-on"] == "${{ fromJSON(inputs.gate-runs-on) }}"
        assert "environment" not in job


def test_the_jira_token_reaches_the_actions_that_ask_jira_and_nothing_else() -> None:
    users = [
        step["name"]
        for job in WORKFLOW["jobs"].values()
        for step in job["steps"]
        if "secrets[inputs.jira-token]" in str(step)
    ]
    assert users == ["Check the Jira issues", "Check the Jira issues again", "Annotate the Jira issues"]


def test_every_permission_has_its_reason_beside_it() -> None:
    granted = re.findall(r"^ +(?:contents|actions|deployments|pull-requests|id-token): \w+.*$", TEXT, re.MULTILINE)
    assert granted
    assert all("#" in line for line in granted)


def test_every_job_and_all_that_runs_long_have_a_time_limit() -> None:
    assert all("timeout-minutes" in job for job in WORKFLOW["jobs"].values())
    for name in ("Deploy", "Roll back"):  # by the action itself, which ends the command with all that it started
        assert STEPS[name]["with"]["timeout"] == "${{ inputs.deploy-window-minutes }}m"
    assert all("timeout-minutes" in STEPS[name] for name in HEALTH)


def test_all_is_checked_again_before_the_deploy_and_nothing_overrides_a_verdict() -> None:
    assert list(STEPS) == [
        "Check the runner",
        "Check the approval",
        "Check out the commit to be deployed",
        "Check the deploy calendar again",
        "Check the Jira issues again",
        "Check the secrets",
        "Check the version",
        "Take the baseline",
        "Deploy",
        "Check the health",
        "Roll back",
        "Check the health after the rollback",
        "Conclude",
        "Keep the evidence",
    ]
    assert [name for name, step in STEPS.items() if "continue-on-error" in step] == ["Keep the evidence"]
    assert "continue-on-error" not in DEPLOY


HEALTH_ASKED = "inputs.health-checks != '' && steps.version.outputs.reason-code != 'superseded'"


def test_each_step_is_made_where_it_is_asked_for_and_in_no_other_case() -> None:
    assert {name: step["if"] for name, step in STEPS.items() if "if" in step} == {
        "Check the deploy calendar again": "inputs.calendar != ''",
        "Check the Jira issues again": "inputs.jira-url != ''",
        "Take the baseline": HEALTH_ASKED,
        "Deploy": "steps.version.outputs.deploy == 'true'",
        "Check the health": HEALTH_ASKED,
        "Roll back": "failure() && inputs.on-failure == 'rollback'"
        " && (steps.deploy.outputs.decision == 'fail'"
        " || (steps.deploy.outcome == 'success' && steps.health.outputs.decision == 'fail'))"
        " && steps.deploy.outputs.started-at != '' && steps.deploy.outputs.reason-code != 'deploy-interrupted'",
        "Check the health after the rollback": "failure() && steps.rollback.outcome == 'success'"
        " && inputs.health-checks != ''",
        "Conclude": "always()",
        "Keep the evidence": "always() && steps.conclude.outputs.evidence-file != ''",
    }
    for name in ("health-checks", "calendar", "jira-url", "rollback-command", "allow-older", "sha"):
        assert INPUTS[name]["default"] == ""
    assert INPUTS["on-failure"]["default"] == "fix-forward"


def test_all_health_steps_have_the_same_inputs_so_that_wrong_ones_end_the_job_before_the_deploy() -> None:
    own = {"mode", "baseline", "version", "on-failure", "runbook-url"}
    before, *others = ({k: v for k, v in STEPS[name]["with"].items() if k not in own} for name in HEALTH)
    assert others == [before, before]
    assert [STEPS[name]["with"].get("mode") for name in HEALTH] == ["baseline", None, None]
    assert [STEPS[name]["with"].get("baseline") for name in HEALTH[1:]] == [
        "${{ steps.baseline.outputs.baseline }}"
    ] * 2


def test_the_command_and_its_rollback_get_the_same() -> None:
    deploy, rollback = (STEPS[name]["with"] for name in ("Deploy", "Roll back"))
    shared = {field.name for field in CommandInputs.fields()} - {"command", "heartbeat"}
    assert shared <= deploy.keys() & rollback.keys()
    assert {name: deploy[name] for name in shared} == {name: rollback[name] for name in shared}


def test_the_gate_in_the_job_before_and_the_one_after_the_wait_ask_the_same_of_calendar_and_jira() -> None:
    assert GATE_STEPS["Check the deploy calendar"]["with"] == STEPS["Check the deploy calendar again"]["with"]
    first, again = GATE_STEPS["Check the Jira issues"]["with"], STEPS["Check the Jira issues again"]["with"]
    where_keys_come_from = {"sources", "keys", "branch", "tag", "sha", "repository", "environment", "api-url"}
    own = {*where_keys_come_from, "github-token", "checked-at", "revalidate-after"}
    assert {k: v for k, v in first.items() if k not in own} == {k: v for k, v in again.items() if k not in own}


def test_version_gate_knows_the_step_that_deploys_and_the_line_in_which_it_waits() -> None:
    given = STEPS["Check the version"]["with"]
    assert given["deploy-step"] == "Deploy"
    assert STEPS["Deploy"]["name"] == f"Deploy{COMMIT}"
    assert STEPS["Deploy"]["uses"] == "$/actions/run-deploy"
    assert given["concurrency-group"] == DEPLOY["concurrency"]["group"]
    assert given["head"] == "${{ github.sha }}"
    assert STEPS["Check out the commit to be deployed"]["with"]["ref"] == "${{ inputs.sha }}"


def test_the_conclusion_hears_of_every_step_by_its_actions_name() -> None:
    lines = dict(line.split(": ", 1) for line in STEPS["Conclude"]["with"]["gates"].splitlines())
    told = {
        step["id"]: step["uses"].removeprefix("$/actions/")
        for step in DEPLOY["steps"]
        if step["uses"].startswith("$/") and step["name"] != "Conclude"
    }
    of_this_job = {name: line for name, line in lines.items() if "needs." not in line}
    assert len(of_this_job) == len(told)
    for (name, line), (step_id, action) in zip(of_this_job.items(), told.items(), strict=True):
        parts = ("outcome", "outputs.decision", "outputs.reason-code")
        assert line == " ".join(f"${{{{ steps.{step_id}.{part} }}}}" for part in parts)
        assert name in (action, f"{action}-again", f"{action}-after-rollback", step_id)
    for name in ("version-gate", "run-deploy", "health-check", "run-rollback", "health-check-after-rollback"):
        assert name in lines


@pytest.mark.parametrize("output", ["decision", "reason-code", "evidence-sha256"])
def test_what_the_job_came_to_is_the_word_of_the_conclusion(output: str) -> None:
    assert DEPLOY["outputs"][output] == f"${{{{ steps.conclude.outputs.{output} }}}}"
    assert WORKFLOW[True]["workflow_call"]["outputs"][output]["value"] == f"${{{{ jobs.deploy.outputs.{output} }}}}"


def test_the_checkout_leaves_no_credentials() -> None:
    assert STEPS["Check out the commit to be deployed"]["with"]["persist-credentials"] is False


SLOTTED = ("Check the secrets", "Check the version", "Deploy", "Roll back", *HEALTH)


@pytest.mark.parametrize("name", SLOTTED)
def test_the_slots_are_handed_to_the_steps_that_need_them(name: str) -> None:
    slots = {f"{SLOT_PREFIX}{i + 1}": f"${{{{ secrets[fromJSON(inputs.secrets)[{i}]] }}}}" for i in range(SLOTS)}
    assert STEPS[name]["env"] == {SLOT_NAMES: "${{ inputs.secrets }}", **slots}


def test_no_secret_reaches_the_whole_job_or_another_step() -> None:
    assert "env" not in WORKFLOW
    assert "env" not in DEPLOY
    assert not any("env" in step for name, step in STEPS.items() if name not in SLOTTED)
    assert "secrets[" not in str(STEPS["Conclude"]) + str(STEPS["Keep the evidence"])
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
    minutes = INPUTS["deploy-window-minutes"]["default"]
    [window] = [f for f in load_action("preflight-secrets").inputs.fields() if f.name == "deploy-window"]
    assert Duration.parse(f"{minutes}m") == Duration.parse(str(window.default))


@pytest.mark.parametrize("name", ["timeout", "grace", "interval", "successes", "failure-limit"])
def test_the_default_pace_of_health_checks_is_the_actions_own(name: str) -> None:
    [own] = [field for field in load_action("health-check").inputs.fields() if field.name == name]
    assert INPUTS[f"health-{name}"]["default"] == own.default
