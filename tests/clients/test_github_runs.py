from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, NOON, TOKEN, Answers, always, asking, client
from tests.rehearsal.test_github_emulator_runs import orders

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runs import (
    Environment,
    Member,
    Step,
    approvals,
    environment,
    job,
    jobs,
    run,
    runs_since,
    waiting,
)
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, Unreachable
from deploy_actions.rehearsal.emulators.github import GitHub, GitHubEmulator, Repository, Token

AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
RUN: dict[str, Any] = {
    **{"id": 1, "head_sha": "a" * 40, "status": "queued", "conclusion": None, "workflow_id": 2, "run_number": 3},
    **{"run_attempt": 1, "created_at": NOON, "html_url": "https://github.com/acme/orders/actions/runs/1"},
    **{"actor": {"login": "ada"}, "triggering_actor": {"login": "grace"}},
}
STEP: dict[str, Any] = {"name": "Deploy", "number": 1, "status": "queued", "conclusion": None}
JOB: dict[str, Any] = {
    **{"id": 1, "run_id": 2, "run_attempt": 1, "name": "deploy", "status": "queued", "conclusion": None},
    **{"created_at": NOON, "started_at": NOON, "completed_at": None, "labels": ["prod"]},
    **{"runner_name": None, "runner_group_name": None, "steps": [STEP]},
}
MEMBER = {"run_id": 1, "run_name": "Deploy", "status": "pending"}
REVIEW = {"user": {"login": "ada"}, "state": "approved", "comment": "", "environments": [{"name": "production"}]}
RULE = {"id": 1, "node_id": "x", "type": "wait_timer", "wait_timer": 5}


def counted(**lists: list[Any]) -> dict[str, Any]:
    ((name, items),) = lists.items()
    return {"total_count": len(items), name: items}


