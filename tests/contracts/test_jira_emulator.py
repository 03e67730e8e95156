"""Jira's emulator against Atlassian's description of Cloud; for Data Center there is none."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.contracts.description import Description, description, routes_not_exercised
from tests.rehearsal.clients import ask, basic

from deploy_actions.rehearsal.emulators.jira import Issue, Jira, JiraEmulator, User
from deploy_actions.rehearsal.emulators.server import Answered, Received

OF_BOTH_VERSIONS = [
    "myself",
    "serverInfo",
    "field",
    "version",
    "project/{projectIdOrKey}",
    "project/{projectIdOrKey}/versions",
    "issue/{issueIdOrKey}",
    "issue/{issueIdOrKey}/transitions",
    "issue/{issueIdOrKey}/remotelink",
    "issue/{issueIdOrKey}/comment",
]
SAME_AS = {f"/rest/api/2/{path}": f"/rest/api/3/{path}" for path in OF_BOTH_VERSIONS}  # alike but for rich text
NO_FORMATS = "Jira writes a time's zone as +0000, which its own description's `date-time` does not allow"
OF_DATA_CENTER = "Atlassian publishes no OpenAPI description of Data Center"
REMOVED = {"/rest/api/2/search": "Cloud has it no more and answers 410"}
ANYWHERE = {
    403: "Jira says it of a missing permission on every write, and is described on some of them only",
    429: "the rate limit is described in prose: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/",
    503: "the site's proxy says it",
}
LINKS = "issue/{issueIdOrKey}/remotelink"
MYSELF, INFO = "/rest/api/3/myself", "/rest/api/3/serverInfo"
ADA, BOB = basic("ada@acme.example", "t"), basic("bob@acme.example", "t")
DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "A"}]}]}


class OfJira(Description):
    """With what the description leaves out: a list in a query is one text with commas, and `ANYWHERE`."""

    def unknown_keys(self, schema: Mapping[str, Any], value: object, where: str) -> list[str]:
        any_key = self._resolved(schema).get("additionalProperties") == {}
        return [] if any_key else super().unknown_keys(schema, value, where)

    def _schema_faults(self, schema: Mapping[str, Any], value: object, where: str = "") -> list[str]:
        if not where and schema.get("type") == "array" and isinstance(value, str):
            value = value.split(",")
        return super()._schema_faults(schema, value, where)

    def _response_faults(self, operation: Mapping[str, Any], answered: Answered) -> list[str]:
        if answered.status in ANYWHERE:
            return []
        if answered.route.endswith(LINKS) and isinstance(
            answered.body, list
        ):  # described as the one of `globalId` only
            links = [answered._replace(body=link) for link in answered.body]
            return [fault for link in links for fault in super(OfJira, self)._response_faults(operation, link)]
        return super()._response_faults(operation, answered)


@pytest.fixture(name="described")
def _described() -> Description:
    document = description("jira-v3.json").document
    return OfJira(document, same_as=SAME_AS, undescribed=REMOVED, no_formats=NO_FORMATS)


def state() -> Jira:
    return Jira(
        users={
            "ada@acme.example:t": User("Ada Lovelace", "ada@acme.example"),
            "bob@acme.example:t": User("Bob", "bob@acme.example", "bob", can_write=False),
        },
        issues={
            "ORD-1": Issue("An epic", "Epic", level=1),
            "ORD-2": Issue("A story", parent="ORD-1", fix_versions=["1.0"]),
            "ORD-3": Issue("Its part", "Sub-task", level=-1, parent="ORD-2", status="Done", category="done"),
            "OLD-7": Issue("A story", moved_to="ORD-2"),
            "ORD-4": Issue("A secret", hidden=True),
        },
        versions={"ORD": ["1.0", "1.1"]},
    )


def exercise(jira: JiraEmulator) -> None:
    for authorization in ("", "Bearer no", basic("no", "no"), BOB, ADA):
        for version in (2, 3):
            api = f"{jira.url}/rest/api/{version}"
            ask(f"{api}/myself", authorization)
            ask(f"{api}/serverInfo", authorization)
            exercise_issues(api, authorization)
            exercise_notes(api, authorization, DOCUMENT if version == 3 else "A")
            exercise_projects(api, authorization)
        exercise_searches(f"{jira.url}/rest/api", authorization)
    ask(f"{jira.url}/rest/api/3/myself?expand=groups", ADA)
    jira.state.rate_limited = 1
    ask(f"{jira.url}/rest/api/3/myself", ADA)
    jira.state.down = True
    ask(f"{jira.url}/rest/api/3/myself", ADA)


def exercise_issues(api: str, authorization: str) -> None:
    for key in ("ORD-1", "ord-2", "ORD-3", "OLD-7", "ORD-4", "ORD-99", "10000"):
        ask(f"{api}/issue/{key}", authorization)
        ask(f"{api}/issue/{key}?fields=summary,status,-status", authorization)
        ask(f"{api}/issue/{key}/transitions", authorization)
    for body in ({"transition": {"id": "31"}}, {"transition": {"id": "99"}}, {}):
        ask(f"{api}/issue/ORD-2/transitions", authorization, method="POST", body=body)
    for name in ("1.1", "9.9"):
        added = {"update": {"fixVersions": [{"add": {"name": name}}]}}
        ask(f"{api}/issue/ORD-2", authorization, method="PUT", body=added)


def exercise_notes(api: str, authorization: str, text: object) -> None:
    link = {"globalId": "g", "object": {"url": "https://x.example", "title": "X", "icon": {"title": "i"}}}
    for key in ("ORD-2", "ORD-99"):
        for body in (link, link, {"object": {"url": "https://x.example", "title": "No id"}, "relationship": "is"}):
            ask(f"{api}/issue/{key}/remotelink", authorization, method="POST", body=body)
        ask(f"{api}/issue/{key}/remotelink", authorization)
        ask(f"{api}/issue/{key}/remotelink?globalId=g", authorization)
        ask(f"{api}/issue/{key}/remotelink?globalId=none", authorization)
        for content in (text, {}):
            ask(f"{api}/issue/{key}/comment", authorization, method="POST", body={"body": content})
        ask(f"{api}/issue/{key}/comment?startAt=0&maxResults=1", authorization)


def exercise_projects(api: str, authorization: str) -> None:
    ask(f"{api}/field", authorization)
    for key in ("ORD", "NONE"):
        ask(f"{api}/project/{key}", authorization)
        ask(f"{api}/project/{key}/versions", authorization)
        for name in ("1.0", f"2.{len(api)}.{len(authorization)}", f"v{api[-1]}", ""):
            ask(f"{api}/version", authorization, method="POST", body={"name": name, "project": key})


def exercise_searches(api: str, authorization: str) -> None:
    for keys in (["ORD-1", "ord-3", "OLD-7", "ORD-99"], [], [f"ORD-{n}" for n in range(101)]):
        body = {"issueIdsOrKeys": keys, "fields": ["summary", "status", "parent"]}
        ask(f"{api}/3/issue/bulkfetch", authorization, method="POST", body=body)
    for jql in ("key in (ORD-1, ORD-2, ORD-99)", 'project = ORD AND (status = "Done")', "labels = x", ""):
        query = {"jql": jql, "maxResults": 1, "fields": ["*all"]}
        ask(f"{api}/3/search/jql", authorization, method="POST", body=query)
        ask(f"{api}/3/search/jql?jql={jql.replace(' ', '%20')}&fields=summary,status&maxResults=1", authorization)
        ask(f"{api}/2/search", authorization, method="POST", body={"jql": jql})


def exercise_data_center(jira: JiraEmulator) -> None:
    for path in ("myself", "serverInfo", "field", "project/ORD"):
        ask(f"{jira.url}/rest/api/2/{path}", ADA)
    ask(f"{jira.url}/rest/api/2/search?jql=key=ORD-1", ADA)
    ask(f"{jira.url}/rest/api/2/search", ADA, method="POST", body={"jql": "key = ORD-1"})


def test_traffic_is_as_atlassian_describes_it(described: Description) -> None:
    with JiraEmulator(state()) as jira:
        exercise(jira)
    assert described.faults_of(jira) == []


def test_the_exercises_reach_every_route() -> None:
    of_data_center = state()
    of_data_center.flavour = "data-center"
    with JiraEmulator(state()) as jira, JiraEmulator(of_data_center) as data_center:
        exercise(jira)
        exercise_data_center(data_center)
    assert routes_not_exercised([jira, data_center]) == set()


def test_data_centers_routes_are_excepted_with_a_reason() -> None:
    excepted = dict.fromkeys([*SAME_AS, *REMOVED], OF_DATA_CENTER)
    described = description("jira-v3.json", undescribed=excepted)
    of_data_center = state()
    of_data_center.flavour = "data-center"
    with JiraEmulator(of_data_center) as jira:
        exercise_data_center(jira)
    assert described.faults_of(jira) == []


def got(route: str, status: int, body: object) -> Answered:
    return Answered(route, "GET", status, body)


LINK, ISSUE = f"/rest/api/3/{LINKS}", "/rest/api/3/issue/{issueIdOrKey}"


@pytest.mark.parametrize(
    ("asked", "answered", "fault"),
    [
        (MYSELF, got(MYSELF, 200, {"accountId": "1"}), None),
        (MYSELF, got(MYSELF, 401, "text"), None),
        (f"{MYSELF}?fields=x", got(MYSELF, 200, {}), "query parameter fields is unknown"),
        (MYSELF, got(MYSELF, 200, {"accountId": 1}), "1 is not of type 'string'"),
        (MYSELF, got(MYSELF, 200, {"avatarUrls": {"16x16": "u", "8x8": "u"}}), "response.avatarUrls.8x8 is unknown"),
        (MYSELF, got(MYSELF, 200, {"deleted": False}), "response.deleted is unknown"),
        (INFO, got(INFO, 404, {}), "no such status"),
        ("/rest/api/3/me", got("/rest/api/3/me", 200, {}), "no such path"),
        ("/rest/api/3/issue/A-1?fields=a,b", got(ISSUE, 200, {"fields": {"anything": 1}}), None),
        ("/rest/api/3/issue/A-1", got(ISSUE, 200, {"id": 1}), "1 is not of type 'string'"),
        ("/rest/api/3/issue/A-1/remotelink", got(LINK, 200, [{"id": 1}]), None),
        ("/rest/api/3/issue/A-1/remotelink", got(LINK, 200, [{"id": 1}, {"id": "2"}]), "is not of type 'integer'"),
    ],
)
def test_traffic_that_is_not_as_described_is_caught(
    described: Description, asked: str, answered: Answered, fault: str | None
) -> None:
    faults = described.faults(Received("GET", asked, {}, b""), answered)
    assert bool(faults) is bool(fault)
    assert not fault or any(fault in one for one in faults)
