"""Runs the product's deploy command with exactly the secrets it names, and ends as the command ends.

No shell reads the command. Its output is shown with every secret hidden, and gives the runner no commands but groups.
When the job is cancelled, or the time is over, the command and all that it started are told to stop, then killed.
"""

from deploy_actions.core.action import Action
from deploy_actions.core.declare import optional, output
from deploy_actions.core.moments import written
from deploy_actions.core.ports import Clock, Processes, Secrets
from deploy_actions.core.program import ProcessEnd
from deploy_actions.core.verdict import Decision, Reason, Report
from deploy_actions.core.versions import CommitSha
from deploy_actions.guard.ending import CommandOutputs, Endings
from deploy_actions.guard.inputs import CommandInputs
from deploy_actions.guard.starting import CommandReasons, start


class RunDeployInputs(CommandInputs, frozen=True):
    """The command and all that it gets."""

    sha: CommitSha | None = optional(
        "", "The commit that is deployed, in full, which the command finds in `GITHUB_SHA`; by default the run's own."
    )


class RunDeployOutputs(CommandOutputs, frozen=True):
    """How the command ended, and when it began."""

    started_at: str | None = output("When the command was started, as in `2026-11-24T18:00:00Z`; empty if it was not.")


class Reasons:
    """The vocabulary of run-deploy."""

    deployed = Reason("deployed", Decision.PASS, "The command ended with exit code 0 after {duration}.")
    failed = Reason(
        "deploy-failed",
        Decision.FAIL,
        "The command ended with exit code {status} after {duration}. Production may be half changed.",
        remedy="Read the command's output above, correct the cause, and deploy again: fix forward.",
    )
    killed = Reason(
        "deploy-killed",
        Decision.FAIL,
        "The command was ended by {signal} after {duration}. Production may be half changed.",
        remedy="Find out where the signal came from (a fault of the program, a want of memory), correct that, and"
        " deploy again.",
    )
    interrupted = Reason(
        "deploy-interrupted",
        Decision.FAIL,
        "The step was told to stop ({signal}), and the command with it, after {duration}. Production may be half"
        " changed.",
        remedy="Find out who stopped it (a cancelled run, a runner that was shut down), then deploy again.",
    )
    timed_out = Reason(
        "deploy-timed-out",
        Decision.FAIL,
        "The command was stopped after {duration}, since it had taken longer than `timeout` allows. Production may be"
        " half changed.",
        remedy="See in the output above where it hung; correct that, or raise `timeout`, and deploy again.",
    )
    secret_missing = CommandReasons.secret_missing
    program_missing = CommandReasons.program_missing
    program_refused = CommandReasons.program_refused


ENDINGS = Endings(
    done=Reasons.deployed,
    failed=Reasons.failed,
    killed=Reasons.killed,
    interrupted=Reasons.interrupted,
    timed_out=Reasons.timed_out,
)


def run(inputs: RunDeployInputs, secrets: Secrets, processes: Processes, clock: Clock) -> Report:
    """Starts the command once every secret it names is there; its end decides."""
    now = clock.now()
    end = start(inputs, secrets, processes, {"GITHUB_SHA": inputs.sha} if inputs.sha else {})
    if not isinstance(end, ProcessEnd):
        return Report(findings=end)
    outputs = RunDeployOutputs(
        exit_status=end.exit_status,
        seconds=round(end.seconds, 3),
        started_at=written(now),
    )
    return Report(findings=(ENDINGS.judge(end),), outputs=outputs, exit_status=end.exit_status)


ACTION = Action(
    run=run,
    inputs=RunDeployInputs,
    outputs=RunDeployOutputs,
    reasons=Reasons,
    permissions={},
)
