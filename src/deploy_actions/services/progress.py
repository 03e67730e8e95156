"""Who watches: the log, line by line."""

from collections.abc import Sequence

from deploy_actions.core.ports import Progress
from deploy_actions.core.world import World


class LogProgress:
    """Lines go to the log, which redacts them; a table, to the terminal of a person only."""

    def __init__(self, world: World) -> None:
        self._world = world

    def line(self, text: str) -> None:
        """See `ports.Progress`."""
        self._world.say(text)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """See `ports.Progress`."""


def connect(world: World) -> Progress:
    """The log."""
    return LogProgress(world)
