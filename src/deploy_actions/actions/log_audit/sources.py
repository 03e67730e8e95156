"""Gives the logs that are asked for, one after the other: of files, and of a run's jobs."""

from collections.abc import Iterator

import msgspec

from deploy_actions.actions.log_audit.inputs import LogAuditInputs
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_logs import RunLogs, run_logs
from deploy_actions.clients.github_runs import Job
from deploy_actions.clients.patience import Patience
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.log_ports import Downloads, LogFiles
from deploy_actions.core.logs import Log
from deploy_actions.core.ports import Clock, Http


class Sources(msgspec.Struct, frozen=True):
    """The outside worlds in which logs are."""

    http: Http
    downloads: Downloads
    clock: Clock
    log_files: LogFiles

    def refuse_what_does_not_fit(self, inputs: LogAuditInputs) -> None:
        """Raises InvalidInput where no log is named, or a run that cannot be asked for."""
        if not inputs.paths and inputs.run_id is None:
            raise InvalidInput("paths", "is empty and so is `run-id`: there is no log to audit.")
        if inputs.run_id is not None and inputs.repository is None:
            raise InvalidInput("run-id", "is given without `repository`, so that the run cannot be found.")
        if inputs.run_id is not None and inputs.github_token is None:
            raise InvalidInput("run-id", "is given without `github-token`, so that its logs cannot be read.")

    def of_run(self, inputs: LogAuditInputs) -> RunLogs:
        """The logs of the run's jobs, if a run is named. Raises ServiceError."""
        if inputs.run_id is None or inputs.repository is None or inputs.github_token is None:
            return RunLogs((), ())
        patience = Patience(self.http, self.clock, inputs.timeout.timedelta)
        github = GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)
        return run_logs(github, self.downloads, inputs.run_id, inputs.run_attempt)

    def of_files(self, inputs: LogAuditInputs) -> Iterator[Log]:
        """The logs in files. Raises ServiceError for a path that is not there."""
        yield from self.log_files.logs(inputs.paths) if inputs.paths else ()


def is_own(job: Job, name: str) -> bool:
    """Whether a job is the one in which the audit runs: its name is the last part of the job's, behind its callers'."""
    return job.name.rpartition(" / ")[2] == name or job.name == name
