import io
import secrets
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.workflow.runner_protocol import REGISTERED, commands_in, output_lines, parse_current, parse_legacy

from deploy_actions.core.redact import Redactor
from deploy_actions.workflow.log import Log
from deploy_actions.workflow.log_stream import MOST_MASKED_CHARACTERS, MOST_MASKED_VALUES

CANARY = "canary-in-the-mine"
GROUPS = frozenset(["group", "endgroup"])


class Door:
    """A log and a stream into it, and what came out."""

    def __init__(self, *commands: str, in_workflow: bool = True) -> None:
        self.redactor = Redactor()
        self.redactor.add("CANARY", CANARY)
        self.out = io.StringIO(newline="")
        self.log = Log(self.out, self.redactor, in_workflow=in_workflow)
        self.stream = self.log.stream(frozenset(commands))

    def shown(self, *chunks: str | bytes, finish: bool = True) -> str:
        for chunk in chunks:
            self.stream.write(chunk.encode() if isinstance(chunk, str) else chunk)
        if finish:
            self.stream.finish()
        return self.out.getvalue()


NEUTRALISED = [
    # what is printed, what is shown
    ("plain\n", "plain\n"),
    ("::error::x\n", "| ::error::x\n"),
    ("a\n  ::error::x\n", "a\n|   ::error::x\n"),
    ("a\r::error::x\r\n::debug::y\r\n", "a\r| ::error::x\r\n| ::debug::y\r\n"),
    ("\u2003\ufeff\u00a0\u3000::set-output name=a::b\n", "| \u2003\ufeff\u00a0\u3000::set-output name=a::b\n"),
    ("std::vector\n ::std::vector\n", "std::vector\n|  ::std::vector\n"),
    ("x ##[error]y\n", "x ## [error]y\n"),
    ("x ##[group]y\n", "x ## [group]y\n"),
    ("##[group x]y\n", "## [group x]y\n"),
    ("##[group y\n", "## [group y\n"),
    ("::stop-commands::token\n::token::\n", "| ::stop-commands::token\n| ::token::\n"),
    ("::groups::x\n", "| ::groups::x\n"),
    ("::group\n", "| ::group\n"),
    ("::group:::x\n::endgroup::\n", "::group:::x\n::endgroup::\n"),
    ("::notice::##[add-path]x\n", "| ::notice::## [add-path]x\n"),
    ("::canary-in-the-mine::\n", "| ::***::\n"),
]


@pytest.mark.parametrize(("printed", "shown"), NEUTRALISED)
def test_what_a_program_may_not_say_to_the_runner_is_shown_as_text(printed: str, shown: str) -> None:
    assert Door().shown(printed) == shown
    assert {command.name for command in commands_in(shown)} <= GROUPS


KEPT_GROUPS = [
    ("::group::a title\nx\n::endgroup::\n", "::group::a title\nx\n::endgroup::\n"),
    ("##[group]a title\nx\n##[endgroup]\n", "##[group]a title\nx\n##[endgroup]\n"),
    ("  ##[GROUP]a\n ::EndGroup::\n", "  ##[GROUP]a\n ::EndGroup::\n"),
    ("a\r##[group]b\r::endgroup::\r", "a\r##[group]b\r::endgroup::\r"),
    ("##[group]##[group]##[error]x\n##[endgroup]\n", "##[group]## [group]## [error]x\n##[endgroup]\n"),
    ("::group::canary-in-the-mine ##[add-path]x\n::endgroup::\n", "::group::*** ## [add-path]x\n::endgroup::\n"),
    ("::group::open\n", "::group::open\n::endgroup::\n"),
    ("##[group]open\nx\n", "##[group]open\nx\n::endgroup::\n"),
    ("::endgroup::\n::group::open\n", "::endgroup::\n::group::open\n::endgroup::\n"),
    ("::group::open\n##[endgroup]\n", "::group::open\n##[endgroup]\n"),
]


@pytest.mark.parametrize(("printed", "shown"), KEPT_GROUPS)
def test_groups_are_kept_and_closed(printed: str, shown: str) -> None:
    assert Door().shown(printed) == shown


