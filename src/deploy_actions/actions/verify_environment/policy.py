"""The form of `.github/deploy-environment.yml`: how an environment is meant to be protected."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from deploy_actions.core.span import Span
from deploy_actions.core.text_types import Patterned

Strictness: TypeAlias = Literal["fail", "warn"]


class Reviewer(Patterned):
    """A user by login, or a team as `organization/slug`."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"[^\s/]{1,100}(?:/[^\s/]{1,255})?")
    expects: ClassVar[str] = "a user's login, or a team as in `acme/release-managers`"


class Word(Patterned):
    """A pattern of refs, or the slug of an app."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(
        r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,253}[^\s\x00-\x1f\x7f])?"
    )
    expects: ClassVar[str] = "a text in one line, of at most 255 characters"


class SecretName(Patterned):
    """The name of a secret: GitHub docs, "Naming your secrets"."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
    expects: ClassVar[str] = "the name of a secret: letters, digits and `_`, no digit first"


class WorkflowPath(Patterned):
    """A workflow of the repository."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"\.github/workflows/[^/\s\x00-\x1f\x7f]{1,200}\.ya?ml")
    expects: ClassVar[str] = "the path of a workflow, as in `.github/workflows/deploy.yml`"


class LibraryName(Patterned):
    """The repository of this library."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
    expects: ClassVar[str] = "a repository, as in `acme/deploy-actions`"


PathText: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": f"^{WorkflowPath.pattern.pattern}$"})]
"""A workflow's path as text: a union cannot hold a type of our own, so the policy reads it afterwards."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A mapping of the policy."""


class Reviewers(_Part, frozen=True):
    """Required reviewers: so many are listed at least (GitHub asks for one of them), and each is `among` these."""

    at_least: Annotated[int, msgspec.Meta(ge=1, le=6)] = 1
    among: Annotated[tuple[Reviewer, ...], msgspec.Meta(min_length=1)] | None = None


class WaitTimer(_Part, frozen=True):
    """How long a job waits before it starts, whoever approved it."""

    at_least: Span | None = None
    at_most: Span | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for bounds that no time keeps, and for none."""
        if self.at_least is None and self.at_most is None:
            raise ValueError("has neither `at-least` nor `at-most`")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("has an `at-least` that is longer than its `at-most`")


class Secrets(_Part, frozen=True):
    """Secrets that live in the environment and nowhere else; `max_age` is of these, without them of all it has."""

    only_in_environment: tuple[SecretName, ...] = ()
    max_age: Span | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where nothing is asked for."""
        if not self.only_in_environment and self.max_age is None:
            raise ValueError("has neither `only-in-environment` nor `max-age`")


class Approval(_Part, frozen=True):
    """What follows when somebody approved their own deploy, or an administrator passed the reviewers by."""

    self_approval: Strictness = "fail"
    administrator_bypass: Strictness = "fail"


class EnvironmentPolicy(_Part, frozen=True):
    """How one environment is meant to be protected. What is left out is not judged."""

    reviewers: Reviewers | None = None
    prevent_self_review: bool | None = None
    wait_timer: WaitTimer | None = None
    branches: tuple[Word, ...] | None = None
    tags: tuple[Word, ...] | None = None
    protected_branches: bool = False
    custom_rules: tuple[Word, ...] | None = None
    administrators_may_bypass: bool | None = None
    secrets: Secrets | None = None
    workflow: PathText | Annotated[tuple[PathText, ...], msgspec.Meta(min_length=1)] | None = None
    calls: LibraryName | None = None
    concurrency: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None
    approval: Approval | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for rules that contradict each other, or that nobody could judge."""
        for is_wrong, problem in self._problems():
            if is_wrong:
                raise ValueError(problem)

    def _problems(self) -> Iterator[tuple[bool, str]]:
        has_patterns = self.branches is not None or self.tags is not None
        rules = [value for name, value in msgspec.structs.asdict(self).items() if name != "protected_branches"]
        yield not self.protected_branches and all(rule is None for rule in rules), "holds no rule"
        yield (
            self.protected_branches and has_patterns,
            "has both `protected-branches` and `branches` or `tags`; GitHub restricts an environment to one of them",
        )
        yield has_patterns and not self.branches and not self.tags, "has `branches` and `tags` that let no ref deploy"
        yield self.concurrency is not None and self.workflow is None, "has `concurrency` without its `workflow`"
        yield self.calls is not None and self.workflow is None, "has `calls` without its `workflow`"
        are_paths = all(WorkflowPath.pattern.fullmatch(path) for path in self.workflows)
        yield not are_paths, f"has a `workflow` that is not {WorkflowPath.expects}"

    @property
    def workflows(self) -> tuple[str, ...]:
        """The files of those workflows that may deploy."""
        return (self.workflow,) if isinstance(self.workflow, str) else self.workflow or ()

    @property
    def restricts_refs(self) -> bool:
        """Whether it says which refs may deploy."""
        return self.protected_branches or self.branches is not None or self.tags is not None

    @property
    def on_approval(self) -> Approval:
        """What follows from approvals; where reviewers are required, both fail unless it is said otherwise."""
        milder = Approval() if self.reviewers else Approval(self_approval="warn", administrator_bypass="warn")
        return self.approval or milder


class EnvironmentPolicyForm(_Part, frozen=True):
    """The policy file: the environments by name, as GitHub writes it."""

    environments: Annotated[dict[str, EnvironmentPolicy], msgspec.Meta(min_length=1)]
