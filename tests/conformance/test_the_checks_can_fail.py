"""Each check is seen to fail: redaction is taken away, a credential follows a redirect, a declaration is careless."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.contract import (
    declaration_violations,
    document_violations,
    pattern_violations,
    terminal_violations,
    workflow_violations,
)
from tests.conformance.forms import forms_of
from tests.conformance.harness import SURFACES, Seen, leak_violations, protocol_violations, run
from tests.conformance.samples import SECRET_NAME, valid_inputs
from tests.fault_server import FaultServer, fault_server

from deploy_actions.core.action import Action
from deploy_actions.core.declare import Inputs, Outputs, optional, output
from deploy_actions.core.ports import Http, HttpRequest, HttpResponse, Secrets
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Decision, Reason, Report
from deploy_actions.services.http import HttpServers

CANARY = 'canary "in" & the\nmine é/%?>~'


class NoInputs(Inputs, frozen=True):
    """Nothing."""


class OneOutput(Outputs, frozen=True):
    text: str | None = output("A text that is told.")


class Reasons:
    told = Reason("told", Decision.PASS, "{what}")


def teller(form: str, *, in_output: bool) -> Action[Any, Any]:
    def tell(inputs: NoInputs, secrets: Secrets) -> Report:
        value = secrets.value(SECRET_NAME)
        text = forms_of(value.reveal())[form] if value else ""
        return Report(
            findings=(Reasons.told(what="" if in_output else text),), outputs=OneOutput(text=text * in_output)
        )

    return Action(run=tell, inputs=NoInputs, outputs=OneOutput, reasons=Reasons, permissions={})


@pytest.fixture
def without_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redactor, "redact", lambda self, text: text)
    monkeypatch.setattr(Redactor, "secret_in", lambda self, text: None)


ONE_LINE_FORMS = [form for form, text in forms_of(CANARY).items() if "\n" not in text]


@pytest.mark.parametrize("form", ONE_LINE_FORMS)
@pytest.mark.usefixtures("without_redaction")
def test_without_redaction_every_form_is_caught_in_an_output(form: str, tmp_path: Path) -> None:
    seen = run(teller(form, in_output=True), tmp_path, environ={SECRET_NAME: CANARY})
    assert f"{SECRET_NAME} can be seen: {form}" in list(leak_violations(seen, {SECRET_NAME: CANARY}))


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.usefixtures("without_redaction")
def test_without_redaction_a_message_is_caught_on_every_surface(surface: str, tmp_path: Path) -> None:
    seen = run(teller("hex", in_output=False), tmp_path, surface=surface, environ={SECRET_NAME: CANARY})
    assert list(leak_violations(seen, {SECRET_NAME: CANARY})) == [f"{SECRET_NAME} can be seen: hex"]


@pytest.mark.parametrize("in_output", [True, False])
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("form", forms_of(CANARY))
def test_with_redaction_no_form_is_seen(form: str, surface: str, tmp_path: Path, *, in_output: bool) -> None:
    seen = run(teller(form, in_output=in_output), tmp_path, surface=surface, environ={SECRET_NAME: CANARY})
    assert list(leak_violations(seen, {SECRET_NAME: CANARY})) == []


class FollowsRedirects:
    """A service as the standard library makes it: the credential goes wherever it is sent."""

    def send(self, request: HttpRequest) -> HttpResponse:
        headers = {name: words + value.reveal() for name, (words, value) in request.secret_headers.items()}
        with urllib.request.urlopen(urllib.request.Request(request.url, headers=headers), timeout=2) as answer:
            return HttpResponse(status=answer.status, headers={}, body=answer.read())


@pytest.fixture
def elsewhere() -> Iterator[FaultServer]:
    with fault_server() as server:
        yield server


@pytest.mark.parametrize(("service", "follows"), [(HttpServers(limit_seconds=1), False), (FollowsRedirects(), True)])
def test_a_credential_that_follows_a_redirect_is_caught(
    elsewhere: FaultServer, service: Http, tmp_path: Path, *, follows: bool
) -> None:
    with fault_server(elsewhere.url.replace("127.0.0.1", "localhost")) as server:

        def ask(inputs: NoInputs, http: Http) -> Report:
            http.send(HttpRequest.bearer(f"{server.url}/redirect", Secret("canary-in-the-mine")))
            return Report(findings=(Reasons.told(what="it answered"),))

        asking = Action(run=ask, inputs=NoInputs, outputs=OneOutput, reasons=Reasons, permissions={})
        seen = run(asking, tmp_path, services={"Http": service})
    assert elsewhere.authorizations == (["Bearer canary-in-the-mine"] if follows else [])
    assert seen.exit_code == (0 if follows else 2)


def test_what_a_runner_would_obey_is_caught() -> None:
    for text in ("::set-output name=a::b\n", "x\r::add-mask::deploy\n", "a line with ##[add-mask]deploy\n"):
        assert len(list(protocol_violations(Seen(0, text, "", "", "")))) == 1
    assert list(protocol_violations(Seen(0, "::error title=a::b\nx ::set-output name=a::b\n", "", "", ""))) == []


class CarelessInputs(Inputs, frozen=True):
    token: Secret = optional("hunter2", "a token")


class CarelessReasons:
    first = Reason("Not_Kebab", Decision.FAIL, "Bad.")
    again = Reason("pass", Decision.PASS, "Good.")
    twice = Reason("pass", Decision.PASS, "Good.")


def test_a_careless_declaration_is_caught() -> None:
    action = Action(
        run=lambda inputs: Report(findings=()),
        inputs=CarelessInputs,
        outputs=OneOutput,
        reasons=CarelessReasons,
        permissions={"contents": ""},
    )
    assert list(declaration_violations(action)) == [
        "reason code pass stands twice",
        "reason code Not_Kebab is not in kebab-case",
        "Not_Kebab blocks or warns and says not what to do",
        "token is not described in a sentence",
        "secret input token has a default",
        "permission contents has no reason",
    ]


def test_a_type_without_a_sample_is_named() -> None:
    class Unknown:
        expects = "anything"

    class Unsampled(Inputs, frozen=True):
        thing: Any = optional("", "A thing.")

    Unsampled.__annotations__["thing"] = Unknown
    action = Action(
        run=lambda inputs: Report(findings=()), inputs=Unsampled, outputs=OneOutput, reasons=Reasons, permissions={}
    )
    with pytest.raises(AssertionError, match=r"Unknown \(input thing\)"):
        valid_inputs(action)


def test_a_pattern_that_judges_only_the_beginning_is_caught() -> None:
    assert list(pattern_violations("import re\nok = re.compile('a').match('ab')")) == ["line 2: use fullmatch"]


def document(**changes: object) -> Mapping[str, Any]:
    return {"decision": "pass", "reason_code": "told", "outputs": {}, **changes}


def test_a_document_against_its_schema_or_its_exit_code_is_caught(tmp_path: Path) -> None:
    assert list(document_violations(document(), {"required": ["decision"]}, 0)) == []
    assert list(document_violations(document(), {}, 1)) == ["exit code 1 after pass"]
    assert list(document_violations(document(decision="fail"), {}, 0)) == ["exit code 0 after fail"]
    assert list(document_violations(document(outputs={"exit-status": 3}, decision="fail"), {}, 3)) == []
    assert len(list(document_violations(document(), {"required": ["findings"]}, 0))) == 1


def test_outputs_that_are_missing_repeated_or_undeclared_are_caught(tmp_path: Path) -> None:
    action = teller("hex", in_output=False)
    good = run(action, tmp_path, environ={SECRET_NAME: CANARY})
    assert list(workflow_violations(action, good, {})) == []
    entry = f"text<<end-{'0' * 32}\nx\nend-{'0' * 32}\n"
    for outputs in ("", good.outputs + entry, good.outputs + entry.replace("text", "other")):
        assert len(list(workflow_violations(action, good._replace(outputs=outputs), {}))) == 1
    assert len(list(workflow_violations(action, good._replace(summary="| a table\n"), {}))) == 1
    other = json.dumps({"decision": "pass", "reason_code": "another", "outputs": {}})
    changed = good.outputs.replace(good.values["result"], other)
    assert len(list(workflow_violations(action, good._replace(outputs=changed), {}))) == 1


def test_a_person_who_is_told_nothing_is_caught() -> None:
    assert list(terminal_violations(Seen(0, "✓ an-action: pass\n", "", "", ""))) == []
    assert len(list(terminal_violations(Seen(0, "", "", "", "")))) == 1
    assert len(list(terminal_violations(Seen(0, "✗ an-action: fail\n", "", "", "")))) == 1
    assert len(list(terminal_violations(Seen(0, "✓ an-action: pass\n", "", "x<<y", "")))) == 1
