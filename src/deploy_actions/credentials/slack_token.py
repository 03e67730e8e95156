"""Tokens and incoming webhooks of Slack, by their shape."""

import re

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part

_SHAPES = (
    (re.compile(r"xoxb-[0-9]{8,14}-(?:[0-9]{8,14}-)?[A-Za-z0-9]{16,64}"), "Slack bot token"),
    (re.compile(r"xoxp-[0-9A-Za-z-]{20,200}"), "Slack user token"),
    (re.compile(r"xapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]{32,128}"), "Slack app-level token"),
    (re.compile(r"xoxe(?:\.xox[bp])?-[0-9]-[A-Za-z0-9-]{20,400}"), "Slack token under rotation"),
    (
        re.compile(
            r"https://hooks\.slack(?:-gov)?\.com/(?:services|triggers|workflows)/[A-Z0-9]+/[A-Z0-9]+/(?:[0-9]+/)?"
            r"[A-Za-z0-9]{16,64}"
        ),
        "Slack webhook",
    ),
)
_ROTATING = "it is under rotation and lives for twelve hours: a stored one has mostly ended"


def recognises(value: str) -> bool:
    """One of Slack's prefixes, or the address of a webhook."""
    return value.startswith(("xoxb-", "xoxp-", "xoxe-", "xoxe.", "xapp-", "https://hooks.slack"))


def read(value: str) -> Credential:
    """Which of them it is. Raises Unreadable."""
    kind = next((words for shape, words in _SHAPES if shape.fullmatch(value)), None)
    if kind is None:
        raise Unreadable("it has not the shape of a Slack token or webhook, as if it were cut off")
    webhook = value.startswith("https:")
    return Credential(
        kind=kind,
        concerns=(_ROTATING,) if value.startswith("xoxe") else (),
        parts=(part("the last part of its address", value.rpartition("/")[2]),) if webhook else (),
    )


KIND = Kind(
    name="slack-token",
    title="Slack token or incoming webhook",
    checked="prefix and shape; tokens under rotation warn",
    not_checked="whether Slack accepts it",
    source="https://docs.slack.dev/authentication/tokens",
    recognises=recognises,
    read=read,
)
