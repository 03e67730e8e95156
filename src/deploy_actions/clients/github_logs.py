"""The logs of a run's jobs at GitHub. A job's log is there only when the job is over; its link lives a minute.

Source: https://docs.github.com/rest/actions/workflow-jobs, "Download job logs for a workflow run".
"""

from collections.abc import Iterator
from contextlib import ExitStack

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runs import Job, jobs, run
from deploy_actions.core.log_ports import Downloads
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.service_errors import NotFound, RateLimited, Unreachable
from deploy_actions.core.verdict import Location

_MOST_ATTEMPTS = 5
"""A log can come some seconds after the end of its job."""


class JobLog(msgspec.Struct, frozen=True):
    """The log of a job; see `core.logs.Log`."""

    job: Job
    github: GitHubClient
    downloads: Downloads

    @property
    def place(self) -> Location:
        """The job's name."""
        return Location(job=self.job.name)

    def chunks(self) -> Iterator[bytes]:
        """What it holds. Raises ServiceError; before the first piece it is asked for again."""
        with ExitStack() as opened:
            yield from self._opened(opened)

    def _opened(self, opened: ExitStack) -> Iterator[bytes]:
        url = f"{self.github.api}/repos/{self.github.repository}/actions/jobs/{self.job.id}/logs"
        request = HttpRequest.bearer(url, self.github.token, accept="*/*")
        return self.github.patience.again(
            lambda: opened.enter_context(self.downloads.open(request)),
            later=(NotFound, RateLimited, Unreachable),
            attempts=_MOST_ATTEMPTS,
        )


class RunLogs(msgspec.Struct, frozen=True):
    """The logs of the jobs that are over, and the jobs that are not. Of those that never began there are no logs."""

    logs: tuple[JobLog, ...]
    unfinished: tuple[Job, ...]


def run_logs(github: GitHubClient, downloads: Downloads, number: int, attempt: int | None) -> RunLogs:
    """The logs of an attempt of a run, by default the latest. Raises ServiceError."""
    found = jobs(github, number, attempt or run(github, number).run_attempt)
    return RunLogs(
        logs=tuple(JobLog(job, github, downloads) for job in found if job.status == "completed" and _began(job)),
        unfinished=tuple(job for job in found if job.status != "completed"),
    )


def _began(job: Job) -> bool:
    """Whether a job that is over ever ran: one that was skipped, or cancelled while it waited, has no log."""
    return job.conclusion != "skipped" and (job.conclusion != "cancelled" or bool(job.steps) or bool(job.runner_id))
