"""Environments at GitHub: how each is protected, which refs may use it, which runs wait for it."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.service_errors import Malformed, NotFound

_PER_PAGE = 100
_MOST_PAGES = 10
_LONGEST_NAME = 255


class EnvironmentName(str):
    """The name of an environment: GitHub docs, "Managing environments for deployment"."""

    __slots__ = ()
    expects: ClassVar[str] = f"the name of an environment, of at most {_LONGEST_NAME} characters in one line"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        if len(text) > _LONGEST_NAME or not text.isprintable() or not text.strip():
            raise NotOfType(f"is not {cls.expects}")
        return cls(text)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """How an environment is protected; None is what GitHub does not tell.

    `name` is as GitHub writes it. `reviewers` are logins, and teams as `organization/slug`. `wait_timer` is in minutes.
    Refs are restricted to `protected_branches`, or to patterns (`ref_patterns`), or not at all.
    """

    name: str
    reviewers: tuple[str, ...] = ()
    prevent_self_review: bool | None = False
    wait_timer: int = 0
    protected_branches: bool = False
    custom_branch_policies: bool = False
    administrators_may_bypass: bool | None = None

    @property
    def is_open_to_every_ref(self) -> bool:
        """Whether GitHub lets a job of any branch and tag use it."""
        return not self.protected_branches and not self.custom_branch_policies


class RefPattern(msgspec.Struct, frozen=True, order=True):
    """A pattern of branches, or of tags, that may use an environment: `kind` is `branch` or `tag`."""

    kind: str
    pattern: str


def environment(github: GitHubClient, name: str) -> Environment | None:
    """The environment; None if there is none, which a list without it proves. Needs `actions: read`.

    GitHub finds a name in any case of letters, so the answer's may differ. Raises ServiceError, NotFound where the
    token may not see whether it is there.
    """
    try:
        return _environment(github.get(f"environments/{escaped(name)}", _Environment), github)
    except NotFound:
        if name.casefold() in (known.casefold() for known in names(github)):
            raise
        return None


def names(github: GitHubClient) -> tuple[str, ...]:
    """The names of all environments of the repository. Needs `actions: read`."""
    found: list[str] = []
    for page in range(1, _MOST_PAGES + 1):
        answer = github.get(f"environments?per_page={_PER_PAGE}&page={page}", _Environments)
        found += [one.name for one in answer.environments]
        if len(found) >= answer.total_count:
            return tuple(found)
        if not answer.environments:
            raise Malformed("GitHub", "listing environments", "it lists fewer than it counts")
    raise _too_many("environments")


def ref_patterns(github: GitHubClient, name: str) -> tuple[RefPattern, ...]:
    """The patterns of the branches and tags that may use an environment with `custom_branch_policies`, in order."""
    return tuple(sorted(set(_patterns(github, name))))


def _patterns(github: GitHubClient, name: str) -> Iterator[RefPattern]:
    seen = 0
    for page in range(1, _MOST_PAGES + 1):
        query = f"per_page={_PER_PAGE}&page={page}"
        answer = github.get(f"environments/{escaped(name)}/deployment-branch-policies?{query}", _Patterns)
        yield from (RefPattern(one.type, one.name) for one in answer.branch_policies)
        seen += len(answer.branch_policies)
        if seen >= answer.total_count:
            return
        if not answer.branch_policies:
            raise Malformed("GitHub", "listing branch policies", "it lists fewer than it counts")
    raise _too_many("branch policies")


def custom_rules(github: GitHubClient, name: str) -> tuple[str, ...]:
    """The slugs of the apps whose protection rules are enabled, in order; all are on one page: at most six can be."""
    answer = github.get(f"environments/{escaped(name)}/deployment_protection_rules", _CustomRules)
    if len(answer.custom_deployment_protection_rules) < answer.total_count:
        raise Malformed("GitHub", "listing protection rules", "it lists fewer than it counts")
    return tuple(sorted(rule.app.slug for rule in answer.custom_deployment_protection_rules if rule.enabled))


def pending(github: GitHubClient, run: int) -> tuple[str, ...]:
    """The names of the environments that jobs of a run still wait for."""
    return tuple(one.environment.name for one in github.get(f"actions/runs/{run}/pending_deployments", list[_Pending]))


class _Named(msgspec.Struct):
    name: str


class _Who(msgspec.Struct):
    login: str = ""
    slug: str = ""


class _Reviewer(msgspec.Struct):
    type: str
    reviewer: _Who


class _Rule(msgspec.Struct):
    type: str
    wait_timer: Annotated[int, msgspec.Meta(ge=0)] = 0
    prevent_self_review: bool | None = None
    reviewers: list[_Reviewer] = []


class _RefPolicy(msgspec.Struct):
    protected_branches: bool
    custom_branch_policies: bool


class _Environment(msgspec.Struct):
    name: str
    protection_rules: list[_Rule]
    deployment_branch_policy: _RefPolicy | None
    can_admins_bypass: bool | None = None


class _Environments(msgspec.Struct):
    total_count: int
    environments: list[_Named]


class _Pattern(msgspec.Struct):
    name: str
    type: str = "branch"


class _Patterns(msgspec.Struct):
    total_count: int
    branch_policies: list[_Pattern]


class _App(msgspec.Struct):
    slug: str


class _CustomRule(msgspec.Struct):
    enabled: bool
    app: _App


class _CustomRules(msgspec.Struct):
    total_count: int
    custom_deployment_protection_rules: list[_CustomRule]


class _Pending(msgspec.Struct):
    environment: _Named


def _environment(answer: _Environment, github: GitHubClient) -> Environment:
    required = [rule for rule in answer.protection_rules if rule.type == "required_reviewers"]
    refs = answer.deployment_branch_policy
    return Environment(
        name=answer.name,
        reviewers=tuple(_reviewer(one, github) for rule in required for one in rule.reviewers),
        prevent_self_review=required[0].prevent_self_review if required else False,
        wait_timer=max((rule.wait_timer for rule in answer.protection_rules if rule.type == "wait_timer"), default=0),
        protected_branches=refs is not None and refs.protected_branches,
        custom_branch_policies=refs is not None and refs.custom_branch_policies,
        administrators_may_bypass=answer.can_admins_bypass,
    )


def _reviewer(one: _Reviewer, github: GitHubClient) -> str:
    """A login, or a team of the repository's owner: no other organization's can be asked. Raises Malformed."""
    if one.type == "User" and one.reviewer.login:
        return one.reviewer.login
    if one.type == "Team" and one.reviewer.slug:
        return f"{github.repository.partition('/')[0]}/{one.reviewer.slug}"
    raise Malformed("GitHub", "reading the reviewers of an environment", "one is neither a user nor a team")


def _too_many(what: str) -> Malformed:
    return Malformed("GitHub", f"listing {what}", f"there are more than {_MOST_PAGES * _PER_PAGE}")
