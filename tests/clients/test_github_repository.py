from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, TOKEN, Answers, always, asking, client

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_repository import Branch, branch, is_private
from deploy_actions.core.service_errors import Malformed, NotFound, Refused
from deploy_actions.rehearsal.emulators.github import Commit, GitHub, GitHubEmulator, Repository, Token

QUESTIONS: dict[str, Callable[[GitHubClient], object]] = {
    "visibility": is_private,
    "branch": lambda github: branch(github, "main"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", NO_FORM, ids=lambda answer: repr(answer)[:30])
def test_an_answer_of_no_form_is_malformed_and_not_quoted(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(always(answer)))
    assert not any(words in str(raised.value) for words in (HOSTILE, TOKEN))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"private": True, "visibility": "private"}, True),
        ({"private": True}, True),
        ({"private": True, "visibility": "internal"}, False),
        ({"private": False, "visibility": "public"}, False),
    ],
)
def test_an_internal_repository_is_none_of_those_whose_plan_may_lack_a_rule(answer: object, *, expected: bool) -> None:
    http = always(answer)
    assert is_private(client(http)) is expected
    assert http.requests[0].url.endswith("/repos/acme/orders")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"protected": True, "protection": {"enabled": True}}, Branch(is_protected=True, has_protection_rule=True)),
        ({"protected": True, "protection": {"enabled": False}}, Branch(is_protected=True, has_protection_rule=False)),
        ({"protected": True}, Branch(is_protected=True)),
        ({"protected": False, "protection": None}, Branch(is_protected=False)),
    ],
)
def test_a_branch_says_how_it_is_protected(answer: dict[str, Any], expected: Branch) -> None:
    http = Answers(lambda _path, _page: answer)
    assert branch(client(http), "release/1.0 #2") == expected
    assert http.requests[0].url.endswith("/branches/release%2F1%2E0%20%232")


@pytest.mark.parametrize("visibility", ["public", "private", "internal"])
def test_the_emulator_is_read_as_github_is(visibility: Any) -> None:
    home = Repository(commits=[Commit("a" * 40, "one", parents=[])], visibility=visibility)
    home.is_default_branch_protected = True
    token = Token("installation", {"contents": "read", "metadata": "read"})
    with GitHubEmulator(GitHub({TOKEN: token}, repositories={"acme/orders": home})) as github:
        assert is_private(asking(github)) is (visibility == "private")
        assert branch(asking(github), "main") == Branch(is_protected=True, has_protection_rule=True)
        with pytest.raises(NotFound):
            branch(asking(github), "feature")
        token.permissions.clear()
        with pytest.raises(Refused):
            branch(asking(github), "main")
