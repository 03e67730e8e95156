"""Every action as a workflow and as a person starts it: a process of its own, with the real services."""

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conformance.harness import (
    SURFACES,
    Seen,
    jwt_that_lasts,
    leak_violations,
    names_asking_for,
    protocol_violations,
    without_masks,
)
from tests.conformance.samples import DATED_SECRET_NAME, HOSTILE, SECRET_NAME, VALID, valid_inputs

from deploy_actions.actions.mask import FilePath
from deploy_actions.core.ports import Progress, Secrets
from deploy_actions.runner import action_names, load_action

SOURCE = Path(__file__).parents[2] / "src"
SHAPES = ("{}", "{}\n{}\n", 'it\'s "{}" & 100%<{}>\n| `[{}](x)` *_')
VARIABLES = ("GITHUB_TOKEN", "DEPLOY_TOKEN", "SOME_PASSWORD", "ACTIONS_RUNTIME_TOKEN", "ANY_NAME")


def canary(shape: str) -> str:
    return re.sub(r"\{\}", lambda _: secrets.token_hex(8), shape)


def start(name: str, folder: Path, texts: dict[str, str], environ: dict[str, str], *, surface: str) -> Seen:  # noqa: PLR0913  # as harness.run
    """In a workflow inputs are variables; for a person they are flags."""
    files = {"GITHUB_OUTPUT": folder / "output", "GITHUB_STEP_SUMMARY": folder / "summary"}
    for file in files.values():
        file.write_text("")
    (folder / VALID[FilePath]).write_text("a value of no secret\n")  # what is written or read by name, is in the folder
    fields = load_action(name).inputs.fields()
    variables = {field.variable: texts[field.name] for field in fields if field.name in texts}
    flags = [f"--{field.name}={texts[field.name]}" for field in fields if field.name in texts and not field.is_secret]
    in_workflow = {"GITHUB_ACTIONS": "true", **{key: str(file) for key, file in files.items()}, **variables}
    arguments = {"workflow": [], "terminal": [*flags], "json": [*flags, "--json"]}[surface]
    done = subprocess.run(
        [sys.executable, "-I", str(SOURCE), name, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            **environ,
            **{field.variable: texts[field.name] for field in fields if field.is_secret and field.name in texts},
            **(in_workflow if surface == "workflow" else {}),
        },
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=20,
    )
    written = {key: file.read_text() for key, file in files.items()}
    out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
    out = without_masks(out) if surface == "workflow" else out
    return Seen(done.returncode, out, err, written["GITHUB_OUTPUT"], written["GITHUB_STEP_SUMMARY"])


NOT_ASKING = ("log-audit",)
"""Here no run is named, so that nothing is asked with its token."""


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", action_names())
def test_no_secret_of_its_environment_leaves_a_process(name: str, shape: str, surface: str, tmp_path: Path) -> None:
    action = load_action(name)
    planted = {variable: canary(shape) for variable in (*VARIABLES, SECRET_NAME, "DEPLOY_ACTIONS_SECRET_1")}
    inputs = {field.name: canary(shape) for field in action.inputs.fields() if field.is_secret}
    environ = planted | {DATED_SECRET_NAME: jwt_that_lasts(), "DEPLOY_ACTIONS_SECRET_NAMES": '["IN_A_SLOT"]'}
    seen = start(name, tmp_path, valid_inputs(action) | inputs, environ, surface=surface)
    jwt = {DATED_SECRET_NAME: environ[DATED_SECRET_NAME]}
    assert list(leak_violations(seen, planted | inputs | jwt)) == []
    assert list(protocol_violations(seen)) == []
    assert "internal-error" not in seen.everything
    # a token for GitHub alone cannot be used, and there is no Jira
    blocked = inputs and action.blocks and name not in NOT_ASKING
    assert seen.exit_code in ((1, 2) if blocked else (0,)), seen


def unexpected(stderr: str, name: str) -> list[str]:
    """The lines on standard error that are none of the action's progress, of which most actions have none."""
    lines = stderr.splitlines()
    if Progress not in load_action(name).ports.values():
        return lines
    return [line for line in lines if not re.fullmatch(r"\+[0-9]+\.[0-9] s  \S.*", line)]


STOPPED_BEFORE = ("version-gate", "run-rollback")
"""Here there is no GitHub to ask, and no version to restore: they stop before they look at a secret."""


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", names_asking_for(Secrets))
def test_without_its_secrets_a_process_blocks_and_says_so(name: str, surface: str, tmp_path: Path) -> None:
    seen = start(name, tmp_path, valid_inputs(load_action(name)), {}, surface=surface)
    assert seen.exit_code in (1, 2)
    assert not unexpected(seen.stderr, name)
    assert SECRET_NAME in seen.stdout or name in STOPPED_BEFORE


@pytest.mark.parametrize("hostile", ["commands", "deep", "longer than a file's name"])
@pytest.mark.parametrize("name", action_names())
def test_a_hostile_input_of_a_real_process_ends_in_a_verdict(name: str, hostile: str, tmp_path: Path) -> None:
    """Real services too: what a fake takes without a word, the operating system may refuse."""
    for field in load_action(name).inputs.fields():
        texts = valid_inputs(load_action(name)) | {field.name: HOSTILE[hostile]}
        environ = {SECRET_NAME: secrets.token_hex(8), DATED_SECRET_NAME: jwt_that_lasts()}
        seen = start(name, tmp_path, texts, environ, surface="workflow")
        assert list(protocol_violations(seen)) == []
        assert seen.values["reason-code"] != "internal-error"
        assert seen.exit_code in (0, 1, 2)
        if seen.values["reason-code"] == "invalid-input":
            assert f"Input `{field.name}`" in seen.stdout


@pytest.mark.parametrize("name", action_names())
def test_with_json_a_process_prints_one_document_and_nothing_else(name: str, tmp_path: Path) -> None:
    seen = start(name, tmp_path, valid_inputs(load_action(name)), {}, surface="json")
    assert json.loads(seen.stdout)["action"] == name
    assert not unexpected(seen.stderr, name)
