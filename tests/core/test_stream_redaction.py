import base64
import re
import secrets
import time
from itertools import cycle, pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.conformance.forms import forms_of

from deploy_actions.core.redact import Redactor
from deploy_actions.core.stream_redaction import StreamRedactor

CANARY = "canary-in-the-mine"
COLOURS = ("\x1b[0m", "\x1b[1;31m", "\x1b[38;5;9m", "\x1b]0;a title\x07", "\x1b]8;;http://a\x1b\\", "\x1b(B")
REMOVED = re.compile("|".join((*map(re.escape, COLOURS), "\r", "\n")))
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

characters = st.characters(exclude_categories=["Cs", "Cc"])
short_values = st.text(characters, min_size=8, max_size=60)
values = short_values | st.builds(lambda value, length: (value * 1000)[:length], short_values, st.integers(61, 4096))
several_lines = st.lists(short_values, min_size=2, max_size=4).map("\n".join)
telling = (values | several_lines).filter(lambda value: len(value.strip()) >= 8 and len(set(value)) > 4)
line_ends = st.sampled_from(["\n", "\r\n", "\r"])
innocent = st.text(st.sampled_from("ⵣⵥⵯⵔ"), max_size=30)
"""Letters of a script that no form holds here, so that what is no secret can be told from it."""


def known(*values: str) -> Redactor:
    redactor = Redactor()
    for number, value in enumerate(values):
        redactor.add(f"CANARY_{number}", value)
    return redactor


def fed(redactor: Redactor, *chunks: str) -> str:
    stream = StreamRedactor(redactor)
    return "".join(stream.feed(chunk.encode()).decode() for chunk in chunks)


def as_read(shown: str) -> str:
    return REMOVED.sub("", shown)


def broken(form: str, width: int, between: list[str]) -> str:
    pieces = [form[at : at + width] for at in range(0, len(form), width)]
    return "".join(piece + joint for piece, joint in zip(pieces, cycle(between), strict=False))


@FEW
@given(data=st.data(), value=telling, before=innocent, after=innocent)
def test_no_form_is_seen_however_it_is_broken_and_nothing_else_changes(
    data: st.DataObject, value: str, before: str, after: str
) -> None:
    assume(not set(value) & set("ⵣⵥⵯⵔ"))
    form = data.draw(st.sampled_from(sorted(forms_of(value).values())).filter(lambda form: len(form) >= 8))
    joints = data.draw(st.lists(line_ends | st.sampled_from(COLOURS), min_size=1, max_size=3))
    text = before + broken(form, data.draw(st.integers(1, 100)), joints) + after + "\n"
    shown = fed(known(value), text)
    assert as_read(form) not in as_read(shown)
    assert REMOVED.findall(shown) == REMOVED.findall(text)
    assert as_read(shown).startswith(before)
    assert as_read(shown).endswith(after)


@FEW
@given(data=st.data(), value=telling, around=innocent, line_end=line_ends)
def test_no_form_is_seen_however_its_lines_are_fed(data: st.DataObject, value: str, around: str, line_end: str) -> None:
    form = data.draw(st.sampled_from(sorted(forms_of(value).values())).filter(lambda form: len(form) >= 8))
    text = around + broken(form, data.draw(st.integers(1, 100)), [line_end]) + around + "\n"
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)", text)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=4)))
    chunks = ["".join(lines[start:end]) for start, end in pairwise((0, *cuts, len(lines)))]
    assert "".join(chunks) == text
    assert as_read(form) not in as_read(fed(known(value), *chunks))


@FEW
@given(st.lists(telling, min_size=1, max_size=4), st.data())
def test_in_one_line_it_hides_what_the_redactor_hides(several: list[str], data: st.DataObject) -> None:
    redactor = known(*several)
    forms = sorted({form for value in several for form in forms_of(value).values()})
    parts = data.draw(st.lists(st.sampled_from(forms) | innocent, max_size=5))
    line = " ⵣ ".join(parts).replace("\n", "ⵣ").replace("\r", "ⵣ")
    shown = fed(redactor, line + " ⵣ\n")
    assert redactor.secret_in(shown) is None
    assert at_once(shown) == at_once(redactor.redact(line) + " ⵣ\n")


def at_once(shown: str) -> str:
    """Of what is hidden side by side, the redactor makes as many pieces as it finds forms."""
    return re.sub(r"(\*\*\*)+", "***", shown)


@FEW
@given(st.binary(max_size=500), telling)
def test_bytes_that_hold_no_secret_pass_as_they_are(noise: bytes, value: str) -> None:
    redactor = known(value)
    assume(redactor.secret_in(as_read(noise.decode("utf-8", "surrogateescape"))) is None)
    lines = b"\0\xff" + noise + b"\xc3\n"
    assert StreamRedactor(redactor).feed(lines) == lines


