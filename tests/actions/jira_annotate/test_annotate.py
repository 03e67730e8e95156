"""What is written on issues, with the real HTTP service and an emulated Jira of each flavour in another language."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.fakes import FakeClock

from deploy_actions.actions.jira_annotate import JiraAnnotateInputs, run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.rehearsal.emulators.jira import Issue, Jira, JiraEmulator, User
from deploy_actions.services.http import HttpServers

TOKEN = "jira-canary-9f8e7d"
RUN = "https://github.com/acme/orders/actions/runs/4711"
FLAVOURS = ("cloud", "data-center")
HOSTILE = "h1. {html}<b>{html} [~admin] *bold* !http://x.example/y.png! |a| \\\\ @ada"
ANNOTATED, NOT_WRITTEN = ["annotated"], ["not-written"]

Annotate = Callable[..., Report]


@pytest.fixture(scope="module", name="server")
def _server() -> Iterator[JiraEmulator]:
    with JiraEmulator(Jira()) as jira:
        yield jira


@pytest.fixture(name="jira", params=FLAVOURS)
def _jira(request: pytest.FixtureRequest, server: JiraEmulator) -> Jira:
    """The site, new for each test."""
    credential = f"ada@acme.example:{TOKEN}" if request.param == "cloud" else TOKEN
    issues = {
        "PAY-1": Issue("epic", "Epic", level=1),
        "PAY-2": Issue("story", parent="PAY-1"),
        "PAY-3": Issue("done", parent="PAY-1", status="Done", category="done"),
        "PAY-4": Issue("stuck", parent="PAY-1", transitions=["To Do"]),
    }
    users = {credential: User("Ada", "ada@acme.example")}
    server.state = Jira(users=users, flavour=request.param, localized=True, issues=issues, versions={"PAY": ["1.1"]})
    server.received.clear()
    return server.state


@pytest.fixture(name="annotate")
def _annotate(jira: Jira, server: JiraEmulator) -> Annotate:
    def ask(keys: str = "PAY-2", **given: str) -> Report:
        texts = {
            "jira-url": server.url,
            "jira-user": "ada@acme.example" if jira.flavour == "cloud" else "",
            "jira-token": TOKEN,
            "keys": keys,
            "run-url": RUN,
            "version": "1.2",
            "timeout": "9s",
            **{name.replace("_", "-"): text for name, text in given.items()},
        }
        report = run(JiraAnnotateInputs.from_texts(texts), HttpServers(), FakeClock())
        assert TOKEN not in f"{report!r} {report.outputs.values()}"
        assert report.decision.exit_code == 0
        return report

    return ask


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def annotated(report: Report) -> tuple[str, ...]:
    found: tuple[str, ...] = report.outputs.values()["annotated"]
    return found


def link(jira: Jira, key: str = "PAY-2") -> dict[str, Any]:
    (only,) = jira.issues[key].remote_links
    return only


def body(jira: Jira, key: str = "PAY-2") -> Any:
    (only,) = jira.issues[key].comments
    return only["body"]


def test_each_issue_gets_a_link_to_the_run(jira: Jira, annotate: Annotate) -> None:
    report = annotate("PAY-2, PAY-3")
    assert (codes(report), annotated(report)) == (ANNOTATED * 2, ("PAY-2", "PAY-3"))
    assert report.decision is Decision.PASS
    about = link(jira)["object"]
    assert (about["url"], about["title"]) == (RUN, "Deploy of 1.2 to production: success")
    assert about["status"] == {"resolved": True}
    assert not jira.issues["PAY-2"].comments


def test_a_second_run_changes_the_link_and_adds_none(jira: Jira, annotate: Annotate) -> None:
    annotate(outcome="failure")
    assert link(jira)["object"]["status"] == {"resolved": False}
    annotate(run_url=f"{RUN}/attempts/2")
    assert link(jira)["object"]["title"].endswith(": success")


def test_each_environment_and_each_run_has_a_link_of_its_own(jira: Jira, annotate: Annotate) -> None:
    annotate()
    annotate(environment="staging")
    annotate(run_url=f"{RUN}5")
    assert len(jira.issues["PAY-2"].remote_links) == 3


def test_a_title_is_no_longer_than_jira_takes(jira: Jira, annotate: Annotate) -> None:
    assert codes(annotate(version="v" * 300)) == ANNOTATED
    assert len(link(jira)["object"]["title"]) == 255


def test_a_comment_is_a_document_or_text_without_markup(jira: Jira, annotate: Annotate) -> None:
    assert codes(annotate(comment="true", note=f"{HOSTILE}\nbq. second")) == ANNOTATED
    written = body(jira)
    if jira.flavour == "cloud":
        texts = [paragraph["content"][0] for paragraph in written["content"]]
        assert [text["text"] for text in texts] == [
            "Deploy of 1.2 to production: success",
            f"{HOSTILE}\nbq. second",
            RUN,
        ]
        assert [text.get("marks", []) for text in texts[:2]] == [[], []]
        return
    title, note, address = written.split("\n")
    assert (title, address) == ("Deploy of 1.2 to production: success", RUN)
    assert note.startswith("Note: h1. \\{html\\}<b>\\{html\\} \\[\\~admin\\] \\*bold\\* \\!http")
    bare = note.replace("\\\\", "")
    assert all(bare[at - 1] == "\\" for at, character in enumerate(bare) if character in "{}[]*|!~@#")


def test_a_second_run_adds_no_second_comment(jira: Jira, annotate: Annotate) -> None:
    for _ in range(2):
        assert codes(annotate(comment="true", environment='pre-prod "a"')) == ANNOTATED
    assert len(jira.issues["PAY-2"].comments) == 1
    annotate(comment="true")
    annotate(comment="true", run_url=f"{RUN}5", environment='pre-prod "a"')
    assert len(jira.issues["PAY-2"].comments) == 3


def test_a_note_makes_a_comment(jira: Jira, annotate: Annotate) -> None:
    annotate(note="Jira was bypassed by ada")
    assert "Jira was bypassed by ada" in str(body(jira))


@pytest.mark.parametrize(
    ("key", "category", "expected", "status"),
    [
        ("PAY-2", "done", ANNOTATED, "Done"),
        ("PAY-2", "indeterminate", ANNOTATED, "In Progress"),
        ("PAY-3", "done", ANNOTATED, "Done"),
        ("PAY-3", "indeterminate", ANNOTATED, "In Progress"),
        ("PAY-4", "done", NOT_WRITTEN, "In Progress"),
    ],
)
def test_an_issue_is_moved_by_category_in_any_language(  # noqa: PLR0913  # the columns of the table
    jira: Jira, annotate: Annotate, key: str, category: str, expected: list[str], status: str
) -> None:
    report = annotate(key, transition_to=category)
    assert (codes(report), jira.issues[key].status) == (expected, status)
    assert len(jira.issues[key].remote_links) == 1


def test_an_issue_that_is_there_already_is_not_moved(jira: Jira, annotate: Annotate, server: JiraEmulator) -> None:
    annotate("PAY-3", transition_to="done")
    assert not any(one.path.endswith("/transitions") for one in server.received)


@pytest.mark.parametrize(
    ("given", "version", "made"), [("1.1", "1.1", ["1.1"]), ("2.0 β", "2.0 β", ["1.1", "2.0 β"]), ("", None, ["1.1"])]
)
def test_a_fix_version_is_made_where_it_is_missing(  # noqa: PLR0913  # the columns of the table
    jira: Jira, annotate: Annotate, given: str, version: str | None, made: list[str]
) -> None:
    for _ in range(2):
        assert codes(annotate(fix_version=given)) == ANNOTATED
    assert jira.issues["PAY-2"].fix_versions == ([version] if version else [])
    assert jira.versions["PAY"] == made


def test_a_fix_version_in_another_case_is_the_one_that_is_there(jira: Jira, annotate: Annotate) -> None:
    jira.versions["PAY"] = ["V2"]
    assert codes(annotate(fix_version="v2")) == ANNOTATED
    assert (jira.issues["PAY-2"].fix_versions, jira.versions["PAY"]) == (["V2"], ["V2"])


def test_an_account_that_may_only_read_is_a_warning(jira: Jira, annotate: Annotate) -> None:
    next(iter(jira.users.values())).can_write = False
    report = annotate(comment="true", transition_to="done", fix_version="2.0")
    assert (report.decision, codes(report), annotated(report)) == (Decision.WARN, NOT_WRITTEN * 4, ())


def test_an_expired_token_is_a_warning(jira: Jira, annotate: Annotate) -> None:
    jira.users.clear()
    report = annotate()
    assert (report.decision, codes(report)) == (Decision.WARN, ["jira-unreachable"])
    assert codes(annotate(deployment_type=jira.flavour)) == NOT_WRITTEN


def test_a_jira_that_is_down_is_a_warning(jira: Jira, annotate: Annotate) -> None:
    jira.down = True
    assert codes(annotate()) == ["jira-unreachable"]
    report = annotate("PAY-2, PAY-3", deployment_type=jira.flavour)
    assert (report.decision, codes(report)) == (Decision.WARN, NOT_WRITTEN * 2)


def test_an_issue_that_is_not_there_keeps_nothing_from_the_others(jira: Jira, annotate: Annotate) -> None:
    report = annotate("PAY-99, PAY-2")
    assert (codes(report), annotated(report)) == (["not-written", "annotated"], ("PAY-2",))


def test_limits_of_rate_are_waited_for(jira: Jira, annotate: Annotate) -> None:
    jira.rate_limited = 2
    assert codes(annotate()) == ANNOTATED


def test_without_keys_there_is_nothing_to_write(annotate: Annotate, server: JiraEmulator) -> None:
    report = annotate("[]")
    assert (report.decision, codes(report), annotated(report)) == (Decision.SKIP, ["no-issue-to-annotate"], ())
    assert server.received == []


def test_the_keys_of_the_gate_are_taken_as_they_are(annotate: Annotate) -> None:
    assert annotated(annotate('["PAY-2","PAY-3"]')) == ("PAY-2", "PAY-3")


def test_what_is_no_key_is_no_input(annotate: Annotate) -> None:
    with pytest.raises(InvalidInput):
        annotate("PAY-2/../../x")
