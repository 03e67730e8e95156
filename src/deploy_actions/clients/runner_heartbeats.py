"""What a runner's host tells of itself in a heartbeat, and whether that is enough to send it a deploy."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import msgspec

from deploy_actions.core.byte_size import ByteSize
from deploy_actions.core.input_types import format_seconds
from deploy_actions.core.span import Span

Amount: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]

NEVER = datetime.fromtimestamp(0, UTC)
"""When a heartbeat was sent whose time nobody told: 0 seconds, as Prometheus' timestamps have it."""

DEFAULT_MAX_AGE = Span(300)
"""How old a heartbeat may be where something is required of it and `heartbeat-max-age` is not set."""

_AHEAD_SECONDS = 60
"""How far the runner's clock may be ahead of this one's."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a host tells of itself; None where it does not tell.

    `egress`: it reached every host that a runner needs. `service_active`: the runner's service runs.
    """

    disk_free_bytes: Amount | None = None
    disk_free_inodes: Amount | None = None
    memory_available_bytes: Amount | None = None
    egress: bool | None = None
    service_active: bool | None = None
    quarantined: bool | None = None


class Heartbeat(Facts, frozen=True, kw_only=True):
    """The facts of a runner, by its name, and when they were sent: aware, in UTC."""

    runner: str
    sent_at: datetime


def worst(one: Heartbeat, other: Heartbeat) -> Heartbeat:
    """Two heartbeats of one runner as one: the later moment, and of each fact the worse that is told."""
    return Heartbeat(
        runner=one.runner,
        sent_at=max(one.sent_at, other.sent_at),
        disk_free_bytes=_least(one.disk_free_bytes, other.disk_free_bytes),
        disk_free_inodes=_least(one.disk_free_inodes, other.disk_free_inodes),
        memory_available_bytes=_least(one.memory_available_bytes, other.memory_available_bytes),
        egress=_both(one.egress, other.egress),
        service_active=_both(one.service_active, other.service_active),
        quarantined=_either(one.quarantined, other.quarantined),
    )


def _least(one: int | None, other: int | None) -> int | None:
    return min((amount for amount in (one, other) if amount is not None), default=None)


def _both(one: bool | None, other: bool | None) -> bool | None:
    told = [fact for fact in (one, other) if fact is not None]
    return all(told) if told else None


def _either(one: bool | None, other: bool | None) -> bool | None:
    told = [fact for fact in (one, other) if fact is not None]
    return any(told) if told else None


class Requirements(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a runner's heartbeat must tell for it to get a deploy; None and false ask for nothing."""

    heartbeat_max_age: Span | None = None
    disk_free: ByteSize | None = None
    inodes_free: Amount | None = None
    memory_available: ByteSize | None = None
    egress: bool = False
    service_active: bool = False

    @property
    def needs_heartbeat(self) -> bool:
        """Whether anything is required."""
        return self != Requirements()

    @property
    def max_age(self) -> Span:
        """How old a heartbeat may be: a fact without an age is no fact, so there is always a limit."""
        return DEFAULT_MAX_AGE if self.heartbeat_max_age is None else self.heartbeat_max_age


def problems(requirements: Requirements, heartbeat: Heartbeat | None, now: datetime) -> tuple[str, ...]:
    """Why a runner gets no deploy, each in a few words to set behind its name; none where all is well.

    Quarantine counts however old the heartbeat is, and whatever is required. Other facts count only while it is fresh.
    """
    quarantine = ("it is quarantined",) if heartbeat and heartbeat.quarantined else ()
    if not requirements.needs_heartbeat:
        return quarantine
    if heartbeat is None or heartbeat.sent_at <= NEVER:
        return (*quarantine, "no heartbeat is known of it")
    age = (now - heartbeat.sent_at).total_seconds()
    if age < -_AHEAD_SECONDS:
        return (*quarantine, f"its heartbeat is from the future by {format_seconds(age)}")
    if age > requirements.max_age:
        old = f"its last heartbeat is {format_seconds(math.ceil(age))} old, over {requirements.max_age}"
        return (*quarantine, old)
    return (*quarantine, *_too_little(requirements, heartbeat), *_not_so(requirements, heartbeat))


def _too_little(requirements: Requirements, heartbeat: Heartbeat) -> Iterator[str]:
    amounts = (
        (requirements.disk_free, heartbeat.disk_free_bytes, "free disk", "of disk free"),
        (requirements.inodes_free, heartbeat.disk_free_inodes, "free inodes", "inodes free"),
        (requirements.memory_available, heartbeat.memory_available_bytes, "available memory", "of memory available"),
    )
    for least, told, fact, what in amounts:
        if least is not None and told is None:
            yield _untold(fact)
        elif least is not None and told is not None and told < least:
            yield "has {} {what}, under {}".format(*_shown(told, least), what=what)


def _shown(told: int, least: int) -> tuple[str, str]:
    """Both as people read them; to the byte where they would read the same."""
    if not isinstance(least, ByteSize):
        return f"{told:,}", f"{least:,}"
    shown = str(ByteSize(told)), str(least)
    return (f"{told:,} B", f"{int(least):,} B") if shown[0] == shown[1] else shown


def _not_so(requirements: Requirements, heartbeat: Heartbeat) -> Iterator[str]:
    facts = (
        (requirements.egress, heartbeat.egress, "egress", "its host does not reach every host that a runner needs"),
        (
            requirements.service_active,
            heartbeat.service_active,
            "the state of its service",
            "its service is not active",
        ),
    )
    for required, told, fact, problem in facts:
        if required and told is None:
            yield _untold(fact)
        elif required and not told:
            yield problem


def _untold(fact: str) -> str:
    return f"its heartbeat does not tell {fact}"