def test_a_group_stays_open_from_one_chunk_to_the_next() -> None:
    assert Door().shown("::group::a\n", "x\n", "y\n") == "::group::a\nx\ny\n::endgroup::\n"
    assert Door().shown("::group::a\n", "x\n", "::endgroup::\n") == "::group::a\nx\n::endgroup::\n"


ALLOWED = [
    ("notice", "::notice file=a.py,line=1,title=a%3A%3Ab::x\n"),
    ("Notice", "::NOTICE::x\n"),
    ("debug", "::debug::\n"),
    ("stop-commands", "::stop-commands::token\n"),
    ("set-output", " ::set-output name=a::b::c\n"),
]


@pytest.mark.parametrize(("name", "printed"), ALLOWED)
def test_a_command_that_is_named_reaches_the_runner(name: str, printed: str) -> None:
    assert Door(name).shown(printed) == printed
    assert Door("warning").shown(printed) == f"| {printed}"


def test_secrets_in_a_command_that_is_named_are_hidden() -> None:
    printed = f"::error file={CANARY}::{CANARY} ##[set-env name=a]b\n"
    assert Door("error").shown(printed) == "::error file=***::*** ## [set-env name=a]b\n"


fragments = st.lists(
    st.sampled_from(["::", "##[", "]", "%0A", "\r", "\n", "\r\n", "=", " ", "\t", "\u2003", "\ufeff", "\u200b", "\0"])
    | st.sampled_from([f"::{name}::" for name in sorted(REGISTERED)] + [f"##[{name}]" for name in sorted(REGISTERED)])
    | st.sampled_from([CANARY, "\x1b[31m", "::add-mask::new-canary", "::Group a=b::"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(fragments, min_size=1, max_size=4), st.sets(st.sampled_from(sorted(REGISTERED)), max_size=2))
@example(["\r::set-output name=a::b"], set())
@example([" \u2003::add-mask::a", "x ##[add-mask]deploy"], {"group"})
@example(["::group::\r##[add-mask]a\n##[group]##[error]"], set())
@example(["::error ::::add-mask::b"], {"error"})
def test_no_command_is_obeyed_that_is_not_allowed(chunks: list[str], allowed: set[str]) -> None:
    shown = Door(*allowed).shown(*(f"{chunk}\n" for chunk in chunks))
    lowered = shown.lower()  # as the runner compares names
    assert {command.name for command in commands_in(lowered)} <= GROUPS | allowed
    assert CANARY not in "".join(line for line in output_lines(shown) if not line.startswith("::add-mask::"))


@given(fragments)
def test_text_that_holds_no_command_is_shown_as_it_is(printed: str) -> None:
    if "::" not in printed and "##[" not in printed and "canary" not in printed:
        assert Door().shown(f"{printed}\n") == f"{printed}\n"


def test_the_model_of_the_runner_sees_a_command_where_nothing_is_neutralised() -> None:
    assert Door(in_workflow=False).shown("::error::x ##[error]y\n") == "::error::x ##[error]y\n"
    assert parse_current("::error::x")
    assert parse_legacy("x ##[error]y")


MASKED = [
    # printed by the program, shown
    ("::add-mask::new-value\nsee new-value\n", "| ::add-mask::***\nsee ***\n"),
    (" ::ADD-MASK x=y::new-value\r\nsee new-value\n", " | ::add-mask::***\r\nsee ***\n"),
    ("\r::add-mask::new-value\rsee new-value\n", "\r| ::add-mask::***\rsee ***\n"),
    ("before new-value\n::add-mask::new-value\n", "before ***\n| ::add-mask::***\n"),
    ("::add-mask::new%25%0Avalue\nsee new% and value\n", "| ::add-mask::***\nsee *** and ***\n"),
    ("::add-mask::new-value%250A\nsee new-value%0A\n", "| ::add-mask::***\nsee ***\n"),
    ("x ##[add-mask]new%3Bvalue\nsee new;value\n", "x ## [add-mask]***\nsee ***\n"),
    ("::add-mask::abc\nabc\n", "| ::add-mask::***\nabc\n"),
    ("::add-mask::\nabc\n", "| ::add-mask::***\nabc\n"),
    ("::add-mask::ab::add-mask::cd\nab::add-mask::cd\n", "| ::add-mask::***\n***\n"),
]


@pytest.mark.parametrize(("printed", "shown"), MASKED)
def test_what_the_program_masks_is_hidden_and_the_value_is_not_printed(printed: str, shown: str) -> None:
    assert Door().shown(printed) == shown
    assert commands_in(shown) == []


def test_a_masked_value_is_hidden_in_later_chunks_in_every_form_and_in_the_programs_output_alone() -> None:
    door, value = Door(), secrets.token_urlsafe(20)
    door.shown(f"::add-mask::{value}\n")
    door.log.text(f"our own {value}")
    assert door.shown(f"{value} {value.encode().hex()}\n") == f"| ::add-mask::***\nour own {value}\n*** ***\n"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("::add-mask::new%25-value\n", "| ::add-mask::***"),
        ("::Add-Mask::new%25-value\n", "| ::add-mask::***"),
        ("x ##[add-mask]new%25-value\n", "x ## [add-mask]***"),
    ],
)
def test_the_runner_gets_a_mask_that_it_may_get(printed: str, shown: str) -> None:
    out = Door("ADD-mask").shown(printed, "new%-value\n")
    assert [(command.name, command.data) for command in commands_in(out)] == [("add-mask", "new%-value")]
    assert out == f"{shown}\n::add-mask::new%25-value\n***\n"


