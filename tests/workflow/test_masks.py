import re

from hypothesis import given
from hypothesis import strategies as st
from tests.workflow.runner_protocol import commands_in

from deploy_actions.core.secret import Secret
from deploy_actions.workflow.masks import masks


@given(st.text() | st.lists(st.text(max_size=8)).map("\n".join))
def test_each_line_worth_masking_is_masked_to_the_letter_and_no_other(value: str) -> None:
    made = masks(Secret(value))
    lines = [line.strip() for line in re.split(r"[\r\n]", value) if line.strip()]
    masked = [command.data for line in made.commands for command in commands_in(line)]
    assert len(masked) == len(made.commands)
    assert set(masked) == {line for line in lines if len(line) >= 4}
    assert made.skipped == sum(len(line) < 4 for line in lines)


def test_a_short_value_is_said_to_be_skipped() -> None:
    assert masks(Secret("abc")) == type(masks(Secret("x")))(commands=(), skipped=1)


def test_a_pem_is_masked_line_by_line() -> None:
    made = masks(Secret("-----BEGIN X-----\nabcd\nef\n-----END X-----\n"))
    assert made.commands == ("::add-mask::-----BEGIN X-----", "::add-mask::abcd", "::add-mask::-----END X-----")
    assert made.skipped == 1
