"""The time of day, from this host."""

import time
from datetime import UTC, datetime

from deploy_actions.core.ports import Clock
from deploy_actions.core.world import World


class SystemClock:
    """The host's clock. How far it may be off is for each action to allow for."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """See `ports.Clock`."""
        time.sleep(seconds)

    def monotonic(self) -> float:
        """See `ports.Clock`."""
        return time.monotonic()


def connect(_world: World) -> Clock:
    """The host's clock."""
    return SystemClock()
