from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.clients.jira_issue import EPIC, STORY, SUB_TASK, Issue, issue_of
from deploy_actions.core.service_errors import Malformed

HOSTILE = "words-of-the-server"
LINK, NAME = "customfield_10014", "customfield_10015"


def a_document(kind: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    usual = {
        "issuetype": {"name": "Anforderung", "subtask": False, **(kind or {})},
        "status": {"name": "In Arbeit", "statusCategory": {"key": "indeterminate"}},
        "fixVersions": [{"name": "1.1"}, {"name": "1.2"}],
        "updated": "2026-11-23T11:00:00.250+0100",
    }
    return {"key": "PAY-2", "fields": {**usual, **fields}}


def read(document: Any) -> Issue:
    return issue_of(document, "https://jira.example/jira", epic_link=LINK, epic_name=NAME)


def test_an_issue_is_read_whole() -> None:
    assert read(a_document({"hierarchyLevel": 0}, parent={"key": "PAY-1"})) == Issue(
        key="PAY-2",
        type="Anforderung",
        level=STORY,
        status="In Arbeit",
        category="indeterminate",
        parent="PAY-1",
        fix_versions=("1.1", "1.2"),
        updated=datetime(2026, 11, 23, 10, 0, 0, 250_000, UTC),
        url="https://jira.example/jira/browse/PAY-2",
    )


@pytest.mark.parametrize(
    ("kind", "fields", "level"),
    [
        ({"hierarchyLevel": 2}, {}, 2),
        ({"hierarchyLevel": 1}, {}, EPIC),
        ({"hierarchyLevel": 0}, {}, STORY),
        ({"hierarchyLevel": -1, "subtask": True}, {}, SUB_TASK),
        ({"hierarchyLevel": 0}, {NAME: "a name"}, STORY),
        ({"subtask": True}, {}, SUB_TASK),
        ({}, {NAME: "a name"}, EPIC),
        ({}, {NAME: None}, STORY),
        ({}, {}, STORY),
        ({"name": "Epic"}, {}, STORY),
        ({"hierarchyLevel": True}, {NAME: "a name"}, EPIC),
    ],
)
def test_levels_are_told_without_names(kind: dict[str, Any], fields: dict[str, Any], level: int) -> None:
    assert read(a_document(kind, **fields)).level == level


@pytest.mark.parametrize(
    ("fields", "parent"),
    [
        ({}, None),
        ({"parent": None}, None),
        ({"parent": {"key": "PAY-1"}}, "PAY-1"),
        ({LINK: "PAY-1"}, "PAY-1"),
        ({LINK: None}, None),
        ({LINK: ""}, None),
        ({"parent": {"key": "PAY-3"}, LINK: "PAY-1"}, "PAY-3"),
    ],
)
def test_what_is_above_is_the_parent_or_the_epic_that_is_linked(fields: dict[str, Any], parent: str | None) -> None:
    assert read(a_document(**fields)).parent == parent


def test_an_issue_without_versions_has_none() -> None:
    assert read(a_document(fixVersions=None)).fix_versions == ()


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"key": "PAY-2"},
        {"key": "PAY-2", "fields": None},
        {"key": "PAY-2", "fields": []},
        {"key": "PAY-2", "fields": HOSTILE},
        {**a_document(), "key": 2},
        {**a_document(), "key": None},
        a_document(issuetype=None),
        a_document(issuetype=HOSTILE),
        a_document(issuetype={"name": HOSTILE}),
        a_document({"name": 7}),
        a_document(status={}),
        a_document(status={"name": HOSTILE}),
        a_document(status={"name": HOSTILE, "statusCategory": HOSTILE}),
        a_document(status={"name": HOSTILE, "statusCategory": {"key": 4}}),
        a_document(fixVersions=7),
        a_document(fixVersions=HOSTILE),
        a_document(fixVersions={"name": HOSTILE}),
        a_document(fixVersions=[{"name": None}]),
        a_document(parent={}),
        a_document(parent={"key": 1}),
        a_document(updated=None),
        a_document(updated=HOSTILE),
        a_document(updated="2026-11-23"),
        a_document(updated=1700000000),
        a_document(updated="0001-01-01T00:00:00.000+2359"),
        a_document(updated="9999-12-31T23:59:59.999-2359"),
        a_document(customfield_10014=7),
    ],
)
def test_what_is_no_issue_is_malformed_and_not_quoted(document: Any) -> None:
    with pytest.raises(Malformed) as raised:
        read(document)
    assert HOSTILE not in f"{raised.value} {raised.value.service}"
    assert raised.value.__suppress_context__


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["issuetype", "status", "fixVersions", "updated", "parent", LINK, NAME]), _JSON)
def test_any_field_is_read_or_malformed(name: str, value: Any) -> None:
    with suppress(Malformed):
        read(a_document(**{name: value}))
