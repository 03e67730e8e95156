import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.health_check.comparison import Comparison, number
from deploy_actions.core.input_types import NotOfType


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("ok", "ok", True),
        ("ok", "okay", False),
        ("=ok", "ok", True),
        ("!= ok", "ok", False),
        ("!=ok", "bad", True),
        ("1", 1.0, True),
        ("1.0", "1", True),
        ("!= 1", 1.0, False),
        ("< 5", 5, False),
        ("<= 5", 5, True),
        ("> -1", 0, True),
        (">=0.5", "5e-1", True),
        ("> 1", None, False),
        ("> 0", True, False),
        ("> 1", "0x10", False),
        ("false", False, True),
        ("null", None, True),
        ("", "", True),
        ('{"a":1}', {"a": 1}, True),
        ("~ ^v1", "v12", True),
        ("~ ^v1$", "v12", False),
        ("~", "anything", True),
    ],
)
def test_a_value_compares(text: str, value: object, holds: bool) -> None:
    assert Comparison.parse(text).holds(value) is holds


@pytest.mark.parametrize("text", ["<", "< many", ">= 1_000", "<= inf", "> nan", "~ (", "~ " + "x" * 1_001])
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Comparison.parse(text)


@pytest.mark.parametrize(("text", "shown"), [("= ok", "ok"), ("<5", "< 5"), ("~^v", "~ ^v"), ("!=a", "!= a")])
def test_a_comparison_is_shown_as_it_is_written(text: str, shown: str) -> None:
    assert str(Comparison.parse(text)) == shown


@pytest.mark.parametrize("text", ["", "inf", "nan", "1_0", " 1", "+1", ".5", "1.", "1\n"])
def test_only_numbers_of_json_are_numbers(text: str) -> None:
    assert number(text) is None


@given(st.text(), st.text())
def test_a_comparison_of_any_text_is_made_or_refused(text: str, value: str) -> None:
    try:
        comparison = Comparison.parse(text)
    except NotOfType:
        return
    if comparison.operator != "~":
        assert comparison.holds(value) in (True, False)


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("12345678901234567890", 12345678901234567891, False),
        ("!= 12345678901234567890", 12345678901234567891, True),
        ("< 12345678901234567891", 12345678901234567890, True),
        ("1e400", "1e500", False),
    ],
)
def test_numbers_are_compared_exactly(text: str, value: object, holds: bool) -> None:
    assert Comparison.parse(text).holds(value) is holds
