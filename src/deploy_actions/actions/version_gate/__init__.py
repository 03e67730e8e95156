"""Stops a deploy that would take production back, by accident or out of turn, and leaves out one that is live already.

Asks the service which version is live, and GitHub what was deployed, what failed or was interrupted since, and whether
the commit to be deployed is ahead of what is live. With the failure policy `hold` a failed deploy stops all others.
"""

from deploy_actions.actions.version_gate.direction import Live, judge
from deploy_actions.actions.version_gate.inputs import VersionGateInputs, VersionGateOutputs
from deploy_actions.actions.version_gate.live_version import Told, ask
from deploy_actions.actions.version_gate.reasons import Reasons
from deploy_actions.actions.version_gate.record import Record, ThisRun, read
from deploy_actions.actions.version_gate.supersession import newer_run
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_comparison import Comparison, compare
from deploy_actions.clients.github_deployments import Attempt, NewDeployment, create_deployment, write_status
from deploy_actions.clients.github_runs import run_url
from deploy_actions.clients.patience import Patience
from deploy_actions.core.action import Action
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import Clock, Http, Probes, Secrets
from deploy_actions.core.service_errors import NotFound
from deploy_actions.core.verdict import Decision, Finding, Report
from deploy_actions.core.versions import is_same

_SHORT = 10


def run(  # noqa: PLR0913  # every outside world that the gate may touch, which is what a reviewer wants to see
    inputs: VersionGateInputs, http: Http, clock: Clock, probes: Probes, secrets: Secrets
) -> Report:
    """Learns what is live, then judges what stands in the way, the direction, and whether there is anything to do."""
    _refuse_what_does_not_fit(inputs)
    secrets.slot_names()  # slots that are wrong stop it here, and not only where a secret is needed
    if foreign := _foreign(inputs, _github(inputs, http, clock)):  # before a program of that commit's is started
        return Report(findings=(foreign,))
    told = ask(inputs, probes, clock, secrets)
    github = _github(inputs, http, clock)
    record = read(github, inputs.environment, ThisRun(inputs.run_id, inputs.run_attempt or 1), inputs.deploy_step)
    if told and told.version is None and inputs.on_unknown_version == "fail":
        return Report(findings=(Reasons.version_unknown(cause=told.cause),))
    live = _live(inputs, told, record)
    unheard = _unheard(told, live)
    direction = [*_direction(inputs, live, record, github), *_behind_unfinished(inputs, told, record, github)]
    if unheard:  # what does not tell its version may be down, so it is no reason to leave the deploy out
        direction = [finding for finding in direction if finding.decision is not Decision.SKIP]
    findings = [*_in_the_way(inputs, record), *unheard, *direction]
    return _report(inputs, findings, live, record, github)


def _refuse_what_does_not_fit(inputs: VersionGateInputs) -> None:
    """Raises InvalidInput for inputs that go wrong only when production is broken already."""
    if inputs.run_id is not None and inputs.run_attempt is None:
        raise InvalidInput("run-id", "is given without `run-attempt`: an earlier attempt could not be told apart.")
    if inputs.on_failure == "rollback" and inputs.rollback_command is None:
        raise InvalidInput("on-failure", "is `rollback`, for which `rollback-command` is needed.")


def _github(inputs: VersionGateInputs, http: Http, clock: Clock) -> GitHubClient:
    patience = Patience(http, clock, inputs.timeout.timedelta)
    return GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)


def _foreign(inputs: VersionGateInputs, github: GitHubClient) -> Finding | None:
    """The finding for a commit that is not in the history of the one that the run is for. Raises ServiceError."""
    if inputs.head is None or inputs.head == inputs.sha or compare(github, inputs.sha, inputs.head).status == "ahead":
        return None
    return Reasons.not_in_history(version=inputs.shown_version, head=inputs.head[:_SHORT])


def _live(inputs: VersionGateInputs, told: Told | None, record: Record) -> Live | None:
    """What is live: as the service tells it, else by GitHub's record; None before the first deploy."""
    if told and told.version:
        wanted = inputs.version or inputs.sha
        return Live(told.version, told.version, is_same(told.version, wanted))
    if record.live:
        return Live(record.live.sha[:_SHORT], record.live.sha, record.live.sha == inputs.sha)
    return None


def _in_the_way(inputs: VersionGateInputs, record: Record) -> list[Finding]:
    """What stops a deploy whichever version it is of."""
    found = []
    if record.running:
        found.append(
            Reasons.in_progress(
                environment=inputs.environment, other=_short(record.running), where=_where(inputs, record.running)
            )
        )
    if inputs.on_failure == "hold" and record.unfinished:
        last = record.unfinished[0].attempt
        found.append(
            Reasons.held(
                environment=inputs.environment,
                repository=inputs.repository,
                deployment=last.id,
                other=_short(last),
                where=_where(inputs, last),
            )
        )
    return found


