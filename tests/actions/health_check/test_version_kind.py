from typing import Any

import pytest
from tests.actions.health_check.kind_settings import NOW, made, printed

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, NoAnswer
from deploy_actions.core.versions import is_same

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (SHA, SHA, True),
        (SHA[:7], SHA, True),
        (SHA, SHA[:12].upper(), True),
        (SHA[:6], SHA, False),
        (SHA[1:9], SHA, False),
        ("1.2.3", "1.2.3", True),
        ("1.2.3", "1.2.30", False),
        ("v1", "V1", False),
        ("", SHA, False),
    ],
)
def test_versions_are_the_same(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same
    assert is_same(other, one) is same


def said(body: bytes = b"", **more: Any) -> Answer:
    return Answer(**{"seconds": 0.1, "status": 200, "body": body, **more})


@pytest.mark.parametrize(
    ("settings", "answer", "cause", "live"),
    [
        ({}, said(b" 1.2\n"), None, "1.2"),
        ({}, said(b"1.3"), "wrong-version", "1.3"),
        ({}, said(), "wrong-version", None),
        ({}, said(b"1.2", status=500), "unhealthy", None),
        ({"is": "1.3"}, said(b"1.3"), None, "1.3"),
        ({"json": "$.v"}, said(b'{"v":"1.2"}'), None, "1.2"),
        ({"json": "$.v"}, said(b'{"v":1.2}'), None, "1.2"),
        ({"json": "$.*"}, said(b'["1.2","1.2"]'), "wrong-version", None),
        ({"json": "$.v"}, said(b'"text"'), "wrong-version", None),
        ({"json": "$.v"}, said(b"[" * 100_000), "wrong-version", None),
        ({"header": "X-V"}, said(headers={"x-v": "1.2"}), None, "1.2"),
        ({"header": "X-V"}, said(b"1.2"), "wrong-version", None),
        ({"body": "v=(\\S+)"}, said(b"a v=1.2 b"), None, "1.2"),
        ({"body": "v=(x)?"}, said(b"v="), "wrong-version", None),
        ({}, NoAnswer("refused"), "unhealthy", None),
        ({}, NoAnswer("no route", is_ours=True), "check-not-made", None),
    ],
)
def test_the_live_version_is_compared(
    settings: dict[str, Any], answer: Answer | NoAnswer, cause: str | None, live: str | None
) -> None:
    result = made("version", version="https://a", **settings).judge({"": answer}, Memory(version="1.2", now=NOW))
    assert (result.cause, result.version) == (cause, live)


@pytest.mark.parametrize(
    ("bodies", "cause", "live"),
    [
        ((b"1.2", b"1.2"), None, "1.2"),
        ((b"1.1", b"1.1"), "wrong-version", "1.1"),
        ((b"1.2", b"1.1"), "wrong-version", None),
        ((b"1.2", None), "unhealthy", None),
    ],
)
def test_all_instances_agree_or_there_is_no_live_version(
    bodies: tuple[bytes | None, ...], cause: str | None, live: str | None
) -> None:
    outcomes = {f"10.0.0.{n}:1": NoAnswer("gone") if body is None else said(body) for n, body in enumerate(bodies)}
    result = made("version", version="https://a").judge(outcomes, Memory(version="1.2"))
    assert (result.cause, result.version) == (cause, live)


@pytest.mark.parametrize("body", [b"<script>", b"a\n::error::b", b"`x`", b"x" * 101, b"\xff", b"\x1b[1m"])
def test_a_hostile_version_is_not_quoted(body: bytes) -> None:
    result = made("version", version="https://a").judge({"": said(body)}, Memory(version="1.2"))
    assert result.words == "answers with something that is no version, expected `1.2`"


def test_without_a_version_to_compare_with_the_check_is_not_made() -> None:
    result = made("version", version="https://a").judge({"": said(b"1")}, Memory())
    assert (result.cause, result.version) == ("check-not-made", "1")


@pytest.mark.parametrize(
    "settings", [{"json": "$["}, {"body": "("}, {"body": "x"}, {"body": "(a)(b)"}, {"json": "$.a", "header": "b"}]
)
def test_a_place_that_is_none_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        made("version", version="https://a", **settings)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026112", "20261124", False),
        ("20261124", "2026112401", False),
        ("20261124", "20261124", True),
        ("1234567", "1234567" + "0" * 33, True),
        ("1234567", "1234567a", True),
    ],
)
def test_a_number_is_no_abbreviation_of_a_longer_number_that_is_no_whole_sha(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same
    assert is_same(other, one) is same


@pytest.mark.parametrize("body", ["<html>\n::error::x", "x" * 101, "two words", "`a`"])
def test_what_can_be_no_version_is_not_learned_as_the_live_one(body: str) -> None:
    result = made("version", version="https://shop.example/").judge({"": printed(body, 200)}, Memory(version="v1"))
    assert (result.cause, result.version) == ("wrong-version", None)
