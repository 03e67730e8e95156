from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import NOW

from deploy_actions.clients.runner_heartbeats import NEVER, Facts, Heartbeat, Requirements, problems, worst
from deploy_actions.core import policy_document
from deploy_actions.core.byte_size import ByteSize
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.span import Span

GIB = 2**30
ALL = Requirements(
    heartbeat_max_age=Span(120),
    disk_free=ByteSize(5 * GIB),
    inodes_free=100_000,
    memory_available=ByteSize(2 * GIB),
    egress=True,
    service_active=True,
)
WELL: dict[str, Any] = {
    "disk_free_bytes": 5 * GIB,
    "disk_free_inodes": 100_000,
    "memory_available_bytes": 2 * GIB,
    "egress": True,
    "service_active": True,
    "quarantined": False,
}


def beat(seconds_ago: float = 10, **facts: Any) -> Heartbeat:
    return Heartbeat(runner="r1", sent_at=NOW - timedelta(seconds=seconds_ago), **facts)


def well(seconds_ago: float = 10, **facts: Any) -> Heartbeat:
    return beat(seconds_ago, **(WELL | facts))


JUDGED: list[tuple[str, Requirements, Heartbeat | None, tuple[str, ...]]] = [
    ("all is well", ALL, well(), ()),
    ("nothing is required", Requirements(), None, ()),
    ("nothing is required of an old heartbeat", Requirements(), beat(10**9), ()),
    ("no heartbeat", ALL, None, ("no heartbeat is known of it",)),
    ("no time is told", ALL, msgspec.structs.replace(well(), sent_at=NEVER), ("no heartbeat is known of it",)),
    ("as old as allowed", ALL, well(120), ()),
    ("a moment too old", ALL, well(120.001), ("its last heartbeat is 2m 1s old, over 2m",)),
    ("too old", ALL, well(14 * 60), ("its last heartbeat is 14m old, over 2m",)),
    ("too old to look at", ALL, beat(14 * 60), ("its last heartbeat is 14m old, over 2m",)),
    ("the default age", Requirements(egress=True), well(300), ()),
    ("over the default age", Requirements(egress=True), well(301), ("its last heartbeat is 5m 1s old, over 5m",)),
    ("an age of 0", Requirements(heartbeat_max_age=Span(0)), beat(1), ("its last heartbeat is 1s old, over 0s",)),
    ("an age alone", Requirements(heartbeat_max_age=Span(60)), beat(60), ()),
    ("ahead as far as allowed", ALL, well(-60), ()),
    ("too far ahead", ALL, well(-61), ("its heartbeat is from the future by 1m 1s",)),
    ("far ahead", ALL, well(-300), ("its heartbeat is from the future by 5m",)),
    ("quarantined", ALL, well(quarantined=True), ("it is quarantined",)),
    ("quarantined, nothing required", Requirements(), beat(10**6, quarantined=True), ("it is quarantined",)),
    (
        "quarantined without a time",
        ALL,
        Heartbeat(runner="r1", sent_at=NEVER, quarantined=True),
        ("it is quarantined", "no heartbeat is known of it"),
    ),
    (
        "quarantined and old",
        ALL,
        well(600, quarantined=True),
        ("it is quarantined", "its last heartbeat is 10m old, over 2m"),
    ),
    ("nobody tells of a quarantine", ALL, well(quarantined=None), ()),
    (
        "too little of all",
        ALL,
        well(disk_free_bytes=1_288_490_188, disk_free_inodes=1_200, memory_available_bytes=0),
        (
            "has 1.19 GiB of disk free, under 5 GiB",
            "has 1,200 inodes free, under 100,000",
            "has 0 B of memory available, under 2 GiB",
        ),
    ),
    (
        "a byte too little",
        ALL,
        well(disk_free_bytes=5 * GIB - 1),
        ("has 4.99 GiB of disk free, under 5 GiB",),
    ),
    (
        "what reads the same is told to the byte",
        Requirements(disk_free=ByteSize(5 * 10**9)),
        well(disk_free_bytes=5 * 10**9 - 1),
        ("has 4,999,999,999 B of disk free, under 5,000,000,000 B",),
    ),
    (
        "not so",
        ALL,
        well(egress=False, service_active=False),
        ("its host does not reach every host that a runner needs", "its service is not active"),
    ),
    (
        "not told",
        ALL,
        beat(),
        (
            "its heartbeat does not tell free disk",
            "its heartbeat does not tell free inodes",
            "its heartbeat does not tell available memory",
            "its heartbeat does not tell egress",
            "its heartbeat does not tell the state of its service",
        ),
    ),
    ("none required, none told", Requirements(heartbeat_max_age=Span(120)), beat(), ()),
    ("0 required, not told", Requirements(inodes_free=0), beat(), ("its heartbeat does not tell free inodes",)),
]


