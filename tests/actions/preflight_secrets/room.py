"""Runs the room, or one judgement of it, with fakes in the place of every outside world that a test does not name."""

from collections.abc import Mapping
from typing import Any

from tests.fakes import FakeClock, FakeHttp, FakeIdTokens, FakeLogins, FakeMasks, FakeSecrets, FakeTasks

from deploy_actions.actions.preflight_secrets import PreflightSecretsInputs, run
from deploy_actions.actions.preflight_secrets.dates import Moment
from deploy_actions.actions.preflight_secrets.examine import examine
from deploy_actions.actions.preflight_secrets.judge import Outcome, judge
from deploy_actions.actions.preflight_secrets.manifest import Manifest, Rule
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Finding, Report


def run_with(inputs: PreflightSecretsInputs, secrets: FakeSecrets, **worlds: Any) -> Report:
    fakes: dict[str, Any] = {
        "clock": FakeClock(),
        "masks": FakeMasks(),
        "tasks": FakeTasks(),
        "http": FakeHttp(),
        **dict.fromkeys(("tls", "ssh", "postgres", "redis"), FakeLogins()),
        "id_tokens": FakeIdTokens(),
    }
    return run(inputs, secrets, **{**fakes, **worlds})


def report(manifest: str, values: dict[str, str], slots: tuple[str, ...] = (), **worlds: Any) -> Report:
    inputs = PreflightSecretsInputs(secrets=Manifest.parse(manifest))
    return run_with(inputs, FakeSecrets(values, slots), **worlds)


def said(found: Report) -> dict[str, str]:
    """The last reason code of each secret."""
    return {finding.secret or "": finding.reason_code for finding in found.findings}


def codes_of(found: Report, name: str) -> list[str]:
    return [finding.reason_code for finding in found.findings if finding.secret == name]


def judged(  # noqa: PLR0913  # all that a judgement hangs on
    rule: Rule,
    value: str | None,
    moment: Moment,
    *,
    outcome: Outcome = None,
    others: Mapping[str, Secret | None] | None = None,
) -> tuple[Finding, ...]:
    values = {**(others or {}), rule.name: Secret(value) if value else None}
    return judge(examine(rule, values), outcome, moment)
