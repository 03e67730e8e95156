"""What a check is: a kind, which asks one question of a target and judges the answers, and how often it is asked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol

import msgspec

from deploy_actions.core.probing import Answer, NoAnswer, Probe
from deploy_actions.core.secret import Secret

Outcomes = Mapping[str, Answer | NoAnswer]
"""Answers by instance, as in `Ended`."""

Cause = Literal[
    "unhealthy",
    "wrong-version",
    "worse-than-baseline",
    "restarted",
    "check-not-made",
    "credential-refused",
    "no-data",
    "no-baseline",
]
"""Why an attempt is not good; the last four mean that nothing is known of the target."""

OURS: tuple[Cause, ...] = ("check-not-made", "credential-refused", "no-data", "no-baseline")


class State(Enum):
    """What an attempt says of its target. UNKNOWN: the question could not be put, or not be answered."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt came to.

    `words` say what was wrong. Of an answer they hold its `excerpt`, a JSON value in the place of the expected one
    (neither where a credential was sent), a version or a number, and nothing else.

    `version` is the one that is live, where the check learns it from every instance alike; `value` that of a query.
    """

    cause: Cause | None = None
    words: str = ""
    version: str | None = None
    value: float | None = None

    @property
    def state(self) -> State:
        """What follows from the cause."""
        if self.cause is None:
            return State.OK
        return State.UNKNOWN if self.cause in OURS else State.FAILED


GOOD = Result()


class Memory(msgspec.Struct):
    """What a check knows besides the answers: the deployed `version`, its `baseline`, what it saw at first."""

    version: str = ""
    baseline: float | None = None
    first: dict[str, str] = {}
    now: datetime | None = None


class Means(msgspec.Struct, frozen=True):
    """What a kind may ask for when it makes its probe: secrets by name, and text files by path.

    Both raise ServiceError; `secret` also where there is none of that name.
    """

    secret: Callable[[str], Secret]
    text: Callable[[str], str]


Measures = Literal["version", "value", ""]
"""What a kind learns before a deploy: the live version, a query's value that it compares with later, or nothing."""


class Kind(Protocol):
    """A way to check a target. Made from its settings, frozen, and without a state of its own."""

    @property
    def measures(self) -> Measures:
        """What is learned of it before a deploy."""

    @property
    def target(self) -> str:
        """What is checked, in a few words without any secret: a URL without its query, an address, a unit."""

    def probe(self, means: Means) -> Probe:
        """The question."""

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """Judges one attempt. Pure but for `memory.first`, which it may fill."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often a check is made and when it decides; all times in seconds from the start of the action.

    `grace`: failures before that do not count. `interval` lies between the starts of two attempts, `probe_timeout`
    ends one. `successes` in a row make a check stable; then, for `soak`, it may fail `failure_limit` times at most.
    `failures` in a row after the grace decide too; 0 waits until `timeout`, when the check is over.
    """

    timeout: float
    grace: float
    interval: float
    probe_timeout: float
    successes: int
    soak: float
    failure_limit: int
    failures: int


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check. A check that is not `critical` can only warn."""

    name: str
    kind: Kind
    pace: Pace
    critical: bool = True
