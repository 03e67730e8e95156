"""Tokens of GitHub, told apart by their prefix and checked by their checksum; they do not state their end."""

import re

from deploy_actions.credentials.checksum import has_checksum
from deploy_actions.credentials.credential import Credential, Kind, Unreadable

_WORDS = {
    "ghp_": "GitHub personal access token (classic)",
    "gho_": "GitHub OAuth access token",
    "ghu_": "GitHub App user access token",
    "ghs_": "GitHub App installation access token",
    "ghr_": "GitHub App refresh token",
    "github_pat_": "GitHub fine-grained personal access token",
}
_BODY = re.compile(r"[A-Za-z0-9]{36}")
_FINE_GRAINED = re.compile(r"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}")
_LONG_INSTALLATION_TOKEN = re.compile(r"[A-Za-z0-9_.-]{100,4000}")
"""The form since 2026, of some 520 characters; so long that a short one with a character too many is none."""

_SHORT_LIVED = {
    "ghs_": "it is an installation token, which lives for one hour: mint one in the workflow instead of storing it",
    "ghu_": "it is a user token of an app, which lives for eight hours unless the app opted out",
}


def recognises(value: str) -> bool:
    """One of GitHub's prefixes."""
    return value.startswith(tuple(_WORDS))


def read(value: str) -> Credential:
    """Which token it is. Raises Unreadable when shape or checksum are wrong, as of a token that was cut off."""
    prefix = next((prefix for prefix in _WORDS if value.startswith(prefix)), None)
    if prefix is None:
        raise Unreadable(f"it has none of the prefixes {', '.join(_WORDS)}")
    _check(prefix, value.removeprefix(prefix))
    concern = _SHORT_LIVED.get(prefix)
    return Credential(
        kind=_WORDS[prefix],
        note="Its end is known to GitHub only: `probe: github` asks for it.",
        concerns=(concern,) if concern else (),
    )


def _check(prefix: str, body: str) -> None:
    if prefix == "github_pat_":
        if not _FINE_GRAINED.fullmatch(body):
            raise Unreadable("it is not `github_pat_`, 22 and 59 letters and digits")
    elif prefix == "ghs_" and _LONG_INSTALLATION_TOKEN.fullmatch(body):
        return
    elif not _BODY.fullmatch(body):
        raise Unreadable("it is not 36 letters and digits behind its prefix")
    elif not has_checksum(body):
        raise Unreadable("its checksum is wrong, so a character was changed or lost")


KIND = Kind(
    name="github-token",
    title="GitHub token (`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_`)",
    checked=(
        "prefix, length and checksum (fine-grained and long installation tokens: length only); short-lived ones warn"
    ),
    not_checked="end and permissions, which GitHub alone knows (see `probe: github`)",
    source="https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/",
    recognises=recognises,
    read=read,
)
