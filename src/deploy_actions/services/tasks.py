"""Work side by side, in threads: what waits for a network waits together."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from deploy_actions.core.ports import Tasks
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.world import World

SIDE_BY_SIDE = 16
_GRACE_SECONDS = 2.0
"""How long tasks may go on when this process is told to stop: the runner kills it 10 seconds after the first signal."""

T = TypeVar("T")


class Threads:
    """Threads of this process, which do not keep it from ending."""

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> "list[T | ServiceError]":
        """See `ports.Tasks`. What a task raises besides ServiceError is raised here, when all have ended."""
        if not tasks:
            return []
        outcomes: list[Any] = [None] * len(tasks)
        waiting = list(enumerate(tasks))[::-1]

        def work() -> None:
            with suppress(IndexError):  # when none is waiting any more
                while True:
                    index, task = waiting.pop()
                    outcomes[index] = _outcome(task)

        _run_all(work, min(len(tasks), SIDE_BY_SIDE))
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, ServiceError):
                raise outcome
        return outcomes


def _run_all(work: Callable[[], None], number: int) -> None:
    from threading import Thread  # which only tasks pay for

    threads = [Thread(target=work, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:
        deadline = time.monotonic() + _GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        raise


def _outcome(task: Callable[[], T]) -> "T | Exception":
    try:
        return task()
    except Exception as error:  # raised again by the one who waits for all
        return error


def connect(_world: World) -> Tasks:
    """Threads."""
    return Threads()
