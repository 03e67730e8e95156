"""Jira's emulator against Atlassian's description of Cloud; for Data Center there is none."""

import pytest
from tests.contracts.description import Description, description, routes_not_exercised
from tests.rehearsal.clients import ask, basic

from deploy_actions.rehearsal.emulators.jira import Jira, JiraEmulator, User
from deploy_actions.rehearsal.emulators.server import Answered, Received

SAME_AS = {
    "/rest/api/2/myself": "/rest/api/3/myself",  # on Cloud both versions answer alike but for rich text
    "/rest/api/2/serverInfo": "/rest/api/3/serverInfo",
}
NO_FORMATS = "Jira writes a time's zone as +0000, which its own description's `date-time` does not allow"
OF_DATA_CENTER = "Atlassian publishes no OpenAPI description of Data Center"
MYSELF, INFO = "/rest/api/3/myself", "/rest/api/3/serverInfo"


@pytest.fixture(name="described")
def _described() -> Description:
    return description("jira-v3.json", same_as=SAME_AS, no_formats=NO_FORMATS)


def exercise(jira: JiraEmulator) -> None:
    for version in (2, 3):
        for authorization in ("", "Bearer no", basic("no", "no"), basic("ada@acme.example", "t")):
            ask(f"{jira.url}/rest/api/{version}/myself", authorization)
            ask(f"{jira.url}/rest/api/{version}/serverInfo", authorization)
    ask(f"{jira.url}/rest/api/3/myself?expand=groups", basic("ada@acme.example", "t"))


def users() -> dict[str, User]:
    return {"ada@acme.example:t": User("Ada Lovelace", "ada@acme.example")}


def test_traffic_is_as_atlassian_describes_it(described: Description) -> None:
    with JiraEmulator(Jira(users())) as jira:
        exercise(jira)
    assert described.faults_of(jira) == []


def test_the_exercise_reaches_every_route() -> None:
    with JiraEmulator(Jira(users())) as jira:
        exercise(jira)
    assert routes_not_exercised([jira]) == set()


def test_data_centers_routes_are_excepted_with_a_reason() -> None:
    described = description("jira-v3.json", undescribed=dict.fromkeys(SAME_AS, OF_DATA_CENTER))
    with JiraEmulator(Jira(users(), flavour="data-center")) as jira:
        ask(f"{jira.url}/rest/api/2/myself", basic("ada@acme.example", "t"))
        ask(f"{jira.url}/rest/api/2/serverInfo")
    assert described.faults_of(jira) == []


def got(route: str, status: int, body: object) -> Answered:
    return Answered(route, "GET", status, body)


@pytest.mark.parametrize(
    ("asked", "answered", "fault"),
    [
        (MYSELF, got(MYSELF, 200, {"accountId": "1"}), None),
        (MYSELF, got(MYSELF, 401, "text"), None),
        (f"{MYSELF}?fields=x", got(MYSELF, 200, {}), "query parameter fields is unknown"),
        (MYSELF, got(MYSELF, 200, {"accountId": 1}), "1 is not of type 'string'"),
        (MYSELF, got(MYSELF, 200, {"avatarUrls": {"16x16": "u", "8x8": "u"}}), "response.avatarUrls.8x8 is unknown"),
        (MYSELF, got(MYSELF, 200, {"deleted": False}), "response.deleted is unknown"),
        (INFO, got(INFO, 403, {}), "no such status"),
        ("/rest/api/3/me", got("/rest/api/3/me", 200, {}), "no such path"),
    ],
)
def test_traffic_that_is_not_as_described_is_caught(
    described: Description, asked: str, answered: Answered, fault: str | None
) -> None:
    faults = described.faults(Received("GET", asked, {}, b""), answered)
    assert bool(faults) is bool(fault)
    assert not fault or any(fault in one for one in faults)
