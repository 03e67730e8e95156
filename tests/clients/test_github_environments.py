from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, TOKEN, Answers, always, asking, client

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_environments import (
    Environment,
    EnvironmentName,
    RefPattern,
    custom_rules,
    environment,
    names,
    pending,
    ref_patterns,
)
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, Unreachable
from deploy_actions.rehearsal.emulators.github import GitHub, GitHubEmulator, Protection, Repository, Run, Token

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
QUESTIONS: dict[str, Callable[[GitHubClient], object]] = {
    "environment": lambda github: environment(github, "production"),
    "names": names,
    "patterns": lambda github: ref_patterns(github, "production"),
    "apps": lambda github: custom_rules(github, "production"),
    "pending": lambda github: pending(github, 1),
}

BARE: dict[str, Any] = {"name": "production", "protection_rules": [], "deployment_branch_policy": None}
REVIEWERS = {"id": 1, "type": "required_reviewers", "prevent_self_review": True}
USER = {"type": "User", "reviewer": {"login": "ada", "id": 1}}
TEAM = {"type": "Team", "reviewer": {"slug": "release-managers", "name": "Release managers"}}


def ruled(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**BARE, "protection_rules": list(rules), **more}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", NO_FORM, ids=lambda answer: repr(answer)[:30])
def test_an_answer_of_no_form_is_malformed_and_not_quoted(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(always(answer)))
    assert not any(words in str(raised.value) for words in (HOSTILE, TOKEN))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("environment", {"name": "production", "protection_rules": []}),
        ("environment", {"name": "production", "deployment_branch_policy": None}),
        ("environment", {"protection_rules": [], "deployment_branch_policy": None}),
        ("environment", ruled(deployment_branch_policy={})),
        ("environment", ruled(can_admins_bypass="no")),
        ("environment", ruled({"type": "wait_timer", "wait_timer": -1})),
        ("environment", ruled({**REVIEWERS, "reviewers": [{"type": "User", "reviewer": None}]})),
        ("environment", ruled({**REVIEWERS, "reviewers": [{"type": "User", "reviewer": {"slug": "a"}}]})),
        ("environment", ruled({**REVIEWERS, "reviewers": [{"type": "Team", "reviewer": {"login": "a"}}]})),
        ("environment", ruled({**REVIEWERS, "reviewers": [{"type": "Robot", "reviewer": {"login": "a"}}]})),
        ("names", {"total_count": 1, "environments": []}),
        ("patterns", {"total_count": 1, "branch_policies": []}),
        ("patterns", {"branch_policies": []}),
        ("patterns", {"total_count": 1, "branch_policies": [{"type": "branch"}]}),
        ("apps", {"total_count": 1, "custom_deployment_protection_rules": []}),
        ("apps", {"custom_deployment_protection_rules": []}),
        ("apps", {"total_count": 1, "custom_deployment_protection_rules": [{"app": {"slug": "a"}}]}),
        ("pending", [{"environment": {}}]),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_cannot_be_read_whole_is_malformed(question: str, answer: object) -> None:
    with pytest.raises(Malformed):
        QUESTIONS[question](client(always(answer)))


