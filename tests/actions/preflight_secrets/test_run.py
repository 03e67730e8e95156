from datetime import timedelta

import pytest
from tests.actions.preflight_secrets.credentials import at, jwt, pem
from tests.actions.preflight_secrets.room import report, run_with, said
from tests.fakes import NOW, FakeSecrets

from deploy_actions.actions.preflight_secrets import PreflightSecretsInputs
from deploy_actions.actions.preflight_secrets.manifest import Manifest
from deploy_actions.actions.preflight_secrets.siblings import judge_siblings
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.core.verdict import Decision


def test_all_secrets_are_judged_and_not_only_the_first_that_fails() -> None:
    values = {"B": "changeme", "C": jwt({"exp": at(days=-1)}), "D": "9f8e7d6c5b4a"}
    found = report("A,B,C,D", values)
    assert said(found) == {"A": "secret-missing", "B": "placeholder", "C": "secret-expired", "D": "secret-present"}
    assert found.decision is Decision.FAIL


def test_the_outputs_name_the_secrets() -> None:
    values = {"C": jwt({"exp": at(days=-1)}), "D": jwt({"exp": at(minutes=5)}), "E": pem(NOW + timedelta(days=9))}
    outputs = report("A,C,D,E", values).outputs.values()
    names = ("missing", "absent", "expired", "expiring", "earliest-expiry")
    assert {name: outputs[name] for name in names} == {
        "missing": ("A",),
        "absent": (),
        "expired": ("C",),
        "expiring": ("D",),
        "earliest-expiry": (NOW - timedelta(days=1)).isoformat(),
    }


def test_an_optional_secret_that_is_absent_is_named_apart_and_stops_nothing() -> None:
    found = report("A: {optional: true}\nB:", {"B": "9f8e7d6c5b4a"})
    assert found.decision is Decision.PASS
    assert found.outputs.values()["absent"] == ("A",)
    assert found.outputs.values()["missing"] == ()


def test_nothing_but_absent_optional_secrets_is_a_skip() -> None:
    assert report("A: {optional: true}", {}).decision is Decision.SKIP


def test_no_secrets_declared_is_a_skip_that_says_so() -> None:
    assert said(report("[]", {})) == {"": "no-secrets-declared"}


def test_a_secret_in_a_slot_is_judged_although_the_rules_do_not_name_it() -> None:
    found = report("A: {optional: true}", {"B": "changeme"}, slots=("A", "B"))
    assert said(found) == {"A": "optional-secret-absent", "B": "placeholder"}


def test_the_deploy_window_is_the_callers() -> None:
    inputs = PreflightSecretsInputs.from_texts({"secrets": "A", "deploy-window": "5m"})
    values = {"A": jwt({"exp": at(minutes=6)})}
    assert run_with(inputs, FakeSecrets(values)).decision is Decision.PASS


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("A,B", {"B": "duplicate-value"}),
        ("A:\nB: {same-as: A}", {}),
        ("A: {same-as: B}\nB:", {}),
        ("A:\nB: {same-as: C}\nC:", {"B": "duplicate-value"}),
        ("A:\nB: {same-as: D}", {"B": "same-as-unknown"}),
        ("A: {same-as: C}\nB: {same-as: C}\nC:", {}),
    ],
)
def test_the_same_value_twice_is_a_fault_unless_it_is_declared(manifest: str, expected: dict[str, str]) -> None:
    rules = Manifest.parse(manifest)
    values = {"A": Secret("9f8e7d6c"), "B": Secret("9f8e7d6c\n"), "C": Secret("another-value")}
    found = judge_siblings(rules, {rule.name: values[rule.name] for rule in rules})
    codes = {(finding.secret, finding.reason_code) for finding in found}
    assert codes >= set(expected.items())
    assert bool(codes) is bool(expected)


def test_a_secret_that_cannot_be_read_blocks_and_keeps_no_other_from_being_judged() -> None:
    class OneIsNoText(FakeSecrets):
        def value(self, name: str) -> Secret | None:
            if name == "A":
                raise Malformed("the environment", "reading A", "the value is not UTF-8 text")
            return super().value(name)

    inputs = PreflightSecretsInputs(secrets=Manifest.parse("A: {kind: jwt}\nB: {same-as: A}\nC:"))
    found = run_with(inputs, OneIsNoText({"B": "changeme"}))
    assert [(f.secret, f.reason_code) for f in found.findings][:3] == [
        ("A", "secret-unreadable"),
        ("B", "placeholder"),
        ("C", "secret-missing"),
    ]


def test_two_placeholders_of_one_text_are_no_duplicates() -> None:
    assert said(report("A,B", {"A": "changeme", "B": "changeme"})) == {"A": "placeholder", "B": "placeholder"}
