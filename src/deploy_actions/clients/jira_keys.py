"""Finds the keys of issues in texts that people write: branches, commits, pull requests, tags."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Self

from deploy_actions.core.input_types import NotOfType, json_strings, split_list

_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,9}")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]{1,9})-([1-9][0-9]{0,8})", re.ASCII)


class ProjectKeys(tuple[str, ...]):
    """The projects whose issues count, so that `UTF-8`, `SHA-256` and `CVE-2024-1` are none."""

    expects: ClassVar[str] = "keys of projects by newline or comma, as in `PAY, SHOP`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        keys = tuple(key.upper() if key.isascii() else key for key in split_list(text))
        if not keys or not all(_PROJECT.fullmatch(key) for key in keys):
            raise NotOfType(f"is not {cls.expects}")
        return cls(dict.fromkeys(keys))


class IssueKeys(tuple[str, ...]):
    """Keys of issues, in upper case, each once, in the order given."""

    expects: ClassVar[str] = "keys of issues by newline or comma, as in `PAY-12, PAY-13`, or as a JSON list"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType; look-alike letters of other scripts make no key."""
        listed = json_strings(text)
        items = split_list(text) if listed is None else listed
        if not all(_KEY.fullmatch(item) for item in items):
            raise NotOfType(f"is not {cls.expects}")
        return cls(dict.fromkeys(item.upper() for item in items))


def keys_in(text: str, projects: Sequence[str]) -> Iterator[str]:
    """The keys in a text, in upper case, of these projects only; none that is a piece of a longer word."""
    wanted = "|".join(sorted(map(re.escape, projects), key=len, reverse=True))
    for found in re.finditer(rf"(?:{wanted})-[1-9][0-9]{{0,8}}", text, re.ASCII | re.IGNORECASE):
        if not _touches_word(text, found.start() - 1) and not _touches_word(text, found.end()):
            yield found[0].upper()


def _touches_word(text: str, at: int) -> bool:
    """Whether a letter or a digit, of any script, stands there."""
    return 0 <= at < len(text) and text[at].isalnum()


def unique(keys: Iterable[str]) -> tuple[str, ...]:
    """Each key once, in the order of its first mention."""
    return tuple(dict.fromkeys(keys))


def project_of(key: str) -> str:
    """`PAY` of `PAY-12`."""
    return key.rpartition("-")[0]
