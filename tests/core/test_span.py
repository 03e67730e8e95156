import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.core.input_types import NotOfType, expectation, parse_as
from deploy_actions.core.span import Span

GOOD = [
    ("250ms", 0.25, "250ms"),
    ("1s", 1.0, "1s"),
    ("2m", 120.0, "2m"),
    ("1m30s", 90.0, "1m30s"),
    ("1s500ms", 1.5, "1s500ms"),
    ("90s", 90.0, "1m30s"),
    ("1d", 86_400.0, "24h"),
    ("0s", 0.0, "0s"),
    ("0ms", 0.0, "0s"),
]
BAD = ["", "5", "-1s", "1.5s", "1 s", "ms", "500ms1s", "1s\n", "٣s", "1S", "9999999999s", "999999999w", "nan", "inf"]


@pytest.mark.parametrize(("text", "seconds", "shown"), GOOD)
def test_a_span_is_read_in_seconds_and_shown_as_it_could_be_written(text: str, seconds: float, shown: str) -> None:
    span = parse_as(Span, text)
    assert span == seconds
    assert str(span) == f"{span}" == shown


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Span.parse(text)


def test_what_a_span_expects_is_said_with_examples() -> None:
    assert "500ms" in expectation(Span)


@given(st.integers(min_value=0, max_value=10**10))
def test_what_a_span_shows_is_read_as_the_same_span(milliseconds: int) -> None:
    span = Span(milliseconds / 1000)
    assert round(Span.parse(str(span)) * 1000) == milliseconds


@given(st.text())
def test_a_text_is_a_span_or_is_refused(text: str) -> None:
    with contextlib.suppress(NotOfType):
        assert Span.parse(text) >= 0
