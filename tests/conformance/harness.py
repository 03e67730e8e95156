"""Runs an action with broken or real services on every surface, and says which rule it broke."""

import base64
import io
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.conformance.faults import concerns
from tests.conformance.forms import forms_of
from tests.conformance.good_http import GoodHttp
from tests.conformance.samples import (
    ABSENT_FILE,
    DATED_SECRET_NAME,
    GOOD_FILES,
    KEY_NAME,
    POSTGRES_NAME,
    REDIS_NAME,
    SECRET_NAME,
    inputs_reaching_out,
    valid_inputs,
)
from tests.fakes import (
    FakeClock,
    FakeDownloads,
    FakeFiles,
    FakeIdTokens,
    FakeLeakScanning,
    FakeLogFiles,
    FakeLogins,
    FakeMasks,
    FakeProbes,
    FakeProcesses,
    FakeProgress,
    FakeSecrets,
    FakeTasks,
)
from tests.workflow.runner_protocol import commands_in, read_key_values

from deploy_actions import runner
from deploy_actions.core.action import Action

SURFACES = ("workflow", "terminal", "json")
BLOCKING = ("fail", "cannot-verify")
ANNOTATIONS = {"error", "warning", "group", "endgroup"}


class Seen(NamedTuple):
    """All that a run left for others to see."""

    exit_code: int
    stdout: str
    stderr: str
    outputs: str
    summary: str

    @property
    def everything(self) -> str:
        return "\n".join((self.stdout, self.stderr, self.outputs, self.summary))

    @property
    def values(self) -> dict[str, str]:
        return read_key_values(self.outputs)


def jwt_that_lasts() -> str:
    """A token that expires in a year."""
    return jwt_of({"exp": int(time.time()) + 365 * 86_400, "iat": 1})


def jwt_of(claims: Mapping[str, Any]) -> str:
    """A token that nobody signed."""
    parts = ({"alg": "RS256"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        + ".c2lnbmF0dXJl"
    )


def names_asking_for(port: type) -> list[str]:
    """The names of the actions that can touch this outside world."""
    return [name for name in runner.action_names() if port in runner.load_action(name).ports.values()]


def good_services(jwt: str, canary: str) -> dict[str, Any]:
    """A service for each port that works; by the port's name, as the runner looks for them."""
    values = {
        SECRET_NAME: canary,
        DATED_SECRET_NAME: jwt,
        KEY_NAME: "a-key-of-no-kind",
        "CANARY_CERTIFICATE": "a-certificate-of-no-kind",
        POSTGRES_NAME: "postgres://deploy:9f8e7d6c5b4a@db.example/orders",
        REDIS_NAME: "redis://deploy:1a2b3c4d5e6f@db.example",
    }
    logins, clock = FakeLogins(), FakeClock(datetime.now(UTC))
    return {
        "Clock": clock,
        "Probes": FakeProbes(clock),
        "Progress": FakeProgress(),
        "Secrets": FakeSecrets(values),
        "Processes": FakeProcesses(),
        "Http": GoodHttp(tuple(values)),
        **dict.fromkeys(("Tls", "Ssh", "Postgres", "Redis"), logins),
        "IdTokens": FakeIdTokens(jwt_of({"aud": "sts.example", "sub": "repo:acme/orders:environment:production"})),
        "Masks": FakeMasks(),
        "Downloads": FakeDownloads([b"a line of no secret\n"]),
        "LogFiles": FakeLogFiles(b"a line of no secret\n"),
        "LeakScanning": FakeLeakScanning(),
        "Tasks": FakeTasks(),
        "Files": FakeFiles(b"9f8e7d6c5b4a", absent=(ABSENT_FILE,), contents=GOOD_FILES),
    }


def run(  # noqa: PLR0913  # a world has this many parts
    action: Action[Any, Any],
    folder: Path,
    *,
    surface: str = "workflow",
    services: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Seen:
    """Runs the action in this process. Ports named in `services` are replaced, the others are real."""
    _in_one_time(services or {})
    out, summary = folder / "output", folder / "summary"
    out.write_text("")
    summary.write_text("")
    files = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(out), "GITHUB_STEP_SUMMARY": str(summary)}
    stdout, stderr = io.StringIO(newline=""), io.StringIO(newline="")
    with pytest.MonkeyPatch.context() as patch:
        real = runner._connect
        patch.setattr(runner, "_connect", lambda port, world: (services or {}).get(port.__name__) or real(port, world))
        exit_code = runner.run_action(
            "an-action",
            action,
            valid_inputs(action) | dict(texts or {}),
            {"PATH": "/usr/bin:/bin", **(files if surface == "workflow" else {}), **(environ or {})},
            stdout=stdout,
            stderr=stderr,
            as_json=surface == "json",
        )
    shown = without_masks(stdout.getvalue()) if surface == "workflow" else stdout.getvalue()
    return Seen(exit_code, shown, stderr.getvalue(), out.read_text(), summary.read_text())


def _in_one_time(services: Mapping[str, Any]) -> None:
    """Has attempts end by the clock that the action reads: on a clock of their own it would wait for ever."""
    probes, clock = services.get("Probes"), services.get("Clock")
    if isinstance(probes, FakeProbes) and isinstance(clock, FakeClock):
        probes.clock = clock


def without_masks(output: str) -> str:
    """What a log shows of a step's output: the runner takes lines that are `add-mask` for itself."""
    lines = output.splitlines(keepends=True)
    return "".join(line for line in lines if not any(command.name == "add-mask" for command in commands_in(line)))


def fault_violations(action: Action[Any, Any], folder: Path, faults: Mapping[type, Mapping[str, Any]]) -> Iterator[str]:
    """Each fault of each port that the action asks for and after which it does not block."""
    good, texts = good_services(jwt_that_lasts(), "canary-value-1"), inputs_reaching_out(action)
    for port in action.ports.values():
        for fault, service in faults[port].items():
            if not concerns(fault, action, port):
                continue
            seen = run(action, folder, services={**good, port.__name__: service}, texts=texts)
            decision = seen.values.get("decision")
            if decision == "pass" or (action.blocks and (decision not in BLOCKING or seen.exit_code == 0)):
                yield f"{port.__name__}, {fault}: decision {decision}, exit code {seen.exit_code}"
            if seen.values.get("reason-code") == "internal-error":
                yield f"{port.__name__}, {fault}: an internal error"


def leak_violations(seen: Seen, canaries: Mapping[str, str]) -> Iterator[str]:
    """Each form of each canary that can be seen."""
    for name, value in canaries.items():
        for form, text in forms_of(value).items():
            if text in seen.everything:
                yield f"{name} can be seen: {form}"


def protocol_violations(seen: Seen) -> Iterator[str]:
    """What a runner or a person would stumble over."""
    for command in commands_in(seen.stdout + seen.stderr):
        if command.name not in ANNOTATIONS:
            yield f"the runner reads a command: {command.name}"
    if "Traceback (most recent call last)" in seen.everything:
        yield "a traceback"
