"""Takes production back to the version that was last healthy, once, unless a migration forbids it.

Runs the product's rollback command as run-deploy runs the deploy command. The command finds the version to restore in
`LAST_HEALTHY_VERSION`, and the one that failed in `FAILED_VERSION`.
"""

from deploy_actions.actions.run_rollback.inputs import RunRollbackInputs, RunRollbackOutputs
from deploy_actions.actions.run_rollback.obstacles import obstacles
from deploy_actions.actions.run_rollback.reasons import Reasons
from deploy_actions.core.action import Action
from deploy_actions.core.ports import Clock, Files, Http, Processes, Secrets
from deploy_actions.core.program import ProcessEnd
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.guard.ending import Endings
from deploy_actions.guard.starting import start

ENDINGS = Endings(
    done=Reasons.rolled_back,
    failed=Reasons.failed,
    killed=Reasons.killed,
    interrupted=Reasons.interrupted,
    timed_out=Reasons.timed_out,
)


def run(  # noqa: PLR0913  # every outside world that it may touch, which is what a reviewer wants to see
    inputs: RunRollbackInputs, secrets: Secrets, processes: Processes, files: Files, http: Http, clock: Clock
) -> Report:
    """Starts the command once, if there is a version to go back to and nothing forbids it."""
    secrets.slot_names()  # slots that are wrong stop it here, and not only where a secret is needed
    if inputs.to_version is None:
        return Report(findings=(Reasons.no_healthy_version(),))
    if forbidding := obstacles(inputs, files, http, clock):
        return Report(findings=forbidding)
    versions = {"LAST_HEALTHY_VERSION": inputs.to_version, "FAILED_VERSION": inputs.sha}
    end = start(inputs, secrets, processes, versions)
    if not isinstance(end, ProcessEnd):
        return Report(findings=end)
    finding = ENDINGS.judge(end, version=inputs.to_version)
    outputs = RunRollbackOutputs(
        exit_status=end.exit_status,
        seconds=round(end.seconds, 3),
        restored_version=str(inputs.to_version) if finding.decision is Decision.PASS else None,
    )
    return Report(findings=(finding,), outputs=outputs, exit_status=end.exit_status)


ACTION = Action(
    run=run,
    inputs=RunRollbackInputs,
    outputs=RunRollbackOutputs,
    reasons=Reasons,
    permissions={"contents": "which paths changed since the version that was live, with `no-rollback-if`"},
)
