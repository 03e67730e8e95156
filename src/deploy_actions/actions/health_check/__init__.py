"""Says from evidence whether a deploy is healthy: pass, degraded or fail, soon and without flapping.

Each check is made again and again, at its own pace, until it has decided. A check that cannot be made never passes.
"""

from collections.abc import Sequence
from datetime import datetime

from deploy_actions.actions.health_check.baseline import Baseline, baseline_of, measured
from deploy_actions.actions.health_check.check import Check, Means, Memory
from deploy_actions.actions.health_check.checks import checks
from deploy_actions.actions.health_check.course import Course, Verdict
from deploy_actions.actions.health_check.inputs import HealthCheckInputs, HealthCheckOutputs
from deploy_actions.actions.health_check.judge import Policy, judge, judge_measured
from deploy_actions.actions.health_check.reasons import Reasons
from deploy_actions.actions.health_check.show import Narrator, rows
from deploy_actions.actions.health_check.watch import Watch
from deploy_actions.core.action import Action
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.moments import written
from deploy_actions.core.ports import Clock, Files, Probes, Progress, Secrets
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound
from deploy_actions.core.verdict import Decision, Report


def run(  # noqa: PLR0913  # every outside world that the check may touch, which is what a reviewer wants to see
    inputs: HealthCheckInputs, probes: Probes, clock: Clock, secrets: Secrets, files: Files, progress: Progress
) -> Report:
    """Makes the checks until they have decided, or measures what is there before the deploy."""
    begin = clock.now()
    secrets.slot_names()  # slots that are wrong stop it here, and not only where a check needs a secret
    before = _baseline(inputs, files)
    asked = checks(inputs.checks, inputs.pace, inputs.server_url)
    asked = measured(asked) if inputs.mode == "baseline" else asked
    means = Means(secret=lambda name: _secret(secrets, name), text=lambda path: _text(files, path))
    watch = Watch(asked, {check.name: _memory(check, inputs, before) for check in asked}, means)
    narrator = Narrator(progress)
    try:
        watch.run(probes, clock, narrator.hearer)
    finally:
        narrator.end()
    if inputs.mode == "baseline":
        return _measured(inputs, watch.courses, begin, files)
    return _report(inputs, watch, begin, before)


def _report(inputs: HealthCheckInputs, watch: Watch, begin: datetime, before: Baseline | None) -> Report:
    known = before.version if before else None
    policy = Policy(on_failure=inputs.on_failure, last_healthy_version=known, runbook_url=inputs.runbook_url)
    report = Report(findings=judge(watch.courses, begin, policy))
    stands = report.decision in (Decision.PASS, Decision.WARN)
    all_passed = all(course.decided and course.decided.verdict is Verdict.PASSED for course in watch.courses)
    outputs = HealthCheckOutputs(
        healthy_after=round(watch.seconds, 3) if all_passed else None,
        checks=rows(watch.courses, begin),
        last_healthy_version=inputs.version if stands and inputs.version else known,
    )
    return Report(findings=report.findings, outputs=outputs)


def _measured(inputs: HealthCheckInputs, courses: Sequence[Course], begin: datetime, files: Files) -> Report:
    """The baseline, in the file too. What is lacking in it is a finding: a comparison with it could not be made."""
    taken = baseline_of(courses, written(begin))
    if inputs.baseline_file:
        files.write(inputs.baseline_file, taken.text().encode())
    outputs = HealthCheckOutputs(
        checks=rows(courses, begin),
        last_healthy_version=taken.version,
        baseline=taken.text(),
    )
    return Report(findings=judge_measured(courses, taken), outputs=outputs)


def _memory(check: Check, inputs: HealthCheckInputs, before: Baseline | None) -> Memory:
    return Memory(version=inputs.version, baseline=before.values.get(check.name) if before else None)


def _baseline(inputs: HealthCheckInputs, files: Files) -> Baseline | None:
    """What was measured before the deploy; None where that is not said. Raises InvalidInput, ServiceError."""
    if inputs.mode == "baseline" or inputs.baseline or not inputs.baseline_file:
        return inputs.baseline
    try:
        return Baseline.parse(files.read(inputs.baseline_file))
    except NotOfType as error:
        raise InvalidInput("baseline-file", f"{error}.") from None


def _secret(secrets: Secrets, name: str) -> Secret:
    value = secrets.value(name)
    if value is None:
        raise NotFound("the secrets", f"reading {name}", "it is unset or empty")
    return value


def _text(files: Files, path: str) -> str:
    try:
        text = files.read(path).decode()
    except UnicodeDecodeError:
        raise Malformed(f"the file {path}", "reading", "it is no text") from None
    if not text.strip():
        raise Malformed(f"the file {path}", "reading", "it is empty")
    return text


ACTION = Action(
    run=run,
    inputs=HealthCheckInputs,
    outputs=HealthCheckOutputs,
    reasons=Reasons,
    permissions={},
)
