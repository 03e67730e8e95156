from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.health_check.kind_settings import asked, judged, made, printed

from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, CommandProbe, NoAnswer
from deploy_actions.core.secret import Secret

JUDGED: list[tuple[dict[str, Any], Any, str | None, str]] = [
    ({}, printed("anything"), None, ""),
    ({}, printed("", 1), "unhealthy", "ended with exit code 1, expected 0"),
    ({}, printed("no", 3, excerpt="no replica"), "unhealthy", "no replica"),
    ({"exit": "2"}, printed("", 2), None, ""),
    ({"exit": "0, 2"}, printed("", 2), None, ""),
    ({"exit": ["0", "2"]}, printed("", 1), "unhealthy", "expected 0 or 2"),
    ({"output": "lag: [0-5]$"}, printed("lag: 3"), None, ""),
    ({"output": "lag: [0-5]$"}, printed("lag: 30", excerpt="lag: 30"), "unhealthy", "lag: 30"),
    ({"output": "ok"}, printed(b"\xff\x00ok"), None, ""),
    ({"output": "ok"}, printed("ok", 1), "unhealthy", "exit code 1"),
    ({}, NoAnswer("no program `check`", is_ours=True), "check-not-made", "no program"),
    ({}, NoAnswer("did not end in time"), "unhealthy", "in time"),
    ({}, None, "check-not-made", ""),
]


@pytest.mark.parametrize(("settings", "outcome", "cause", "words"), JUDGED)
def test_a_program_must_end_with_an_expected_exit_code_and_print_what_is_expected(
    settings: dict[str, Any], outcome: Answer | NoAnswer | None, cause: str | None, words: str
) -> None:
    result = judged(made("command", command=["check"], **settings), outcome)
    assert result.cause == cause
    assert words in result.words


def test_a_program_gets_its_arguments_variables_and_secrets() -> None:
    kind = made("command", command="check\n--lag", directory="ops", variables="REGION", secrets=["DB_PASSWORD"])
    probe = asked(kind)
    assert isinstance(probe, CommandProbe)
    assert (probe.command, probe.directory, probe.variables) == (("check", "--lag"), "ops", ("REGION",))
    assert isinstance(probe.secrets["DB_PASSWORD"], Secret)
    assert probe.secrets["DB_PASSWORD"].reveal() == "value of DB_PASSWORD"


def test_the_arguments_of_a_program_are_not_shown() -> None:
    assert made("command", command=["check", "--password=x"]).target == "command check"


BAD: list[dict[str, Any]] = [
    {"command": ""},
    {"command": []},
    {"command": [""]},
    {"command": ["a\0b"]},
    {"command": [["a"]]},
    {"command": "check --lag"},
    {"command": ["check"], "exit": "256"},
    {"command": ["check"], "exit": "-1"},
    {"command": ["check"], "output": "("},
    {"command": ["check"], "variables": "GITHUB_TOKEN"},
    {"command": ["check"], "secrets": ["PATH"]},
    {"command": ["check"], "shell": "bash"},
]


@pytest.mark.parametrize("settings", BAD)
def test_what_no_program_can_be_started_with_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        made("command", **settings)


@given(st.binary(), st.integers())
def test_no_output_makes_the_judgement_fail(body: bytes, status: int) -> None:
    result = judged(made("command", command=["check"], output="ok"), printed(body, status))
    assert (result.cause is None) == (status == 0 and b"ok" in body)
