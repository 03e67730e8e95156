"""Runs the product's deploy command with exactly the secrets it names, and ends as the command ends.

No shell reads the command. Its output is shown with every secret hidden, and cannot give the runner commands.
"""

from deploy_actions.actions.run_deploy.variables import PASSED_ON
from deploy_actions.core.action import Action
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import ArgumentList, Names, SecretNames, format_seconds
from deploy_actions.core.ports import ProcessEnd, Processes, Secrets
from deploy_actions.core.service_errors import NotFound, Refused
from deploy_actions.core.verdict import Decision, Finding, Reason, Report


class RunDeployInputs(Inputs, frozen=True):
    """The command and all that it gets."""

    command: ArgumentList = required(
        "The program and its arguments: a JSON list of strings, or one argument a line. No shell reads it."
    )
    secrets: SecretNames = optional(
        "[]",
        "Names of the secrets that the command gets as environment variables: a JSON list, or by newline or comma.",
    )
    optional_secrets: SecretNames = optional(
        "[]", "Those of the secrets that may be absent; preflight-secrets names them in its output `absent`."
    )
    variables: Names = optional(
        "", "Names of further environment variables that the command gets, by newline or comma."
    )
    working_directory: str = optional(".", "The folder in which the command runs, from the workspace.")


class RunDeployOutputs(Outputs, frozen=True):
    """How the command ended."""

    exit_status: int | None = output(
        "Exit code of the command, 128 and more if a signal ended it; empty if it did not run."
    )
    seconds: float | None = output("How long the command ran, in seconds.")


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
        "deploy-interrupted",
        Decision.FAIL,
        "The command was ended by {signal} after {duration}. Production may be half changed.",
        remedy="Find out who sent the signal (a cancelled run, a time-out, the kernel), then deploy again.",
    )
    secret_missing = Reason(
        "secret-missing",
        Decision.FAIL,
        "{secret} is unset or empty, so the command was not started.",
        remedy="Set {secret} and map it; if the command can do without, name it in `optional-secrets`.",
    )
    program_missing = Reason(
        "command-not-found",
        Decision.FAIL,
        "The command was not started: {cause}.",
        remedy="Check `command`, the interpreter in its first line, and `working-directory`: a path starts there.",
    )
    program_refused = Reason(
        "command-not-executable",
        Decision.FAIL,
        "The command was not started: {cause}.",
        remedy="Make the file executable (`git update-index --chmod=+x`), or start it through its interpreter.",
    )


def run(inputs: RunDeployInputs, secrets: Secrets, processes: Processes) -> Report:
    """Starts the command once every secret it names is there; its end decides."""
    values = {name: secrets.value(name) for name in inputs.secrets}
    required = (name for name in inputs.secrets if name not in inputs.optional_secrets)
    absent = tuple(Reasons.secret_missing(secret=name) for name in required if values[name] is None)
    if absent:
        return Report(findings=absent)
    try:
        end = processes.run(
            inputs.command,
            directory=inputs.working_directory,
            variables=(*PASSED_ON, *inputs.variables),
            secrets={name: value for name, value in values.items() if value},
        )
    except NotFound as error:
        return Report(findings=(Reasons.program_missing(cause=error.cause),))
    except Refused as error:
        return Report(findings=(Reasons.program_refused(cause=error.cause),))
    return Report(findings=(judge(end),), outputs=_outputs(end), exit_status=end.exit_status)


def judge(end: ProcessEnd) -> Finding:
    """Pure: how the command ended, and nothing else, decides."""
    duration = format_seconds(end.seconds)
    if end.signal:
        return Reasons.killed(signal=end.signal, duration=duration)
    reason = Reasons.failed if end.exit_status else Reasons.deployed
    return reason(status=end.exit_status, duration=duration)


def _outputs(end: ProcessEnd) -> RunDeployOutputs:
    return RunDeployOutputs(exit_status=end.exit_status, seconds=round(end.seconds, 3))


ACTION = Action(
    run=run,
    inputs=RunDeployInputs,
    outputs=RunDeployOutputs,
    reasons=Reasons,
    permissions={},
)