class Failing:
    def __init__(self, error: type[NotFound]) -> None:
        self._error = error

    def send(self, request: HttpRequest) -> HttpResponse:
        raise self._error("GitHub", request.method, "status")


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("error", [NotFound, Refused, Unreachable, Malformed, RateLimited])
def test_every_error_passes_through(question: str, error: type[NotFound]) -> None:
    with pytest.raises(error):
        QUESTIONS[question](client(Failing(error)))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (BARE, {}),
        (ruled(can_admins_bypass=True), {"administrators_may_bypass": True}),
        (ruled(can_admins_bypass=False), {"administrators_may_bypass": False}),
        (ruled({"type": "wait_timer", "wait_timer": 30}), {"wait_timer": 30}),
        (ruled({"type": "branch_policy", "wait_timer": 30}, {"type": "of_tomorrow"}), {}),
        (
            ruled({**REVIEWERS, "reviewers": [USER, TEAM]}),
            {"reviewers": ("ada", "acme/release-managers"), "prevent_self_review": True},
        ),
        (
            ruled({"type": "required_reviewers", "reviewers": [USER]}),
            {"reviewers": ("ada",), "prevent_self_review": None},
        ),
        (
            ruled(deployment_branch_policy={"protected_branches": True, "custom_branch_policies": False}),
            {"protected_branches": True},
        ),
        (
            ruled(deployment_branch_policy={"protected_branches": False, "custom_branch_policies": True}),
            {"custom_branch_policies": True},
        ),
    ],
)
def test_how_an_environment_is_protected_is_read_and_what_is_not_told_is_none(
    answer: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = environment(client(always(answer)), "production")
    assert found == Environment(name="production", **expected)
    assert found.is_open_to_every_ref is not (found.protected_branches or found.custom_branch_policies)


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_every_page_is_read_and_no_more(count: int) -> None:
    everything = [f"p-{number:03}" for number in range(count)]

    def answer(path: str, page: int) -> object:
        shown = [{"name": name, "type": "branch"} for name in everything[(page - 1) * 100 : page * 100]]
        return {"total_count": count, ("environments" if path == "environments" else "branch_policies"): shown}

    for question in (names, lambda github: ref_patterns(github, "eu/prod")):
        http = Answers(answer)
        assert len(question(client(http))) == count
        assert len(http.requests) == max(1, -(-count // 100))
    assert "/environments/eu%2Fprod/deployment-branch-policies?" in http.requests[-1].url


def test_a_list_without_end_is_malformed() -> None:
    page = {"total_count": 10_000, "environments": [{"name": f"e{number}"} for number in range(100)]}
    with pytest.raises(Malformed, match="more than 1000"):
        names(client(always(page)))


def test_patterns_of_old_servers_are_of_branches_and_order_and_duplicates_do_not_count() -> None:
    listed = [{"name": "main"}, {"name": "v*", "type": "tag"}, {"name": "a"}, {"name": "main", "type": "branch"}]
    found = ref_patterns(client(always({"total_count": 4, "branch_policies": listed})), "production")
    assert found == (RefPattern("branch", "a"), RefPattern("branch", "main"), RefPattern("tag", "v*"))


def test_an_app_whose_rule_is_not_enabled_does_not_count() -> None:
    rules = [{"enabled": True, "app": {"slug": "b"}}, {"enabled": False, "app": {"slug": "a"}}]
    answer = {"total_count": 2, "custom_deployment_protection_rules": rules}
    assert custom_rules(client(always(answer)), "production") == ("b",)


PROTECTIONS = {
    "Production": Protection(
        ["ada"],
        prevent_self_review=True,
        wait_timer=5,
        reviewer_teams=["release-managers"],
        branches=["main"],
        tags=["v*"],
        custom_rules=["change-gate"],
        can_admins_bypass=None,
    ),
    "staging": Protection(),
}


def emulated(permission: str = "actions") -> GitHub:
    home = Repository(
        protections=PROTECTIONS,
        runs=[Run(id=1, head_sha="a" * 40, created_at=NOON, pending_deployments=["staging"])],
    )
    return GitHub({TOKEN: Token("installation", {permission: "read"})}, repositories={"acme/orders": home})


def test_the_emulator_is_read_as_github_is() -> None:
    with GitHubEmulator(emulated()) as github:
        asked = asking(github)
        assert environment(asked, "production") == Environment(
            name="Production",
            reviewers=("ada", "acme/release-managers"),
            prevent_self_review=True,
            wait_timer=5,
            custom_branch_policies=True,
        )
        assert names(asked) == ("Production", "staging")
        assert ref_patterns(asked, "production") == (RefPattern("branch", "main"), RefPattern("tag", "v*"))
        assert custom_rules(asked, "production") == ("change-gate",)
        assert pending(asked, 1) == ("staging",)


def test_only_a_list_without_it_proves_that_an_environment_is_missing() -> None:
    with GitHubEmulator(emulated()) as github:
        assert environment(asking(github), "nowhere") is None
    with GitHubEmulator(emulated("contents")) as github, pytest.raises(Refused):
        environment(asking(github), "nowhere")

    class Hiding:
        def send(self, request: HttpRequest) -> HttpResponse:
            if request.url.endswith("/environments/production"):
                raise NotFound("GitHub", request.method, "status 404")
            return HttpResponse(200, {}, b'{"total_count": 1, "environments": [{"name": "PRODUCTION"}]}')

    with pytest.raises(NotFound):
        environment(client(Hiding()), "production")


@pytest.mark.parametrize("text", ["production", "eu/prod", "prüfung", "a" * 255, "50% ?#"])
def test_a_name_can_hold_much(text: str) -> None:
    assert EnvironmentName.parse(text) == text


@pytest.mark.parametrize("text", ["a" * 256, "a\nb", " ", "a\0", "\x1b[31m"])
def test_a_name_is_one_line_that_can_be_shown(text: str) -> None:
    with pytest.raises(NotOfType):
        EnvironmentName.parse(text)
