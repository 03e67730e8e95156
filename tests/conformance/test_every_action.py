"""What every action must keep, found by folder name: there is no list to maintain."""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.conformance.faults import all_ports, faults
from tests.conformance.harness import (
    SURFACES,
    fault_violations,
    good_services,
    jwt_that_lasts,
    leak_violations,
    protocol_violations,
    run,
)
from tests.conformance.samples import DATED_SECRET_NAME, HOSTILE, SECRET_NAME, inputs_reaching_out, valid_inputs
from tests.fault_server import fault_server

from deploy_actions.core.action import Action
from deploy_actions.runner import action_names, load_action

ROOT = Path(__file__).parents[2]
CANARY_SHAPES = (
    "{}",
    "{}\n{}\n",
    'it\'s "{}" & <{}>',
    "100%{}/+{}==",
    "| {} ` [{}](x) *_",
    "é{}ü\t{}",
    "::{}::",
    "##[{}]",
)


@pytest.fixture(params=action_names())
def action(request: pytest.FixtureRequest) -> Action[Any, Any]:
    return load_action(request.param)


@pytest.fixture(scope="module")
def broken() -> Iterator[Mapping[type, Mapping[str, Any]]]:
    with fault_server() as elsewhere, fault_server(elsewhere.url.replace("127.0.0.1", "localhost")) as server:
        yield faults(server.url)
        assert elsewhere.authorizations == []


def canary(shape: str) -> str:
    return re.sub(r"\{\}", lambda _: secrets.token_hex(8), shape)


def test_every_port_has_its_faults(broken: Mapping[type, Mapping[str, Any]]) -> None:
    assert set(broken) == all_ports()
    assert all(broken.values())


def test_in_a_world_that_works_the_action_does_not_block(action: Action[Any, Any], tmp_path: Path) -> None:
    texts = inputs_reaching_out(action)
    seen = run(action, tmp_path, services=good_services(jwt_that_lasts(), "canary-value-1"), texts=texts)
    assert (seen.exit_code, seen.values["decision"]) == (0, "pass"), seen.stdout


def test_no_fault_of_any_service_ends_in_a_pass(
    action: Action[Any, Any], tmp_path: Path, broken: Mapping[type, Mapping[str, Any]]
) -> None:
    assert list(fault_violations(action, tmp_path, broken)) == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("shape", CANARY_SHAPES)
def test_no_secret_is_ever_seen(action: Action[Any, Any], tmp_path: Path, shape: str, surface: str) -> None:
    """With the real services: values of every secret input, every named secret, every slot, and further variables."""
    inputs = {field.name: canary(shape) for field in action.inputs.fields() if field.is_secret}
    environ = {
        name: canary(shape) for name in (SECRET_NAME, "GITHUB_TOKEN", "SOME_PASSWORD", "DEPLOY_ACTIONS_SECRET_1")
    }
    environ |= {DATED_SECRET_NAME: jwt_that_lasts(), "NOT_CALLED_SO": canary(shape)}
    slots = {"DEPLOY_ACTIONS_SECRET_NAMES": json.dumps(["IN_A_SLOT"])}
    seen = run(action, tmp_path, surface=surface, environ=environ | slots, texts=inputs)
    assert list(leak_violations(seen, environ | inputs)) == []
    assert list(protocol_violations(seen)) == []


def test_no_fault_shows_a_secret(
    action: Action[Any, Any], tmp_path: Path, broken: Mapping[type, Mapping[str, Any]]
) -> None:
    environ = {SECRET_NAME: canary("{}"), DATED_SECRET_NAME: jwt_that_lasts(), "GITHUB_TOKEN": canary("{}\n{}")}
    good = {name: service for name, service in good_services("", "").items() if name != "Secrets"}
    texts = inputs_reaching_out(action)
    for port in action.ports.values():
        for service in broken[port].values():
            for surface in SURFACES:
                services = {**good, port.__name__: service}
                seen = run(action, tmp_path, surface=surface, environ=environ, services=services, texts=texts)
                assert list(leak_violations(seen, environ)) == []


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("surface", SURFACES)
def test_a_hostile_input_is_judged_or_refused_by_name(
    action: Action[Any, Any], tmp_path: Path, hostile: str, surface: str
) -> None:
    good = good_services(jwt_that_lasts(), "canary-value-1")
    for field in action.inputs.fields():
        seen = run(action, tmp_path, surface=surface, services=good, texts={field.name: HOSTILE[hostile]})
        if surface != "terminal":  # which no runner reads
            assert list(protocol_violations(seen)) == []
        assert "internal-error" not in seen.everything
        if "invalid-input" in seen.everything:
            assert seen.exit_code == 2
            assert f"Input `{field.name}`" in seen.stdout


def test_an_empty_required_input_is_refused(action: Action[Any, Any], tmp_path: Path) -> None:
    for field in (field for field in action.inputs.fields() if field.required):
        seen = run(action, tmp_path, texts={field.name: ""})
        assert (seen.exit_code, seen.values["reason-code"]) == (2, "invalid-input")


@pytest.mark.parametrize("name", action_names())
def test_bytes_that_are_no_text_are_refused_by_a_real_process(name: str) -> None:
    """One input of each type: it is the type that reads the text."""
    for field in {field.kind: field for field in load_action(name).inputs.fields()}.values():
        valid = valid_inputs(load_action(name))
        texts = {f.variable: valid[f.name] for f in load_action(name).inputs.fields() if f.name in valid}
        environ = {os.fsencode(k): os.fsencode(v) for k, v in {**texts, "PATH": os.environ["PATH"]}.items()}
        environ |= {os.fsencode(field.variable): b"A\xff\xfe", b"GITHUB_ACTIONS": b"true"}
        command = [sys.executable, "-I", str(ROOT / "src"), name]
        done = subprocess.run(command, env=environ, capture_output=True, check=False)
        assert done.returncode == 2, done
        assert f"Input `{field.name}` is not UTF-8 text.".encode() in done.stdout
        assert done.stderr == b""


@pytest.mark.parametrize("name", action_names())
@pytest.mark.parametrize("environ", [{}, {SECRET_NAME: "canary-value-1", DATED_SECRET_NAME: jwt_that_lasts()}])
def test_the_outputs_written_are_those_declared_and_the_result_keeps_its_schema(
    name: str, environ: dict[str, str], tmp_path: Path
) -> None:
    action = load_action(name)
    seen = run(action, tmp_path, environ=environ)
    declared = {field.name for field in action.outputs.fields()}
    assert set(seen.values) == {"decision", "reason-code", "result"} | declared
    result = json.loads(seen.values["result"]) | {"action": name}
    schema = json.loads((ROOT / "actions" / name / "result.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(result, schema)
    assert result["decision"] == seen.values["decision"]
    assert seen.summary.startswith("### ")
    assert seen.values["decision"] in seen.summary.partition("\n")[0]
