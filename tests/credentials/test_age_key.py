from datetime import UTC, datetime

import pytest
from tests.credentials.makers import age_file, age_identity, bech32, parts_of, run

from deploy_actions.credentials import age_key as kind
from deploy_actions.credentials.credential import Unreadable

OTHER = age_identity(bytes(32))


def test_bech32_is_that_of_a_published_vector() -> None:
    """BIP 173: `A12UEL5L` is the prefix `a` without data."""
    assert bech32("a", b"").upper() == "A12UEL5L"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (age_identity(), "age identity"),
        (age_identity(infix="pq-"), "age identity"),
        (age_file(), "age identity"),
        (age_file(age_identity(), OTHER), "2 age identities"),
        (age_file(age_identity(), OTHER).replace("\n", "\r\n"), "2 age identities"),
    ],
)
def test_identities_with_their_checksums_are_read(value: str, words: str) -> None:
    assert kind.recognises(value)
    assert kind.read(value).kind == words


def test_the_comments_of_age_keygen_are_read() -> None:
    for value in (age_file(), age_file().replace("\n", "\r\n")):
        credential = kind.read(value)
        assert credential.issued == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert (credential.subject or "").startswith("age1")


def test_a_comment_that_is_no_date_says_nothing() -> None:
    assert kind.read(age_file(created="yesterday")).issued is None


@pytest.mark.parametrize("place", range(16, 74))
def test_an_identity_with_one_character_changed_is_unreadable(place: int) -> None:
    identity = age_identity()
    with pytest.raises(Unreadable, match="checksum"):
        kind.read(f"{identity[:place]}{'P' if identity[place] == 'Q' else 'Q'}{identity[place + 1 :]}")


@pytest.mark.parametrize(
    "value",
    [
        age_identity()[:-1],
        age_identity()[:20],
        age_identity() + "Q",
        bech32("age-secret-key-", bytes(31)).upper(),
        bech32("age-secret-key-", bytes(33)).upper(),
        age_identity().replace("KEY-1", "KEY-1b"),
        f"{age_identity()}\n{OTHER[:-1]}",
        f"{age_identity()}\n{OTHER.lower().replace('age-secret-key-', 'AGE-SECRET-KEY-')}",
        f"{age_identity()} {OTHER}",
    ],
)
def test_what_is_not_whole_is_unreadable_even_beside_a_whole_one(value: str) -> None:
    assert kind.recognises(value)
    with pytest.raises(Unreadable):
        kind.read(value)


def test_every_identity_is_masked_by_itself() -> None:
    assert parts_of(kind.read(age_file(age_identity(), OTHER))) == [age_identity(), OTHER]


def test_what_age_keygen_writes_is_read() -> None:
    credential = kind.read(run("age-keygen"))
    assert credential.kind == "age identity"
    assert credential.issued is not None


@pytest.mark.parametrize("value", [bech32("age", bytes(32)), "x " + age_identity(), age_identity().lower()])
def test_a_recipient_or_a_text_about_an_identity_is_none(value: str) -> None:
    assert not kind.recognises(value)
