import math
import signal

import pytest

from deploy_actions.core.program import Program
from deploy_actions.services.running.heartbeat import Heartbeat
from deploy_actions.services.running.stopping import Stopping

INT, TERM, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGKILL


@pytest.mark.parametrize(
    ("grace", "timeout", "told", "sent", "by"),
    [
        # seconds, seconds, what this process is sent at which second, what is due at which second, who stopped it
        (5.0, None, [], [], None),
        (5.0, None, [(1, INT)], [(6, KILL)], "SIGINT"),
        (5.0, None, [(1, TERM)], [(3, KILL)], "SIGTERM"),
        (1.0, None, [(1, TERM)], [(2, KILL)], "SIGTERM"),
        (0.0, None, [(1, TERM)], [(1, KILL)], "SIGTERM"),
        (60.0, None, [(1, INT), (8.5, TERM)], [(10.5, KILL)], "SIGINT"),
        (5.0, None, [(1, INT), (2, INT)], [(6, KILL)], "SIGINT"),
        (9.0, None, [(1, TERM), (2, INT), (2.5, TERM)], [(3, KILL)], "SIGTERM"),
        (5.0, 10.0, [], [(10, TERM), (15, KILL)], "timeout"),
        (5.0, 10.0, [(11, TERM)], [(10, TERM), (13, KILL)], "timeout"),
        (5.0, 10.0, [(9, INT)], [(14, KILL)], "SIGINT"),
        (5.0, 0.0, [], [(0, TERM), (5, KILL)], "timeout"),
    ],
)
def test_what_is_to_stop_is_told_and_after_the_grace_it_is_killed_once(  # noqa: PLR0913  # a table
    grace: float, timeout: float | None, told: list[tuple[float, int]], sent: list[tuple[float, int]], by: str | None
) -> None:
    stopping = Stopping(Program(command=("x",), grace_seconds=grace, timeout_seconds=timeout), started=1000.0)
    coming, due = sorted(told), []
    while coming or stopping.next < math.inf:
        if coming and 1000.0 + coming[0][0] <= stopping.next:
            moment, number = coming.pop(0)
            stopping.told(number, 1000.0 + moment)
        else:
            moment = stopping.next
            assert stopping.due(moment - 0.001) is None
            due.append((moment - 1000.0, stopping.due(moment)))
            assert stopping.due(moment) is None or grace == 0.0
    assert (due, stopping.by) == (sent, by)


def test_a_silent_program_is_said_to_run_and_again_after_each_further_such_time() -> None:
    printed = 1010.0
    now = 1000.0
    heartbeat = Heartbeat(60.0, started=1000.0, silence=lambda: now - printed)
    lines = []
    for second in range(300):
        now = 1000.0 + second
        if line := heartbeat.line(now):
            lines.append((second, line))
        if second == 200:
            printed = now
    assert lines == [
        (70, "Still running after 1m 10s; nothing printed for 1m."),
        (130, "Still running after 2m 10s; nothing printed for 2m."),
        (190, "Still running after 3m 10s; nothing printed for 3m."),
        (260, "Still running after 4m 20s; nothing printed for 1m."),
    ]


@pytest.mark.parametrize("every", [None, 0.0])
def test_without_a_heartbeat_nothing_is_ever_due(every: float | None) -> None:
    heartbeat = Heartbeat(every, started=0.0, silence=lambda: 1e9)
    assert heartbeat.line(1e9) is None
    assert heartbeat.next(1e9) == math.inf