ONE_CHUNK = [
    # what is printed, what is shown
    ("a canary-in-the-mine b\n", "a *** b\n"),
    ("nothing\n\n\r\n to hide\r", "nothing\n\n\r\n to hide\r"),
    ("a canary-in-\nthe-mine b\n", "a ***\n*** b\n"),
    ("a canary-in-\r\n\r\nthe-mine b\n", "a ***\r\n\r\n*** b\n"),
    ("a can\x1b[31mary\x1b[0m-in-the-mine b\n", "a ***\x1b[31m***\x1b[0m*** b\n"),
    ("a \x1b[31mcanary-in-the-mine\x1b[0m b\n", "a \x1b[31m***\x1b[0m b\n"),
    ("\x1b]0;canary-in-the-mine\x07a\n", "\x1b]0;***\x07a\n"),
    ("canary-\x1b]0;canary-in-the-mine\x07in-the-mine\n", "***\x1b]0;***\x07***\n"),
    ("\x1b]0;canary-in-the-mine\x07\ncanary-in-\nthe-mine\n", "\x1b]0;***\x07\n***\n***\n"),
    ("canary-in-the-mine o\nf gold\n", "***\n***\n"),
    ("canary-in-the-mine canary-in-\nthe-mine\n", "*** ***\n***\n"),
    ("\x1b[canary-in-the-mine\n", "\x1b[***\n"),
    ("canary-in-the-minecanary-in-the-mine\n", "******\n"),
    ("canary-in-the-mine of gold\n", "***\n"),
    ("pine\n", "***\n"),
    ("p\x1b[1mine\n", "***\x1b[1m***\n"),
    ("p\nine\np\x1b[1m\nine\n", "p\nine\np\x1b[1m\nine\n"),
    ("sp\x1b[1min\x1b[0me pi\x1b[1mne\n", "s***\x1b[1m***\x1b[0m*** ***\x1b[1m***\n"),
    ("aaa\naaaaa aaaaaaaaa\n", "aaa\n*** ***\n"),
    ("ends in canary-i\n", "ends in ***\n"),
    ("ends in canary-i and goes on\n", "ends in canary-i and goes on\n"),
    ("ends in canary-\n", "ends in canary-\n"),
    ("a\0canary-in-the-mine\0b\n", "a\0***\0b\n"),
]


@pytest.mark.parametrize(("printed", "shown"), ONE_CHUNK)
def test_what_is_hidden_in_a_chunk(printed: str, shown: str) -> None:
    assert fed(known(CANARY, "the-mine of gold", "pine", "aaaa"), printed) == shown


SEVERAL_CHUNKS = [
    (["a canary-\n", "in-the-mine b\n"], "a canary-\n*** b\n"),
    (["a canary-in-\n", "the-mine b\n"], "a ***\n*** b\n"),
    (["canary-i\n", "n-th\n", "e-min\n", "e\n", "e\n"], "***\n***\n***\n***\ne\n"),
    (["canary-in\n", "nothing of the kind\n"], "***\nnothing of the kind\n"),
    (["canary-in-the-mine\n", "in-the-mine\n"], "***\nin-the-mine\n"),
    (["canar\x1b[1my-in\x1b[0m\n", "\x1b[1m-the-mine\n"], "***\x1b[1m***\x1b[0m\n\x1b[1m***\n"),
]


@pytest.mark.parametrize(("chunks", "shown"), SEVERAL_CHUNKS)
def test_what_is_hidden_over_several_chunks(chunks: list[str], shown: str) -> None:
    assert fed(known(CANARY), *chunks) == shown


def test_a_base64_text_wrapped_at_76_columns_is_hidden_line_by_line() -> None:
    value = secrets.token_urlsafe(300)
    wrapped = base64.encodebytes(value.encode()).decode()
    lines = wrapped.splitlines(keepends=True)
    assert fed(known(value), wrapped) == "***\n" * len(lines)
    assert fed(known(value), *lines) == "***\n" * len(lines)


def test_a_value_wrapped_over_thousands_of_lines_is_hidden_in_all_of_them() -> None:
    value = secrets.token_hex(20_000)
    wrapped = "".join(f"{value[at : at + 9]}\n" for at in range(0, len(value), 9))
    assert fed(known(value), f"before\n{wrapped}after\n") == "before\n" + "***\n" * wrapped.count("\n") + "after\n"


def test_a_long_value_is_hidden_from_its_eighth_byte_on() -> None:
    value = secrets.token_hex(2000)
    shown = fed(known(value), *(value[at : at + 9] + "\n" for at in range(0, 4000, 9)))
    assert set(shown) == {"*", "\n"}


def test_what_becomes_known_later_is_hidden_from_then_on() -> None:
    redactor = known(CANARY)
    stream = StreamRedactor(redactor)
    assert stream.feed(b"another-canary\n") == b"another-canary\n"
    for number in range(100):
        redactor.add("LATER", f"another-canary-{number:03d}")
    assert stream.feed(b"another-canary-007 canary-in-the-mine another-canary-099\n") == b"*** *** ***\n"


def test_without_secrets_lines_pass_and_a_first_one_can_come_later() -> None:
    redactor = Redactor()
    stream = StreamRedactor(redactor)
    assert stream.feed(b"canary-in-the-mine\n") == b"canary-in-the-mine\n"
    redactor.add("CANARY", CANARY)
    assert stream.feed(b"canary-in-the-mine\n") == b"***\n"


def test_a_value_that_is_no_text_is_hidden_byte_for_byte() -> None:
    redactor = known(b"canary-\xff\xfe-value".decode("utf-8", "surrogateescape"))
    assert StreamRedactor(redactor).feed(b"a canary-\xff\xfe-value b\n") == b"a *** b\n"


def test_a_value_with_zero_bytes_is_hidden_and_no_more() -> None:
    assert fed(known("a\0bc\0d", "\0\0\0\0\0"), "a a\0bc\0d bc \0\0\0\0\0\n") == "a *** bc ***\n"


@pytest.mark.parametrize(
    "lines",
    [
        b"canary-in-the-mine " * 50_000 + b"\n",
        b"canary-in-the-mine\n" * 50_000,
        b"canary-in-\nthe-mine\n" * 50_000,
        b"a" * 1_000_000 + b"\n",
        b"\x1b]" * 500_000 + b"\n",
        b"\x1b[" + b"1;" * 500_000 + b"\n",
        b"\r" * 1_000_000,
    ],
)
def test_a_hostile_chunk_takes_no_more_than_linear_time(lines: bytes) -> None:
    stream = StreamRedactor(known(CANARY, "aaaaaaaa"))
    started = time.process_time()
    assert b"canary" not in stream.feed(lines)
    assert time.process_time() - started < 20
