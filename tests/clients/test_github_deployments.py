from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, NOON, TOKEN, Answers, always, asking, client

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import (
    Attempt,
    NewDeployment,
    attempts,
    create_deployment,
    write_status,
)
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, Unreachable
from deploy_actions.rehearsal.emulators.github import (
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Repository,
    Status,
    Token,
)

SHA = "a" * 40
RUN = "https://github.com/acme/orders/actions/runs"


def a_status(state: str, url: str = "", minute: int = 0) -> dict[str, Any]:
    return {"state": state, "log_url": url, "created_at": f"2026-09-01T12:{minute:02}:00Z"}


def recorded(*deployments: list[dict[str, Any]]) -> Answers:
    """Deployments, newest first, each with its statuses, newest first."""

    def answer(path: str, page: int) -> object:
        pieces, shown = path.split("/"), slice((page - 1) * 100, page * 100)
        if pieces[-1] == "statuses":
            return deployments[int(pieces[1])][shown]
        made = [{"id": key, "sha": SHA, "ref": "main", "task": "deploy"} for key in range(len(deployments))]
        return [{**one, "created_at": NOON} for one in made][shown]

    return Answers(answer)


def only(*statuses: dict[str, Any]) -> Attempt:
    (attempt,) = attempts(client(recorded(list(statuses))), "production")
    return attempt


@pytest.mark.parametrize(
    ("states", "state", "succeeded", "cleared"),
    [
        ([], "", False, False),
        (["queued"], "queued", False, False),
        (["in_progress", "queued", "waiting"], "in_progress", False, False),
        (["success", "in_progress"], "success", True, False),
        (["inactive", "success"], "inactive", True, False),
        (["failure", "success"], "failure", True, False),
        (["failure", "in_progress"], "failure", False, False),
        (["inactive", "failure"], "inactive", False, True),
        (["inactive"], "inactive", False, True),
        (["failure", "inactive"], "failure", False, False),
        (["a_state_of_tomorrow", "queued"], "a_state_of_tomorrow", False, False),
        (["Success"], "Success", False, False),
        (["failure"] * 250 + ["success"], "failure", True, False),
    ],
)
def test_what_became_of_a_deployment_is_what_its_statuses_say(
    states: list[str], state: str, succeeded: bool, cleared: bool
) -> None:
    found = only(*map(a_status, states))
    assert found.states == tuple(states)
    assert (found.state, found.ever_succeeded, found.cleared) == (state, succeeded, cleared)


@pytest.mark.parametrize(
    ("urls", "run", "job"),
    [
        ([], None, None),
        ([""], None, None),
        ([f"{RUN}/7"], 7, None),
        ([f"{RUN}/7/job/8"], 7, 8),
        ([f"{RUN}/7/job/8?pr=1#step:3:1"], 7, 8),
        ([f"{RUN}/7/"], 7, None),
        ([f"{RUN}/7/attempts/2"], 7, None),
        (["https://ghes.example/ACME/Orders/actions/runs/7/job/8"], 7, 8),
        ([f"{RUN}/7", f"{RUN}/7/job/8", f"{RUN}/7/job/8"], 7, 8),  # our own status leaves out the job
        ([f"{RUN}/9", f"{RUN}/7/job/8"], 7, 8),  # somebody's run cleared it
        ([f"{RUN}/9/job/1", f"{RUN}/7"], 7, None),
        ([f"{RUN}/7/job/8", "https://argo.example/1"], 7, 8),
        (["https://argo.example/1", f"{RUN}/7/job/8"], 7, 8),
        (["https://argo.example/acme/orders"], None, None),
        (["https://github.com/acme/other/actions/runs/7/job/8"], None, None),
        (["https://github.com/other/orders/actions/runs/7/job/8"], None, None),
        (["https://github.com/acme/orders-next/actions/runs/7"], None, None),
        (["https://github.com/x/acme/orders/actions/runs/7"], None, None),
        (["https://argo.example/?next=https://github.com/acme/orders/actions/runs/7"], None, None),
        ([f"{RUN}/"], None, None),
        ([f"{RUN}/seven"], None, None),
        ([f"{RUN}/7job"], None, None),
        ([f"{RUN}/-7"], None, None),
        ([f"{RUN}/٧"], None, None),
        ([f"{RUN}/{'7' * 19}"], None, None),
        ([f" {RUN}/7"], None, None),
        ([f"{RUN}/7/job/8\n"], None, None),
        (["file:///acme/orders/actions/runs/7"], None, None),
    ],
)
def test_the_run_and_the_job_are_those_that_made_it(urls: list[str], run: int | None, job: int | None) -> None:
    found = only(*(a_status("failure", url) for url in urls))
    assert (found.run_id, found.job_id) == (run, job)


