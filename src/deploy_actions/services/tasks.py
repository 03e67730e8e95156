"""Work side by side, in threads: what waits for a network waits together."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from deploy_actions.core.ports import ServiceError, Tasks
from deploy_actions.core.world import World

SIDE_BY_SIDE = 16
T = TypeVar("T")


class Threads:
    """Threads of this process."""

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> "list[T | ServiceError]":
        """See `ports.Tasks`."""
        if not tasks:
            return []
        from concurrent.futures import ThreadPoolExecutor  # 10 ms, which only tasks pay for

        with ThreadPoolExecutor(min(len(tasks), SIDE_BY_SIDE)) as threads:
            return list(threads.map(_outcome, tasks))


def _outcome(task: Callable[[], T]) -> "T | ServiceError":
    try:
        return task()
    except ServiceError as error:
        return error


def connect(_world: World) -> Tasks:
    """Threads."""
    return Threads()
