"""Proves, before a secret is touched, that the deploy's job came to a runner of the pool that was chosen for it.

The runner may have gone between the choice and the start, and another with the same labels may have taken the job.
"""

from deploy_actions.actions.verify_runner.judge import Here, judge
from deploy_actions.actions.verify_runner.reasons import Reasons
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runs import Job, jobs
from deploy_actions.clients.patience import Patience
from deploy_actions.core.action import Action
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Clock, Http
from deploy_actions.core.runner_choice import RunnerChoice
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Report


class VerifyRunnerInputs(Inputs, frozen=True):
    """What was chosen, and where the job is."""

    choice: RunnerChoice = required("The choice, route-runner's output of this name.")
    environment: str = optional("production", "The environment that is deployed to.")
    runner_name: str = optional("", "The name of the runner that this job is on: `runner.name`.")
    runner_environment: str = optional("", "Whose it is, `self-hosted` or `github-hosted`: `runner.environment`.")
    repository: RepositoryName = required("The repository whose job this is, as in `acme/orders`.")
    run_id: int = required("The id of this run.")
    run_attempt: int = optional("1", "The number of this run's attempt.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret = required("A token that may read actions, to learn what GitHub says of this job.")
    max_age: Duration = optional(
        "24h", "How old the choice may be when the job starts, after line, approval and any re-run of failed jobs."
    )
    timeout: Duration = optional("60s", "How long GitHub may take in all, with retries.")


class VerifyRunnerOutputs(Outputs, frozen=True):
    """The runner that deploys."""

    runner: str | None = output("The name of the runner.")
    role: str | None = output("Its role, as it was chosen: `primary` or `secondary`.")
    pool: str | None = output("The pool that it is of.")
    labels: tuple[str, ...] | None = output("The labels by which the job asked for it, as a JSON list.")


def run(inputs: VerifyRunnerInputs, http: Http, clock: Clock) -> Report:
    """Compares the runner with the choice: by its name, its id, and what GitHub says of the job that it runs."""
    patience = Patience(http, clock, inputs.timeout.timedelta)
    github = GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)
    here = Here(
        environment=inputs.environment,
        name=inputs.runner_name,
        whose=inputs.runner_environment,
        now=clock.now(),
        max_age=inputs.max_age,
    )
    findings = judge(inputs.choice, here, _own_jobs(inputs, github))
    report = Report(findings=findings)
    if report.decision.exit_code:
        return report
    choice = inputs.choice
    return Report(
        findings=findings,
        outputs=VerifyRunnerOutputs(
            runner=inputs.runner_name, role=choice.role, pool=choice.pool, labels=choice.labels
        ),
    )


def _own_jobs(inputs: VerifyRunnerInputs, github: GitHubClient) -> tuple[Job, ...]:
    """The jobs of this attempt that run on a runner of this name: one, where no other level has one of that name."""
    going = (job for job in jobs(github, inputs.run_id, inputs.run_attempt) if job.status == "in_progress")
    return tuple(job for job in going if inputs.runner_name and job.runner_name == inputs.runner_name)


ACTION = Action(
    run=run,
    inputs=VerifyRunnerInputs,
    outputs=VerifyRunnerOutputs,
    reasons=Reasons,
    permissions={"actions": "on which runner, of which group, GitHub put this job, and by which labels"},
)
