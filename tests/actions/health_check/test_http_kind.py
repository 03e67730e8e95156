from typing import Any

import pytest
from tests.actions.health_check.kind_settings import NOW, made, printed

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, NoAnswer

URL = "https://shop.example/"
SECRET: dict[str, Any] = {"headers": {"Authorization": {"secret": "TOKEN", "prefix": "Bearer "}}}
OURS = NoAnswer("no resolver answers", is_ours=True)
THEIRS = NoAnswer("the connection was refused")
GOOD, BAD = printed("", 200), printed("", 503)

JUDGED: list[tuple[dict[str, Any], dict[str, Answer | NoAnswer], str | None, str]] = [
    ({}, {"": GOOD}, None, ""),
    ({}, {"a:1": GOOD, "b:1": GOOD}, None, ""),
    ({}, {"a:1": GOOD, "b:1": BAD}, "unhealthy", "b:1 answered 503, expected 200-299"),
    ({}, {"": THEIRS}, "unhealthy", "the connection was refused"),
    ({}, {"": OURS}, "check-not-made", "no resolver answers"),
    ({}, {"a:1": OURS, "b:1": BAD}, "unhealthy", "b:1 answered 503, expected 200-299"),
    ({}, {"a:1": OURS, "b:1": GOOD}, "check-not-made", "a:1 no resolver answers"),
    ({}, {}, "check-not-made", "there was nothing to ask"),
    ({}, {"": printed("", 401)}, "unhealthy", "answered 401, expected 200-299"),
    (SECRET, {"": printed("", 401)}, "credential-refused", "answered 401 to the credential it was sent"),
    (SECRET, {"": printed("", 403)}, "credential-refused", "answered 403 to the credential it was sent"),
    (SECRET, {"": BAD}, "unhealthy", "answered 503, expected 200-299"),
    ({**SECRET, "expect": {"status": "401"}}, {"": printed("", 401)}, None, ""),
    (SECRET, {"a:1": printed("", 401), "b:1": BAD}, "unhealthy", "b:1 answered 503, expected 200-299"),
    ({}, {"": printed("", 500, excerpt="oh no")}, "unhealthy", "500, expected 200-299; the answer begins “oh no”"),
]


@pytest.mark.parametrize(("settings", "outcomes", "cause", "words"), JUDGED)
def test_every_instance_must_answer_as_expected(
    settings: dict[str, Any], outcomes: dict[str, Answer | NoAnswer], cause: str | None, words: str
) -> None:
    result = made("http", http=URL, **settings).judge(outcomes, Memory(now=NOW))
    assert result.cause == cause
    assert result.words.endswith(words)
    assert bool(result.words) is bool(words)


def test_three_bad_instances_are_named_and_the_others_counted() -> None:
    words = made("http", http=URL).judge({f"10.0.0.{n}:80": BAD for n in range(5)}, Memory()).words
    assert words.count("answered 503") == 3
    assert words.endswith("; and 2 more")


def test_limits_of_latency_are_seconds_by_quantile() -> None:
    kind = made("http", http=URL, expect={"latency": {"p50": "200ms", "p95": "1s"}})
    assert getattr(kind, "latency", {}) == {0.5: 0.2, 0.95: 1.0}
    assert getattr(made("http", http=URL), "latency", None) == {}


def test_a_query_is_not_shown() -> None:
    assert made("http", http=f"{URL}x?token=1").target == f"{URL}x"


LOCAL = "http://localhost/"


@pytest.mark.parametrize("instances", ["10.0.0.5:80", "127.0.0.1:80, shop.example:80"])
def test_a_credential_is_not_sent_in_the_clear_to_an_instance_elsewhere(instances: str) -> None:
    with pytest.raises(NotOfType, match="in the clear"):
        made("http", http=LOCAL, instances=instances, **SECRET)


def test_a_credential_may_go_to_an_instance_on_this_host_or_over_tls() -> None:
    assert made("http", http=LOCAL, instances="127.0.0.1:80, [::1]:80, localhost:80", **SECRET)
    assert made("http", http=URL, instances="10.0.0.5:443", **SECRET)
    assert made("http", http=LOCAL, instances="10.0.0.5:80")


def test_a_json_value_is_quoted_only_where_no_credential_was_sent() -> None:
    expect = {"json": {"$.token": "none"}}
    seen = {"": Answer(seconds=0, status=200, body=b'{"token": "session-of-the-answer"}')}
    assert "`session-of-the-answer`" in made("http", http=URL, expect=expect).judge(seen, Memory()).words
    words = made("http", http=URL, expect=expect, **SECRET).judge(seen, Memory()).words
    assert words == "answered with another value at `$.token`, expected none"
