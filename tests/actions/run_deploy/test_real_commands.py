"""The room with the real services: what a real program gets, prints, and ends with."""

import io
import json
import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.conformance.forms import forms_of
from tests.conformance.harness import SURFACES, Seen, leak_violations, protocol_violations, run

from deploy_actions.guard.variables import PASSED_ON
from deploy_actions.runner import load_action, run_action

ACTION = load_action("run-deploy")
SHAPES = (
    "{}",
    "{}\n{}\n",
    'it\'s "{}" & <{}>',
    "100%{}/+{}==",
    "| {} ` [{}](x) *_",
    "é{}ü\t{}",
    "$'{}'\\{}",
    "ÿ?>{}~~~",
)
PRINTS_ITS_ENVIRONMENT = """
import base64, json, os, sys
print(dict(os.environ))
for value in os.environ.values():
    print(value)
    print(repr(value), json.dumps({"v": value}), value.encode().hex())
    print(base64.b64encode(value.encode()).decode(), base64.b64encode(b"user:" + value.encode()).decode())
for form in json.load(open(sys.argv[1])).values():
    print("before", form, "after", file=sys.stderr)
raise SystemExit(3)
"""
PRINTS_COMMANDS = r"""
print("::set-output name=decision::pass\n##[add-mask]deploy\n  ::stop-commands::x\rlines\r::add-path::/tmp")
print("::add-mask::a", end="")
"""


def program(source: str, *arguments: str) -> str:
    return json.dumps([sys.executable, "-c", source, *arguments])


def seen_of(tmp_path: Path, texts: Mapping[str, str]) -> Seen:
    seen = run(ACTION, tmp_path, texts={"secrets": "[]", **texts})
    assert list(protocol_violations(seen)) == []
    return seen


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_command_that_prints_its_secrets_in_every_form_shows_none(tmp_path: Path, shape: str, surface: str) -> None:
    canary = re.sub(r"\{\}", lambda _: secrets.token_hex(8), shape)
    forms = tmp_path / "forms"
    forms.write_text(json.dumps(forms_of(canary)))
    texts = {"command": program(PRINTS_ITS_ENVIRONMENT, str(forms)), "secrets": "CANARY"}
    environ = {"CANARY": canary, "DEPLOY_TOKEN": secrets.token_hex(8), "GITHUB_TOKEN": secrets.token_hex(8)}
    seen = run(ACTION, tmp_path, surface=surface, environ=environ, texts=texts)
    assert list(leak_violations(seen, environ)) == []
    assert list(protocol_violations(seen)) == []
    assert seen.exit_code == 3
    assert "before *** after" in seen.everything


@pytest.mark.parametrize("surface", SURFACES)
def test_a_secret_in_a_slot_is_hidden_and_reaches_the_command_by_its_name(tmp_path: Path, surface: str) -> None:
    canary = secrets.token_hex(8)
    environ = {"DEPLOY_ACTIONS_SECRET_NAMES": '["OTHER", "CANARY"]', "DEPLOY_ACTIONS_SECRET_2": canary}
    source = "import os; print(os.environ['CANARY']); raise SystemExit(len(os.environ['CANARY']))"
    texts = {"command": program(source), "secrets": "CANARY"}
    seen = run(ACTION, tmp_path, surface=surface, environ=environ, texts=texts)
    assert list(leak_violations(seen, {"CANARY": canary})) == []
    assert seen.exit_code == 16


def test_a_command_cannot_give_the_runner_commands(tmp_path: Path) -> None:
    seen = run(ACTION, tmp_path, texts={"command": program(PRINTS_COMMANDS), "secrets": "[]"})
    assert list(protocol_violations(seen)) == []
    assert seen.values["decision"] == "pass"


