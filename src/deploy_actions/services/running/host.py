"""Runs programs on this host: each with a keeper, its output streamed to the log, its end told."""

from deploy_actions.core.program import ProcessEnd, Program
from deploy_actions.core.world import LineStream, World
from deploy_actions.services.output import AFTER_A_STOP, AFTER_AN_END, Output
from deploy_actions.services.running.descendants import hide_from_children
from deploy_actions.services.running.environment import environment_of
from deploy_actions.services.running.keeper import Job
from deploy_actions.services.running.keeping import STOPPING, Keeping, keeping
from deploy_actions.services.running.messages import LEAVE
from deploy_actions.services.running.signals import SignalPipe, signals_in_a_pipe
from deploy_actions.services.running.supervision import Supervision, counted


class HostProcesses:
    """Runs programs and streams what they print, line by line, to the log."""

    def __init__(self, world: World) -> None:
        self._world = world

    def run(self, program: Program) -> ProcessEnd:
        """See `ports.Processes`. Signals count from before the program starts, so that none is lost."""
        hide_from_children()
        job = Job(program, self._environment(program), self._world.environ)
        stream = self._world.stream(program.workflow_commands)  # first, so that the program's first lines need not wait
        with signals_in_a_pipe(*STOPPING) as signals, keeping(job) as keeper:
            end = self._watched(program, keeper, signals, stream)
        self._say_what_is_left(keeper)
        return end

    def _watched(self, program: Program, keeper: Keeping, signals: SignalPipe, stream: LineStream) -> ProcessEnd:
        output = Output(keeper.output, stream)
        patience = AFTER_A_STOP
        try:
            end = Supervision(program, keeper, output.seconds_of_silence).to_the_end(signals, self._world.say)
            keeper.order(LEAVE)
            patience = AFTER_A_STOP if end.stopped_by else AFTER_AN_END
        finally:
            output.finish(patience)
            stream.finish()
        return end

    def _say_what_is_left(self, keeper: Keeping) -> None:
        left = keeper.closed.left if keeper.closed else 0
        if left:
            self._world.say(counted(left, f"that the command left behind still run{'s' if left == 1 else ''}."))
        if keeper.closed and not keeper.closed.is_wiped:
            self._world.say("The folder of the secret files could not be removed: remove it by hand.")

    def _environment(self, program: Program) -> dict[str, str]:
        named = environment_of(self._world.environ, program.variables)
        return {**named, **program.settings, **{name: value.reveal() for name, value in program.secrets.items()}}
