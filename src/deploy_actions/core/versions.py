"""Compares versions, and says which text can be one."""

import re
from typing import ClassVar

from deploy_actions.core.text_types import Patterned

_VERSION = re.compile(r"[\w.+:/-]{1,100}")
_ABBREVIATED = re.compile(r"[0-9a-f]{7,64}")
_WHOLE_SHA = (40, 64)


class CommitSha(Patterned):
    """The whole hash of a commit, of SHA-1 or SHA-256."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
    expects: ClassVar[str] = "the whole SHA of a commit, 40 or 64 digits"


class VersionText(Patterned):
    """A text that can be a version: the name of a release, a build, a commit."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = _VERSION
    expects: ClassVar[str] = "a version: letters, digits and `._+:/-`, at most 100"


def version_shown(text: str) -> str:
    """A version as it is shown, or what stands for a text that can be none."""
    return f"`{text}`" if _VERSION.fullmatch(text) else "something that is no version"


def is_presentable(version: str) -> bool:
    """Whether it may go into outputs and the baseline: not a page of 1 MiB that stands where the version should."""
    return version_shown(version) == f"`{version}`"


def is_same(one: str, other: str) -> bool:
    """Whether two versions are the same; a SHA of 7 digits or more is the same as the longer one it begins.

    Of two numbers neither abbreviates the other, unless one is as long as a SHA: they are build numbers or dates.
    """
    short, long = sorted((one.lower(), other.lower()), key=len)
    is_number = long.isdecimal() and len(long) not in _WHOLE_SHA
    if not is_number and _ABBREVIATED.fullmatch(short) and _ABBREVIATED.fullmatch(long):
        return long.startswith(short)
    return one == other