def test_older_statuses_link_by_their_target() -> None:
    by_target = {"state": "failure", "created_at": NOON, "log_url": None, "target_url": f"{RUN}/7"}
    assert only(by_target, {"state": "queued", "created_at": NOON}).run_id == 7


def test_an_attempt_says_which_commit_when_and_for_what() -> None:
    found = only(a_status("success"))
    assert (found.id, found.sha, found.ref, found.task) == (0, SHA, "main", "deploy")
    assert found.created_at == datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("taken", "pages", "statuses"), [(0, 0, 0), (1, 1, 1), (100, 1, 100), (101, 2, 101)])
def test_nothing_is_asked_before_its_turn(taken: int, pages: int, statuses: int) -> None:
    http = recorded(*([a_status("failure")] for _ in range(250)))
    assert [one.id for one in islice(attempts(client(http), "production"), taken)] == list(range(taken))
    asked = ["/statuses" in request.url for request in http.requests]
    assert (asked.count(False), asked.count(True)) == (pages, statuses)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_every_page_is_read(count: int) -> None:
    http = recorded(*([] for _ in range(count)))
    assert [one.id for one in attempts(client(http), "eu/production & more")] == list(range(count))
    assert "environment=eu%2Fproduction%20%26%20more&" in http.requests[0].url


def test_one_made_meanwhile_brings_none_up_twice() -> None:
    def answer(path: str, page: int) -> object:
        keys = [] if "statuses" in path else range(100) if page == 1 else range(99, 150)
        return [{"id": key, "sha": SHA, "ref": "main", "task": "deploy", "created_at": NOON} for key in keys]

    assert [one.id for one in attempts(client(Answers(answer)), "production")] == list(range(150))


def test_deployments_and_statuses_without_end_are_malformed() -> None:
    one = {"id": 1, "sha": SHA, "ref": "main", "task": "deploy", "created_at": NOON}
    many = Answers(lambda path, _: [] if "statuses" in path else [one] * 100)
    talkative = Answers(lambda path, _: [a_status("failure")] * 100 if "statuses" in path else [one])
    for http, most in ((many, 52), (talkative, 12)):
        with pytest.raises(Malformed):
            list(attempts(client(http), "production"))
        assert len(http.requests) < most


QUESTIONS: dict[str, Callable[[GitHubClient], object]] = {
    "attempts": lambda github: list(attempts(github, "production")),
    "create": lambda github: create_deployment(github, NewDeployment(sha=SHA, environment="production")),
    "write": lambda github: write_status(github, 7, state="failure"),
}
DEPLOYMENT = {"id": 1, "sha": SHA, "ref": "main", "task": "deploy", "created_at": NOON}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", NO_FORM, ids=lambda answer: repr(answer)[:30])
def test_an_answer_of_no_form_is_malformed_and_not_quoted(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(always(answer)))
    assert not any(words in str(raised.value) for words in (HOSTILE, TOKEN))
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("deployment", "status"),
    [
        ({"id": HOSTILE}, {}),
        ({"id": None}, {}),
        ({"sha": 7}, {}),
        ({"created_at": HOSTILE}, {}),
        ({"created_at": "2026-09-01T12:00:00"}, {}),
        ({"ref": None}, {}),
        ({}, {"state": None}),
        ({}, {"state": 7}),
        ({}, {"created_at": HOSTILE}),
        ({}, {"created_at": "2026-09-01T12:00:00"}),
        ({}, {"log_url": [HOSTILE]}),
    ],
)
def test_a_record_that_cannot_be_read_is_malformed(deployment: dict[str, Any], status: dict[str, Any]) -> None:
    statuses = [a_status("failure") | status]
    http = Answers(lambda path, _: statuses if "statuses" in path else [DEPLOYMENT | deployment])
    with pytest.raises(Malformed) as raised:
        list(attempts(client(http), "production"))
    assert HOSTILE not in str(raised.value)


