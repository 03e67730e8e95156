"""Reads what is so: the environment, what belongs to it, and the workflow of the checkout."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias, TypeVar

import msgspec

from deploy_actions.actions.verify_environment.workflow_file import Workflow
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_environments import Environment, RefPattern, custom_rules, ref_patterns
from deploy_actions.clients.github_repository import Branch, branch, is_private
from deploy_actions.core.service_errors import NotFound, Refused, ServiceError

BRANCHES = "refs/heads/"
_UNKNOWN_CREDENTIAL = "status 401"
"""GitHub does not know the credential at all, which is no lack of a permission."""

_READS_ACTIONS = "Give the job `actions: read`."
_READS_CONTENTS = "Give the job `contents: read`."

T = TypeVar("T")


class Unread(msgspec.Struct, frozen=True):
    """What could not be read, and why; `needs` is a sentence that says what would help.

    `is_fault`: something went wrong that may go well the next time. `is_permission`: the credentials that are there may
    not read it, which is all that a caller may let pass. `is_absent`: it is not there.
    """

    cause: str
    needs: str = ""
    is_fault: bool = False
    is_permission: bool = False
    is_absent: bool = False


SecretPlaces: TypeAlias = Mapping[str, Mapping[str, datetime]]
"""When each secret was last written, by place and then by upper-case name."""


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What is so. None is what nobody asked for, or what does not apply. `workflows` are by their files."""

    environment: Environment
    ref_patterns: tuple[RefPattern, ...] | Unread = ()
    custom_rules: tuple[str, ...] | Unread = ()
    branch: Branch | Unread | None = None
    is_private: bool = False
    secrets: SecretPlaces | Unread | None = None
    workflows: Mapping[str, Workflow | Unread] = {}
    now: datetime

    @property
    def faults(self) -> tuple[Unread, ...]:
        """What went wrong, of what GitHub was asked for the policy's rules."""
        read = (self.ref_patterns, self.custom_rules, self.secrets)
        return tuple(one for one in read if isinstance(one, Unread) and one.is_fault)


def attempt(ask: Callable[[], T], needs: str) -> T | Unread:
    """What was asked for, or why it could not be read. Raises nothing of a service's."""
    try:
        return ask()
    except (Refused, NotFound) as error:
        is_unknown = error.cause.startswith(_UNKNOWN_CREDENTIAL)
        return Unread(f"{error.service}: {error}", needs, is_fault=is_unknown, is_permission=not is_unknown)
    except ServiceError as error:
        return Unread(f"{error.service}: {error}", is_fault=True)


def observe(github: GitHubClient, environment: Environment, ref: str, now: datetime) -> Observed:
    """All that the job's token can read of the environment. The visibility matters only where a rule is missing."""
    name, has_patterns = environment.name, environment.custom_branch_policies
    return Observed(
        environment=environment,
        ref_patterns=attempt(lambda: ref_patterns(github, name), _READS_ACTIONS) if has_patterns else (),
        custom_rules=attempt(lambda: custom_rules(github, name), _READS_ACTIONS),
        branch=_branch(github, environment, ref),
        is_private=seems_private(github),
        now=now,
    )


def seems_private(github: GitHubClient) -> bool:
    """Whether the repository is known to be private, where GitHub has a rule by the plan alone."""
    return attempt(lambda: is_private(github), "") is True


def _branch(github: GitHubClient, environment: Environment, ref: str) -> Branch | Unread | None:
    """The branch of the run, where only protected ones may deploy."""
    if not environment.protected_branches or not ref.startswith(BRANCHES):
        return None
    return attempt(lambda: branch(github, ref.removeprefix(BRANCHES)), _READS_CONTENTS)
