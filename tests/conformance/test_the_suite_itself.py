"""The suite is seen to fail: each bad action breaks one rule and is caught, the good one breaks none."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.faults import faults
from tests.conformance.harness import fault_violations, leak_violations, protocol_violations, run
from tests.conformance.samples import SECRET_NAME
from tests.fakes import FakeHttp
from tests.fault_server import fault_server

from deploy_actions.core.action import Action
from deploy_actions.core.declare import Inputs, Outputs, optional, output
from deploy_actions.core.ports import Http, HttpRequest, Secrets
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, ServiceError
from deploy_actions.core.verdict import Decision, Reason, Report


class SampleInputs(Inputs, frozen=True):
    token: Secret = optional("", "A token.")


class SampleOutputs(Outputs, frozen=True):
    text: str | None = output("A text.")


class Reasons:
    good = Reason("good", Decision.PASS, "{what}")


def action(run_it: Any) -> Action[Any, Any]:
    return Action(run=run_it, inputs=SampleInputs, outputs=SampleOutputs, reasons=Reasons, permissions={})


def careful(inputs: SampleInputs, http: Http) -> Report:
    answer = http.send(HttpRequest.bearer("http://127.0.0.1/", inputs.token))
    if answer.body != b"{}":
        raise ServiceError("the server", "reading", "not what it says")
    return Report(findings=(Reasons.good(what="all is well"),))


def swallows_every_error(inputs: SampleInputs, http: Http) -> Report:
    try:
        return careful(inputs, http)
    except ServiceError:
        return Report(findings=(Reasons.good(what="nothing bad was seen"),))


def takes_not_found_for_good(inputs: SampleInputs, http: Http) -> Report:
    try:
        return careful(inputs, http)
    except NotFound:
        return Report(findings=(Reasons.good(what="it is not there"),))


def trusts_any_body(inputs: SampleInputs, http: Http) -> Report:
    http.send(HttpRequest(url="http://127.0.0.1/"))
    return Report(findings=(Reasons.good(what="it answered"),))


def crashes(inputs: SampleInputs, http: Http) -> Report:
    raise RuntimeError(http.send(HttpRequest(url="http://127.0.0.1/")).body)


def finds_nothing(inputs: SampleInputs, http: Http) -> Report:
    return Report(findings=())


def tells_a_secret_backwards(inputs: SampleInputs, secrets: Secrets) -> Report:
    value = secrets.value(SECRET_NAME)
    return Report(findings=(Reasons.good(what=" ".join(value.reveal() if value else "")),))


def tells_a_secret(inputs: SampleInputs, secrets: Secrets) -> Report:
    value = secrets.value(SECRET_NAME)
    told = value.reveal() if value else ""
    return Report(findings=(Reasons.good(what=told.encode().hex()),), outputs=SampleOutputs(text=told))


@pytest.fixture(scope="module")
def broken() -> Iterator[Mapping[type, Mapping[str, Any]]]:
    with fault_server() as server:
        yield faults(server.url)


def test_an_action_that_lets_errors_through_breaks_no_rule(
    tmp_path: Path, broken: Mapping[type, Mapping[str, Any]]
) -> None:
    assert list(fault_violations(action(careful), tmp_path, broken)) == []


@pytest.mark.parametrize(
    ("bad", "violation"),
    [
        (swallows_every_error, "Http, 500: decision pass, exit code 0"),
        (swallows_every_error, "Http, refused: decision pass, exit code 0"),
        (takes_not_found_for_good, "Http, 404: decision pass, exit code 0"),
        (trusts_any_body, "Http, no-json: decision pass, exit code 0"),
        (crashes, "Http, no-json: an internal error"),
    ],
)
def test_an_action_that_passes_what_it_could_not_check_is_caught(
    tmp_path: Path, broken: Mapping[type, Mapping[str, Any]], bad: Any, violation: str
) -> None:
    assert violation in list(fault_violations(action(bad), tmp_path, broken))


def test_an_action_that_finds_nothing_does_not_pass(tmp_path: Path) -> None:
    seen = run(action(finds_nothing), tmp_path, services={"Http": FakeHttp()})
    assert (seen.exit_code, seen.values["reason-code"]) == (2, "nothing-checked")


def test_a_crash_is_a_verdict_and_its_traceback_is_caught(tmp_path: Path) -> None:
    seen = run(action(crashes), tmp_path, services={"Http": FakeHttp()})
    assert (seen.exit_code, seen.values["reason-code"]) == (2, "internal-error")
    assert list(protocol_violations(seen)) == ["a traceback"]


def test_a_secret_that_is_told_outright_is_hidden_and_its_output_refused(tmp_path: Path) -> None:
    environ = {SECRET_NAME: "canary-in-the-mine"}
    seen = run(action(tells_a_secret), tmp_path, environ=environ)
    assert list(leak_violations(seen, environ)) == []
    assert (seen.exit_code, seen.values["reason-code"], seen.values["text"]) == (2, "output-refused", "")


def test_a_secret_in_a_form_that_nobody_knows_is_beyond_redaction_and_caught_by_a_form_that_is(tmp_path: Path) -> None:
    environ = {SECRET_NAME: "canary-in-the-mine"}
    seen = run(action(tells_a_secret_backwards), tmp_path, environ=environ)
    assert list(leak_violations(seen, environ)) == []
    assert list(leak_violations(seen, {"SPACED": "c a n a r y"})) != []
