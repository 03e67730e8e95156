"""The start of an answer, as it may be shown."""

from deploy_actions.core.probing import MOST_EXCERPT_CHARACTERS
from deploy_actions.core.redact import Redactor
from deploy_actions.core.text_types import printable

_LOOKED_AT = 4096
_MOST_BYTES_A_CHARACTER = 4


def excerpt(body: bytes, redactor: Redactor) -> str:
    """One line without control characters, redacted before it is cut, so that no piece of a secret shows.

    So much more is looked at as the longest form of a secret has, and as much of the end is left out again: there a
    form may be cut in two. Redacted once more in one line, since a secret can come together there.
    """
    most = _LOOKED_AT + redactor.longest_form * _MOST_BYTES_A_CHARACTER
    text = redactor.redact(body[:most].decode("utf-8", "replace"))
    if len(body) > most:
        text = text[: max(0, len(text) - redactor.longest_form)]
    return redactor.redact(" ".join(printable(text).split()))[:MOST_EXCERPT_CHARACTERS]
