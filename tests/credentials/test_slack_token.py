import pytest
from tests.credentials.makers import letters, parts_of, slack_token, slack_webhook

from deploy_actions.credentials import slack_token as kind
from deploy_actions.credentials.credential import Unreadable


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (slack_token(), "Slack bot token"),
        (slack_token("b", f"{'1' * 11}-{letters(24)}"), "Slack bot token"),
        (slack_token("p", f"{'1' * 11}-{'2' * 11}-{'3' * 13}-{letters(32)}"), "Slack user token"),
        ("xa" + f"pp-1-A{'0' * 10}-{'1' * 13}-{letters(64, '0123456789abcdef')}", "Slack app-level token"),
        (slack_token("e", f"1-{letters(140)}"), "Slack token under rotation"),
        (slack_token("e.xoxb", f"1-{letters(160)}"), "Slack token under rotation"),
        (slack_webhook(), "Slack webhook"),
        (slack_webhook(host="hooks.slack-gov.com"), "Slack webhook"),
        (slack_webhook(f"triggers/T{'0' * 8}/{'1' * 13}/{letters(32)}"), "Slack webhook"),
        (slack_webhook(f"workflows/T{'0' * 8}/A{'1' * 10}/{'2' * 18}/{letters(24)}"), "Slack webhook"),
    ],
)
def test_the_shape_tells_which_it_is(value: str, words: str) -> None:
    assert kind.recognises(value)
    assert kind.read(value).kind == words


@pytest.mark.parametrize(
    "value",
    [
        slack_token("b", f"{'1' * 12}-{'2' * 12}"),
        slack_token("b", f"{'1' * 12}-{'2' * 12}-"),
        slack_token("b", f"{'1' * 12}-{'2' * 12}-{letters(9)}"),
        slack_token("p", "1-2"),
        slack_token("b", letters(5000)),
        slack_webhook(f"services/T{'0' * 8}/B{'1' * 10}"),
        slack_webhook(f"services/T{'0' * 8}/B{'1' * 10}/short"),
        slack_webhook() + "?x=1",
        slack_webhook().replace(".com", ".com.example"),
    ],
)
def test_what_was_cut_off_is_unreadable(value: str) -> None:
    assert kind.recognises(value)
    with pytest.raises(Unreadable, match="shape"):
        kind.read(value)


def test_the_secret_of_a_webhook_is_the_last_part_of_its_address() -> None:
    assert parts_of(kind.read(slack_webhook())) == [slack_webhook().rpartition("/")[2]]


def test_a_token_under_rotation_is_a_concern() -> None:
    assert kind.read(slack_token("e", f"1-{letters(140)}")).concerns
