import pytest
from tests.credentials.makers import atlassian_token, bitbucket_password

from deploy_actions.credentials import atlassian_token as kind
from deploy_actions.credentials.credential import Unreadable


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (atlassian_token(), "Atlassian API token"),
        (atlassian_token("ATCTT"), "Bitbucket access token"),
        (atlassian_token("ATSTT"), "Atlassian service-account token"),
        (bitbucket_password(), "Bitbucket app password"),
    ],
)
def test_the_shape_tells_which_token_it_is(value: str, words: str) -> None:
    assert kind.recognises(value)
    assert kind.read(value).kind == words


@pytest.mark.parametrize(
    "value",
    [
        atlassian_token()[:-1],
        atlassian_token()[:60],
        atlassian_token().rpartition("=")[0],
        atlassian_token() + "a",
        atlassian_token().lower().replace("atatt", "ATATT"),
        bitbucket_password()[:20],
        "ATATT3",
    ],
)
def test_a_token_that_was_cut_off_is_unreadable(value: str) -> None:
    assert kind.recognises(value)
    with pytest.raises(Unreadable, match="shape"):
        kind.read(value)
