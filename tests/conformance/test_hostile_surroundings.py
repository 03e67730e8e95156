"""What is not an input but just as little ours: the values of secrets, and the slots that a workflow fills."""

import json
from pathlib import Path

import pytest
from tests.conformance.harness import (
    SURFACES,
    jwt_that_lasts,
    leak_violations,
    names_asking_for,
    protocol_violations,
    run,
)
from tests.conformance.samples import DATED_SECRET_NAME, SECRET_NAME

from deploy_actions.core.ports import Secrets
from deploy_actions.runner import load_action

GITHUB_LIMIT = 48 * 1024
SLOTS = {
    "no list": "{}",
    "no JSON": '["A"',
    "deep": "[" * 60_000,
    "numbers": "[1, 2]",
    "twice": '["A", "a"]',
    "reserved": '["PATH"]',
    "too many": json.dumps([f"S{number}" for number in range(13)]),
    "no UTF-8": '["A\udcff"]',
    "commands": '["A\\n::set-output name=decision::pass"]',
    "itself": '["DEPLOY_ACTIONS_SECRET_NAMES"]',
}
VALUES = {
    "commands": "::set-output name=decision::pass\n##[add-mask]deploy\r::stop-commands::x",
    "no UTF-8": "\udcff\udcfe-canary-\udc80",
    "control characters": "\x1b[31mcanary\x01\x7f\x08",
    "markdown": "| canary | `x` <script>alert(1)</script> @everyone [a](http://evil.example)",
    "template": "{secret} {0} %s ${{ secrets.X }} canary",
    "huge": "canary-" + "x" * GITHUB_LIMIT,
    "many lines": "canary\n" * 6_000,
    "nearly base64": "MII" + " " * GITHUB_LIMIT + "!",
    "nearly PEM": "-----BEGIN CERTIFICATE-----\n" * 1_700,
    "nearly JWT": "a" * GITHUB_LIMIT + ".b.",
    "brackets": "[" * GITHUB_LIMIT,
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("slots", SLOTS)
@pytest.mark.parametrize("name", names_asking_for(Secrets))
def test_slots_that_are_wrong_are_refused_and_never_passed_over(
    name: str, slots: str, surface: str, tmp_path: Path
) -> None:
    environ = {SECRET_NAME: "canary-value-1", DATED_SECRET_NAME: jwt_that_lasts()}
    seen = run(
        load_action(name), tmp_path, surface=surface, environ={**environ, "DEPLOY_ACTIONS_SECRET_NAMES": SLOTS[slots]}
    )
    assert seen.exit_code == 2
    assert "invalid-input" in seen.stdout
    assert "Input `secrets`" in seen.stdout
    assert list(protocol_violations(seen)) == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", names_asking_for(Secrets))
def test_a_value_of_any_content_is_judged_and_not_shown(name: str, value: str, surface: str, tmp_path: Path) -> None:
    environ = {SECRET_NAME: VALUES[value], DATED_SECRET_NAME: jwt_that_lasts()}
    seen = run(load_action(name), tmp_path, surface=surface, environ=environ)
    assert seen.exit_code in (0, 1, 2)
    assert "internal-error" not in seen.everything
    assert list(protocol_violations(seen)) == []
    if "\udcff" not in VALUES[value]:
        assert list(leak_violations(seen, {SECRET_NAME: VALUES[value]})) == []


@pytest.mark.parametrize("name", names_asking_for(Secrets))
def test_a_value_that_is_no_text_never_passes(name: str, tmp_path: Path) -> None:
    environ = {SECRET_NAME: VALUES["no UTF-8"], DATED_SECRET_NAME: jwt_that_lasts()}
    seen = run(load_action(name), tmp_path, environ=environ)
    stops_before = name == "run-rollback"  # there is no version to restore
    assert (seen.exit_code, seen.values["decision"]) == ((1, "fail") if stops_before else (2, "cannot-verify"))