QUESTIONS: dict[str, Callable[[GitHubClient], object]] = {
    "run": lambda github: run(github, 1),
    "job": lambda github: job(github, 1),
    "jobs": lambda github: jobs(github, 1, 1),
    "runs since": lambda github: runs_since(github, AT),
    "waiting": lambda github: waiting(github, "deploy"),
    "approvals": lambda github: approvals(github, 1),
    "environment": lambda github: environment(github, "production"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", NO_FORM, ids=lambda answer: repr(answer)[:30])
def test_an_answer_of_no_form_is_malformed_and_not_quoted(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(always(answer)))
    assert not any(words in str(raised.value) for words in (HOSTILE, TOKEN))
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        *(("run", RUN | wrong) for wrong in ({"id": HOSTILE}, {"head_sha": None}, {"created_at": HOSTILE})),
        *(("run", RUN | wrong) for wrong in ({"created_at": None}, {"status": 7}, {"workflow_id": None})),
        ("run", RUN | {"created_at": "2026-09-01T12:00:00"}),
        ("run", RUN | {"actor": HOSTILE}),
        *(("job", JOB | wrong) for wrong in ({"status": None}, {"name": None}, {"started_at": HOSTILE})),
        *(("job", JOB | wrong) for wrong in ({"labels": HOSTILE}, {"labels": [7]}, {"steps": None})),
        ("job", JOB | {"steps": [STEP | {"status": None}]}),
        ("job", JOB | {"steps": [{"name": HOSTILE}]}),
        ("job", JOB | {"completed_at": "2026-09-01T12:00:00"}),
        ("jobs", counted(jobs=[JOB | {"id": None}])),
        ("jobs", {"total_count": HOSTILE, "jobs": []}),
        ("jobs", {"total_count": 1, "jobs": []}),
        ("jobs", {"total_count": 2, "jobs": [JOB]}),
        ("runs since", {"total_count": 1, "workflow_runs": []}),
        ("runs since", {"total_count": "2,500+", "workflow_runs": []}),
        ("runs since", counted(workflow_runs=[RUN | {"id": 1.5}])),
        ("waiting", counted(group_members=[MEMBER | {"run_id": None}])),
        ("waiting", counted(group_members=[MEMBER | {"status": None}])),
        ("waiting", {"total_count": 2, "group_members": [MEMBER]}),
        ("approvals", [REVIEW | {"state": None}]),
        ("approvals", [REVIEW | {"environments": [HOSTILE]}]),
        ("approvals", [REVIEW | {"user": {}}]),
        ("environment", {"protection_rules": None}),
        ("environment", {"protection_rules": [HOSTILE]}),
        ("environment", {"protection_rules": [{}]}),
        ("environment", {"name": "production"}),
        ("environment", {"protection_rules": [RULE | {"wait_timer": HOSTILE}]}),
        ("environment", {"protection_rules": [{"type": "required_reviewers", "prevent_self_review": "no"}]}),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_cannot_be_read_whole_is_malformed(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(always(answer)))
    assert HOSTILE not in str(raised.value)


@pytest.mark.parametrize("question", sorted(set(QUESTIONS) - {"waiting"}))
@pytest.mark.parametrize("error", [NotFound, Refused, Unreachable, Malformed, RateLimited])
def test_every_error_passes_through(question: str, error: type[NotFound]) -> None:
    with pytest.raises(error):
        QUESTIONS[question](client(Failing(error)))


class Failing:
    def __init__(self, error: type[NotFound]) -> None:
        self._error = error

    def send(self, request: HttpRequest) -> HttpResponse:
        raise self._error("GitHub", request.method, "status")


def test_a_github_that_tells_no_groups_is_none_and_no_error_else() -> None:
    assert waiting(client(Failing(NotFound)), "deploy") is None
    for error in (Refused, Unreachable, Malformed, RateLimited):
        with pytest.raises(error):
            waiting(client(Failing(error)), "deploy")  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["completed", "waiting", "a_word_of_tomorrow", ""])
def test_words_of_github_are_taken_as_they_are(word: str) -> None:
    for answer, question in ((RUN, "run"), (JOB, "job")):
        found: Any = QUESTIONS[question](client(always(answer | {"status": word, "conclusion": word})))
        assert (found.status, found.conclusion) == (word, word)
    members: Any = waiting(client(always(counted(group_members=[MEMBER | {"status": word}]))), "deploy")
    assert members == (Member(1, word),)


def test_a_run_without_people_and_status_is_read_all_the_same() -> None:
    found = run(client(always(RUN | {"actor": None, "triggering_actor": None, "status": None})), 1)
    assert (found.actor, found.triggering_actor, found.status) == (None, None, None)


@pytest.mark.parametrize(
    ("names", "asked", "number"),
    [
        ([], "Deploy", None),
        (["Build", "Deploy", "Check"], "Deploy", 2),
        (["Deploy", "Deploy"], "Deploy", 1),
        (["deploy", " Deploy", "Deploy "], "Deploy", None),
        (["Run deploy"], "Deploy", None),
    ],
)
def test_a_step_is_found_by_its_whole_name(names: list[str], asked: str, number: int | None) -> None:
    steps = [STEP | {"name": name, "number": place} for place, name in enumerate(names, 1)]
    found = job(client(always(JOB | {"steps": steps})), 1).step(asked)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (29, 1), (30, 2), (31, 2), (60, 3), (100, 4), (1000, 34)]
)
@pytest.mark.parametrize(("question", "name", "item"), [("jobs", "jobs", JOB), ("runs since", "workflow_runs", RUN)])
def test_every_page_is_read(  # noqa: PLR0913 a table
    question: str, name: str, item: dict[str, Any], count: int, requests: int
) -> None:
    items = [item | {"id": key} for key in range(count)]
    http = Answers(lambda _, page: {"total_count": count, name: items[(page - 1) * 30 : page * 30]})
    found: Any = QUESTIONS[question](client(http))
    assert [one.id for one in found] == list(range(count))
    assert len(http.requests) == requests


@pytest.mark.parametrize(
    ("question", "name", "item", "most"), [("jobs", "jobs", JOB, 34), ("runs since", "workflow_runs", RUN, 1)]
)
def test_a_list_longer_than_github_gives_is_malformed(
    question: str, name: str, item: dict[str, Any], most: int
) -> None:
    http = always({"total_count": 2500, name: [item] * 30})
    with pytest.raises(Malformed):
        QUESTIONS[question](client(http))
    assert len(http.requests) == most


