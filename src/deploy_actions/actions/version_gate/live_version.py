"""Asks the service itself which version is live: by a program, else at an address."""

from collections.abc import Mapping, Sequence

import msgspec

from deploy_actions.actions.version_gate.inputs import VersionGateInputs
from deploy_actions.core.json_path import text_at
from deploy_actions.core.ports import Clock, Probes, Secrets
from deploy_actions.core.probing import Answer, CommandProbe, Ended, HttpProbe, NoAnswer, Probe
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound
from deploy_actions.core.versions import is_presentable
from deploy_actions.guard.variables import PASSED_ON

_LIMIT_SECONDS = 20.0
_OVERDUE_SECONDS = 5.0
_GOOD = range(200, 300)


class Told(msgspec.Struct, frozen=True):
    """The version that the service told, else None and why."""

    version: str | None
    cause: str = ""


def ask(inputs: VersionGateInputs, probes: Probes, clock: Clock, secrets: Secrets) -> Told | None:
    """What the program tells, else the address; None where neither is given. Raises ServiceError of the ports."""
    told: Told | None = None
    if inputs.version_command:
        outcome = _outcome(_program(inputs, secrets), probes, clock)
        told = _by_program(outcome)
    if inputs.version_url and (told is None or told.version is None):
        told = _by_address(_outcome(HttpProbe(url=inputs.version_url), probes, clock), inputs.version_json)
    return told


def _program(inputs: VersionGateInputs, secrets: Secrets) -> CommandProbe:
    values = {name: secrets.value(name) for name in inputs.secrets}
    for name, value in values.items():
        if value is None and name not in inputs.optional_secrets:
            raise NotFound("the secrets", f"reading {name}", "it is unset or empty")
    return CommandProbe(
        command=tuple(inputs.version_command or ()),
        variables=(*PASSED_ON, *inputs.variables),
        secrets=_given(values),
    )


def _given(values: Mapping[str, Secret | None]) -> dict[str, Secret]:
    return {name: value for name, value in values.items() if value is not None}


def _outcome(probe: Probe, probes: Probes, clock: Clock) -> Answer | NoAnswer:
    deadline = clock.monotonic() + _LIMIT_SECONDS + _OVERDUE_SECONDS
    probes.start(0, probe, _LIMIT_SECONDS)
    try:
        while (left := deadline - clock.monotonic()) > 0:
            if ended := probes.ended(left):
                return _only(ended)
    finally:
        probes.stop()
    return NoAnswer("it did not end", is_ours=True)


def _only(ended: Sequence[Ended]) -> Answer | NoAnswer:
    outcomes = list(ended[0].outcomes.values())
    return outcomes[0] if len(outcomes) == 1 else NoAnswer("there is not one answer")


def _by_program(outcome: Answer | NoAnswer) -> Told:
    if isinstance(outcome, NoAnswer):
        return Told(None, f"`version-command`: {outcome.cause}")
    if outcome.status:
        return Told(None, f"`version-command` ended with exit code {outcome.status}")
    return _version(outcome, outcome.body.decode("utf-8", "replace"), "`version-command` printed")


def _by_address(outcome: Answer | NoAnswer, json: str | None) -> Told:
    if isinstance(outcome, NoAnswer):
        return Told(None, f"`version-url`: {outcome.cause}")
    if outcome.status not in _GOOD:
        return Told(None, f"`version-url` answered {outcome.status}")
    text = text_at(json, outcome.body) if json else outcome.body.decode("utf-8", "replace")
    return _version(outcome, text, "`version-url` answered")


def _version(answer: Answer, text: str, subject: str) -> Told:
    version = text.strip()
    if answer.is_cut or not is_presentable(version):
        return Told(None, f"{subject} something that is no version")
    return Told(version)
