"""The form of the policy file: which runner pools somebody approved for an environment, and what makes one usable."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import permutations
from typing import Literal, TypeAlias

import msgspec

from deploy_actions.clients.runner_heartbeats import Requirements

Role: TypeAlias = Literal["primary", "secondary"]

_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/@+=-]{0,255}")
_GITHUB_HOSTED = re.compile(r"ubuntu|(?:ubuntu|windows|macos)-.*", re.IGNORECASE)
"""The labels of GitHub's own runners (GitHub docs, "GitHub-hosted runners reference")."""

SELF_HOSTED = "self-hosted"
_SYSTEMS = ("windows", "macos")
"""What a self-hosted runner calls its system, besides `linux` (GitHub docs, "Self-hosted runners reference")."""


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Runners that somebody approved, until the end of a day in UTC.

    A job goes to any runner that has all the `labels`, in the `group` if one is named. `names` are the only runners
    that may have them. A pool of `capacity: on-demand` (a scale set, ephemeral runners) has none while it is idle:
    `listener-query` asks Prometheus whether its listener is up, with 1 or more for yes.
    """

    pool: str
    labels: tuple[str, ...]
    group: str | None = None
    names: tuple[str, ...] = ()
    approved_by: str
    approved_until: date
    capacity: Literal["registered", "on-demand"] = "registered"
    listener_query: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a pool that anybody's runner could belong to, or GitHub's own."""
        for is_wrong, problem in _problems(self):
            if is_wrong:
                raise ValueError(problem)

    @property
    def is_on_demand(self) -> bool:
        """Whether runners are made when a job waits."""
        return self.capacity == "on-demand"

    def takes_in(self, other: "Pool") -> bool:
        """Whether a job for this pool could come to runners of the other one, with no names to see it by."""
        same_group = (self.group or "").casefold() == (other.group or "").casefold()
        return not self.names and same_group and _folded(self.labels) <= _folded(other.labels)


def _folded(labels: tuple[str, ...]) -> set[str]:
    return {label.casefold() for label in labels}


def _overlap(wide: Pool, narrow: Pool) -> str:
    return (
        f"has pool {narrow.pool} with all labels of pool {wide.pool}, in the same group: GitHub would send a job for"
        f" {wide.pool} to either. Give {wide.pool} a label that {narrow.pool} has not, or its `names`"
    )


def _problems(pool: Pool) -> Iterator[tuple[bool, str]]:
    labels = [label.casefold() for label in pool.labels]
    yield not pool.pool.strip(), "`pool` is empty: it is the name by which people know the pool"
    yield not pool.approved_by.strip(), "`approved-by` is empty: name who approved the pool"
    yield not all(map(_LABEL.fullmatch, pool.labels)), "`labels` holds what is no label of a runner"
    yield not labels, "`labels` is empty: name the labels by which the job finds its runner"
    hosted = any(map(_GITHUB_HOSTED.fullmatch, labels)) or (
        SELF_HOSTED not in labels and not set(_SYSTEMS).isdisjoint(labels)
    )
    yield hosted, "`labels` holds a label of GitHub-hosted runners"
    yield (
        not pool.is_on_demand and SELF_HOSTED not in labels,
        f"`labels` has no `{SELF_HOSTED}`, without which GitHub's own runners could take the job",
    )
    yield (
        not pool.group and not pool.names,
        "has neither `group` nor `names`: whoever may register a runner could give it these labels",
    )
    yield pool.is_on_demand and not pool.group, "`capacity: on-demand` needs the `group` that its runners come to"
    yield pool.is_on_demand and bool(pool.names), "`names` are given, but runners on demand have none beforehand"
    yield not pool.is_on_demand and bool(pool.listener_query), "`listener-query` is for `capacity: on-demand`"
    yield pool.group is not None and not pool.group.strip(), "`group` is empty"


class Quarantine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A runner that gets no deploys, by its name, and why."""

    runner: str
    reason: str


class EnvironmentRunners(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The pools of an environment, in the order in which they are tried.

    `mode: declared` has an operator choose between them by a repository variable, where GitHub cannot be asked.
    """

    primary: Pool
    secondary: tuple[Pool, ...] = ()
    mode: Literal["github", "declared"] = "github"
    health: Requirements = Requirements()
    quarantined: tuple[Quarantine, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for pools that cannot be told apart, or whose health nobody could look up."""
        names = [pool.pool for _, pool in self.pools]
        if len(names) != len(set(names)):
            raise ValueError("has two pools with the same `pool` name")
        for wide, narrow in permutations([pool for _, pool in self.pools], 2):
            if wide.takes_in(narrow):
                raise ValueError(_overlap(wide, narrow))
        nameless = [pool.pool for _, pool in self.pools if not pool.names and not pool.is_on_demand]
        if self.mode == "declared" and self.health.needs_heartbeat and nameless:
            raise ValueError(f"`mode: declared` with `health` needs the `names` of the runners of pool {nameless[0]}")

    @property
    def pools(self) -> tuple[tuple[Role, Pool], ...]:
        """Each pool with its role, the primary first."""
        return (("primary", self.primary), *(("secondary", pool) for pool in self.secondary))


class DeployRunners(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The policy file: the approved runners by the name of the environment."""

    environments: dict[str, EnvironmentRunners]
