"""What every action declares, and how every room and the core read text that is not theirs."""

from pathlib import Path

import pytest
from tests.conformance.contract import declaration_violations, pattern_violations
from tests.conformance.samples import types_without_a_sample

from deploy_actions.runner import action_names, load_action

SOURCE = Path(__file__).parents[2] / "src" / "deploy_actions"
READERS_OF_TEXT = sorted([*(SOURCE / "actions").rglob("*.py"), *(SOURCE / "core").rglob("*.py")])


@pytest.mark.parametrize("name", action_names())
def test_an_action_is_declared_for_its_readers(name: str) -> None:
    assert list(declaration_violations(load_action(name))) == []


@pytest.mark.parametrize("name", action_names())
def test_there_is_a_sample_for_every_type_of_input(name: str) -> None:
    assert types_without_a_sample(load_action(name)) == [], "add them to VALID in tests/conformance/samples.py"


@pytest.mark.parametrize("file", READERS_OF_TEXT, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_pattern_judges_the_whole_text(file: Path) -> None:
    assert list(pattern_violations(file.read_text())) == []
