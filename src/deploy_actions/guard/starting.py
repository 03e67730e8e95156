"""Starts a command of the product's with exactly the secrets it names, or says why it was not started."""

from collections.abc import Iterable, Mapping

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import Processes, Secrets
from deploy_actions.core.program import ProcessEnd, Program
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, Refused
from deploy_actions.core.verdict import Decision, Finding, Reason
from deploy_actions.guard.inputs import CommandInputs
from deploy_actions.guard.variables import PASSED_ON


class CommandReasons:
    """Why a command was not started."""

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


def start(
    inputs: CommandInputs, secrets: Secrets, processes: Processes, settings: Mapping[str, str] | None = None
) -> ProcessEnd | tuple[Finding, ...]:
    """How the command ended, or why it was not started. `settings` are further variables, with their values."""
    wanted = (*inputs.secrets, *(secret for _, secret in inputs.secret_files))
    values = {name: secrets.value(name) for name in wanted}
    if absent := _absent(values, inputs):
        return absent
    try:
        return processes.run(_program(inputs, values, settings or {}))
    except NotFound as error:
        return (CommandReasons.program_missing(cause=error.cause),)
    except Refused as error:
        return (CommandReasons.program_refused(cause=error.cause),)


def _absent(values: Mapping[str, Secret | None], inputs: CommandInputs) -> tuple[Finding, ...]:
    required: Iterable[str] = (name for name in values if name not in inputs.optional_secrets)
    return tuple(CommandReasons.secret_missing(secret=name) for name in required if values[name] is None)


def _program(inputs: CommandInputs, values: Mapping[str, Secret | None], settings: Mapping[str, str]) -> Program:
    files = {variable: value for variable, secret in inputs.secret_files if (value := values[secret])}
    if both := next((name for name in inputs.secrets if name in files), None):
        raise InvalidInput("secret-files", f"gives `{both}` a path, and `secrets` gives it the value: name it in one.")
    return Program(
        command=inputs.command,
        directory=inputs.working_directory,
        variables=(*PASSED_ON, *inputs.variables),
        settings=settings,
        secrets={name: value for name in inputs.secrets if (value := values[name])},
        secret_files=files,
        timeout_seconds=(inputs.timeout.seconds or None) if inputs.timeout else None,
        grace_seconds=inputs.grace_period.seconds,
        heartbeat_seconds=inputs.heartbeat.seconds or None,
        workflow_commands=frozenset(inputs.allow_workflow_commands or ()),
    )
