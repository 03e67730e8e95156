import json
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes import FakeClock, FakeDownloads, FakeHttp

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_logs import RunLogs, run_logs
from deploy_actions.clients.patience import Patience
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, Refused, ServiceError, Unreachable

NOON = "2026-11-24T12:00:00Z"
ABSENT = NotFound("api.github.com", "GET", "status 404")
TOKEN = Secret("obviously-fake-credential")


def a_job(number: int, name: str, status: str = "completed", conclusion: str | None = "success", **more: Any) -> Any:
    return {"id": number, "name": name, "status": status, "conclusion": conclusion, "created_at": NOON, **more}


def asked(listed: list[Any], downloads: FakeDownloads, limit: int = 60) -> RunLogs:
    clock = FakeClock()
    http = FakeHttp(json.dumps({"total_count": len(listed), "jobs": listed}).encode())
    patience = Patience(http, clock, timedelta(seconds=limit))
    return run_logs(GitHubClient("https://api.example", "acme/orders", TOKEN, patience), downloads, 7, 2)


def test_every_job_that_ran_has_a_log_however_it_ended() -> None:
    step = {"name": "Set up job", "status": "completed"}
    found = asked(
        [
            a_job(1, "gate"),
            a_job(2, "deploy", conclusion="failure"),
            a_job(3, "cancelled while it ran", conclusion="cancelled", steps=[step]),
            a_job(4, "timed out", conclusion="timed_out", runner_id=5),
            a_job(5, "cancelled before", conclusion="cancelled", runner_id=0),
            a_job(6, "left out", conclusion="skipped"),
            a_job(7, "audit", status="in_progress", conclusion=None),
            a_job(8, "waits", status="queued", conclusion=None),
        ],
        FakeDownloads(),
    )
    assert [log.place.job for log in found.logs] == ["gate", "deploy", "cancelled while it ran", "timed out"]
    assert [job.name for job in found.unfinished] == ["audit", "waits"]


def test_a_log_is_asked_for_by_its_jobs_id_with_the_token() -> None:
    downloads = FakeDownloads([b"one\n", b"two\n"])
    (log,) = asked([a_job(11, "gate")], downloads).logs
    assert list(log.chunks()) == [b"one\n", b"two\n"]
    (request,) = downloads.requests
    assert request.url == "https://api.example/repos/acme/orders/actions/jobs/11/logs"
    assert request.secret_headers["Authorization"] == ("Bearer ", TOKEN)


def test_a_log_that_comes_late_is_waited_for() -> None:
    (log,) = asked([a_job(11, "gate")], FakeDownloads([b"x\n"], errors_first=[ABSENT, ABSENT, ABSENT])).logs
    assert list(log.chunks()) == [b"x\n"]


@pytest.mark.parametrize(
    ("downloads", "limit", "error", "requests"),
    [
        (FakeDownloads(error=ABSENT), 60, NotFound, 5),
        (FakeDownloads(error=ABSENT), 2, NotFound, 2),
        (FakeDownloads(error=Refused("api.github.com", "GET", "status 403")), 60, Refused, 1),
        (FakeDownloads([b"x\n"], half_way=Unreachable("blob", "GET", "broken off")), 60, Unreachable, 1),
    ],
)
def test_a_log_that_cannot_be_read_is_an_error(
    downloads: FakeDownloads, limit: int, error: type[ServiceError], requests: int
) -> None:
    (log,) = asked([a_job(11, "gate")], downloads, limit).logs
    with pytest.raises(error):
        list(log.chunks())
    assert len(downloads.requests) == requests