def test_a_command_gets_its_secrets_and_what_is_passed_on_and_nothing_else(tmp_path: Path) -> None:
    wanted = {"CANARY": "canary-in-the-mine", "REGION": "eu", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "CI": "true"}
    unwanted = {
        **{"DEPLOY_TOKEN": "x" * 8, "GITHUB_TOKEN": "y" * 8, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "z" * 8, "ANY": "1"},
        **{"LD_PRELOAD": "", "PYTHONPATH": "/nowhere", "INPUT_COMMAND": "false", "GITHUB_ENV": "/dev/null"},
        **{"DEPLOY_ACTIONS_RUNTIME": "/nowhere", "GITHUB_PATH": "/dev/null", "BASH_ENV": "/nowhere"},
    }
    got = tmp_path / "environment"
    source = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    texts = {"command": program(source, str(got)), "secrets": "CANARY", "variables": "REGION"}
    assert run(ACTION, tmp_path, environ=wanted | unwanted, texts=texts).exit_code == 0
    environment = json.loads(got.read_text())
    assert environment.items() >= wanted.items()
    assert environment.keys() - wanted.keys() <= set(PASSED_ON)
    assert not environment.keys() & unwanted.keys()


@pytest.mark.parametrize(
    ("directory", "reason"),
    [("no-such-folder", "command-not-found"), ("A" * 5_000, "command-not-found"), ("A\0B", "command-not-found")],
)
def test_a_folder_that_cannot_be_entered_keeps_the_command_from_starting(
    tmp_path: Path, directory: str, reason: str
) -> None:
    seen = seen_of(tmp_path, {"command": "true", "working-directory": directory})
    assert (seen.exit_code, seen.values["reason-code"], seen.values["exit-status"]) == (1, reason, "")


def test_a_file_in_the_place_of_the_folder_keeps_the_command_from_starting(tmp_path: Path) -> None:
    seen = seen_of(tmp_path, {"command": "true", "working-directory": __file__})
    assert (seen.exit_code, seen.values["reason-code"]) == (1, "command-not-found")


def test_a_file_that_is_not_executable_is_said_not_to_be(tmp_path: Path) -> None:
    file = tmp_path / "deploy"
    file.write_text("#!/bin/sh\n")
    seen = seen_of(tmp_path, {"command": str(file)})
    assert (seen.exit_code, seen.values["reason-code"]) == (1, "command-not-executable")


def test_a_command_too_long_for_the_host_never_passes(tmp_path: Path) -> None:
    seen = seen_of(tmp_path, {"command": "A" * 5_000})
    assert (seen.exit_code, seen.values["decision"]) == (2, "cannot-verify")


@pytest.mark.parametrize(("number", "name"), [(1, "SIGHUP"), (9, "SIGKILL"), (15, "SIGTERM")])
def test_a_signal_ends_with_128_and_its_number(tmp_path: Path, number: int, name: str) -> None:
    source = f"import os, signal; signal.signal({number}, 0) if {number} != 9 else 0; os.kill(os.getpid(), {number})"
    seen = seen_of(tmp_path, {"command": program(source)})
    assert (seen.exit_code, seen.values["exit-status"]) == (128 + number, str(128 + number))
    assert (seen.values["reason-code"], name in seen.stdout) == ("deploy-killed", True)


@pytest.mark.parametrize("as_json", [False, True])
def test_the_exit_code_is_the_commands_for_a_person_too(*, as_json: bool) -> None:
    out, environ = io.StringIO(), {"PATH": os.environ["PATH"]}
    texts = {"command": program("raise SystemExit(7)")}
    assert run_action("run-deploy", ACTION, texts, environ, stdout=out, stderr=io.StringIO(), as_json=as_json) == 7


def test_a_command_that_masks_a_common_word_cannot_have_its_own_step_refuse_its_outputs(tmp_path: Path) -> None:
    source = r'print("::add-mask::deploy\n##[add-mask]pass\nwe deploy and pass")'
    seen = seen_of(tmp_path, {"command": program(source)})
    assert (seen.exit_code, seen.values["reason-code"]) == (0, "deployed")
    assert "we *** and ***" in seen.stdout
