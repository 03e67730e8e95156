import base64
import html
import json
import shlex
import urllib.parse
from collections.abc import Callable
from xml.sax import saxutils

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import HIDDEN

printable = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"]), min_size=6, max_size=60
)
secrets = printable.filter(lambda value: len(value.strip()) >= 6)
around = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9)

ENCODERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "quote": lambda value: urllib.parse.quote(value, safe=""),
    "quote keeps /": urllib.parse.quote,
    "quote_plus": urllib.parse.quote_plus,
    "json": lambda value: json.dumps(value)[1:-1],
    "json raw": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "html": html.escape,
    "xml": saxutils.escape,
    "shell": shlex.quote,
    "repr": lambda value: repr(value)[1:-1],
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 unpadded": lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    "base64url": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "base64url unpadded": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "double base64": lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    "double base64url": lambda value: base64.urlsafe_b64encode(base64.urlsafe_b64encode(value.encode())).decode(),
}


def redactor_of(value: str) -> Redactor:
    redactor = Redactor()
    redactor.add("CANARY", value)
    return redactor


@pytest.mark.parametrize("encoder", ENCODERS)
@given(value=secrets, before=around, after=around)
def test_every_form_is_hidden_wherever_it_stands(encoder: str, value: str, before: str, after: str) -> None:
    form = ENCODERS[encoder](value)
    redactor = redactor_of(value)
    text = f"{before}{form}{after}"
    assert redactor.secret_in(text) == "CANARY"
    assert form not in redactor.redact(text)
    assert redactor.secret_in(redactor.redact(text)) is None


@given(value=secrets, before=st.binary(max_size=7), after=st.binary(max_size=7), url_safe=st.booleans())
def test_base64_of_a_longer_text_is_hidden_at_each_offset(
    value: str, before: bytes, after: bytes, *, url_safe: bool
) -> None:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    text = encode(before + value.encode() + after).decode()
    redacted = redactor_of(value).redact(text)
    assert HIDDEN in redacted
    assert value.encode() not in recovered(redacted)


@given(value=secrets, before=st.binary(max_size=7), outer=st.binary(max_size=7))
def test_base64_of_base64_of_a_longer_text_is_hidden(value: str, before: bytes, outer: bytes) -> None:
    inner = base64.b64encode(before + value.encode() + b"tail")
    assert HIDDEN in redactor_of(value).redact(base64.b64encode(outer + inner).decode())


def recovered(redacted: str) -> bytes:
    """What can be decoded of a redacted text when zeros stand in for what is hidden."""
    hidden = redacted.replace("-", "+").replace("_", "/").replace(HIDDEN, "")
    return base64.b64decode(hidden.rstrip("=") + "A" * (-len(hidden.rstrip("=")) % 4))


@given(st.lists(printable, min_size=2, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_each_line_of_a_value_of_several_lines_is_hidden(lines: list[str], line_end: str) -> None:
    redactor = redactor_of(line_end.join(lines))
    for line in lines:
        assume(len(line.strip()) >= 4)
        assert redactor.secret_in(f"x {line.strip()} y") == "CANARY"


def test_a_value_with_a_last_line_end_is_hidden_without_it() -> None:
    redactor = redactor_of("canary-value\n")
    encoded = base64.b64encode(b"canary-value").decode()
    assert redactor.redact(f"canary-value {encoded} {b'canary-value'.hex()}") == f"{HIDDEN} {HIDDEN} {HIDDEN}"


@pytest.mark.parametrize("value", ["", "a", "abc", " ab "])
def test_a_value_too_short_to_hide_is_named_instead(value: str) -> None:
    redactor = redactor_of(value)
    assert redactor.redact("abc a ab") == "abc a ab"
    assert redactor.too_short == (("CANARY",) if value else ())


def test_the_longest_form_is_hidden_first() -> None:
    redactor = redactor_of("canary")
    redactor.add("LONGER", "canary-in-the-mine")
    assert redactor.redact("a canary-in-the-mine b canary") == f"a {HIDDEN} b {HIDDEN}"


def test_a_secret_is_named_by_whoever_made_it_known_first() -> None:
    redactor = redactor_of("canary-one")
    redactor.add("SECOND", "canary-two")
    assert redactor.secret_in("see canary-two") == "SECOND"
    assert redactor.secret_in("see canary") is None


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("GITHUB_TOKEN", "canary-12345", True),
        ("my_db_password", "canary-12345", True),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-12345", True),
        ("PATH", "canary-12345", False),
        ("TOKEN_KIND", "canary-12345", False),
        ("DEPLOY_TOKEN", "short", False),
    ],
)
def test_variables_whose_names_tell_of_a_secret_are_known(name: str, value: str, *, known: bool) -> None:
    redactor = Redactor()
    redactor.add_from_environment({name: value})
    assert (redactor.secret_in(value) == name) is known
