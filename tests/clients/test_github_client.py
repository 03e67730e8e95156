import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import FakeClock

from deploy_actions.clients.github import Commit, GitHubClient
from deploy_actions.clients.patience import Patience
from deploy_actions.clients.rest import escaped
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

HOSTILE, TOKEN = "words-of-the-server", "canary-in-the-mine"


class Pages:
    """Answers with what a function makes of the path below the repository, and of the number of the page."""

    def __init__(self, answer: Callable[[str, int], object]) -> None:
        self._answer = answer
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        where = urlsplit(request.url)
        page = int(parse_qs(where.query).get("page", ["1"])[0])
        given = self._answer(where.path.removeprefix("/repos/acme/orders/"), page)
        return HttpResponse(200, {}, given if isinstance(given, bytes) else json.dumps(given).encode())


def client(http: Pages) -> GitHubClient:
    patience = Patience(http, FakeClock(), timedelta(seconds=60))
    return GitHubClient("https://api.github.example", "acme/orders", Secret(TOKEN), patience)


def a_commit(number: int, parents: int = 1) -> dict[str, Any]:
    return {"sha": f"{number:040x}", "commit": {"message": f"PAY-{number}"}, "parents": [{"sha": "0"}] * parents}


def compared(total: int, counted: int | None = None) -> Pages:
    commits = [a_commit(number) for number in range(total)]

    def answer(_: str, page: int) -> object:
        shown = commits[(page - 1) * 100 : page * 100]
        return {"total_commits": total if counted is None else counted, "commits": shown}

    return Pages(answer)


@pytest.mark.parametrize(
    ("total", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (234, 3), (250, 3), (251, 3), (5000, 50)]
)
def test_every_page_of_a_range_is_read(total: int, requests: int) -> None:
    http = compared(total)
    found = client(http).commits_between("a", "b")
    assert [commit.sha for commit in found] == [f"{number:040x}" for number in range(total)]
    assert len(http.requests) == requests


@pytest.mark.parametrize(("total", "counted"), [(5001, None), (10, 250), (0, 1), (250, 251)])
def test_a_range_that_cannot_be_read_whole_is_malformed(total: int, counted: int | None) -> None:
    with pytest.raises(Malformed):
        client(compared(total, counted)).commits_between("a", "b")


def test_a_commit_with_two_parents_is_a_merge() -> None:
    found = [client(Pages(lambda *_, n=n: a_commit(7, n))).commit("7") for n in (0, 1, 2)]
    assert [commit.is_merge for commit in found] == [False, False, True]
    assert found[0] == Commit(f"{7:040x}", "PAY-7")


def deployments(*states: list[str]) -> Pages:
    """Deployments, the newest first, and what became of each."""

    def answer(path: str, page: int) -> object:
        if path.endswith("/statuses"):
            return [{"state": state} for state in states[int(path.split("/")[1])]]
        return [{"id": number, "sha": f"sha-{number}"} for number in range(len(states))][(page - 1) * 100 : page * 100]

    return Pages(answer)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], None),
        ([["failure"], ["error"], [], ["in_progress"]], None),
        ([["success"]], "sha-0"),
        ([["inactive", "success", "queued"]], "sha-0"),
        ([["inactive"], ["success"]], "sha-1"),
        ([["failure"], ["queued"], ["success"], ["success"]], "sha-2"),
        ([["failure"]] * 150 + [["success"]], "sha-150"),
        ([["failure"]] * 200, None),
    ],
)
def test_the_newest_deployment_that_succeeded_is_the_last(states: list[list[str]], expected: str | None) -> None:
    assert client(deployments(*states)).last_deployed("production") == expected


def test_deployments_without_end_are_malformed() -> None:
    listed = [{"id": 1, "sha": "a"}] * 100
    http = Pages(lambda path, _: [] if path.endswith("statuses") else listed)
    with pytest.raises(Malformed):
        client(http).last_deployed("production")


def test_titles_and_bodies_of_pull_requests_are_given() -> None:
    pulls = [{"title": "PAY-1", "body": None}, {"title": "PAY-2", "body": "and PAY-3"}, {"title": "PAY-4"}]
    assert client(Pages(lambda *_: pulls)).pull_request_texts("a") == ("PAY-1\n", "PAY-2\nand PAY-3", "PAY-4\n")


QUESTIONS: dict[str, Callable[[GitHubClient], object]] = {
    "last deployed": lambda github: github.last_deployed("production"),
    "commits between": lambda github: github.commits_between("a", "b"),
    "commit": lambda github: github.commit("a"),
    "pull requests": lambda github: github.pull_request_texts("a"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff",
        f"<html>{HOSTILE}".encode(),
        b"[" * 100_000,
        None,
        7,
        HOSTILE,
        {},
        [HOSTILE],
        [{}],
        {"message": HOSTILE},
        {"total_commits": HOSTILE, "commits": []},
        {"total_commits": 1, "commits": [HOSTILE]},
        {"total_commits": 1},
        {"sha": 7, "commit": {"message": HOSTILE}},
        {"sha": "a", "commit": None},
        [{"id": HOSTILE, "sha": "a"}],
        [{"title": None}],
    ],
    ids=lambda answer: repr(answer)[:30],
)
def test_an_answer_of_no_form_is_malformed_and_not_quoted(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(Pages(lambda *_: answer)))
    assert not any(words in str(raised.value) for words in (HOSTILE, TOKEN))
    assert raised.value.__suppress_context__


def test_the_token_goes_in_a_header_alone() -> None:
    http = Pages(lambda *_: [])
    client(http).last_deployed("production")
    words, value = http.requests[0].secret_headers["Authorization"]
    assert (words, value.reveal()) == ("Bearer ", TOKEN)
    assert TOKEN not in http.requests[0].url


@pytest.mark.parametrize("name", ["../../other/repo", "a/b", "a?b=c", "a#b", "a b", "ä", "..", "%2e"])
def test_names_lead_nowhere_else(name: str) -> None:
    http = Pages(lambda *_: a_commit(1))
    client(http).commit(name)
    client(http).commit(f"{name}...{name}")
    where = urlsplit(http.requests[0].url)
    assert where.path.startswith("/repos/acme/orders/commits/")
    assert (where.path.count("/"), where.query, where.fragment) == (5, "", "")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_escaped_is_one_segment_and_comes_back(text: str) -> None:
    assert unquote(escaped(text)) == text
    assert not set("/?#. &=") & set(escaped(text))
