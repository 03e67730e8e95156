"""Judges how a command ended."""

import msgspec

from deploy_actions.core.declare import Outputs, output
from deploy_actions.core.input_types import format_seconds
from deploy_actions.core.program import TIMEOUT, ProcessEnd
from deploy_actions.core.verdict import Finding, Reason


class CommandOutputs(Outputs, frozen=True):
    """How the command ended."""

    exit_status: int | None = output(
        "Exit code of the command, 128 and more if a signal ended it; empty if it did not run."
    )
    seconds: float | None = output("How long the command ran, in seconds.")


class Endings(msgspec.Struct, frozen=True, kw_only=True):
    """An action's reason for each way in which its command can end."""

    done: Reason
    failed: Reason
    killed: Reason
    interrupted: Reason
    timed_out: Reason

    def judge(self, end: ProcessEnd, version: str = "") -> Finding:
        """How the command ended, and nothing else, decides. What was told to stop has not done its work."""
        duration = format_seconds(end.seconds)
        if end.stopped_by == TIMEOUT:
            return self.timed_out(duration=duration, version=version)
        if end.stopped_by:
            return self.interrupted(signal=end.stopped_by, duration=duration, version=version)
        if end.signal:
            return self.killed(signal=end.signal, duration=duration, version=version)
        reason = self.failed if end.exit_status else self.done
        return reason(status=end.exit_status, duration=duration, version=version)
