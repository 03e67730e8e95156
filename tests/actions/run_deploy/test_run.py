import io
import json
import sys
from typing import Any

import pytest
from tests.fakes import FakeProcesses, FakeSecrets

from deploy_actions.actions.run_deploy import RunDeployInputs, judge, run
from deploy_actions.actions.run_deploy.variables import PASSED_ON
from deploy_actions.core.ports import ProcessEnd
from deploy_actions.core.service_errors import NotFound, Refused, Unreachable
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.runner import load_action, run_action


def report(processes: FakeProcesses, values: dict[str, str], **texts: str) -> Report:
    given = {"command": "deploy", **{name.replace("_", "-"): text for name, text in texts.items()}}
    return run(RunDeployInputs.from_texts(given), FakeSecrets(values), processes)


@pytest.mark.parametrize(
    ("status", "signal", "code", "decision"),
    [
        (0, None, "deployed", Decision.PASS),
        (1, None, "deploy-failed", Decision.FAIL),
        (255, None, "deploy-failed", Decision.FAIL),
        (143, "SIGTERM", "deploy-interrupted", Decision.FAIL),
    ],
)
def test_how_the_command_ended_decides(status: int, signal: str | None, code: str, decision: Decision) -> None:
    finding = judge(ProcessEnd(exit_status=status, signal=signal, seconds=61))
    assert (finding.reason_code, finding.decision) == (code, decision)
    assert "1m 1s" in finding.message


def test_the_command_gets_exactly_the_named_secrets_and_variables() -> None:
    processes = FakeProcesses()
    values = {"A": "canary-a", "B": "canary-b", "OTHER": "canary-c"}
    report(processes, values, secrets="A,B", variables="REGION", working_directory="app")
    [call] = processes.calls
    assert call.secrets == {"A": "canary-a", "B": "canary-b"}
    assert call.variables == (*PASSED_ON, "REGION")
    assert (call.command, call.directory) == (("deploy",), "app")


def test_a_missing_secret_keeps_the_command_from_starting() -> None:
    processes = FakeProcesses()
    found = report(processes, {"A": "canary-a"}, secrets="A,B,C")
    assert [(f.reason_code, f.secret) for f in found.findings] == [("secret-missing", "B"), ("secret-missing", "C")]
    assert processes.calls == []


def test_an_optional_secret_may_be_missing() -> None:
    processes = FakeProcesses()
    found = report(processes, {"A": "canary-a"}, secrets="A,B", optional_secrets='["B"]')
    assert found.decision is Decision.PASS
    assert processes.calls[0].secrets == {"A": "canary-a"}


@pytest.mark.parametrize(("error", "code"), [(NotFound, "command-not-found"), (Refused, "command-not-executable")])
def test_a_command_that_cannot_be_started_fails_with_why(error: Any, code: str) -> None:
    found = report(FakeProcesses(error=error("the host", "starting", "there is no such thing")), {})
    assert (found.reason_code, found.decision) == (code, Decision.FAIL)
    assert "there is no such thing" in found.findings[0].message


def test_what_the_room_cannot_judge_is_left_to_the_runner() -> None:
    with pytest.raises(Unreachable):
        report(FakeProcesses(error=Unreachable("the host", "starting", "out of memory")), {})


def test_nothing_by_which_a_program_could_steer_later_steps_is_passed_on() -> None:
    steering = {"GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_TOKEN"}
    assert not steering & set(PASSED_ON)
    assert not any(name.startswith(("ACTIONS_", "INPUT_", "DEPLOY_ACTIONS_", "LD_", "PYTHON")) for name in PASSED_ON)
    assert [name for name in PASSED_ON if name.endswith("*")] == ["LC_*"]


@pytest.mark.parametrize(
    ("program", "code"),
    [("pass", 0), ("raise SystemExit(3)", 3), ("raise SystemExit(2)", 2), ("import os; os.kill(os.getpid(), 15)", 143)],
)
def test_the_steps_exit_code_is_the_commands(program: str, code: int) -> None:
    texts = {"command": json.dumps([sys.executable, "-c", program])}
    environ = {"PATH": "/usr/bin:/bin", "GITHUB_ACTIONS": "true"}
    action, out = load_action("run-deploy"), io.StringIO()
    assert run_action("run-deploy", action, texts, environ, stdout=out, stderr=out) == code
