import pytest
from tests.credentials.makers import letters, npm_token

from deploy_actions.credentials import npm_token as kind
from deploy_actions.credentials.credential import Unreadable


def test_a_token_with_its_checksum_is_read() -> None:
    assert kind.read(npm_token()).kind == "npm access token"


@pytest.mark.parametrize("damaged", [npm_token()[:-1], npm_token() + "a", npm_token()[:20], "npm_", npm_token() + "\n"])
def test_a_token_of_another_length_is_unreadable(damaged: str) -> None:
    assert kind.recognises(damaged)
    with pytest.raises(Unreadable, match="36"):
        kind.read(damaged)


@pytest.mark.parametrize("place", range(4, 40))
def test_a_token_with_one_character_changed_is_unreadable(place: int) -> None:
    token = npm_token()
    with pytest.raises(Unreadable, match="checksum"):
        kind.read(f"{token[:place]}{'b' if token[place] == 'a' else 'a'}{token[place + 1 :]}")


def test_an_old_token_that_is_a_uuid_is_no_token_of_this_kind() -> None:
    assert not kind.recognises(letters(8, "0123456789abcdef") + "-0000-0000-0000-" + letters(12, "0123456789abcdef"))
