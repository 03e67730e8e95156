from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.health_check.expectations import Expectations, Statuses
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [("200", 200, 201), ("200-299, 401", 401, 400), ("any", 100, 600), ("200\n404", 404, 403)],
)
def test_statuses_hold(text: str, good: int, bad: int) -> None:
    statuses = Statuses.parse(text)
    assert statuses.hold(good)
    assert not statuses.hold(bad)


@pytest.mark.parametrize("text", ["", ",", "2xx", "99", "600", "200-", "-299", "299-200", "200, any"])
def test_what_are_no_statuses_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Statuses.parse(text)


def problem(expect: dict[str, Any], body: bytes = b"", **more: Any) -> str:
    answer = Answer(**{"seconds": 0.1, "status": 200, "body": body, **more})
    return Expectations.parse(expect, "expect").problem(answer, NOW)


OK: dict[str, Any] = {"json": {"$.status": "ok"}}


@pytest.mark.parametrize(
    ("expect", "body", "words"),
    [
        ({"body": "^ok"}, b"ok", ""),
        ({"body": "ok"}, b"\xff\0", "`ok` is not found"),
        (OK, b'{"status":"ok"}', ""),
        (OK, b'{"status":"bad"}', "answered with `bad` at `$.status`, expected ok"),
        (OK, b'{"status":"a`b"}', "answered with another value"),
        (OK, b'{"status":"a\\u001bb"}', "answered with `a b`"),
        (OK, b'{"status":"' + b"x" * 101 + b'"}', "answered with another value"),
        (OK, b"{}", "nothing at `$.status`"),
        (OK, b"5", "nothing at `$.status`"),
        (OK, b"null", "nothing at `$.status`"),
        (OK, b'"text"', "nothing at `$.status`"),
        (OK, b'"{\\"status\\":\\"ok\\"}"', "nothing at `$.status`"),
        ({"json": {"$": "up"}}, b'"up"', ""),
        (OK, b"", "no JSON"),
        (OK, b"\xff", "no JSON"),
        (OK, b"[" * 100_000, "no JSON"),
    ],
)
def test_a_body_is_as_expected(expect: dict[str, Any], body: bytes, words: str) -> None:
    found = problem(expect, body)
    assert words in found
    assert bool(found) is bool(words)


def test_json_that_was_cut_is_not_read_but_a_body_is_searched() -> None:
    assert problem(OK, b'{"status":"ok"}', is_cut=True) == "answered with JSON longer than 1 MiB"
    assert problem({"body": "ok"}, b"ok", is_cut=True) == ""


@pytest.mark.parametrize(("days", "bad"), [(13.9, True), (14, False), (-1, True), (None, True)])
def test_a_certificate_lasts_long_enough(days: float | None, bad: bool) -> None:
    ends = None if days is None else NOW + timedelta(days=days)
    assert bool(problem({"certificate-days": "14"}, certificate_ends=ends)) is bad


def test_a_header_is_found_whatever_its_case_and_its_value_is_not_quoted() -> None:
    assert problem({"header": {"X-Cache": "hit"}}, headers={"x-cache": "hit"}) == ""
    assert "canary" not in problem({"header": {"X-Cache": "hit"}}, headers={"x-cache": "canary"})


@pytest.mark.parametrize(
    "expect",
    [
        {"status": "ok"},
        {"body": "("},
        {"json": {"$[": "1"}},
        {"json": "x"},
        {"header": {"a": "< x"}},
        {"certificate-days": "-1"},
        {"latency": {"p99": "1s"}},
        {"other": "1"},
    ],
)
def test_what_is_no_expectation_is_refused(expect: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        Expectations.parse(expect, "expect")


@given(st.binary() | st.text().map(lambda text: f'"{text}"'.encode()))
def test_no_body_raises(body: bytes) -> None:
    assert problem(OK, body)
