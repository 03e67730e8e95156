import json
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.clients.test_jira_issue import a_document
from tests.fakes import FakeClock

from deploy_actions.clients.jira import Flavour, JiraClient, JiraSite, server_info
from deploy_actions.clients.patience import Patience
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError
from deploy_actions.rehearsal.emulators.jira import Issue, Jira, JiraEmulator, User
from deploy_actions.services.http import HttpServers

FLAVOURS: tuple[Flavour, ...] = ("cloud", "data-center")
HOSTILE, TOKEN = "words-of-the-server", "canary-in-the-mine"
FIELDS = [
    {"id": "summary", "schema": {"type": "string"}},
    {"id": "customfield_7", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-epic-link"}},
    {"id": "customfield_8", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-epic-label"}},
    {"id": "without-schema"},
]
Answer = object | ServiceError | Callable[[Any], object]


class Scripted:
    """Answers by the end of the path: bytes as they are, all else as JSON, of what was posted if it is a function."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = {"field": FIELDS, **answers}
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        path = request.url.partition("?")[0]
        answer = next(answer for end, answer in self._answers.items() if path.endswith(end))
        if isinstance(answer, ServiceError):
            raise answer
        given = answer(json.loads(request.body or b"null")) if callable(answer) else answer
        return HttpResponse(200, {}, given if isinstance(given, bytes) else json.dumps(given).encode())


def client(flavour: Flavour, http: Scripted, user: str = "") -> JiraClient:
    site = JiraSite(url="https://jira.example/jira", user=user, token=Secret(TOKEN))
    return JiraClient(site, flavour, Patience(http, FakeClock(), timedelta(seconds=60)))


def gone() -> NotFound:
    return NotFound("jira.example", "GET /", "status 404")


QUESTIONS: dict[str, Callable[[JiraClient], object]] = {
    "issues": lambda jira: jira.issues(["PAY-1"]),
    "issue": lambda jira: jira.issue("PAY-1"),
    "matching": lambda jira: jira.matching(["PAY-1"], "project = PAY"),
    "myself": lambda jira: jira.myself(),
}
ENDS = ("issue/bulkfetch", "search/jql", "search", "issue/PAY-1", "myself")
NO_ANSWERS: list[object] = [
    b"",
    b"\xff",
    f"<html>{HOSTILE}".encode(),
    f'{{"{HOSTILE}": '.encode(),
    b"[" * 100_000,
    None,
    7,
    HOSTILE,
    [],
    [HOSTILE],
    {},
    {"errorMessages": [HOSTILE]},
    {"issues": None},
    {"issues": HOSTILE, "total": 1},
    {"issues": [HOSTILE], "total": 1},
    {"issues": [{}], "total": 1},
    {"issues": [{"key": 7}], "total": 1},
    {"issues": [], "total": HOSTILE, "nextPageToken": 7},
    {"key": "PAY-1", "fields": HOSTILE},
    {"displayName": 7},
]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", NO_ANSWERS, ids=lambda answer: repr(answer)[:30])
def test_an_answer_of_no_form_is_malformed_and_not_quoted(flavour: Flavour, question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(flavour, Scripted(dict.fromkeys(ENDS, answer))))
    assert not any(words in f"{raised.value} {raised.value.service}" for words in (HOSTILE, TOKEN))
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        None,
        [7],
        [{"schema": {}}],
        [{"id": 7}],
        [{"id": "customfield_7", "schema": HOSTILE}],
        [{"id": "summary", "schema": {"type": "string"}}],
    ],
)
def test_fields_without_the_epic_link_are_malformed(fields: object) -> None:
    with pytest.raises(Malformed) as raised:
        client("data-center", Scripted({"field": fields})).issues(["PAY-1"])
    assert HOSTILE not in str(raised.value)


def test_cloud_goes_on_by_the_token_of_the_page() -> None:
    def page(body: dict[str, Any]) -> object:
        at = int(body.get("nextPageToken", "0"))
        more = {"nextPageToken": str(at + 1)} if at < 2 else {}
        return {"issues": [{"key": f"PAY-{at + 1}"}], **more}

    http = Scripted({"search/jql": page})
    assert client("cloud", http).matching(["PAY-1", "PAY-2", "PAY-3"], "a = b") == {"PAY-1", "PAY-2", "PAY-3"}
    assert json.loads(http.requests[0].body or b"")["jql"] == "key in (PAY-1, PAY-2, PAY-3) AND (a = b)"


def test_data_center_counts_on_to_the_total() -> None:
    def page(body: dict[str, Any]) -> object:
        start = body.get("startAt", 0)
        return {"issues": [{**a_document(), "key": f"PAY-{start + 1}"}], "total": 3}

    http = Scripted({"search": page})
    assert list(client("data-center", http).issues(["PAY-3", "PAY-1", "PAY-2"])) == ["PAY-3", "PAY-1", "PAY-2"]
    assert len(http.requests) == 4


@pytest.mark.parametrize(
    ("flavour", "answer"),
    [("cloud", {"issues": [], "nextPageToken": "again"}), ("data-center", {"issues": [], "total": 9})],
)
def test_pages_without_end_are_malformed(flavour: Flavour, answer: object) -> None:
    http = Scripted({"search/jql": answer, "search": answer})
    with pytest.raises(Malformed, match="pages"):
        client(flavour, http).matching(["PAY-1"], "a = b")
    assert len(http.requests) <= 100


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_issues_are_asked_for_a_hundred_at_a_time(flavour: Flavour) -> None:
    http = Scripted({"issue/bulkfetch": {"issues": []}, "search": {"issues": [], "total": 0}})
    assert client(flavour, http).issues([f"PAY-{number}" for number in range(1, 202)]) == {}
    asked = [request for request in http.requests if request.body]
    assert [(request.body or b"").count(b"PAY-") for request in asked] == [100, 100, 1]
    assert [json.loads(request.body or b"").get("validateQuery") for request in asked] == [
        None if flavour == "cloud" else False
    ] * 3


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_issues_that_answer_under_another_key_are_not_those_asked_for(flavour: Flavour) -> None:
    answer = {"issues": [a_document()], "total": 1}
    assert client(flavour, Scripted({"issue/bulkfetch": answer, "search": answer})).issues(["OLD-7"]) == {}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_an_issue_or_project_that_is_not_there_is_none(flavour: Flavour) -> None:
    jira = client(flavour, Scripted({"issue/PAY-1": gone(), "project/PAY": gone(), "project/SHOP": {}}))
    assert jira.issue("PAY-1") is None
    assert [jira.sees_project(key) for key in ("PAY", "SHOP")] == [False, True]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_refusal_is_no_absence(flavour: Flavour) -> None:
    refused = Refused("jira.example", "GET /", "status 401")
    jira = client(flavour, Scripted({"issue/PAY-1": refused, "project/PAY": refused}))
    for question in (lambda: jira.issue("PAY-1"), lambda: jira.sees_project("PAY")):
        with pytest.raises(Refused):
            question()


@pytest.mark.parametrize(("flavour", "version"), [("cloud", 3), ("data-center", 2)])
def test_each_flavour_is_asked_in_its_version(flavour: Flavour, version: int) -> None:
    http = Scripted({"myself": {"displayName": "Ada"}})
    assert client(flavour, http).myself() == "Ada"
    assert http.requests[0].url == f"https://jira.example/jira/rest/api/{version}/myself"


@pytest.mark.parametrize(("user", "scheme"), [("ada@acme.example", "Basic "), ("", "Bearer ")])
def test_the_token_goes_in_a_header_alone(user: str, scheme: str) -> None:
    http = Scripted({"myself": {"displayName": "Ada"}})
    client("cloud", http, user).myself()
    words, value = http.requests[0].secret_headers["Authorization"]
    sent = b64decode(value.reveal()).decode() if user else value.reveal()
    assert (words, sent) == (scheme, f"{user}:{TOKEN}" if user else TOKEN)
    assert TOKEN not in http.requests[0].url


@pytest.mark.parametrize(
    ("said", "flavour"), [("Cloud", "cloud"), ("Server", "data-center"), ("", "data-center"), ("cloud", "data-center")]
)
def test_the_site_says_what_it_is(said: str, flavour: Flavour) -> None:
    http = Scripted({"2/serverInfo": {"deploymentType": said, "baseUrl": "https://jira.example/"}})
    site = JiraSite(url="https://jira.example", user="", token=Secret(TOKEN))
    assert server_info(site, Patience(http, FakeClock(), timedelta(seconds=60))).flavour == flavour


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_page_of_an_emulated_jira_is_read(flavour: Flavour) -> None:
    issues = {f"PAY-{number}": Issue("one", level=0 if number else 1) for number in range(1, 251)}
    credential = f"ada@acme.example:{TOKEN}" if flavour == "cloud" else TOKEN
    state = Jira(users={credential: User("Ada", "ada@acme.example")}, flavour=flavour, issues=issues)
    with JiraEmulator(state) as emulator:
        user = "ada@acme.example" if flavour == "cloud" else ""
        site = JiraSite(url=emulator.url, user=user, token=Secret(TOKEN))
        jira = JiraClient(site, flavour, Patience(HttpServers(), FakeClock(), timedelta(seconds=60)))
        assert list(jira.issues([*issues, "PAY-999"])) == [*issues]
        assert jira.matching([*issues], "project = PAY") == {*issues}
        del jira