def _unheard(told: Told | None, live: Live | None) -> list[Finding]:
    if told is None or told.version:
        return []
    return [Reasons.version_not_told(cause=told.cause, live=live.shown if live else "nothing")]


def _direction(inputs: VersionGateInputs, live: Live | None, record: Record, github: GitHubClient) -> list[Finding]:
    """Whether it goes forward, and what it takes over from a deploy that did not succeed."""
    taken_over = [
        (Reasons.resuming if one.interrupted else Reasons.last_failed)(
            other=_short(one.attempt), where=_where(inputs, one.attempt)
        )
        for one in record.unfinished[:1]
    ]
    if live is None:
        return [*taken_over, Reasons.first_deploy(environment=inputs.environment)]
    if not live.is_this:
        return [*taken_over, judge(inputs, live, _comparison(inputs, live, github))]
    if inputs.redeploy:
        return [*taken_over, Reasons.redeploying(version=inputs.shown_version)]
    return taken_over or [Reasons.already_live(version=inputs.shown_version)]


def _behind_unfinished(
    inputs: VersionGateInputs, told: Told | None, record: Record, github: GitHubClient
) -> list[Finding]:
    """What a deploy that did not succeed may have left live must not be taken back either, unless the service tells."""
    if (told and told.version) or not record.unfinished or record.unfinished[0].attempt.sha == inputs.sha:
        return []
    last = record.unfinished[0].attempt.sha
    left = Live(last[:_SHORT], last, is_this=False)
    finding = judge(inputs, left, _comparison(inputs, left, github))
    return [] if finding.decision is Decision.PASS else [finding]


def _comparison(inputs: VersionGateInputs, live: Live, github: GitHubClient) -> Comparison | None:
    """How the commit stands to what is live; None where GitHub does not know that."""
    try:
        return compare(github, live.ref, inputs.sha)
    except NotFound:
        return None


def _report(  # noqa: PLR0913  # all that was learned
    inputs: VersionGateInputs, findings: list[Finding], live: Live | None, record: Record, github: GitHubClient
) -> Report:
    report = Report(findings=tuple(findings))
    deploys = report.decision in (Decision.PASS, Decision.WARN)
    if deploys and inputs.superseded == "skip" and (newer := newer_run(inputs, github)):
        skipped = Reasons.superseded(run=newer.id, newer=newer.head_sha[:_SHORT], version=inputs.shown_version)
        report, deploys = Report(findings=(skipped,)), False
    outputs = VersionGateOutputs(
        deploy=deploys if report.decision.exit_code == 0 else None,
        live_version=live.ref if live else None,
        live_commit=record.live.sha if record.live else None,
        last_healthy_version=_last_healthy(live, record),
        deployment_id=_deployment(inputs, record, github, deploys=deploys),
    )
    return Report(findings=report.findings, outputs=outputs)


def _last_healthy(live: Live | None, record: Record) -> str | None:
    """What the service tells counts only where no deploy has failed since: it may be the failed one."""
    if live and not record.unfinished:
        return live.ref
    return record.live.sha if record.live else None


def _deployment(inputs: VersionGateInputs, record: Record, github: GitHubClient, *, deploys: bool) -> int | None:
    """The deployment of this run: GitHub's own, else one that is recorded now, if it deploys and that is asked for."""
    if record.own or not inputs.report_deployment or not deploys:
        return record.own.id if record.own else None
    number = create_deployment(github, NewDeployment(sha=str(inputs.sha), environment=inputs.environment))
    link = run_url(inputs.server_url, inputs.repository, inputs.run_id) if inputs.run_id is not None else ""
    write_status(github, number, state="in_progress", log_url=link)
    return number


def _short(attempt: Attempt) -> str:
    return attempt.sha[:_SHORT]


def _where(inputs: VersionGateInputs, attempt: Attempt) -> str:
    """Where people see the run that made the attempt, as a part of a sentence."""
    if attempt.run_id is None:
        return ""
    return f" ({run_url(inputs.server_url, inputs.repository, attempt.run_id)})"


ACTION = Action(
    run=run,
    inputs=VersionGateInputs,
    outputs=VersionGateOutputs,
    reasons=Reasons,
    permissions={
        "contents": "how the commit to be deployed stands to the one that is live",
        "deployments": "what was deployed to the environment; `write` with `report-deployment`",
        "actions": "whether the runs of those deployments are over, whether they deployed, and which runs wait",
    },
)
