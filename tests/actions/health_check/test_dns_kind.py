from typing import Any

import pytest
from tests.actions.health_check.kind_settings import asked, judged, made

from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, DnsProbe, NoAnswer


def found(*addresses: str) -> Answer:
    return Answer(seconds=0.1, addresses=addresses)


JUDGED: list[tuple[dict[str, Any], Any, str | None, str]] = [
    ({}, found("10.0.0.1"), None, ""),
    ({}, found(), "unhealthy", "no address"),
    ({"addresses": ["10.0.0.1"]}, found("10.0.0.1", "10.0.0.2"), None, ""),
    ({"addresses": "10.0.0.1, 10.0.0.2"}, found("10.0.0.1"), "unhealthy", "no address 10.0.0.2, but 10.0.0.1"),
    ({"addresses": ["10.0.0.1"]}, found(), "unhealthy", "but none"),
    ({"addresses": ["10.0.0.1"], "exactly": "true"}, found("10.0.0.1"), None, ""),
    ({"addresses": ["10.0.0.1"], "exactly": "true"}, found("10.0.0.1", "10.0.0.9"), "unhealthy", "besides"),
    ({"addresses": ["2001:DB8:0::1"]}, found("2001:db8::1"), None, ""),
    ({}, found("no address at all"), None, ""),
    ({}, NoAnswer("there is no such name"), "unhealthy", "no such name"),
    ({}, NoAnswer("no resolver answers", is_ours=True), "check-not-made", "no resolver"),
    ({}, None, "check-not-made", ""),
]


@pytest.mark.parametrize(("settings", "outcome", "cause", "words"), JUDGED)
def test_a_name_has_all_addresses_expected_and_where_asked_no_others(
    settings: dict[str, Any], outcome: Answer | NoAnswer | None, cause: str | None, words: str
) -> None:
    result = judged(made("dns", dns="shop.example", **settings), outcome)
    assert result.cause == cause
    assert words in result.words


def test_a_name_with_very_many_addresses_is_told_in_few_words() -> None:
    kind = made("dns", dns="shop.example", addresses=["10.1.0.1"])
    result = judged(kind, found(*(f"10.0.{n}.1" for n in range(250))))
    assert "and 245 more" in result.words
    assert len(result.words) < 200


def test_the_name_is_asked() -> None:
    assert asked(made("dns", dns="_sip.shop.example")) == DnsProbe("_sip.shop.example")


BAD: list[dict[str, Any]] = [
    {"dns": ""},
    {"dns": "-a"},
    {"dns": "a b"},
    {"dns": "https://a"},
    {"dns": "a", "addresses": ["b"]},
    {"dns": "a", "addresses": ["10.0.0.256"]},
    {"dns": "a", "exactly": "true"},
]


@pytest.mark.parametrize("settings", BAD)
def test_what_is_no_name_or_no_address_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        made("dns", **settings)