def test_a_deployment_is_of_exactly_this_commit_whatever_checks_say() -> None:
    http = always({"id": 42})
    new = NewDeployment(sha=SHA, environment="production", task="migrate", description="d" * 200)
    assert create_deployment(client(http), new) == 42
    assert (http.requests[0].method, http.requests[0].url.endswith("/acme/orders/deployments")) == ("POST", True)
    assert http.body() == {
        **{"ref": SHA, "environment": "production", "task": "migrate", "description": "d" * 140},
        **{"auto_merge": False, "required_contexts": [], "production_environment": True},
    }


@pytest.mark.parametrize("length", [0, 139, 140, 141, 5000])
def test_a_description_is_cut_to_what_github_takes(length: int) -> None:
    http = always({"id": 1})
    write_status(client(http), 7, state="failure", description="ä" * length, log_url=RUN)
    assert http.requests[0].url.endswith("/deployments/7/statuses")
    assert http.body() == {"state": "failure", "description": "ä" * min(length, 140), "log_url": RUN}


@pytest.mark.parametrize("question", ["create", "write"])
def test_what_may_have_been_written_is_not_written_again(question: str) -> None:
    sent: list[HttpRequest] = []

    class Outage:
        def send(self, request: HttpRequest) -> HttpResponse:
            sent.append(request)
            raise Unreachable("GitHub", "POST", "status 502")

    with pytest.raises(Unreachable):
        QUESTIONS[question](client(Outage()))
    assert len(sent) == 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_token_goes_in_a_header_alone(question: str) -> None:
    http = Answers(lambda path, _: {"id": 1} if question in ("create", "write") else [])
    QUESTIONS[question](client(http))
    (request,) = http.requests
    words, value = request.secret_headers["Authorization"]
    assert (words, value.reveal()) == ("Bearer ", TOKEN)
    assert TOKEN not in f"{request.url}{request.body!r}"


def test_what_is_written_to_the_emulator_is_read_from_it() -> None:
    before = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    orders = Repository(
        commits=[Commit(SHA, "A change")],
        deployments=[
            Deployment("b" * 40, before, states=["waiting", "queued", "success"], run=7, job=8),
            Deployment("c" * 40, before, environment="staging", states=["success"]),
            Deployment("d" * 40, before, states=[Status("failure", log_url="https://argo.example/1")]),
        ],
    )
    tokens = {TOKEN: Token("installation", {"deployments": "write"})}
    with GitHubEmulator(GitHub(tokens=tokens, repositories={"acme/orders": orders})) as emulator:
        github = asking(emulator)
        made = create_deployment(github, NewDeployment(sha=SHA, environment="production"))
        write_status(github, made, state="in_progress", log_url=f"{RUN}/99")
        write_status(github, made, state="success", description="live", log_url=f"{RUN}/99")
        found = {one.id: (one.sha[0], one.states, one.run_id, one.job_id) for one in attempts(github, "production")}
        assert list(found) == [4, 3, 1]
        assert found[4] == ("a", ("success", "in_progress"), 99, None)
        assert found[3] == ("d", ("failure",), None, None)
        assert found[1] == ("b", ("inactive", "success", "queued", "waiting"), 7, 8)
        with pytest.raises(NotFound):
            write_status(github, 99, state="success")
        emulator.state.tokens[TOKEN].permissions["deployments"] = "read"
        with pytest.raises(Refused):
            write_status(github, made, state="failure")
