import io
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.workflow.runner_protocol import REGISTERED, commands_in, output_lines

from deploy_actions.core.redact import Redactor
from deploy_actions.workflow import commands
from deploy_actions.workflow.log import Log

tricky = st.lists(
    st.sampled_from(
        ["::", "##[", "]", "%", "%0A", "%25", "\r", "\n", "\r\n", ",", "=", ":", " ", "\t", "\u2003", "\ufeff"]
    )
    | st.sampled_from([f"::{name}::" for name in sorted(REGISTERED)] + [f"##[{name}]" for name in sorted(REGISTERED)])
    | st.text(max_size=5)
).map("".join)
text = tricky | st.text()


@given(text)
def test_any_data_comes_out_of_the_runner_the_same(data: str) -> None:
    [command] = commands_in(commands.command("error", data) + "\n")
    assert (command.name, command.data) == ("error", data)


@given(text.filter(bool), text)
def test_any_property_comes_out_of_the_runner_the_same(value: str, data: str) -> None:
    [command] = commands_in(commands.command("warning", data, {"title": value, "file": "a.py"}))
    assert command.properties == {"title": value, "file": "a.py"}
    assert command.data == data


@given(text)
@example("\r::set-output name=a::b")
@example("  \u2003::add-mask::a")
@example("x ##[add-mask]deploy")
@example("\n\n ::stop-commands::x")
def test_no_text_shown_in_a_workflow_is_a_command(shown: str) -> None:
    stream = io.StringIO(newline="")
    Log(stream, Redactor(), in_workflow=True).text(shown)
    assert commands_in(stream.getvalue()) == []


@given(text)
def test_text_that_is_no_command_is_shown_as_it_is(shown: str) -> None:
    if not any(line.lstrip(" \t\u2003\ufeff").startswith("::") for line in output_lines(shown)) and "##[" not in shown:
        stream = io.StringIO(newline="")
        Log(stream, Redactor(), in_workflow=True).text(shown)
        if not shown.isprintable():
            return
        assert stream.getvalue() == shown + "\n"


def test_a_hostile_text_takes_no_more_than_linear_time() -> None:
    started = time.process_time()
    commands.inert("\n" * 200_000 + " " * 200_000 + "::x" * 100_000)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("shown", "inert"),
    [
        ("plain", "plain"),
        ("::error::x", "| ::error::x"),
        ("a\n  ::error::x", "a\n|   ::error::x"),
        ("a::b::c", "a::b::c"),
        ("x ##[error]y", "x ## [error]y"),
    ],
)
def test_what_would_be_a_command_is_shown_as_text(shown: str, inert: str) -> None:
    assert commands.inert(shown) == inert


def test_a_person_sees_text_as_it_is_and_no_commands() -> None:
    stream = io.StringIO()
    log = Log(stream, Redactor(), in_workflow=False)
    log.text("::error::x")
    log.command("error", "y")
    assert stream.getvalue() == "::error::x\n"


def test_the_log_hides_secrets_in_text_and_in_commands() -> None:
    stream, redactor = io.StringIO(), Redactor()
    redactor.add("CANARY", "canary, with 100%: signs")
    log = Log(stream, redactor, in_workflow=True)
    log.text("a canary, with 100%: signs b")
    log.command("error", "canary, with 100%: signs", {"title": "canary, with 100%: signs"})
    assert stream.getvalue() == "a *** b\n::error title=***::***\n"