@pytest.mark.parametrize(
    ("requirements", "heartbeat", "found"), [row[1:] for row in JUDGED], ids=[r[0] for r in JUDGED]
)
def test_what_keeps_a_runner_from_a_deploy(
    requirements: Requirements, heartbeat: Heartbeat | None, found: tuple[str, ...]
) -> None:
    assert problems(requirements, heartbeat, NOW) == found


ONE_EACH = [
    Requirements(heartbeat_max_age=Span(0)),
    Requirements(disk_free=ByteSize(0)),
    Requirements(inodes_free=0),
    Requirements(memory_available=ByteSize(0)),
    Requirements(egress=True),
    Requirements(service_active=True),
]


@pytest.mark.parametrize("requirements", ONE_EACH, ids=str)
def test_whatever_is_required_needs_a_heartbeat(requirements: Requirements) -> None:
    assert requirements.needs_heartbeat
    assert problems(requirements, None, NOW) == ("no heartbeat is known of it",)


def test_every_requirement_is_in_the_tables_above() -> None:
    assert len(ONE_EACH) == len(Requirements.__struct_fields__)
    assert not Requirements().needs_heartbeat


def test_requirements_are_read_from_a_policy() -> None:
    text = """
        {heartbeat-max-age: 2m, disk-free: 5GiB, inodes-free: 100000, memory-available: 2GiB, egress: true,
         service-active: true}
    """
    assert policy_document.parsed(text, Requirements) == ALL
    assert policy_document.parsed("{}", Requirements) == Requirements()


@pytest.mark.parametrize(
    "text", ["{disk_free: 5GiB}", "{disk-free: 5}", "{inodes-free: -1}", "{egress: perhaps}", "{heartbeat-max-age: 5}"]
)
def test_requirements_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(NotOfType, match="is no such policy"):
        policy_document.parsed(text, Requirements)


AMOUNTS = st.none() | st.integers(min_value=0, max_value=2**50)
FLAGS = st.none() | st.booleans()
BEATS = st.builds(
    Heartbeat,
    runner=st.just("r1"),
    sent_at=st.sampled_from([NEVER, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)]),
    disk_free_bytes=AMOUNTS,
    disk_free_inodes=AMOUNTS,
    memory_available_bytes=AMOUNTS,
    egress=FLAGS,
    service_active=FLAGS,
    quarantined=FLAGS,
)


@given(BEATS, BEATS, BEATS)
def test_of_several_heartbeats_the_order_does_not_count(one: Heartbeat, other: Heartbeat, third: Heartbeat) -> None:
    assert worst(one, one) == one
    assert worst(one, other) == worst(other, one)
    assert worst(worst(one, other), third) == worst(one, worst(other, third))


def fresh(heartbeat: Heartbeat, now: datetime = NOW) -> Heartbeat:
    return msgspec.structs.replace(heartbeat, sent_at=now)


@given(BEATS, BEATS)
def test_of_two_heartbeats_the_later_moment_counts_and_the_worse_of_what_is_told(
    one: Heartbeat, other: Heartbeat
) -> None:
    both = worst(one, other)
    assert both.sent_at == max(one.sent_at, other.sent_at)
    for name in Facts.__struct_fields__:
        told = [fact for fact in (getattr(one, name), getattr(other, name)) if fact is not None]
        worse = max if name == "quarantined" else min
        assert getattr(both, name) == (worse(told) if told else None)


@given(BEATS)
def test_what_is_not_told_never_meets_a_requirement(heartbeat: Heartbeat) -> None:
    untold = [name for name in Facts.__struct_fields__ if name != "quarantined" and getattr(heartbeat, name) is None]
    found = problems(ALL, fresh(heartbeat), NOW)
    assert sum("does not tell" in problem for problem in found) == len(untold)
