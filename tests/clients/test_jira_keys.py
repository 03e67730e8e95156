import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.clients.jira_keys import IssueKeys, ProjectKeys, keys_in, project_of, unique
from deploy_actions.core.input_types import NotOfType

PROJECTS = ("PAY", "SHOP2", "A_B", "K9")
LOOK_ALIKES = (
    "РAY-12",
    "PАY-12",
    "ＰＡＹ-12",
    "PAY-１２",
    "PAY‐12",
    "PAY−12",
    "PAY-١٢",
    "\u212a9-12",
    "ſHOP2-12",
    "PAY-²",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PAY-12: a change", ["PAY-12"]),
        ("pay-12, Pay-13 and PAY-12", ["PAY-12", "PAY-13", "PAY-12"]),
        ("feature/PAY-12-a-change", ["PAY-12"]),
        ("feature_PAY-12_fix", ["PAY-12"]),
        ("[PAY-12](https://acme.atlassian.net/browse/PAY-13)", ["PAY-12", "PAY-13"]),
        ("(shop2-7)", ["SHOP2-7"]),
        ("a_b-1", ["A_B-1"]),
        ("PAY-999999999", ["PAY-999999999"]),
        ("UTF-8, SHA-256 and CVE-2024-1", []),
        ("XPAY-12 9PAY-12 ÄPAY-12 日PAY-12", []),
        ("PAY-12x PAY-12ä PAY-123456789012", []),
        ("PAY-0 PAY-012 PAY- PAY12 PAY--12 PAY -12", []),
        ("", []),
        *((text, []) for text in LOOK_ALIKES),
    ],
)
def test_keys_are_found_of_the_projects_alone(text: str, expected: list[str]) -> None:
    assert list(keys_in(text, PROJECTS)) == expected


_PIECES = st.sampled_from([*PROJECTS, "pay", "-", "-", "1", "12", "0", " ", "_", "x", "é", "日", "K", "ſ", "１", "\n"])


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_keys_are_exactly_those_that_are_no_piece_of_a_longer_word(text: str) -> None:
    pattern = re.compile(r"(?<![^\W_])(?ai:PAY|SHOP2|A_B|K9)-(?a:[1-9]\d{0,8})(?![^\W_])")
    assert list(keys_in(text, PROJECTS)) == [found[0].upper() for found in pattern.finditer(text)]


@given(st.text(), st.text())
def test_a_key_that_stands_alone_is_found_in_any_text(before: str, after: str) -> None:
    assert "PAY-12" in keys_in(f"{before} PAY-12 {after}", PROJECTS)


@pytest.mark.parametrize("piece", ["PAY-", "PAY-1", "P", "PAY-1 ", "-1", "1", "PAYPAY-", "SHOP2-12_", "a"])
def test_a_megabyte_takes_no_more_than_linear_time(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    started = time.monotonic()
    for _ in keys_in(text, PROJECTS):
        pass
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PAY-1", ("PAY-1",)),
        ("pay-1, Shop-2\nPAY-1", ("PAY-1", "SHOP-2")),
        ('["PAY-1", "pay-2"]', ("PAY-1", "PAY-2")),
        ("[]", ()),
        ("# a comment\nPAY-1", ("PAY-1",)),
    ],
)
def test_keys_given_by_hand_are_read(text: str, expected: tuple[str, ...]) -> None:
    assert IssueKeys.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["PAY", "PAY-0", "PAY-1 PAY-2", "P-1", '["PAY-1", ""]', '[{"key": "PAY-1"}]', *LOOK_ALIKES]
)
def test_what_is_no_key_is_refused_unquoted(text: str) -> None:
    with pytest.raises(NotOfType) as raised:
        IssueKeys.parse(text)
    assert str(raised.value) == f"is not {IssueKeys.expects}"


@given(st.text())
def test_keys_of_any_text_are_keys_or_refused(text: str) -> None:
    try:
        keys = IssueKeys.parse(text)
    except NotOfType:
        return
    assert all(re.fullmatch(r"(?a:[A-Z][A-Z0-9_]{1,9}-[1-9]\d{0,8})", key) for key in keys)


@pytest.mark.parametrize(
    ("text", "expected"), [("PAY", ("PAY",)), ("pay, Shop2\nPAY", ("PAY", "SHOP2")), ("MY_PAY", ("MY_PAY",))]
)
def test_projects_are_read(text: str, expected: tuple[str, ...]) -> None:
    assert ProjectKeys.parse(text) == expected


@pytest.mark.parametrize("text", ["", ",", "P", "PAY-1", "9PAY", "РAY", "\u212a9", "PAY*", "A" * 11])
def test_what_is_no_project_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        ProjectKeys.parse(text)


def test_the_longer_of_two_projects_is_meant() -> None:
    assert list(keys_in("MY_PAY-1 PAY-2", ("PAY", "MY_PAY"))) == ["MY_PAY-1", "PAY-2"]


def test_keys_are_counted_once_and_belong_to_projects() -> None:
    assert unique(["B-1", "A-1", "B-1"]) == ("B-1", "A-1")
    assert project_of("MY_PAY-12") == "MY_PAY"
