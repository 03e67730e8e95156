"""Chooses the runners for a deploy: the approved primary pool, else the first approved secondary pool that is well.

Reads from a file of the repository which pools somebody approved, and asks GitHub which of their runners are there, so
that the job is sent to one pool before it is queued: afterwards GitHub sends it nowhere else.
"""

from datetime import timedelta

from deploy_actions.actions.route_runner.candidates import Examined, chosen_of
from deploy_actions.actions.route_runner.credential import Credential, credential, lacks, permissions_of
from deploy_actions.actions.route_runner.health import Sources
from deploy_actions.actions.route_runner.inputs import RouteRunnerInputs, RouteRunnerOutputs
from deploy_actions.actions.route_runner.operator import declared
from deploy_actions.actions.route_runner.policy import DeployRunners, EnvironmentRunners
from deploy_actions.actions.route_runner.pools import Look, first_usable
from deploy_actions.actions.route_runner.reasons import Reasons
from deploy_actions.actions.route_runner.task import Task
from deploy_actions.actions.route_runner.verdict import found, outputs
from deploy_actions.clients.etags import Conditional, load, save
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.patience import Patience
from deploy_actions.core import policy_document
from deploy_actions.core.action import Action
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.override import LEAST_REASON_CHARACTERS
from deploy_actions.core.ports import Clock, Files, Http, Masks
from deploy_actions.core.runner_choice import ChosenRunner, RunnerChoice
from deploy_actions.core.service_errors import Refused, ServiceError
from deploy_actions.core.verdict import Finding, Report


def run(  # noqa: PLR0913  # every outside world that it may touch, which is what a reviewer wants to see
    inputs: RouteRunnerInputs, files: Files, http: Http, clock: Clock, masks: Masks
) -> Report:
    """Reads the policy, then looks at its pools in turn; with `mode: declared` only at the one that was declared."""
    _refuse_what_does_not_fit(inputs)
    environment = _environment(inputs, files)
    if isinstance(environment, Finding):
        return Report(findings=(environment,))
    task = Task(inputs=inputs, environment=environment, files=files, http=http, clock=clock, masks=masks)
    health = Sources(task)
    if missing := health.lacks or _lacking(task):
        return Report(findings=(missing,))
    if environment.mode == "declared":
        one, findings = declared(task, health)
        return _report(task, (one,) if one else (), one if one and one.is_usable else None, findings)
    try:
        with credential(task) as asking:
            examined, findings = _chosen(task, asking, health)
    except Refused as error:
        return Report(findings=(Reasons.permission_missing(problem=error),))
    if asking.holder.problem:
        findings.append(Reasons.not_revoked(problem=asking.holder.problem))
    return _report(task, examined, chosen_of(examined, may_wait=inputs.allow_busy), findings)


def _refuse_what_does_not_fit(inputs: RouteRunnerInputs) -> None:
    """Raises InvalidInput for inputs that contradict each other."""
    if inputs.force_role is not None and len(inputs.force_reason.strip()) < LEAST_REASON_CHARACTERS:
        raise InvalidInput(
            "force-reason", f"has fewer than {LEAST_REASON_CHARACTERS} characters: say why it is forced."
        )
    if inputs.heartbeat_url and inputs.heartbeat_file:
        raise InvalidInput("heartbeat-file", "is given together with `heartbeat-url`: give one of them.")
    if (inputs.heartbeat_url or inputs.heartbeat_file) and inputs.heartbeat_key is None:
        name = "heartbeat-url" if inputs.heartbeat_url else "heartbeat-file"
        raise InvalidInput(name, "is given without `heartbeat-key`, or its secret is empty: nobody could check them.")


def _environment(inputs: RouteRunnerInputs, files: Files) -> EnvironmentRunners | Finding:
    """The environment as the policy has it, or the finding that nobody approved runners for it. Raises ServiceError."""
    policy = policy_document.read(files, inputs.policy_file, DeployRunners, input_name="policy-file")
    if policy is None:
        return Reasons.no_policy(file=inputs.policy_file)
    known = ", ".join(sorted(policy.environments)) or "none"
    found = policy.environments.get(inputs.environment)
    return found or Reasons.not_listed(environment=inputs.environment, known=known, file=inputs.policy_file)


def _lacking(task: Task) -> Finding | None:
    """The finding where GitHub is to be asked, and nothing is there to ask it with."""
    problem = "" if task.environment.mode == "declared" else lacks(task.inputs)
    if not problem:
        return None
    permissions = " and ".join(f"`{name}: {level}`" for name, level in permissions_of(task.environment)[0].items())
    return Reasons.no_credential(lacks=problem, permissions=permissions)


def _chosen(task: Task, asking: Credential, health: Sources) -> tuple[tuple[Examined, ...], list[Finding]]:
    """The pools that were looked at, and what was found. Raises ServiceError."""
    inputs = task.inputs
    conditional, problem = _conditional(task, asking)

    def github() -> GitHubClient:
        patience = Patience(conditional, task.clock, inputs.timeout.timedelta)
        return GitHubClient(inputs.api_url, inputs.repository, asking.holder.token, patience)

    look = Look(
        environment=task.environment,
        github=github,
        enterprise=inputs.enterprise,
        workflow=inputs.workflow_ref,
        health=health,
        clock=task.clock,
    )
    wait = inputs.busy_timeout.timedelta if inputs.allow_busy else timedelta()
    examined = first_usable(look, task.pools, wait)
    if inputs.cache_file and not problem:
        problem = save(task.files, inputs.cache_file, asking.seal, conditional.kept)
    findings = found(inputs, task.environment, examined, task.today)
    return examined, [*findings, Reasons.cache(problem=problem)] if problem else findings


def _conditional(task: Task, asking: Credential) -> tuple[Conditional, str]:
    """GitHub with what it answered before, and why that could not be used."""
    if not task.inputs.cache_file:
        return Conditional(task.http), ""
    try:
        return Conditional(task.http, load(task.files, task.inputs.cache_file, asking.seal)), ""
    except ServiceError as error:
        return Conditional(task.http), str(error)


def _report(task: Task, examined: tuple[Examined, ...], chosen: Examined | None, findings: list[Finding]) -> Report:
    choice = _choice(task, chosen) if chosen else None
    return Report(findings=tuple(findings), outputs=outputs(task.environment, examined, choice))


def _choice(task: Task, chosen: Examined) -> RunnerChoice:
    return RunnerChoice(
        environment=task.inputs.environment,
        role=chosen.role,
        pool=chosen.pool.pool,
        labels=chosen.pool.labels,
        group=chosen.pool.group,
        group_ids=chosen.group_ids,
        runners=tuple(ChosenRunner(one.id, one.runner) for one in chosen.well),
        approved_until=chosen.pool.approved_until,
        chosen_at=task.clock.now(),
    )


ACTION = Action(
    run=run,
    inputs=RouteRunnerInputs,
    outputs=RouteRunnerOutputs,
    reasons=Reasons,
    permissions={},
    documents={"deploy-runners": DeployRunners},
)
