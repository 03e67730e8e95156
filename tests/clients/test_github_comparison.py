from collections.abc import Callable

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, TOKEN, always, asking, client

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_comparison import Comparison, changed_paths, compare
from deploy_actions.core.service_errors import Malformed, NotFound, Refused
from deploy_actions.rehearsal.emulators.github import Commit, GitHub, GitHubEmulator, Repository, Token

QUESTIONS: dict[str, Callable[[GitHubClient], object]] = {
    "compare": lambda github: compare(github, "a", "b"),
    "changed paths": lambda github: changed_paths(github, "a", "b"),
}


def standing(status: object, ahead: object = 1, behind: object = 0) -> dict[str, object]:
    return {"status": status, "ahead_by": ahead, "behind_by": behind}


@pytest.mark.parametrize("status", ["ahead", "behind", "identical", "diverged"])
def test_how_commits_stand_is_told_in_one_request(status: str) -> None:
    http = always(standing(status, 3, 2))
    assert compare(client(http), "a", "b") == Comparison(status, 3, 2)  # type: ignore[arg-type]
    assert len(http.requests) == 1
    assert http.requests[0].url == "https://api.github.example/repos/acme/orders/compare/a...b?per_page=1"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "answer",
    [
        *NO_FORM,
        *(standing(status) for status in ("", "AHEAD", "forward", None, True, HOSTILE)),
        *(standing("ahead", HOSTILE), standing("ahead", 1.5), standing("ahead", None), standing("ahead", 1, HOSTILE)),
        {"status": "ahead"},
        *({"files": None}, {"files": HOSTILE}, {"files": [HOSTILE]}, {"files": [{}]}),
        *({"files": [{"filename": None}]}, {"files": [{"filename": 7}]}),
        {"files": [{"filename": "a", "previous_filename": {HOSTILE: 1}}]},
    ],
    ids=lambda answer: repr(answer)[:40],
)
def test_an_answer_of_no_form_is_malformed_and_not_quoted(question: str, answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        QUESTIONS[question](client(always(answer)))
    assert not any(words in str(raised.value) for words in (HOSTILE, TOKEN))
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        ([], ()),
        ([{"filename": "a.py", "status": "modified"}], ("a.py",)),
        ([{"filename": "new", "previous_filename": "old"}], ("new", "old")),
        ([{"filename": "b", "previous_filename": "a"}, {"filename": "a"}, {"filename": "b"}], ("b", "a")),
        ([{"filename": "a", "previous_filename": None, "status": "a-status-of-tomorrow"}], ("a",)),
        ([{"filename": "ä b/../c\n"}], ("ä b/../c\n",)),
        ([{"filename": str(n)} for n in range(299)], tuple(map(str, range(299)))),
        ([{"filename": str(n)} for n in range(300)], None),
        ([{"filename": "same"}] * 300, None),
        ([{"filename": str(n)} for n in range(3000)], None),
    ],
    ids=lambda value: f"{len(value)} of them" if value else repr(value),
)
def test_all_changed_paths_are_told_or_none(files: list[dict[str, str]], paths: tuple[str, ...] | None) -> None:
    assert changed_paths(client(always({"files": files})), "a", "b") == paths


@pytest.mark.parametrize("name", ["../../other/repo", "a/b", "a?b=c", "a#b", "a...b", "ä", "..", "%2e", " "])
@pytest.mark.parametrize("question", [compare, changed_paths])
def test_names_lead_nowhere_else(question: Callable[[GitHubClient, str, str], object], name: str) -> None:
    http = always(standing("ahead") | {"files": []})
    question(client(http), name, name)
    path = http.requests[0].url.removeprefix("https://api.github.example/repos/acme/orders/compare/")
    assert path.count("...") == 1
    assert path.endswith("?per_page=1")
    assert not set("/?#") & set(path.removesuffix("?per_page=1"))


ROOT, LEFT, RIGHT, GONE = ("1" * 40, "2" * 40, "3" * 40, "4" * 40)


@pytest.mark.parametrize(
    ("base", "head", "comparison", "paths"),
    [
        (ROOT, RIGHT, Comparison("ahead", 1, 0), ("moved.py", "right.py")),
        (RIGHT, ROOT, Comparison("behind", 0, 1), ()),
        (LEFT, LEFT, Comparison("identical", 0, 0), ()),
        (LEFT, RIGHT, Comparison("diverged", 1, 1), ("moved.py", "right.py")),
    ],
)
def test_the_emulator_is_compared_as_its_commits_are(
    base: str, head: str, comparison: Comparison, paths: tuple[str, ...]
) -> None:
    commits = [
        Commit(ROOT, "Root"),
        Commit(LEFT, "Left", files=["left.py"]),
        Commit(RIGHT, "Right", parents=[ROOT], renames={"moved.py": "right.py"}),
    ]
    tokens = {TOKEN: Token("installation", {"contents": "read"})}
    with GitHubEmulator(GitHub(tokens=tokens, repositories={"acme/orders": Repository(commits=commits)})) as emulator:
        github = asking(emulator)
        assert compare(github, base, head) == comparison
        assert changed_paths(github, base, head) == paths
        for question in (compare, changed_paths):
            with pytest.raises(NotFound):
                question(github, base, GONE)
        emulator.state.tokens[TOKEN].permissions.clear()
        with pytest.raises(Refused):
            compare(github, base, head)