def test_a_run_that_begins_meanwhile_brings_none_up_twice() -> None:
    def answer(_: str, page: int) -> object:
        keys = range(100, 70, -1) if page == 1 else range(71, 61, -1)
        return {"total_count": 39 + page - 1, "workflow_runs": [RUN | {"id": key} for key in keys]}

    assert [one.id for one in runs_since(client(Answers(answer)), AT)] == list(range(100, 61, -1))


def test_runs_are_asked_for_by_the_moment_in_utc() -> None:
    http = always(counted(workflow_runs=[]))
    runs_since(client(http), AT.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert http.query()["created"] == ">=2026-09-01T12:00:00Z"
    assert http.query()["exclude_pull_requests"] == "true"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], Environment()),
        ([RULE], Environment(wait_timer=5)),
        ([{"type": "branch_policy"}, {"type": "a_rule_of_tomorrow", "enabled": HOSTILE}], Environment()),
        ([{"type": "required_reviewers"}], Environment(required_reviewers=True)),
        ([{"type": "required_reviewers", "reviewers": []}], Environment(required_reviewers=True)),
        (
            [RULE, {"type": "required_reviewers", "prevent_self_review": True, "reviewers": [{"type": "Team"}]}],
            Environment(required_reviewers=True, prevent_self_review=True, wait_timer=5),
        ),
    ],
)
def test_an_environment_is_protected_as_its_rules_say(rules: list[dict[str, Any]], expected: Environment) -> None:
    assert environment(client(always({"name": "production", "protection_rules": rules})), "production") == expected


def test_a_reviewer_who_is_gone_still_counts_as_one() -> None:
    (found,) = approvals(client(always([REVIEW | {"user": None}])), 1)
    assert (found.state, bool(found.user)) == ("approved", True)


@pytest.mark.parametrize("name", ["../../other/repo", "a/b", "a?b=c", "a#b", "a b", "ä", "..", "%2e"])
def test_names_lead_nowhere_else(name: str) -> None:
    http = Answers(lambda path, _: counted(group_members=[]) if "groups" in path else {"protection_rules": []})
    waiting(client(http), name)
    environment(client(http), name)
    for request, below in zip(http.requests, ("actions/concurrency_groups/", "environments/"), strict=True):
        last = request.url.removeprefix(f"https://api.github.example/repos/acme/orders/{below}")
        assert not set("/?#. ") & set(last)


def test_the_emulator_is_read_in_all_its_parts() -> None:
    tokens = {TOKEN: Token("installation", {"actions": "read"})}
    repositories = {"acme/orders": orders()}
    with GitHubEmulator(GitHub(tokens=tokens, repositories=repositories)) as emulator:
        github = asking(emulator)
        found = run(github, 2)
        assert (found.id, found.status, found.conclusion, found.run_number) == (2, "in_progress", None, 2)
        assert [one and one.login for one in (found.actor, found.triggering_actor)] == ["grace", "ada"]
        assert [one.id for one in runs_since(github, AT + timedelta(hours=1))] == [1, 3, 2]
        deployed = job(github, 11)
        assert (deployed.runner_name, deployed.runner_group_name) == ("prod-1", "prod")
        assert (deployed.labels, deployed.created_at) == (("self-hosted", "prod"), AT)
        assert deployed.step("Deploy") == Step("Deploy", "in_progress", None, 2)
        assert [one.id for one in jobs(github, 1, 2)] == [12]
        assert len(jobs(github, 3, 1)) == 70
        assert waiting(github, "deploy/a:b") == (Member(2, "in_progress", 21), Member(3, "pending"))
        assert waiting(github, "idle") is None
        (review,) = approvals(github, 4)
        assert (review.user, review.state, review.comment, review.environments) == (
            *("grace", "approved", "Go."),
            ("production",),
        )
        protected = Environment(required_reviewers=True, prevent_self_review=True, wait_timer=30)
        assert environment(github, "production") == protected
        assert environment(github, "eu/production") == environment(github, "staging") == Environment()
        for question in (lambda: run(github, 9), lambda: job(github, 9), lambda: environment(github, "nowhere")):
            with pytest.raises(NotFound):
                question()
        emulator.state.repositories["acme/orders"] = Repository(concurrency_groups=None)
        assert waiting(github, "deploy/a:b") is None
        tokens[TOKEN].permissions.clear()
        with pytest.raises(Refused):
            waiting(github, "deploy/a:b")
