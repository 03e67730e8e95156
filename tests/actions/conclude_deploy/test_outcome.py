import pytest

from deploy_actions.actions.conclude_deploy.gates import Gates
from deploy_actions.actions.conclude_deploy.outcome import Facts, judge
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.verdict import Decision

BEFORE = "preflight-secrets: success pass secret-valid\nversion-gate: success pass newer\n"
LIVE = "preflight-secrets: success pass secret-valid\nversion-gate: success skip already-live\nrun-deploy: skipped\n"
SKIPPED = "preflight-secrets: success pass secret-valid\nversion-gate: success skip superseded\nrun-deploy: skipped\n"
DONE = BEFORE + "run-deploy: success pass deployed\n"
FAILED = BEFORE + "run-deploy: failure fail deploy-failed\n"
UNHEALTHY = DONE + "health-check: failure fail unhealthy\n"
ROLLED_BACK = UNHEALTHY + "run-rollback: success pass rolled-back\n"


def facts(policy: str = "fix-forward", **more: str) -> Facts:
    return Facts(version="abc", environment="production", policy=policy, **{"last_healthy_version": "old", **more})


@pytest.mark.parametrize(
    ("steps", "policy", "outcome", "decision"),
    [
        (DONE, "fix-forward", "deployed", Decision.PASS),
        (DONE + "health-check: success pass healthy", "fix-forward", "deployed", Decision.PASS),
        (DONE + "health-check: skipped", "hold", "deployed", Decision.PASS),
        (DONE + "health-check: success warn degraded", "fix-forward", "deployed-degraded", Decision.WARN),
        (DONE + "health-check: success", "fix-forward", "fix-forward", Decision.FAIL),  # it ended without a verdict
        (DONE + "health-check: cancelled", "fix-forward", "fix-forward", Decision.FAIL),
        (DONE + "health-check: failure cannot-verify check-not-made", "fix-forward", "fix-forward", Decision.FAIL),
        (UNHEALTHY, "fix-forward", "fix-forward", Decision.FAIL),
        (UNHEALTHY, "hold", "on-hold", Decision.FAIL),
        (FAILED, "fix-forward", "fix-forward", Decision.FAIL),
        (FAILED, "hold", "on-hold", Decision.FAIL),
        (FAILED, "rollback", "fix-forward", Decision.FAIL),  # the rollback did not run
        (FAILED + "run-rollback: success pass rolled-back", "rollback", "rolled-back", Decision.FAIL),
        (ROLLED_BACK, "rollback", "rolled-back", Decision.FAIL),
        (ROLLED_BACK + "health-check-after-rollback: success pass healthy", "rollback", "rolled-back", Decision.FAIL),
        (
            ROLLED_BACK + "health-check-after-rollback: failure fail unhealthy",
            "rollback",
            "rolled-back-unhealthy",
            Decision.FAIL,
        ),
        (ROLLED_BACK + "health-check-after-rollback: cancelled", "rollback", "rolled-back-unchecked", Decision.FAIL),
        (FAILED + "run-rollback: failure fail rollback-failed", "rollback", "rollback-failed", Decision.FAIL),
        (
            FAILED + "run-rollback: failure cannot-verify service-unreachable",
            "rollback",
            "rollback-failed",
            Decision.FAIL,
        ),
        (FAILED + "run-rollback: cancelled", "rollback", "rollback-failed", Decision.FAIL),
        (FAILED + "run-rollback: failure fail secret-missing", "rollback", "not-rolled-back", Decision.FAIL),
        (FAILED + "run-rollback: failure fail no-healthy-version", "rollback", "not-rolled-back", Decision.FAIL),
        (
            FAILED + "run-rollback: failure fail migration-forbids-rollback",
            "rollback",
            "not-rolled-back",
            Decision.FAIL,
        ),
        (FAILED + "run-rollback: failure cannot-verify changes-unknown", "rollback", "not-rolled-back", Decision.FAIL),
        (BEFORE + "run-deploy: cancelled", "fix-forward", "interrupted-deploy", Decision.FAIL),
        (
            BEFORE + "run-deploy: failure",
            "rollback",
            "interrupted-deploy",
            Decision.FAIL,
        ),  # killed before it could speak
        (BEFORE + "run-deploy: cancelled fail deploy-interrupted", "hold", "on-hold", Decision.FAIL),
        (BEFORE + "run-deploy: skipped", "fix-forward", "not-deployed", Decision.FAIL),
        ("version-gate: failure fail would-go-backwards\nrun-deploy: skipped", "hold", "not-deployed", Decision.FAIL),
        ("preflight-secrets: failure fail secret-missing", "rollback", "not-deployed", Decision.FAIL),
        ("jira-gate: failure cannot-verify service-unreachable", "rollback", "not-deployed", Decision.FAIL),
        (LIVE, "fix-forward", "already-live", Decision.SKIP),
        (LIVE + "health-check: success pass healthy", "fix-forward", "already-live", Decision.SKIP),
        (LIVE + "health-check: failure fail unhealthy", "hold", "already-live-unhealthy", Decision.FAIL),
        (LIVE + "baseline: failure cannot-verify check-not-made", "hold", "not-deployed", Decision.FAIL),
        (SKIPPED, "fix-forward", "superseded", Decision.SKIP),
    ],
)
def test_what_came_of_a_deploy(steps: str, policy: str, outcome: str, decision: Decision) -> None:
    finding = judge(Gates.parse(steps), facts(policy))
    assert (finding.reason_code, finding.decision) == (outcome, decision)
    assert finding.remedy or decision in (Decision.PASS, Decision.SKIP)


def test_the_words_name_the_step_that_decided_and_the_last_healthy_version() -> None:
    finding = judge(Gates.parse(UNHEALTHY), facts(runbook_url="https://runbook.example/deploy"))
    assert "`health-check` says `unhealthy`" in finding.message
    assert "The last healthy version was old." in finding.message
    assert "https://runbook.example/deploy" in finding.remedy


def test_a_version_that_nobody_looked_at_is_not_called_healthy() -> None:
    assert "no health check was made" in judge(Gates.parse(DONE), facts()).message
    checked = judge(Gates.parse(DONE + "health-check: success pass healthy"), facts()).message
    assert "live in production, and healthy" in checked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "run-deploy",
        "run-deploy success",
        "Run-Deploy: success",
        "run-deploy: Success",
        "run-deploy: success pass deployed more",
        "run-deploy: success\nrun-deploy: failure",
        "run-deploy: success; rm",
        "::set-output name=a::b",
    ],
)
def test_lines_that_are_no_steps_are_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Gates.parse(text)


def test_an_empty_rest_means_that_the_step_did_not_run() -> None:
    gates = Gates.parse("jira-gate: \n\nrun-deploy:   success pass deployed\n")
    assert [gate.ran for gate in gates] == [False, True]
