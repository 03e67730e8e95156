import pytest
from tests.credentials.makers import fine_grained_token, github_token, letters, long_installation_token, with_checksum

from deploy_actions.credentials import checksum
from deploy_actions.credentials import github_token as kind
from deploy_actions.credentials.credential import Unreadable


def test_the_checksum_is_that_of_a_published_sample() -> None:
    """README of the npm package base62-token, in two halves so that no scanner takes it for a token."""
    body, published = "zQWBuTSOoRi4A9sp" + "HcVY5ncnsDkxkJ", "0mL" + "q17"
    assert checksum.checksum(body) == published
    assert with_checksum("", body) == body + published
    assert kind.read("gh" + f"p_{body}{published}").kind == "GitHub personal access token (classic)"


@pytest.mark.parametrize(
    ("letter", "words"),
    [("p", "personal"), ("o", "OAuth"), ("u", "user access"), ("s", "installation"), ("r", "refresh")],
)
def test_the_prefix_tells_which_token_it_is(letter: str, words: str) -> None:
    assert words in kind.read(github_token(letter)).kind


@pytest.mark.parametrize("letter", "pousr")
def test_a_token_that_lost_its_last_character_is_unreadable(letter: str) -> None:
    with pytest.raises(Unreadable, match="36"):
        kind.read(github_token(letter)[:-1])


@pytest.mark.parametrize("letter", "pousr")
@pytest.mark.parametrize("more", ["a", "_", "."])
def test_a_token_with_a_character_too_many_is_unreadable(letter: str, more: str) -> None:
    with pytest.raises(Unreadable):
        kind.read(github_token(letter) + more)


@pytest.mark.parametrize("place", range(4, 40))
def test_a_token_with_one_character_changed_is_unreadable(place: int) -> None:
    token = github_token()
    with pytest.raises(Unreadable, match="checksum"):
        kind.read(f"{token[:place]}{'b' if token[place] == 'a' else 'a'}{token[place + 1 :]}")


def test_a_fine_grained_token_has_two_parts_of_fixed_length() -> None:
    assert "fine-grained" in kind.read(fine_grained_token()).kind
    for damaged in (fine_grained_token()[:-1], fine_grained_token() + "a", fine_grained_token()[:40]):
        with pytest.raises(Unreadable, match="22 and 59"):
            kind.read(damaged)


def test_a_long_installation_token_is_taken_as_it_is() -> None:
    credential = kind.read(long_installation_token())
    assert credential.kind == "GitHub App installation access token"
    assert credential.concerns
    assert len(long_installation_token()) > 400


def test_a_long_token_of_another_kind_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        kind.read(long_installation_token().replace("ghs_", "ghp_"))


@pytest.mark.parametrize("value", ["ghq_" + letters(36), "GHP_" + letters(36), letters(40), "", "gh"])
def test_what_has_no_prefix_is_no_token(value: str) -> None:
    assert not kind.recognises(value)
    with pytest.raises(Unreadable, match="prefixes"):
        kind.read(value)
