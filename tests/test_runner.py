"""The composition root: whatever goes wrong ends in a verdict that blocks."""

import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.workflow.runner_protocol import commands_in, read_key_values

from deploy_actions.core.action import Action
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Clock
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Refused, Unreachable
from deploy_actions.core.verdict import Decision, Reason, Report
from deploy_actions.runner import action_names, load_action, run_action


class SampleInputs(Inputs, frozen=True):
    window: Duration = required("A window.")
    api_token: Secret = optional("", "A token.")


class SampleOutputs(Outputs, frozen=True):
    seen: str | None = output("What was seen.")


class Reasons:
    good = Reason("good", Decision.PASS, "{what}")


def passes(inputs: SampleInputs, clock: Clock) -> Report:
    what = f"{clock.now():%Y}: {inputs.window}"
    return Report(findings=(Reasons.good(what=what),), outputs=SampleOutputs(seen="v1"))


class Result:
    """What a run of an action came to."""

    def __init__(self, run: Any, folder: Path, *, as_json: bool = False, **environ: str) -> None:
        action = Action(run=run, inputs=SampleInputs, outputs=SampleOutputs, reasons=Reasons, permissions={})
        files = {"GITHUB_OUTPUT": str(folder / "out"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
        environ = {"GITHUB_ACTIONS": "true", "INPUT_WINDOW": "5m", **files, **environ}
        stdout, stderr = io.StringIO(newline=""), io.StringIO(newline="")
        self.exit_code = run_action("gate", action, {}, environ, stdout=stdout, stderr=stderr, as_json=as_json)
        self.stdout, self.stderr = stdout.getvalue(), stderr.getvalue()
        out = folder / "out"
        self.values = read_key_values(out.read_text()) if out.is_file() else {}


def test_a_pass_is_delivered_on_every_surface(tmp_path: Path) -> None:
    result = Result(passes, tmp_path)
    assert (result.exit_code, result.values["decision"], result.values["seen"]) == (0, "pass", "v1")
    assert (tmp_path / "summary").read_text().startswith("### ✓ gate: pass\n")
    assert json.loads(result.values["result"])["findings"][0]["reason_code"] == "good"


@pytest.mark.parametrize(("window", "problem"), [("", "is required"), ("soon", "is not a duration")])
def test_a_wrong_input_is_named_and_nothing_runs(tmp_path: Path, window: str, problem: str) -> None:
    def never(inputs: SampleInputs) -> Report:
        raise AssertionError

    result = Result(never, tmp_path, INPUT_WINDOW=window)
    assert (result.exit_code, result.values["reason-code"]) == (2, "invalid-input")
    assert f"Input `window` {problem}" in result.stdout


@pytest.mark.parametrize(("error", "code"), [(Unreachable, "service-unreachable"), (Refused, "service-refused")])
def test_an_error_of_a_service_that_no_room_judged_cannot_verify(tmp_path: Path, error: Any, code: str) -> None:
    def asks(inputs: SampleInputs) -> Report:
        raise error("Jira", "reading the issue", "status 503")

    result = Result(asks, tmp_path)
    assert (result.exit_code, result.values["reason-code"]) == (2, code)
    assert "Jira" in result.stdout
    assert "reading the issue: status 503" in result.stdout


def test_a_bug_is_a_verdict_with_a_redacted_traceback_in_a_group(tmp_path: Path) -> None:
    def crashes(inputs: SampleInputs) -> Report:
        raise RuntimeError(f"::error::{inputs.api_token.reveal()} {inputs.api_token.reveal()!r}")

    result = Result(crashes, tmp_path, INPUT_API_TOKEN="canary-in-\n-the-mine")
    assert (result.exit_code, result.values["reason-code"]) == (2, "internal-error")
    assert [command.name for command in commands_in(result.stdout)] == ["group", "endgroup", "error"]
    assert "Traceback" in result.stdout
    assert "canary" not in result.stdout
    assert "the-mine" not in result.stdout


def test_a_report_without_findings_is_no_pass(tmp_path: Path) -> None:
    result = Result(lambda inputs: Report(findings=()), tmp_path)
    assert (result.exit_code, result.values["reason-code"]) == (2, "nothing-checked")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_check_with_a_verdict(tmp_path: Path, number: signal.Signals) -> None:
    def is_stopped(inputs: SampleInputs) -> Report:
        os.kill(os.getpid(), number)
        return passes(inputs, load_clock())

    before = signal.getsignal(number)
    result = Result(is_stopped, tmp_path)
    assert (result.exit_code, result.values["reason-code"]) == (2, "interrupted")
    assert number.name in result.stdout
    assert signal.getsignal(number) is before


def load_clock() -> Clock:
    from deploy_actions.services.clock import SystemClock

    return SystemClock()


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_verdict_that_cannot_be_delivered_is_no_pass(tmp_path: Path, name: str) -> None:
    result = Result(passes, tmp_path, as_json=False, **{name: str(tmp_path)})
    assert result.exit_code == 2
    assert "could not be written" in result.stdout


def test_a_secret_that_is_a_common_word_blocks_and_says_why(tmp_path: Path) -> None:
    result = Result(passes, tmp_path, INPUT_API_TOKEN="pass")
    assert result.exit_code == 2
    assert "decision" not in result.values
    assert "Output `decision` was not written" in result.stdout


def test_the_document_stands_alone_on_standard_output(tmp_path: Path) -> None:
    result = Result(passes, tmp_path, as_json=True)
    assert json.loads(result.stdout)["decision"] == "pass"
    assert result.stdout.count("\n") == 1


def test_only_the_services_asked_for_are_imported(tmp_path: Path) -> None:
    for name in ("deploy_actions.services.http", "deploy_actions.services.processes"):
        sys.modules.pop(name, None)
    Result(passes, tmp_path)
    assert "deploy_actions.services.clock" in sys.modules
    assert "deploy_actions.services.http" not in sys.modules
    assert "deploy_actions.services.processes" not in sys.modules


def test_actions_are_found_by_their_folders() -> None:
    rooms = Path(__file__).parents[1] / "src" / "deploy_actions" / "actions"
    folders = {folder.name.replace("_", "-") for folder in rooms.iterdir() if (folder / "__init__.py").exists()}
    assert set(action_names()) == folders


def test_a_module_without_an_action_is_refused() -> None:
    with pytest.raises((TypeError, AttributeError, ModuleNotFoundError)):
        load_action("no-such-action")
