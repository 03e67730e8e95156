"""A repository of GitHub's itself: who may see it, and which of its branches are protected."""

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped


class Branch(msgspec.Struct, frozen=True):
    """A branch: whether it is protected at all, and by a branch protection rule; None is what GitHub does not tell.

    A ruleset protects a branch too, and is no branch protection rule.
    """

    is_protected: bool
    has_protection_rule: bool | None = None


def is_private(github: GitHubClient) -> bool:
    """Whether only those may see the repository who were given access, which leaves out internal ones."""
    answer = github.fetch(f"repos/{github.repository}", _Repository)
    return answer.private and answer.visibility != "internal"


def branch(github: GitHubClient, name: str) -> Branch:
    """A branch. Needs `contents: read`. Raises NotFound for one that does not exist."""
    answer = github.get(f"branches/{escaped(name)}", _Branch)
    return Branch(answer.protected, answer.protection.enabled if answer.protection else None)


class _Repository(msgspec.Struct):
    private: bool
    visibility: str = ""


class _Protection(msgspec.Struct):
    enabled: bool


class _Branch(msgspec.Struct):
    protected: bool
    protection: _Protection | None = None
