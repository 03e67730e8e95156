"""Which answers over HTTP, which versions and which values are as expected."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.actions.health_check.comparison import Comparison
from deploy_actions.actions.health_check.expectations import Expectations
from deploy_actions.actions.health_check.kinds.http import Http
from deploy_actions.actions.health_check.kinds.prometheus import Prometheus, Threshold
from deploy_actions.actions.health_check.kinds.version import Version
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, NoAnswer
from deploy_actions.core.versions import is_same

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("ok", "ok", True),
        ("ok", "OK", False),
        ("= 5", 5.0, True),
        ("!= 5", "5.0", False),
        ("< 5", 4.9, True),
        ("< 5", "many", False),
        (">= 5", 5, True),
        ("true", True, True),
        ("null", None, True),
        ("~ ^v[0-9]", "v1", True),
        ("~ ^v[0-9]", "x", False),
    ],
)
def test_a_comparison_holds(text: str, value: object, holds: bool) -> None:
    assert Comparison.parse(text).holds(value) is holds


@pytest.mark.parametrize("text", ["< many", "~ (", "~ " + "x" * 2_000])
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Comparison.parse(text)


JSON = b'{"status": "ok", "queue": [1, 7], "deep": {"a": null}}'


@pytest.mark.parametrize(
    ("expect", "answer", "problem"),
    [
        ({}, {"status": 204}, ""),
        ({}, {"status": 301}, "answered 301, expected 200-299"),
        ({"status": "200, 401-403"}, {"status": 402}, ""),
        ({"status": "any"}, {"status": 599}, ""),
        ({"body": "status.*ok"}, {}, ""),
        ({"body": "bad"}, {}, "answered with a body in which `bad` is not found"),
        ({"json": {"$.status": "ok", "$.queue[*]": "< 8"}}, {}, ""),
        ({"json": {"$.queue[*]": "< 7"}}, {}, "answered with `7` at `$.queue[*]`, expected < 7"),
        ({"json": {"$.none": "1"}}, {}, "answered with JSON that has nothing at `$.none`"),
        ({"json": {"$.status": "ok"}}, {"is_cut": True}, "answered with JSON longer than 1 MiB"),
        ({"json": {"$.status": "ok"}}, {"body": b"<html>"}, "answered with a body that is no JSON"),
        ({"header": {"X-A": "~ ^b"}}, {"headers": {"x-a": "bc"}}, ""),
        ({"header": {"X-A": "b"}}, {"headers": {}}, "answered without the header `x-a`"),
        ({"header": {"X-A": "b"}}, {"headers": {"x-a": "c"}}, "answered with a header `x-a` that is not `b`"),
        ({"certificate-days": "14"}, {"certificate_ends": NOW + timedelta(days=15)}, ""),
        (
            {"certificate-days": "14"},
            {"certificate_ends": NOW + timedelta(days=2)},
            "has a certificate that ends in 2.0 days, expected at least 14",
        ),
        ({"certificate-days": "14"}, {}, "has no certificate whose end is known"),
    ],
)
def test_an_answer_is_as_expected(expect: dict[str, Any], answer: dict[str, Any], problem: str) -> None:
    given_answer = Answer(**{"seconds": 0.1, "status": 200, "body": JSON, **answer})
    assert Expectations.parse(expect, "expect").problem(given_answer, NOW) == problem


@pytest.mark.parametrize(
    "expect",
    [{"status": "2xx"}, {"json": {"$[": "1"}}, {"body": "("}, {"latency": {"p99": "1s"}}, {"colour": "red"}],
)
def test_what_cannot_be_expected_is_refused(expect: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        Expectations.parse(expect, "expect")


@given(st.binary(max_size=200), st.sampled_from(["$.a", "$..*", "$[0]", "$.a[?@.b > 1]"]))
def test_no_body_brings_a_judgement_down(body: bytes, path: str) -> None:
    expected = Expectations.parse({"json": {path: "1"}}, "expect")
    assert isinstance(expected.problem(Answer(seconds=0, status=200, body=body), NOW), str)
    kind = Prometheus.parse(Settings({"prometheus": "https://p.example", "query": "q", "expect": "< 1"}, "check"))
    assert kind.judge({"": Answer(seconds=0, status=200, body=body)}, Memory()).state.value != "ok"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"http": "http://shop.example/", "headers": {"A": {"secret": "TOKEN"}}}, "in the clear"),
        ({"http": "https://u:p@shop.example/"}, "without user and password"),
        ({"http": "https://shop.example/", "headers": {"A\r\nB": "x"}}, "a name that is not"),
        ({"http": "https://shop.example/", "headers": {"A": "x\r\nB: y"}}, "no header can have"),
        ({"http": "https://shop.example/", "instances": ["nowhere"]}, "`instances`"),
        ({"http": "https://shop.example/", "method": "TRACE"}, "`method`"),
    ],
)
def test_a_request_that_must_not_be_sent_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(NotOfType, match=problem):
        Http.parse(Settings(settings, "check"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("v1.2", "v1.2", True),
        ("v1.2", "v1.20", False),
        ("0123abc", "0123abcdef", True),
        ("0123ABC", "0123abcdef", True),
        ("0123ab", "0123abcdef", False),
        ("", "0123abcdef", False),
    ],
)
def test_a_sha_may_be_abbreviated_to_seven_digits(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same
    assert is_same(other, one) is same


@pytest.mark.parametrize(
    ("place", "answer", "version"),
    [
        ({}, {"body": b" v2\n"}, "v2"),
        ({"json": "$.status"}, {}, "ok"),
        ({"json": "$.none"}, {}, None),
        ({"header": "X-Version"}, {"headers": {"x-version": "v2"}}, "v2"),
        ({"body": '"status": "(.*?)"'}, {}, "ok"),
    ],
)
def test_the_version_is_found_in_its_place(place: dict[str, str], answer: dict[str, Any], version: str | None) -> None:
    kind = Version.parse(Settings({"version": "https://shop.example/", **place}, "check"))
    seen = Answer(**{"seconds": 0.1, "status": 200, "body": JSON, **answer})
    assert kind.judge({"": seen}, Memory(version="v9")).version == version


def test_a_hostile_version_is_not_quoted_and_one_silent_instance_leaves_the_version_open() -> None:
    kind = Version.parse(Settings({"version": "https://shop.example/"}, "check"))
    hostile = kind.judge({"": Answer(seconds=0, status=200, body=b"::error::x`<b>")}, Memory(version="v2"))
    assert hostile.words == "answers with something that is no version, expected `v2`"
    some: dict[str, Answer | NoAnswer] = {
        "a:1": Answer(seconds=0, status=200, body=b"v2"),
        "b:1": NoAnswer("the connection was refused"),
    }
    result = kind.judge(some, Memory(version="v2"))
    assert (result.cause, result.version) == ("unhealthy", None)


@pytest.mark.parametrize("text", ["0.1", "= 1", "<= baseline * 2", "< base", "<= baseline + x", ""])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Threshold.parse(text)


@given(st.floats(-1e6, 1e6), st.integers(0, 300))
def test_a_relative_threshold_is_a_share_of_the_baseline(baseline: float, percent: int) -> None:
    bound = Threshold.parse(f"<= baseline + {percent}%").bound(baseline)
    assert bound == pytest.approx(baseline + abs(baseline) * percent / 100)
    assert Threshold.parse(f">= baseline - {percent}").bound(baseline) == pytest.approx(baseline - percent)
