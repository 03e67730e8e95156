"""Decides which known values are searched for: a short or common one would be found everywhere."""

from collections.abc import Iterable

from deploy_actions.core.leak_search import Target, Unsearchable
from deploy_actions.credentials.placeholders import placeholder

LEAST_CHARACTERS = 8
_LEAST_LETTERS = 12
"""A word of fewer letters can be one that logs are full of, as `production`."""

_LEAST_DIGITS = 10
_LEAST_DISTINCT = 4


def searchable(targets: Iterable[Target]) -> tuple[tuple[Target, ...], tuple[Unsearchable, ...]]:
    """The values to search for, and those that are not, each with its cause."""
    kept, refused = [], []
    for target in targets:
        cause = _cause(target.value.reveal().strip())
        if cause is None:
            kept.append(target)
        else:
            refused.append(Unsearchable(target.name, cause))
    return tuple(kept), tuple(refused)


def _cause(value: str) -> str | None:
    if len(value) < LEAST_CHARACTERS:
        return "value-too-short"
    return "value-too-common" if is_common(value) else None


def is_common(text: str) -> bool:
    """Whether a text of 8 characters or more may well stand in a log without being a secret."""
    return (
        len(set(text)) < _LEAST_DISTINCT
        or (text.isascii() and text.isalpha() and len(text) < _LEAST_LETTERS)
        or (text.isdigit() and len(text) < _LEAST_DIGITS)
        or placeholder(text) is not None
    )
