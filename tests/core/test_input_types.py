import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.core.input_types import (
    ArgumentList,
    Duration,
    Names,
    NotOfType,
    SecretNames,
    expectation,
    format_seconds,
    parse_as,
)
from deploy_actions.core.secret import Secret

GOOD: list[tuple[Any, str, Any]] = [
    (str, " as it is ", " as it is "),
    (int, "42", 42),
    (int, "-1", -1),
    (bool, "true", True),
    (bool, "False", False),
    (Duration, "30s", Duration(30)),
    (Duration, "15m", Duration(900)),
    (Duration, "1h30m", Duration(5400)),
    (Duration, "14d", Duration(14 * 86_400)),
    (Duration, "2w", Duration(14 * 86_400)),
    (Duration, "0s", Duration(0)),
    (Names, "A, B\nC,\n# no\n", ("A", "B", "C")),
    (SecretNames, "A,b_2", ("A", "b_2")),
    (SecretNames, '["A", "B"]', ("A", "B")),
    (SecretNames, "[]", ()),
    (SecretNames, "GITHUB_TOKEN", ("GITHUB_TOKEN",)),
    (ArgumentList, '["a b", "c"]', ("a b", "c")),
    (ArgumentList, "a\n  b c  \n\n", ("a", "b c")),
    (ArgumentList, "true", ("true",)),
]
BAD: list[tuple[Any, str, str]] = [
    (int, "1.5", "whole number"),
    (int, "٣", "whole number"),
    (int, "9" * 30, "whole number"),
    (bool, "yes", "neither"),
    (Duration, "", "duration"),
    (Duration, "5", "duration"),
    (Duration, "-5m", "duration"),
    (Duration, "5 m", "duration"),
    (Duration, "5m\n", "duration"),
    (Duration, "٣m", "duration"),
    (Duration, "5300w", "100 years"),
    (Names, "A B", "no variable"),
    (Names, "REGION, GITHUB_ENV", "runner's own"),
    (Names, "DEPLOY_ACTIONS_SECRET_2", "runner's own"),
    (SecretNames, "1A", "no secret name"),
    (SecretNames, "A-B", "no secret name"),
    (SecretNames, "A,a", "twice"),
    (SecretNames, "PATH", "reserved"),
    (SecretNames, "LD_PRELOAD", "reserved"),
    (SecretNames, "github_env", "reserved"),
    (SecretNames, '["A", 1]', "no secret name"),
    (ArgumentList, "echo hello", "command line"),
    (ArgumentList, "[1]", "JSON list"),
    (ArgumentList, "[", "JSON list"),
    (ArgumentList, "[]", "no program"),
    (ArgumentList, '[""]', "no program"),
    (ArgumentList, " \n ", "no program"),
    (ArgumentList, '["a\\u0000"]', "NUL"),
    (str, "a\udcff", "UTF-8"),
    (str, "x" * 65_537, "longer than"),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_a_text_of_the_type_is_read(kind: Any, text: str, value: Any) -> None:
    assert parse_as(kind, text) == value


@pytest.mark.parametrize(("kind", "text", "problem"), BAD)
def test_a_text_of_another_type_is_refused_with_what_is_wrong(kind: Any, text: str, problem: str) -> None:
    with pytest.raises(NotOfType, match=problem):
        parse_as(kind, text)


@pytest.mark.parametrize("kind", [int, bool, Duration, Names, ArgumentList])
def test_an_error_never_quotes_the_value(kind: Any) -> None:
    with pytest.raises(NotOfType) as error:
        parse_as(kind, '["canary in the mine')
    assert "canary" not in str(error.value)


@pytest.mark.parametrize("kind", [str, int, bool, Secret, Duration, Names, SecretNames, ArgumentList])
@given(text=st.text())
def test_any_text_is_read_or_refused(kind: Any, text: str) -> None:
    assert expectation(kind)
    with contextlib.suppress(NotOfType):
        parse_as(kind, text)


@given(st.integers(0, 3_000_000_000))
def test_a_duration_in_words_is_short_and_ascii(seconds: int) -> None:
    words = format_seconds(seconds)
    assert words.isascii()
    assert len(words.split()) <= 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0s"), (59.9, "59s"), (90, "1m 30s"), (90_061, "1d 1h"), (-60, "1m")]
)
def test_lengths_of_time_are_said_in_two_units(seconds: float, words: str) -> None:
    assert format_seconds(seconds) == words
