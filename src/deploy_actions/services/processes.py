"""Programs on this host: started without a shell, with an environment of their own, stopped with their children."""

from deploy_actions.core.ports import Processes
from deploy_actions.core.world import World
from deploy_actions.services.running.environment import environment_of

__all__ = ["connect", "environment_of"]


def connect(world: World) -> Processes:
    """The programs of this host."""
    from deploy_actions.services.running.host import HostProcesses  # who wants an environment only pays nothing for it

    return HostProcesses(world)
