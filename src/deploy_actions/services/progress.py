"""Who watches: the log, line by line, and a person at a terminal, who sees a table that changes."""

import atexit
import sys
from collections.abc import Sequence
from typing import Any

from deploy_actions.core.ports import Progress
from deploy_actions.core.text_types import printable
from deploy_actions.core.world import World

_REFRESHES_PER_SECOND = 4


class LogProgress:
    """Lines go to the log, which redacts them; a table, to standard error where that is a terminal."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._watched = world.environ.get("GITHUB_ACTIONS") != "true" and sys.stderr is not None and sys.stderr.isatty()
        self._live: Any = None

    def line(self, text: str) -> None:
        """See `ports.Progress`. A table makes room meanwhile: the log may be the same terminal, a file or a pipe."""
        if self._live is not None:
            self._live.stop()
        self._world.say(self._plain(text))
        if self._live is not None:
            self._live.start(refresh=True)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """See `ports.Progress`. No rows take the table away."""
        if not rows:
            self._end()
        elif self._watched:
            self._show(rows)

    def _show(self, rows: Sequence[Sequence[str]]) -> None:
        from rich.console import Console  # 50 ms, which only who watches pays for
        from rich.live import Live
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None)
        for title in rows[0]:
            table.add_column(Text(title))
        for row in rows[1:]:
            table.add_row(*(Text(self._plain(cell)) for cell in row))
        if self._live is None:
            console = Console(stderr=True)
            self._live = Live(console=console, refresh_per_second=_REFRESHES_PER_SECOND, transient=True)
            self._live.start()
            atexit.register(self._end)
        self._live.update(table)

    def _plain(self, text: str) -> str:
        return printable(self._world.redactor.redact(text))

    def _end(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            atexit.unregister(self._end)


def connect(world: World) -> Progress:
    """The log, and the terminal."""
    return LogProgress(world)