def test_a_program_can_mask_only_so_much_and_that_is_said_once() -> None:
    door, values = Door(), [secrets.token_hex(8) for _ in range(MOST_MASKED_VALUES + 2)]
    shown = door.shown("".join(f"::add-mask::{value}\n" for value in values), "\n".join(values) + "\n")
    assert shown.count("masks more values than can be hidden") == 1
    assert [value in shown for value in values] == [False] * MOST_MASKED_VALUES + [True, True]
    assert "x" * 5000 in (long := Door()).shown(f"::add-mask::{'x' * MOST_MASKED_CHARACTERS}x\n{'x' * 5000}\n")
    assert "masks more values" in long.out.getvalue()


def test_colours_and_text_that_is_none_are_shown_as_far_as_they_are() -> None:
    assert Door().shown(b"\x1b[31mred\x1b[0m a\xff\xfeb\0\n") == "\x1b[31mred\x1b[0m a\ufffd\ufffdb\0\n"


def test_a_person_sees_commands_as_text_and_secrets_hidden() -> None:
    printed = f"::add-mask::new-value\n::group::{CANARY}\n##[error]x\n"
    assert Door(in_workflow=False).shown(printed) == "::add-mask::new-value\n::group::***\n##[error]x\n"


class Counted(io.StringIO):
    """Counts what is done to it."""

    done = ""

    def write(self, text: str) -> int:
        self.done += "w"
        return super().write(text)

    def flush(self) -> None:
        self.done += "f"


def test_a_chunk_is_written_and_flushed_once() -> None:
    out = Counted()
    Log(out, Redactor(), in_workflow=True).stream(frozenset()).write(
        b"a\n::error::b\n##[group]c\n::add-mask::dddd\n" * 9
    )
    assert out.done == "wf"


@pytest.mark.parametrize(
    "lines",
    [
        b"std::vector<int>\n" * 60_000,
        b"::" * 500_000 + b"\n",
        b"\n" + b" " * 1_000_000,
        b"::error " + b"a" * 1_000_000 + b"\n",
        b"##[" * 300_000 + b"\n",
        b"::group::x\n" * 90_000,
        b"##[group]x\r" * 90_000,
        b"::add-mask::ab\n" * 20_000,
    ],
)
def test_a_hostile_chunk_takes_no_more_than_linear_time(lines: bytes) -> None:
    started = time.process_time()
    Door().shown(lines)
    assert time.process_time() - started < 20


def test_a_masked_value_that_holds_a_known_secret_is_hidden_whole() -> None:
    assert Door().shown(f"::add-mask::tok_{CANARY}_9f8e\n", f"tok_{CANARY}_9f8e\n") == "| ::add-mask::***\n***\n"


@pytest.mark.parametrize("beginning", ["##[add-mask ", "##[add-mask", "x ##[add-mask a"])
def test_a_line_of_beginnings_of_commands_is_read_at_once(beginning: str) -> None:
    """It took minutes where every beginning was followed to the end of the line."""
    assert Door().shown(beginning * 60_000 + "\n") == beginning.replace("##[", "## [") * 60_000 + "\n"
