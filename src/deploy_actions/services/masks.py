"""The runner's masks, registered by workflow commands; and the same values, made known to this process's redactor."""

from collections.abc import Sequence

from deploy_actions.core.ports import Masks
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World


class RunnerMasks:
    """One `add-mask` for each line of each value, each once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registered: set[str] = set()

    def register(self, name: str, values: Sequence[Secret]) -> int:
        """See `ports.Masks`."""
        new = dict.fromkeys(value for value in values if value.reveal() not in self._registered)
        self._registered.update(value.reveal() for value in new)
        masked = self._world.mask(tuple(new))
        for value in new:
            self._world.redactor.add_unless_known(name, value.reveal())
        return masked


def connect(world: World) -> Masks:
    """The masks of the runner that reads this process's output."""
    return RunnerMasks(world)
