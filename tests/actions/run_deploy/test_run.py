import io
import json
import sys
from typing import Any

import pytest
from tests.fakes import FakeClock, FakeProcesses, FakeSecrets

from deploy_actions.actions.run_deploy import ENDINGS, RunDeployInputs, run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.program import ProcessEnd
from deploy_actions.core.service_errors import NotFound, Refused, Unreachable
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.guard.variables import PASSED_ON
from deploy_actions.runner import load_action, run_action


def report(processes: FakeProcesses, values: dict[str, str], **texts: str) -> Report:
    given = {"command": "deploy", **{name.replace("_", "-"): text for name, text in texts.items()}}
    return run(RunDeployInputs.from_texts(given), FakeSecrets(values), processes, FakeClock())


@pytest.mark.parametrize(
    ("end", "code", "decision"),
    [
        ((0, None, 61, None), "deployed", Decision.PASS),
        ((1, None, 61, None), "deploy-failed", Decision.FAIL),
        ((255, None, 61, None), "deploy-failed", Decision.FAIL),
        ((143, "SIGTERM", 61, None), "deploy-killed", Decision.FAIL),
        ((137, "SIGKILL", 61, "SIGINT"), "deploy-interrupted", Decision.FAIL),
        ((0, None, 61, "SIGTERM"), "deploy-interrupted", Decision.FAIL),
        ((143, "SIGTERM", 61, "timeout"), "deploy-timed-out", Decision.FAIL),
        ((0, None, 61, "timeout"), "deploy-timed-out", Decision.FAIL),
    ],
)
def test_how_the_command_ended_decides(
    end: tuple[int, str | None, float, str | None], code: str, decision: Decision
) -> None:
    finding = ENDINGS.judge(ProcessEnd(*end))
    assert (finding.reason_code, finding.decision) == (code, decision)
    assert "1m 1s" in finding.message


def test_the_command_gets_exactly_the_named_secrets_and_variables() -> None:
    processes = FakeProcesses()
    values = {"A": "canary-a", "B": "canary-b", "OTHER": "canary-c"}
    report(processes, values, secrets="A,B", variables="REGION", working_directory="app")
    [program] = processes.programs
    assert {name: value.reveal() for name, value in program.secrets.items()} == {"A": "canary-a", "B": "canary-b"}
    assert program.variables == (*PASSED_ON, "REGION")
    assert (program.command, program.directory, program.secret_files) == (("deploy",), "app", {})


def test_a_secret_file_is_handed_over_as_a_file_only() -> None:
    processes = FakeProcesses()
    values = {"A": "canary-a", "CLUSTER": "canary-b"}
    report(processes, values, secrets="A", secret_files="KUBECONFIG=CLUSTER")
    [program] = processes.programs
    assert program.secrets.keys() == {"A"}
    assert {name: value.reveal() for name, value in program.secret_files.items()} == {"KUBECONFIG": "canary-b"}


@pytest.mark.parametrize("files", ["A", "A=B"])
def test_a_variable_cannot_be_both_a_secret_and_the_path_of_one(files: str) -> None:
    processes = FakeProcesses()
    with pytest.raises(InvalidInput, match="secret-files"):
        report(processes, {"A": "canary-a", "B": "canary-b"}, secrets="A", secret_files=files)
    assert processes.programs == []


@pytest.mark.parametrize("files", ["PATH=A", "A=PATH", "=A", "LD_PRELOAD=", "A-B", "A,A", "A=B,a=C"])
def test_a_secret_file_with_a_name_that_steers_or_is_none_is_refused(files: str) -> None:
    with pytest.raises(InvalidInput, match="secret-files"):
        report(FakeProcesses(), {"A": "canary-a"}, secret_files=files)


def test_the_limits_are_those_of_the_inputs() -> None:
    processes = FakeProcesses()
    report(processes, {}, timeout="1h", grace_period="7s", heartbeat="0s", allow_workflow_commands="notice")
    [program] = processes.programs
    assert (program.timeout_seconds, program.grace_seconds, program.heartbeat_seconds) == (3600, 7, None)
    assert program.workflow_commands == {"notice"}


def test_commands_by_which_a_program_could_steer_later_steps_cannot_be_allowed() -> None:
    with pytest.raises(InvalidInput, match="allow-workflow-commands"):
        report(FakeProcesses(), {}, allow_workflow_commands="set-output")


def test_a_missing_secret_keeps_the_command_from_starting() -> None:
    processes = FakeProcesses()
    found = report(processes, {"A": "canary-a"}, secrets="A,B,C")
    assert [(f.reason_code, f.secret) for f in found.findings] == [("secret-missing", "B"), ("secret-missing", "C")]
    assert processes.programs == []


def test_an_optional_secret_may_be_missing() -> None:
    processes = FakeProcesses()
    found = report(processes, {"A": "canary-a"}, secrets="A,B", optional_secrets='["B"]')
    assert found.decision is Decision.PASS
    assert processes.programs[0].secrets.keys() == {"A"}


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
