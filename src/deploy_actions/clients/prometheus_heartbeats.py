"""Reads heartbeats from Prometheus, which scrapes the exporters of runners.

A runner may have several series of one metric, of two disks or two exporters: the latest heartbeat and the worst facts
count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from deploy_actions.clients.prometheus import PrometheusClient, Sample, finite, one_of
from deploy_actions.clients.rest import escaped
from deploy_actions.clients.runner_heartbeats import NEVER, Heartbeat, worst
from deploy_actions.core.service_errors import Malformed

_MOST_RUNNERS = 50
"""Runners of one request, so that its answer stays within 1 MiB: some 20 KiB for each."""

_LONGEST_NAMES = 4_000
"""Characters of their names in its address, of which common proxies take 8 KiB."""

_YEAR_10000 = 253_402_300_800


def prometheus_heartbeats(prometheus: PrometheusClient, names: Sequence[str]) -> tuple[Heartbeat, ...]:
    """The heartbeats of the named runners, as far as there are any.

    A runner with facts of which no time is told has `sent_at` NEVER. Raises ServiceError; Malformed for values that
    are no numbers, and for series that were not asked for.
    """
    found: dict[str, Heartbeat] = {}
    for batch in _batches(names):
        wanted = frozenset(batch)
        for sample in prometheus.samples(_query(batch)):
            heartbeat = _told(sample, wanted)
            known = found.get(heartbeat.runner)
            found[heartbeat.runner] = heartbeat if known is None else worst(known, heartbeat)
    return tuple(found[name] for name in dict.fromkeys(names) if name in found)


def _batches(names: Sequence[str]) -> Iterator[list[str]]:
    """Each name once. The empty one is left out: it would match every series that has no such label."""
    batch: list[str] = []
    length = 0
    for name in dict.fromkeys(filter(None, names)):
        more = len(escaped(one_of([name])))
        if batch and (len(batch) == _MOST_RUNNERS or length + more > _LONGEST_NAMES):
            yield batch
            batch, length = [], 0
        batch.append(name)
        length += more
    if batch:
        yield batch


def _query(names: Sequence[str]) -> str:
    """All metrics of these runners. Prometheus anchors regular expressions at both ends."""
    return f"{{__name__=~{one_of(tuple(_FACTS))},runner=~{one_of(names)}}}"


def _told(sample: Sample, wanted: frozenset[str]) -> Heartbeat:
    """What one sample tells of its runner."""
    runner, metric = sample.labels.get("runner", ""), sample.labels.get("__name__", "")
    if runner not in wanted or metric not in _FACTS:
        raise _unusable("it answers with a series that was not asked for")
    return Heartbeat(runner=runner, **{"sent_at": NEVER, **_FACTS[metric](sample)})


def _sent_at(sample: Sample) -> dict[str, Any]:
    seconds = finite(sample)
    if not 0 <= seconds < _YEAR_10000:
        raise _unusable("a runner_heartbeat_timestamp_seconds is no time in seconds since 1970")
    return {"sent_at": datetime.fromtimestamp(seconds, UTC)}


def _amount(fact: str) -> Callable[[Sample], dict[str, Any]]:
    def told(sample: Sample) -> dict[str, Any]:
        amount = finite(sample)
        if amount < 0:
            raise _unusable(f"a {sample.labels['__name__']} is below 0")
        return {fact: int(amount)}

    return told


def _state(sample: Sample) -> dict[str, Any]:
    """A state that the service is not in tells something only if it is `active`."""
    present, active = finite(sample) != 0, sample.labels.get("state") == "active"
    return {"service_active": active and present} if active or present else {}


_FACTS: Mapping[str, Callable[[Sample], dict[str, Any]]] = {
    "runner_heartbeat_timestamp_seconds": _sent_at,
    "runner_disk_free_bytes": _amount("disk_free_bytes"),
    "runner_disk_free_inodes": _amount("disk_free_inodes"),
    "runner_memory_available_bytes": _amount("memory_available_bytes"),
    "runner_egress_up": lambda sample: {"egress": finite(sample) == 1},
    "runner_service_state": _state,
    "runner_quarantined": lambda sample: {"quarantined": finite(sample) != 0},
}
"""What a sample of each metric tells, by the metric's name."""


def _unusable(cause: str) -> Malformed:
    return Malformed("Prometheus", "reading its answer", cause)
