"""Says what came of a deploy and what to do next, by the failure policy, and writes the evidence: one JSON document.

Changes nothing in production. GitHub drops runs and their logs after the retention time; the evidence is the record.
"""

from hashlib import sha256

import msgspec

from deploy_actions.actions.conclude_deploy.circumstances import Circumstances, learn
from deploy_actions.actions.conclude_deploy.evidence import Evidence, GateResult, Run, What, When, Who
from deploy_actions.actions.conclude_deploy.inputs import ConcludeDeployInputs, ConcludeDeployOutputs
from deploy_actions.actions.conclude_deploy.outcome import Facts, judge
from deploy_actions.actions.conclude_deploy.reasons import Reasons
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import write_status
from deploy_actions.clients.github_runs import run_url
from deploy_actions.clients.patience import Patience
from deploy_actions.core.action import Action
from deploy_actions.core.ports import Clock, Files, Http
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Decision, Finding, Report

_STATES = {Decision.PASS: "success", Decision.WARN: "success", Decision.SKIP: "inactive"}


def run(inputs: ConcludeDeployInputs, http: Http, clock: Clock, files: Files) -> Report:
    """Judges the whole, learns its circumstances, writes the evidence, and reports to GitHub if that is asked for."""
    verdict = judge(inputs.gates, _facts(inputs))
    github = _github(inputs, http, clock)
    known = learn(inputs, github)
    findings = [verdict, *(Reasons.evidence_incomplete(what=what, cause=cause) for what, cause in known.unknown)]
    written = None
    if inputs.evidence_file:
        text = _evidence(inputs, verdict, known, clock).text().encode()
        try:
            files.write(inputs.evidence_file, text)
            written = sha256(text).hexdigest()
            findings.append(Reasons.evidence_kept(file=inputs.evidence_file, digest=written))
        except ServiceError as error:
            findings.append(Reasons.evidence_not_written(cause=error))
    findings += _reported(inputs, verdict, github)
    outputs = ConcludeDeployOutputs(
        outcome=verdict.reason_code,
        evidence_sha256=written,
        evidence_file=inputs.evidence_file if written else None,
    )
    return Report(findings=tuple(findings), outputs=outputs)


def _facts(inputs: ConcludeDeployInputs) -> Facts:
    return Facts(
        version=inputs.shown_version,
        environment=inputs.environment,
        policy=inputs.on_failure,
        last_healthy_version=inputs.last_healthy_version or None,
        restored=inputs.restored_version or None,
        runbook_url=inputs.runbook_url,
    )


def _github(inputs: ConcludeDeployInputs, http: Http, clock: Clock) -> GitHubClient | None:
    if inputs.github_token is None:
        return None
    patience = Patience(http, clock, inputs.timeout.timedelta)
    return GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)


def _evidence(inputs: ConcludeDeployInputs, verdict: Finding, known: Circumstances, clock: Clock) -> Evidence:
    return Evidence(
        schema_version=1,
        outcome=verdict.reason_code,
        decision=verdict.decision.value,
        message=verdict.message,
        failure_policy=inputs.on_failure,
        what=_what(inputs),
        who=Who(
            actor=inputs.actor or None,
            triggering_actor=inputs.triggering_actor or None,
            event=inputs.event or None,
        ),
        run=Run(id=inputs.run_id, attempt=inputs.run_attempt, url=_url(inputs)),
        issues=inputs.issues,
        approvals=known.approvals,
        gates=tuple(map(GateResult.of, inputs.gates)),
        where=known.where,
        when=_when(inputs, known.when, clock),
        unknown=tuple(f"{what}: {cause}" for what, cause in known.unknown),
    )


def _what(inputs: ConcludeDeployInputs) -> What:
    return What(
        repository=inputs.repository,
        environment=inputs.environment,
        sha=inputs.sha,
        version=inputs.version or inputs.sha,
        ref=inputs.ref or None,
        live_version_before=inputs.live_version or None,
        last_healthy_version=inputs.last_healthy_version or None,
        restored_version=inputs.restored_version or None,
    )


def _when(inputs: ConcludeDeployInputs, known: When, clock: Clock) -> When:
    return msgspec.structs.replace(
        known,
        deploy_started_at=inputs.started_at.at if inputs.started_at else None,
        deploy_seconds=inputs.seconds,
        healthy_after_seconds=inputs.healthy_after,
        concluded_at=clock.now().replace(microsecond=0),
    )


def _url(inputs: ConcludeDeployInputs) -> str | None:
    return None if inputs.run_id is None else run_url(inputs.server_url, inputs.repository, inputs.run_id)


def _reported(inputs: ConcludeDeployInputs, verdict: Finding, github: GitHubClient | None) -> list[Finding]:
    """Writes the outcome into GitHub's record, if that is asked for and there is one."""
    if not inputs.report_deployment or inputs.deployment_id is None:
        return []
    if github is None:
        return [Reasons.not_reported(cause="no `github-token` was given")]
    state = _STATES.get(verdict.decision, "failure")
    try:
        write_status(
            github, inputs.deployment_id, state=state, description=verdict.reason_code, log_url=_url(inputs) or ""
        )
    except ServiceError as error:
        return [Reasons.not_reported(cause=error)]
    return []


ACTION = Action(
    run=run,
    inputs=ConcludeDeployInputs,
    outputs=ConcludeDeployOutputs,
    reasons=Reasons,
    permissions={
        "actions": "who reviewed the run, the environment's reviewers, and when the job was queued and started",
        "deployments": "`write`, with `report-deployment`; else nothing is asked of them",
    },
    blocks=False,
    documents={"evidence": Evidence},
)
