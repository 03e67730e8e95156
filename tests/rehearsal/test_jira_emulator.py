"""How Jira's emulator behaves, as Cloud and as Data Center; that Cloud's shapes are right is for the contract tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from tests.rehearsal.clients import Response, ask, basic

from deploy_actions.rehearsal.emulators.jira import Jira, JiraEmulator

ADA, READER = basic("ada", "p"), basic("reader", "p")
ISSUES: dict[str, Any] = {
    "ORD-1": {"summary": "An epic", "type": "Epic", "level": 1},
    "ORD-2": {"summary": "A story", "parent": "ORD-1", "fix-versions": ["1.0"], "updated": "2026-11-23T11:00:00+01:00"},
    "ORD-3": {
        "summary": "A part",
        "type": "Sub-task",
        "level": -1,
        "parent": "ORD-2",
        "status": "Done",
        "category": "done",
    },
    "OLD-7": {"summary": "moved", "moved-to": "ORD-2"},
    "ORD-4": {"summary": "A secret", "hidden": True},
    "ORD-5": {"summary": "Late", "heals-after": 2},
    "PAY-1": {"summary": "Under a secret", "parent": "ORD-4", "transitions": ["Done"]},
    "GON-1": {"summary": "moved in a circle", "moved-to": "GON-1"},
}
CLOUD, DATA_CENTER = "cloud", "data-center"
Call = Callable[..., Response]


@pytest.fixture(name="start")
def _start() -> Iterator[Callable[..., tuple[Jira, Call]]]:
    with ExitStack() as running:

        def start(flavour: str, **more: object) -> tuple[Jira, Call]:
            user = {"display-name": "Ada", "email": "ada@acme.example"}
            users = {"ada:p": user, "reader:p": {**user, "account-id": "reader", "can-write": False}}
            given = {"flavour": flavour, "users": users, "issues": ISSUES, "versions": {"ORD": ["1.1"]}, **more}
            jira = running.enter_context(JiraEmulator(msgspec.convert(given, Jira)))

            def call(path: str, body: object = None, method: str = "", authorization: str = ADA) -> Response:
                path = path if path[:2] in ("2/", "3/") else f"{3 if flavour == CLOUD else 2}/{path}"
                method = method or ("GET" if body is None else "POST")
                return ask(f"{jira.url}/rest/api/{path}", authorization, method=method, body=body)

            return jira.state, call

        yield start


both = pytest.mark.parametrize("flavour", [CLOUD, DATA_CENTER])


def keys(response: Response) -> list[str]:
    return [issue["key"] for issue in response.json["issues"]]


def bulk(call: Call, *asked: str, **more: object) -> Response:
    return call("issue/bulkfetch", {"issueIdsOrKeys": list(asked), "fields": ["summary"], **more})


def search(call: Call, jql: str, **more: object) -> Response:
    return call("search/jql", {"jql": jql, "fields": ["summary"], **more})


def test_unknown_names_in_the_state_are_refused() -> None:
    for wrong in (
        {"issues": {"A-1": {"summary": "", "oops": 1}}},
        {"issues": {"A-1": {"summary": "", "category": "x"}}},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Jira)


@both
def test_an_issue_is_found_by_key_in_any_case_by_id_and_by_the_key_it_moved_from(flavour: str, start: Any) -> None:
    _, call = start(flavour)
    found = [call(f"issue/{one}").json for one in ("ORD-2", "ord-2", "OLD-7", "10001")]
    assert [one["key"] for one in found] == ["ORD-2"] * 4
    assert {one["id"] for one in found} == {"10001"}
    assert found[0]["fields"]["updated"] == "2026-11-23T10:00:00.000+0000"
    assert [one["name"] for one in found[0]["fields"]["fixVersions"]] == ["1.0"]
    assert found[0]["fields"]["project"]["key"] == "ORD"


@both
@pytest.mark.parametrize("key", ["ORD-99", "ORD-4", "GON-1", "10004", "nonsense"])
def test_what_is_not_there_and_what_is_hidden_are_alike(flavour: str, key: str, start: Any) -> None:
    _, call = start(flavour)
    said = {CLOUD: "Issue does not exist or you do not have permission to see it.", DATA_CENTER: "Issue Does Not Exist"}
    answers = [call(f"issue/{key}"), call(f"issue/{key}/transitions"), call(f"issue/{key}/comment", {"body": "x"})]
    assert {one.status for one in answers} == {404}
    assert [one.json for one in answers] == [{"errorMessages": [said[flavour]], "errors": {}}] * 3


@both
def test_an_issue_shows_the_fields_that_were_asked_for(flavour: str, start: Any) -> None:
    _, call = start(flavour)
    assert set(call("issue/ORD-2?fields=summary,status").json["fields"]) == {"summary", "status"}
    assert "status" not in call("issue/ORD-2?fields=*all,-status").json["fields"]
    assert call("issue/ORD-2?fields=nothing").json["fields"] == {}


def test_cloud_gives_levels_and_every_parent(start: Any) -> None:
    _, call = start(CLOUD)
    epic, story, part = (call(f"issue/{one}").json["fields"] for one in ("ORD-1", "ORD-2", "ORD-3"))
    assert [one["issuetype"]["hierarchyLevel"] for one in (epic, story, part)] == [1, 0, -1]
    assert [one["issuetype"]["subtask"] for one in (epic, story, part)] == [False, False, True]
    assert [one.get("parent", {}).get("key") for one in (epic, story, part)] == [None, "ORD-1", "ORD-2"]
    assert part["parent"]["fields"]["issuetype"]["hierarchyLevel"] == 0
    assert part["parent"]["fields"]["status"]["statusCategory"]["key"] == "indeterminate"
    assert "parent" not in call("issue/PAY-1").json["fields"]  # it is hidden


def test_data_center_gives_epics_in_the_epic_link_alone(start: Any) -> None:
    _, call = start(DATA_CENTER, **{"epic-link-field": "customfield_10600"})
    fields = call("field").json
    links = [one["id"] for one in fields if one["schema"].get("custom") == "com.pyxis.greenhopper.jira:gh-epic-link"]
    assert links == ["customfield_10600"]
    epic, story, part = (call(f"issue/{one}").json["fields"] for one in ("ORD-1", "ORD-2", "ORD-3"))
    assert (story["customfield_10600"], epic["customfield_10600"]) == ("ORD-1", None)
    assert "parent" not in story
    assert part["parent"]["key"] == "ORD-2"
    assert part["issuetype"]["subtask"] is True
    assert "hierarchyLevel" not in part["issuetype"]


@both
def test_localized_names_leave_ids_and_categories_alone(flavour: str, start: Any) -> None:
    _, plain = start(flavour)
    _, german = start(flavour, localized=True)
    for key in ("ORD-2", "ORD-3"):
        one, other = (call(f"issue/{key}").json["fields"] for call in (plain, german))
        for field in ("status", "issuetype"):
            assert one[field]["id"] == other[field]["id"]
            assert one[field]["name"] != other[field]["name"]
        assert one["status"]["statusCategory"]["key"] == other["status"]["statusCategory"]["key"]
        assert one["status"]["statusCategory"]["name"] != other["status"]["statusCategory"]["name"]


def test_a_bulk_fetch_gives_what_there_is_in_the_order_of_ids(start: Any) -> None:
    _, call = start(CLOUD)
    answer = bulk(call, "ORD-3", "OLD-7", "ORD-2", "ORD-4", "ORD-99", "ord-1")
    assert (answer.status, keys(answer)) == (200, ["ORD-1", "ORD-2", "ORD-3"])
    assert [one["id"] for one in answer.json["issueErrors"]] == ["ORD-4", "ORD-99"]
    assert [bulk(call, *(f"ORD-{n}" for n in range(many))).status for many in (0, 100, 101)] == [400, 200, 400]
    assert bulk(call, "ORD-1", fields="summary").status == 200
    assert bulk(call, "ORD-1", fields=[1]).status == 400
    assert call("issue/bulkfetch", b"{").status == 400


@pytest.mark.parametrize("how", ["bulk", "issue", "search"])
def test_an_issue_heals_after_as_many_requests_that_name_it(how: str, start: Any) -> None:
    jira, call = start(CLOUD)
    asks: dict[str, Callable[[], bool]] = {
        "bulk": lambda: keys(bulk(call, "ORD-5", "ord-5")) == ["ORD-5"],
        "issue": lambda: call("issue/ORD-5").status == 200,
        "search": lambda: keys(search(call, "key in (ORD-5)")) == ["ORD-5"],
    }
    assert not keys(search(call, "key in (ORD-99)"))
    assert "ORD-5" not in keys(search(call, "project = ORD"))
    assert [asks[how]() for _ in range(4)] == [False, False, True, True]
    assert jira.issues["ORD-5"].heals_after == 0


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("key in (ORD-2, ord-1, ORD-99, ORD-4)", ["ORD-2", "ORD-1"]),
        ("issuekey = OLD-7", ["ORD-2"]),
        ('key in (ORD-1, ORD-2, ORD-3) AND (status = "Done")', ["ORD-3"]),
        ('key in ("ORD-1", "ORD-2") and (status = "in progress" AND fixVersion = "1.0")', ["ORD-2"]),
        ("project = PAY", ["PAY-1"]),
        ("project in (PAY, ORD) AND fixVersion = 1.0", ["ORD-2"]),
        ("(project = ORD) AND fixVersion = 1.1", []),
        ("labels = x", "Field 'labels' does not exist"),
        ("key = ORD-1 OR key = ORD-2", "but got 'OR'"),
        ("key = ORD-1 ORDER BY key", "but got 'ORDER'"),
        ("key in (ORD-1", "the end of the query"),
        ("key in ()", "Expecting a value"),
        ("key != ORD-1", "'=' or 'in'"),
        ('key = "ORD-1', "not allowed here"),
        (")", "Expecting a field"),
        ('project = "GONE"', "The value 'GONE' does not exist for the field 'project'."),
        ('status = "Gone"', "The value 'Gone' does not exist for the field 'status'."),
        ('fixVersion = "9"', "The value '9' does not exist for the field 'fixVersion'."),
        ("", "Unbounded JQL"),
    ],
)
def test_cloud_searches_by_the_part_of_jql_that_it_knows(jql: str, found: list[str] | str, start: Any) -> None:
    _, call = start(CLOUD)
    posted, got = search(call, jql), call(f"search/jql?jql={quote(jql)}&fields=summary")
    assert posted.text == got.text
    if isinstance(found, list):
        assert (posted.status, keys(posted)) == (200, found)
    else:
        assert posted.status == 400
        assert found in posted.json["errorMessages"][0]


def test_cloud_pages_by_a_token_and_gives_ids_alone_unless_asked(start: Any) -> None:
    _, call = start(CLOUD)
    first = search(call, "project = ORD", maxResults=2).json
    second = search(call, "project = ORD", maxResults=2, nextPageToken=first["nextPageToken"]).json
    assert [first["isLast"], second["isLast"]] == [False, True]
    assert [one["key"] for page in (first, second) for one in page["issues"]] == ["ORD-3", "ORD-2", "ORD-1"]
    assert "nextPageToken" not in second
    assert "total" not in first
    assert call("search/jql", {"jql": "key = ORD-1"}).json["issues"] == [{"id": "10000"}]
    for token in ("???", "c3RhcnQ", quote("ÿ")):
        assert search(call, "project = ORD", nextPageToken=token).status == 400


def test_data_center_counts_its_pages_and_refuses_unknown_keys(start: Any) -> None:
    _, call = start(DATA_CENTER)
    page = call("search", {"jql": "project = ORD", "startAt": 1, "maxResults": 1}).json
    assert ([one["key"] for one in page["issues"]], page["total"], page["startAt"]) == (["ORD-2"], 3, 1)
    assert call("search").json["total"] == 4
    asked = {"jql": "key in (ORD-1, ORD-4, ORD-99)"}
    refused = call("search", asked)
    said = [f"An issue with key '{key}' does not exist for field 'key'." for key in ("ORD-4", "ORD-99")]
    assert (refused.status, refused.json["errorMessages"]) == (400, said)
    warned = call("search", {**asked, "validateQuery": False})
    assert (keys(warned), warned.json["warningMessages"]) == (["ORD-1"], said)
    assert keys(call(f"search?jql={quote(asked['jql'])}&validateQuery=false")) == ["ORD-1"]
    assert call("search", {"jql": "", "maxResults": "many"}).status == 400


def test_each_flavour_lacks_what_the_other_has(start: Any) -> None:
    _, cloud = start(CLOUD)
    _, data_center = start(DATA_CENTER)
    assert cloud("2/search?jql=key=ORD-1").status == 410
    assert bulk(data_center, "ORD-1").status == search(data_center, "key = ORD-1").status == 404
    assert data_center("3/issue/ORD-1").status == 404
    assert cloud("2/issue/ORD-1").json["self"].endswith("/rest/api/2/issue/10000")


@both
def test_projects_are_those_with_something_to_see(flavour: str, start: Any) -> None:
    hidden = {"SEC-1": {"summary": "", "hidden": True}}
    _, call = start(flavour, issues={**ISSUES, **hidden}, projects={"EMP": "Empty"})
    found = {key: call(f"project/{key}").status for key in ("ORD", "pay", "EMP", "SEC", "OLD", "NONE")}
    assert found == {"ORD": 200, "pay": 200, "EMP": 200, "SEC": 404, "OLD": 404, "NONE": 404}
    assert call("project/EMP").json["name"] == "Empty"
    assert call("project/NONE").json["errorMessages"] == ["No project could be found with key 'NONE'."]
    assert [one["name"] for one in call("project/ORD/versions").json] == ["1.1", "1.0"]


@both
def test_a_version_is_made_once_and_can_then_be_set(flavour: str, start: Any) -> None:
    jira, call = start(flavour)
    add = {"update": {"fixVersions": [{"add": {"name": "2.0"}}]}}
    assert call("issue/ORD-2", add, "PUT").json["errors"] == {"fixVersions": "Version name '2.0' is not valid"}
    project = call("project/ORD").json
    made = call("version", {"name": "2.0", "projectId": int(project["id"])})
    assert (made.status, made.json["projectId"]) == (201, int(project["id"]))
    again = call("version", {"name": "2.0", "project": "ORD"})
    assert (again.status, list(again.json["errors"])) == (400, ["name"])
    before = jira.issues["ORD-2"].updated
    assert [call("issue/OLD-7", add, "PUT").status for _ in range(2)] == [204, 204]
    assert jira.issues["ORD-2"].fix_versions == ["1.0", "2.0"]
    assert jira.issues["ORD-2"].updated > before
    by_id = {"update": {"fixVersions": [{"add": {"id": call("project/ORD/versions").json[0]["id"]}}]}}
    assert call("issue/ORD-2", by_id, "PUT").status == 204
    assert jira.issues["ORD-2"].fix_versions == ["1.0", "2.0", "1.1"]
    assert call("version", {"name": "1", "project": "NONE"}).status == 404


@both
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"fields": {"summary": "x"}},
        {"update": {"labels": [{"add": "x"}]}},
        {"update": []},
        {"update": {"fixVersions": [{"set": []}]}},
        {"update": {"fixVersions": [{"add": {"name": "1.1"}}, {"add": {"name": "9"}}]}},
    ],
)
def test_a_refused_edit_changes_nothing(flavour: str, body: object, start: Any) -> None:
    jira, call = start(flavour)
    assert call("issue/ORD-2", body, "PUT").status == 400
    assert jira.issues["ORD-2"].fix_versions == ["1.0"]


@both
def test_a_remote_link_is_made_once_for_a_global_id(flavour: str, start: Any) -> None:
    jira, call = start(flavour)
    link = {"globalId": "deploy=1", "object": {"url": "https://x.example", "title": "Deployed"}}
    again = {**link, "object": {"url": "https://x.example/2", "title": "Deployed again"}}
    answers = [call("issue/ORD-2/remotelink", body) for body in (link, again)]
    assert [one.status for one in answers] == [201, 200]
    assert answers[0].json == answers[1].json
    assert jira.issues["ORD-2"].remote_links == [again]
    assert call("issue/ORD-2/remotelink?globalId=deploy%3D1").json["object"] == again["object"]
    assert call("issue/ORD-2/remotelink?globalId=other").status == 404
    anonymous = {"object": link["object"]}
    assert [call("issue/ORD-2/remotelink", anonymous).status for _ in range(2)] == [201, 201]
    assert len(call("issue/ORD-2/remotelink").json) == 3
    for wrong in ({}, {"object": {"title": "x"}}, {**link, "globalId": "x" * 256}):
        assert call("issue/ORD-2/remotelink", wrong).status == 400


def document(*texts: object) -> dict[str, Any]:
    content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in texts]
    return {"type": "doc", "version": 1, "content": content}


def test_a_comment_is_a_document_in_version_3_and_text_in_version_2(start: Any) -> None:
    jira, call = start(CLOUD)
    assert call("issue/ORD-2/comment", {"body": document("One", "two")}).status == 201
    assert call("2/issue/ORD-2/comment", {"body": "Three"}).status == 201
    jira.issues["ORD-2"].comments.append({"body": "from a file"})
    rich, plain = (call(f"{api}issue/ORD-2/comment").json["comments"] for api in ("", "2/"))
    assert [one["body"] for one in rich] == [document("One", "two"), document("Three"), document("from a file")]
    assert [one["body"] for one in plain] == ["One\ntwo", "Three", "from a file"]
    assert rich[0]["author"]["accountId"] == jira.issues["ORD-2"].comments[0]["author"] == "emulated-account"
    page = call("issue/ORD-2/comment?startAt=1&maxResults=1").json
    assert ([one["id"] for one in page["comments"]], page["total"]) == ([rich[1]["id"]], 3)


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("", "text"),
        ("", {"type": "doc", "version": 2, "content": []}),
        ("", {"type": "doc", "version": 1}),
        ("", {"type": "doc", "version": 1, "content": ["x"]}),
        ("", document("")),
        ("", document("x" * 32768)),
        ("2/", document("x")),
        ("2/", " "),
        ("2/", "x" * 32768),
    ],
)
def test_a_comment_that_is_none_is_refused(api: str, body: object, start: Any) -> None:
    jira, call = start(CLOUD)
    answer = call(f"{api}issue/ORD-2/comment", {"body": body})
    assert (answer.status, list(answer.json["errors"])) == (400, ["comment"])
    assert jira.issues["ORD-2"].comments == []


@both
def test_a_transition_moves_the_issue_to_a_status_of_its_own(flavour: str, start: Any) -> None:
    jira, call = start(flavour, localized=True)
    offered = {one["id"]: one["to"] for one in call("issue/ORD-2/transitions").json["transitions"]}
    assert [one["statusCategory"]["key"] for one in offered.values()] == ["new", "indeterminate", "done"]
    done = next(own for own, to in offered.items() if to["statusCategory"]["key"] == "done")
    add = {"fixVersions": [{"add": {"name": "1.1"}}]}
    assert call("issue/ORD-2/transitions", {"transition": {"id": done}, "update": add}).status == 204
    issue = jira.issues["ORD-2"]
    assert (issue.status, issue.category, issue.fix_versions) == ("Done", "done", ["1.0", "1.1"])
    assert call("issue/ORD-2").json["fields"]["status"]["id"] == offered[done]["id"]
    for wrong in ({}, {"transition": "31"}, {"transition": {"id": "99"}}):
        assert call("issue/ORD-2/transitions", wrong).status == 400


def test_an_issue_offers_only_the_transitions_it_is_limited_to(start: Any) -> None:
    _, call = start(CLOUD, statuses={"Open": "new", "Shut": "done", "Done": "done"})
    assert [one["name"] for one in call("issue/PAY-1/transitions").json["transitions"]] == ["Done"]
    assert [one["name"] for one in call("issue/ORD-1/transitions").json["transitions"]] == ["Open", "Shut", "Done"]
    assert call("issue/PAY-1/transitions", {"transition": {"id": "11"}}).status == 400


WRITES: dict[str, tuple[str, object]] = {
    "version": ("POST", {"name": "3", "project": "ORD"}),
    "issue/ORD-2": ("PUT", {"update": {"fixVersions": [{"add": {"name": "1.1"}}]}}),
    "issue/ORD-2/remotelink": ("POST", {"object": {"url": "https://x.example", "title": "x"}}),
    "issue/ORD-2/comment": ("POST", {"body": "x"}),
    "issue/ORD-2/transitions": ("POST", {"transition": {"id": "31"}}),
}


@both
@pytest.mark.parametrize("path", WRITES)
def test_who_may_not_write_writes_nothing(flavour: str, path: str, start: Any) -> None:
    jira, call = start(flavour)
    method, body = WRITES[path]
    before = msgspec.json.encode(jira)
    assert [call(path, body, method, who).status for who in ("", "Bearer no", basic("no", "no"))] == [401] * 3
    assert call(path, body, method, READER).status == 403
    assert msgspec.json.encode(jira) == before
    assert call("issue/ORD-2", authorization=READER).status == 200


def test_nobody_sees_nothing_and_cloud_tells_a_wrong_credential_in_a_header_alone(start: Any) -> None:
    _, call = start(CLOUD)
    for who in ("", basic("ada", "wrong")):
        assert call("issue/ORD-2", authorization=who).status == call("project/ORD", authorization=who).status == 404
        fetched = call("issue/bulkfetch", {"issueIdsOrKeys": ["ORD-2"]}, authorization=who)
        assert (fetched.status, keys(fetched)) == (200, [])
        assert fetched.headers.get("x-seraph-loginreason") == ("AUTHENTICATED_FAILED" if who else None)
        assert keys(call("search/jql", {"jql": "key = ORD-2"}, authorization=who)) == []
        assert call("search/jql", {"jql": "project = ORD"}, authorization=who).status == 400


def test_nobody_sees_nothing_and_data_center_refuses_a_wrong_credential(start: Any) -> None:
    _, call = start(DATA_CENTER)
    paths = ("issue/ORD-2", "project/ORD", "field", "search")
    assert [call(path, authorization="").status for path in paths] == [404, 404, 200, 200]
    assert call("search", authorization="").json["issues"] == []
    assert [call(path, authorization=basic("ada", "wrong")).status for path in paths] == [401] * 4


@both
def test_the_first_requests_can_be_limited(flavour: str, start: Any) -> None:
    jira, call = start(flavour, **{"rate-limited": 2})
    first, second, third = (call("issue/ORD-2") for _ in range(3))
    assert (first.status, second.status, third.status) == (429, 429, 200)
    assert (first.headers["retry-after"], first.headers["x-ratelimit-remaining"]) == ("1", "0")
    assert first.headers.get("ratelimit-reason") == ("jira-burst-based" if flavour == CLOUD else None)
    assert jira.rate_limited == 0
