"""A repository's commits and pull requests as plain data, and which commits are reachable from which."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
Sha: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]

DEFAULT_BRANCH = "main"
_NAMES = {DEFAULT_BRANCH, f"heads/{DEFAULT_BRANCH}", f"refs/heads/{DEFAULT_BRANCH}", "HEAD"}
_SHORTEST_SHA = 7


class Commit(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A commit. `parents`: null for the commit before it in the list, [] for none. `pulls` are their numbers.

    `author`: null for one whose e-mail address belongs to no account, of whom GitHub says null. `files`: paths that it
    changes. `renames`: more of them, by the new path the former one.
    """

    sha: Sha
    message: str
    parents: list[Sha] | None = None
    author: str | None = "ada"
    pulls: list[int] = []
    files: list[str] = []
    renames: dict[str, str] = {}


class Pull(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A pull request between two branches of the repository: merged, or still open."""

    title: str
    body: str | None = None
    head: str = "feature"
    base: str = "main"
    merged: bool = True
    author: str = "ada"


class History:
    """Commits, in which parents come before their children; the last is the newest of the default branch."""

    def __init__(self, commits: list[Commit]) -> None:
        self.commits = commits
        self.positions = {commit.sha: position for position, commit in enumerate(commits)}

    def find(self, ref: str) -> Commit | None:
        """The commit of a SHA, of the beginning of one that is no other's, or of the default branch."""
        if ref in _NAMES:
            return self.commits[-1] if self.commits else None
        long_enough = len(ref) >= _SHORTEST_SHA
        found = [commit for commit in self.commits if long_enough and commit.sha.startswith(ref.lower())]
        return found[0] if len(found) == 1 else None

    def parents(self, commit: Commit) -> list[str]:
        """The commit's parents, also where it leaves them to its place in the list."""
        if commit.parents is not None:
            return commit.parents
        position = self.positions[commit.sha]
        return [self.commits[position - 1].sha] if position else []

    def reachable(self, commit: Commit) -> set[str]:
        """The SHAs of the commit and of all before it."""
        seen: set[str] = set()
        ahead = [commit.sha]
        while ahead:
            sha = ahead.pop()
            if sha not in seen:
                seen.add(sha)
                ahead += self.parents(self.commits[self.positions[sha]])
        return seen

    def ordered(self, shas: Iterable[str]) -> list[Commit]:
        """The commits, oldest first."""
        return [self.commits[position] for position in sorted(self.positions[sha] for sha in shas)]


def faults(commits: list[Commit], pulls: dict[int, Pull]) -> list[str]:
    """What no repository can be: a SHA twice, a parent that does not come before, a pull request that is not there."""
    found, seen = [], set[str]()
    for commit in commits:
        if commit.sha in seen:
            found.append(f"commit {commit.sha} is there twice")
        found += [f"parent {sha} of {commit.sha} does not come before it" for sha in set(commit.parents or ()) - seen]
        found += [f"pull {one} of {commit.sha} is not among `pulls`" for one in commit.pulls if one not in pulls]
        seen.add(commit.sha)
    return found
