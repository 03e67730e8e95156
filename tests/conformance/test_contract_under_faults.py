"""Whatever fails outside, an action writes what it declares, on every surface, and blocks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.contract import document_violations, terminal_violations, workflow_violations
from tests.conformance.faults import concerns, faults
from tests.conformance.harness import SURFACES, good_services, jwt_that_lasts, run
from tests.conformance.samples import HOSTILE, inputs_reaching_out
from tests.fault_server import fault_server

from deploy_actions.runner import action_names, load_action

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def broken() -> Iterator[Mapping[type, Mapping[str, Any]]]:
    with fault_server() as server:
        yield faults(server.url)


def schema_of(name: str) -> Mapping[str, Any]:
    file = ROOT / "actions" / name / "result.schema.json"
    assert file.is_file(), f"{file} is missing: run `make docs`"
    schema: dict[str, Any] = json.loads(file.read_text())
    return {**schema, "properties": {**schema["properties"], "action": {"type": "string"}}}


def worlds(name: str, broken: Mapping[type, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """A world that works, each with one fault, and each with one hostile input."""
    good = good_services(jwt_that_lasts(), "canary-value-1")
    reaching_out = inputs_reaching_out(load_action(name))
    yield "a world that works", good, reaching_out
    for port in load_action(name).ports.values():
        for fault, service in broken[port].items():
            if not concerns(fault, load_action(name), port):
                continue
            yield f"{port.__name__}, {fault}", {**good, port.__name__: service}, reaching_out
    for field in load_action(name).inputs.fields():
        for hostile in ("empty", "commands", "NUL", "no UTF-8", "template"):
            yield f"{field.name}, {hostile}", good, {field.name: HOSTILE[hostile]}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", action_names())
def test_an_action_keeps_its_contract_in_every_world(
    name: str, surface: str, tmp_path: Path, broken: Mapping[type, Mapping[str, Any]]
) -> None:
    action, schema, violations = load_action(name), schema_of(name), []
    for world, services, texts in worlds(name, broken):
        seen = run(action, tmp_path, surface=surface, services=services, texts=texts)
        if surface == "workflow":
            found = list(workflow_violations(action, seen, schema))
        elif surface == "json":
            [line] = seen.stdout.splitlines()
            found = list(document_violations(json.loads(line), schema, seen.exit_code))
        else:
            found = list(terminal_violations(seen))
        violations += [f"{world}: {violation}" for violation in found]
    assert violations == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", action_names())
def test_no_fault_exits_with_0_on_any_surface(
    name: str, surface: str, tmp_path: Path, broken: Mapping[type, Mapping[str, Any]]
) -> None:
    for world, services, texts in list(worlds(name, broken))[1:]:
        if len(texts) > 1:
            seen = run(load_action(name), tmp_path, surface=surface, services=services, texts=texts)
            assert seen.exit_code != 0 or not load_action(name).blocks, world
