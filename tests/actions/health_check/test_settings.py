from typing import Any

import pytest

from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.input_types import Duration, NotOfType


def of(**values: Any) -> Settings:
    return Settings(values, "check 1")


def test_a_text_is_there_or_has_a_default() -> None:
    assert of(a="x").text("a") == "x"
    assert of().text("a", "y") == "y"
    assert of(a="").text("a", "y") == "y"
    assert of(a="").optional_text("a") is None
    with pytest.raises(NotOfType, match="has under `check 1` no `a`"):
        of().text("a")


@pytest.mark.parametrize(
    ("value", "texts"),
    [(None, ()), ("", ()), ("a, b\nc", ("a", "b", "c")), (["a, b", "c"], ("a, b", "c")), ([], ())],
)
def test_texts_are_a_list_or_one_text(value: Any, texts: tuple[str, ...]) -> None:
    assert of(a=value).texts("a") == texts


def test_numbers_flags_and_other_types_read_themselves() -> None:
    assert (of(a="7").number("a", 1), of().number("a", 1)) == (7, 1)
    assert (of(a="false").flag("a", True), of().flag("a", True)) == (False, True)
    assert of(a="90s").parsed("a", Duration) == Duration(90)
    assert (of(a={"b": "c"}).mapping("a"), of(a="").mapping("a"), of().mapping("a")) == ({"b": "c"}, {}, {})


WRONG: list[tuple[str, tuple[Any, ...], Any]] = [
    ("text", (), ["hunter2"]),
    ("optional_text", (), {"hunter2": "x"}),
    ("flag", (True,), "hunter2"),
    ("number", (0,), "hunter2"),
    ("number", (0,), "-1"),
    ("texts", (), [["hunter2"]]),
    ("texts", (), {"hunter2": "x"}),
    ("parsed", (Duration,), "hunter2"),
    ("mapping", (), "hunter2"),
    ("mapping", (), ["hunter2"]),
]


@pytest.mark.parametrize(("getter", "more", "value"), WRONG)
def test_a_wrong_value_is_refused_by_its_key_and_not_quoted(getter: str, more: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(NotOfType) as refused:
        getattr(of(key=value), getter)("key", *more)
    assert "`key`" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_key_that_nobody_asked_for_is_refused_with_those_that_are_known() -> None:
    settings = of(a="x", hunter2="y")
    settings.text("a")
    settings.has("b")
    with pytest.raises(NotOfType, match=r"unknown setting; known are `a`, `b`$"):
        settings.refuse_others()


def test_keys_that_were_asked_for_are_taken_also_where_they_are_absent() -> None:
    settings = of(a="x")
    settings.optional_text("a")
    settings.mapping("b")
    settings.refuse_others()
