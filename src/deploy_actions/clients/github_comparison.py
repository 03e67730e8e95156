"""How one commit stands to another, as GitHub sees it, and which paths differ.

It compares with three dots: a head with the merge base, the newest commit that both sides hold.
"""

from typing import Literal

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped

_MOST_FILES = 300
"""GitHub lists no more of a comparison: https://docs.github.com/rest/commits/commits#compare-two-commits."""


class Comparison(msgspec.Struct, frozen=True):
    """`status` says how the head stands to the base: `ahead` of it, `behind` it, `identical`, or `diverged` from it."""

    status: Literal["ahead", "behind", "identical", "diverged"]
    ahead_by: int
    behind_by: int


class _File(msgspec.Struct, frozen=True):
    filename: str
    previous_filename: str | None = None


class _Changes(msgspec.Struct, frozen=True):
    files: list[_File]


def compare(github: GitHubClient, base: str, head: str) -> Comparison:
    """How `head` stands to `base`.

    Raises NotFound where GitHub does not know one of them, or they have no commit in common; Malformed for a status
    that is none of the four.
    """
    return github.get(f"{_path(base, head)}?per_page=1", Comparison)


def changed_paths(github: GitHubClient, base: str, head: str) -> tuple[str, ...] | None:
    """The paths that changed in `head` since it left `base` (their merge base), old names of moved files too.

    What `base` alone changed since then is not among them: they are what differs between the two only where `base` is
    an ancestor of `head`. None where GitHub may not have listed all. Raises NotFound where it does not know one of
    them.
    """
    files = github.get(f"{_path(base, head)}?per_page=1", _Changes).files
    if len(files) >= _MOST_FILES:
        return None
    names = (name for file in files for name in (file.filename, file.previous_filename) if name)
    return tuple(dict.fromkeys(names))


def _path(base: str, head: str) -> str:
    """A comparison; one commit a page is enough, as counts are on each page, and files on the first alone."""
    return f"compare/{escaped(base)}...{escaped(head)}"
