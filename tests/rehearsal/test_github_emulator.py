import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.rehearsal.clients import Response, ask

from deploy_actions.rehearsal.emulators.github import (
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Pull,
    Repository,
    Token,
)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
EVERYTHING = {"contents": "read", "deployments": "read", "pull_requests": "read"}
JOB = "Bearer job"


def sha(name: object) -> str:
    return str(name).encode().hex().ljust(40, "0")


ROOT, LEFT, RIGHT, MERGE, AFTER, ISLAND = (sha(n) for n in ("root", "left", "right", "merge", "after", "island"))
FORKED = [
    Commit(ISLAND, "From another history", parents=[]),
    Commit(ROOT, "Root", parents=[]),
    Commit(LEFT, "Left", author="grace"),
    Commit(RIGHT, "Right", parents=[ROOT], author=None, pulls=[7, 8]),
    Commit(MERGE, "Merge pull request #7", parents=[LEFT, RIGHT], pulls=[7]),
    Commit(AFTER, "After (#9)", pulls=[9]),
]
PULLS = {
    7: Pull("Add the right", "Because\n\nof it.", head="right"),
    8: Pull("Still open", merged=False),
    9: Pull("Squashed", author="grace"),
}


def at(hours: int, *states: Any, **fields: Any) -> Deployment:
    return Deployment(
        **{"sha": sha(hours), "created_at": NOON + timedelta(hours=hours), "states": list(states), **fields}
    )


def world() -> GitHub:
    return GitHub(
        tokens={
            "job": Token("installation", EVERYTHING),
            **{f"no-{name}": Token("installation", _without(name)) for name in EVERYTHING},
            "classic": Token(scopes=["repo"]),
        },
        repositories={
            "acme/orders": Repository(commits=FORKED[:], pulls=dict(PULLS)),
            "acme/long": Repository(commits=[Commit(sha(n), f"Commit {n}") for n in range(1, 400)]),
            "acme/new": Repository(),
        },
    )


def _without(permission: str) -> dict[str, str]:
    return {name: level for name, level in EVERYTHING.items() if name != permission}


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    with GitHubEmulator(world()) as github:
        yield github


def get(github: GitHubEmulator, path: str, repository: str = "acme/orders", *, token: str = "job") -> Response:
    return ask(f"{github.url}/repos/{repository}/{path}", f"Bearer {token}")


def shas(answer: Response) -> list[str]:
    return [commit["sha"] for commit in answer.json["commits"]]


def next_page(answer: Response) -> str:
    found = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("base", "head", "status", "behind", "merge_base", "commits"),
    [
        (ROOT, LEFT, "ahead", 0, ROOT, [LEFT]),
        (ROOT, MERGE, "ahead", 0, ROOT, [LEFT, RIGHT, MERGE]),
        (LEFT, MERGE, "ahead", 0, LEFT, [RIGHT, MERGE]),
        (RIGHT, AFTER, "ahead", 0, RIGHT, [LEFT, MERGE, AFTER]),
        (LEFT, RIGHT, "diverged", 1, ROOT, [RIGHT]),
        (RIGHT, LEFT, "diverged", 1, ROOT, [LEFT]),
        (AFTER, ROOT, "behind", 4, ROOT, []),
        (MERGE, MERGE, "identical", 0, MERGE, []),
        (AFTER, "main", "identical", 0, AFTER, []),
        (MERGE, "refs%2Fheads%2Fmain", "ahead", 0, MERGE, [AFTER]),
        (MERGE[:10], "HEAD", "ahead", 0, MERGE, [AFTER]),
    ],
)
def test_a_range_is_what_the_head_reaches_and_the_base_does_not(  # noqa: PLR0913 a table
    github: GitHubEmulator, base: str, head: str, status: str, behind: int, merge_base: str, commits: list[str]
) -> None:
    answer = get(github, f"compare/{base}...{head}")
    body = answer.json
    assert (answer.status, body["status"]) == (200, status)
    assert (body["ahead_by"], body["behind_by"], body["total_commits"]) == (len(commits), behind, len(commits))
    assert body["base_commit"]["sha"].startswith(base)
    assert body["merge_base_commit"]["sha"] == merge_base
    assert shas(answer) == commits


def test_a_merge_commit_says_both_parents_and_an_author_without_an_account_is_null(github: GitHubEmulator) -> None:
    _, right, merge = get(github, f"compare/{ROOT}...{MERGE}").json["commits"]
    assert [parent["sha"] for parent in merge["parents"]] == [LEFT, RIGHT]
    assert right["author"] is None
    assert right["commit"]["author"]["name"]
    assert merge["author"]["login"] == "ada"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        (f"compare/{sha('gone')}...main", 404, "Not Found"),
        (f"compare/main...{sha('gone')}", 404, "Not Found"),
        ("compare/main...nowhere", 404, "Not Found"),
        ("compare/main", 404, "Not Found"),
        (f"compare/{ROOT}..{LEFT}", 404, "Not Found"),
        (f"compare/{ISLAND}...main", 404, f"No common ancestor between {ISLAND} and main."),
        (f"commits/{sha('gone')}", 422, f"No commit found for SHA: {sha('gone')}"),
        (f"commits/{sha('gone')}/pulls", 422, f"No commit found for SHA: {sha('gone')}"),
        ("branches/next", 404, "Not Found"),
        ("commits/6", 422, "No commit found for SHA: 6"),
        ("pulls/10", 404, "Not Found"),
        ("pulls/seven", 404, "Not Found"),
        ("deployments/1/statuses", 404, "Not Found"),
    ],
)
def test_what_is_not_there_is_refused(github: GitHubEmulator, path: str, status: int, message: str) -> None:
    answer = get(github, path)
    assert (answer.status, answer.json["message"]) == (status, message)


def test_a_repository_without_commits_is_empty(github: GitHubEmulator) -> None:
    answer = get(github, "commits/main", "acme/new")
    assert (answer.status, answer.json["message"]) == (409, "Git Repository is empty.")
    assert get(github, "branches/main", "acme/new").status == 404
    assert get(github, "deployments", "acme/new").json == []


@pytest.mark.parametrize("is_protected", [True, False])
def test_the_default_branch_says_where_it_is_and_whether_it_is_protected(
    github: GitHubEmulator, is_protected: bool
) -> None:
    github.state.repositories["acme/orders"].is_default_branch_protected = is_protected
    found = get(github, "branches/main").json
    assert (found["name"], found["commit"]["sha"], found["protected"]) == ("main", AFTER, is_protected)
    assert found["protection"]["enabled"] is is_protected


@pytest.mark.parametrize(
    ("query", "sizes"),
    [
        ("per_page=100", [100, 100, 30]),
        ("per_page=250", [100, 100, 30]),
        ("page=1", [30, 30, 30, 30, 30, 30, 30, 20]),
        ("per_page=100&page=3", [30]),
        ("per_page=100&page=4", [0]),
    ],
)
def test_a_range_of_230_commits_comes_by_pages(github: GitHubEmulator, query: str, sizes: list[int]) -> None:
    url = f"{github.url}/repos/acme/long/compare/{sha(10)}...{sha(240)}?{query}"
    pages = []
    while url:
        pages.append(ask(url, JOB))
        url = next_page(pages[-1])
    assert [len(shas(page)) for page in pages] == sizes
    assert {page.json["total_commits"] for page in pages} == {230}
    came = [one for page in pages for one in shas(page)]
    assert came == [sha(n) for n in range(11, 241)][-len(came) or 230 :]


def test_a_range_of_230_commits_is_whole_without_paging(github: GitHubEmulator) -> None:
    assert len(shas(get(github, f"compare/{sha(10)}...{sha(240)}", "acme/long"))) == 230


def test_without_paging_a_range_is_cut_to_its_newest_250(github: GitHubEmulator) -> None:
    answer = get(github, f"compare/{sha(1)}...main", "acme/long")
    assert answer.json["total_commits"] == 398
    assert shas(answer) == [sha(n) for n in range(150, 400)]
    assert "link" not in answer.headers


CHANGES = [
    Commit(ROOT, "Root", files=["a.py"]),
    Commit(LEFT, "Left", files=["b.py", "ä b/c.py"]),
    Commit(RIGHT, "Right", files=["b.py"], renames={"new.py": "old.py"}),
]


@pytest.mark.parametrize(
    ("path", "files"),
    [
        (f"compare/{ROOT}...{RIGHT}", {"b.py": None, "new.py": "old.py", "ä b/c.py": None}),
        (f"compare/{ROOT}...{RIGHT}?per_page=1", {"b.py": None, "new.py": "old.py", "ä b/c.py": None}),
        (f"compare/{ROOT}...{RIGHT}?per_page=1&page=2", {}),
        (f"compare/{RIGHT}...{ROOT}", {}),
        (f"commits/{ROOT}", {"a.py": None}),
        (f"commits/{RIGHT}", {"b.py": None, "new.py": "old.py"}),
    ],
)
def test_the_files_of_a_range_are_those_of_its_commits_on_the_first_page(
    github: GitHubEmulator, path: str, files: dict[str, str | None]
) -> None:
    github.state.repositories["acme/orders"].commits[:] = CHANGES
    answer = get(github, path).json
    assert {one["filename"]: one.get("previous_filename") for one in answer["files"]} == files
    assert [one["status"] for one in answer["files"]] == [
        "renamed" if one.get("previous_filename") else "modified" for one in answer["files"]
    ]


def test_one_commit_a_page_says_the_same_counts(github: GitHubEmulator) -> None:
    answer = get(github, f"compare/{ROOT}...{MERGE}?per_page=1")
    assert (answer.json["ahead_by"], answer.json["total_commits"], shas(answer)) == (3, 3, [LEFT])


@pytest.mark.parametrize(("count", "listed"), [(299, 299), (300, 300), (301, 300), (900, 300)])
def test_no_more_than_300_files_are_listed(github: GitHubEmulator, count: int, listed: int) -> None:
    commits = [Commit(ROOT, "Root"), Commit(LEFT, "Left", files=[f"{n}.py" for n in range(count)])]
    github.state.repositories["acme/orders"].commits[:] = commits
    assert len(get(github, f"compare/{ROOT}...{LEFT}?per_page=1").json["files"]) == listed


def test_a_commit_names_the_pull_requests_that_brought_it(github: GitHubEmulator) -> None:
    numbers = {
        commit: [pull["number"] for pull in get(github, f"commits/{commit}/pulls").json]
        for commit in (ROOT, RIGHT, MERGE, AFTER, "main")
    }
    assert numbers == {ROOT: [], RIGHT: [7], MERGE: [7], AFTER: [9], "main": [9]}


def test_an_open_pull_request_is_of_commits_that_have_not_arrived(github: GitHubEmulator) -> None:
    github.state.repositories["acme/orders"].commits.append(Commit(sha("tip"), "Tip", parents=[LEFT]))
    assert [pull["number"] for pull in get(github, f"commits/{RIGHT}/pulls").json] == [7, 8]


def test_a_pull_request_says_what_it_is(github: GitHubEmulator) -> None:
    merged, opened, squashed = (get(github, f"pulls/{number}").json for number in (7, 8, 9))
    assert (merged["title"], merged["body"], merged["state"]) == ("Add the right", "Because\n\nof it.", "closed")
    assert (merged["merged"], merged["merge_commit_sha"], merged["commits"]) == (True, MERGE, 2)
    assert (merged["head"]["ref"], merged["head"]["sha"], merged["base"]["ref"]) == ("right", RIGHT, "main")
    assert (opened["body"], opened["state"], opened["merged"], opened["merged_at"]) == (None, "open", False, None)
    assert (opened["merge_commit_sha"], opened["head"]["sha"]) == (None, RIGHT)
    assert (squashed["user"]["login"], squashed["merge_commit_sha"]) == ("grace", AFTER)
    assert squashed["head"]["sha"] not in {commit.sha for commit in FORKED}


def test_the_latest_successful_deployment_is_found_among_the_others(github: GitHubEmulator) -> None:
    github.state.repositories["acme/orders"].deployments += [
        at(1, "in_progress", "success", "inactive"),
        at(2, "queued", "in_progress", "success"),
        at(3, "in_progress", "failure"),
        at(4, "in_progress", "success", environment="staging"),
        at(5),
        at(6, "error"),
    ]
    listed = get(github, "deployments?environment=production").json
    assert [one["sha"] for one in listed] == [sha(n) for n in (6, 5, 3, 2, 1)]
    statuses = {one["sha"]: [status["state"] for status in ask(one["statuses_url"], JOB).json] for one in listed}
    assert statuses == {
        sha(6): ["error"],
        sha(5): [],
        sha(3): ["failure", "in_progress"],
        sha(2): ["success", "in_progress", "queued"],
        sha(1): ["inactive", "success", "in_progress"],
    }


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        ("", [4, 3, 2, 1]),
        ("environment=production", [4, 2, 1]),
        ("environment=staging", [3]),
        ("environment=eu%2Fproduction", []),
        (f"sha={sha(2)}", [2]),
        ("ref=v1", [4]),
        ("ref=main&environment=production", [2, 1]),
        ("task=deploy", [4, 3, 2, 1]),
        ("task=other", []),
        ("per_page=3", [4, 3, 2]),
        ("per_page=3&page=2", [1]),
    ],
)
def test_deployments_are_newest_first_and_as_asked_for(github: GitHubEmulator, query: str, hours: list[int]) -> None:
    github.state.repositories["acme/orders"].deployments += [
        at(3, environment="staging"),
        at(1),
        at(4, ref="v1"),
        at(2),
    ]
    assert [one["sha"] for one in get(github, f"deployments?{query}").json] == [sha(n) for n in hours]


def test_pages_of_deployments_are_linked_with_the_question(github: GitHubEmulator) -> None:
    github.state.repositories["acme/orders"].deployments += [at(n) for n in range(150)]
    first = get(github, "deployments?environment=production&per_page=100")
    assert next_page(first) == f"{github.url}/repos/acme/orders/deployments?environment=production&per_page=100&page=2"
    second = ask(next_page(first), JOB)
    assert (len(first.json), len(second.json), next_page(second)) == (100, 50, "")


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("deployments", "deployments"),
        ("deployments/1/statuses", "deployments"),
        (f"compare/{ROOT}...{LEFT}", "contents"),
        ("commits/main", "contents"),
        ("branches/main", "contents"),
        ("commits/main/pulls", "pull_requests"),
        ("pulls/7", "pull_requests"),
    ],
)
def test_each_route_asks_for_its_permission(github: GitHubEmulator, path: str, permission: str) -> None:
    github.state.repositories["acme/orders"].deployments.append(at(1))
    answers = {name: get(github, path, token=f"no-{name}") for name in EVERYTHING}
    assert {name: answer.status for name, answer in answers.items()} == {
        name: 403 if name == permission else 200 for name in EVERYTHING
    }
    assert answers[permission].json["message"] == "Resource not accessible by integration"
    assert answers[permission].headers["x-accepted-github-permissions"] == f"{permission}=read"
    assert get(github, path, token="classic").status == 200
    assert get(github, path, token="unknown").status == 401
    assert get(github, path, "acme/nowhere").status == 404


@pytest.mark.parametrize(
    ("repository", "fault"),
    [
        ({"commits": [{"sha": "abc", "message": ""}]}, "regex"),
        ({"commits": [{"sha": ROOT, "message": ""}, {"sha": ROOT, "message": ""}]}, "is there twice"),
        ({"commits": [{"sha": ROOT, "message": "", "parents": [LEFT]}]}, "does not come before it"),
        ({"commits": [{"sha": ROOT, "message": "", "pulls": [1]}]}, "is not among `pulls`"),
        ({"commits": [{"sha": ROOT, "message": "", "branch": "main"}]}, "unknown field `branch`"),
        ({"deployments": [{"sha": ROOT, "created-at": "2026-09-01T12:00:00"}]}, "timezone"),
        ({"deployments": [{"sha": ROOT, "created-at": "2026-09-01T12:00:00Z", "states": ["done"]}]}, "Invalid enum"),
    ],
)
def test_a_state_that_no_repository_can_have_is_refused(repository: dict[str, Any], fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=re.escape(fault)):
        msgspec.json.decode(json.dumps(repository), type=Repository)


def test_a_state_is_written_in_kebab_case() -> None:
    written = {
        "commits": [{"sha": ROOT, "message": "Root", "pulls": [7]}, {"sha": LEFT, "message": "Left", "author": None}],
        "pulls": {"7": {"title": "Add", "body": None, "head": "add", "merged": True}},
        "deployments": [{"sha": ROOT, "created-at": "2026-09-01T12:00:00Z", "states": ["in_progress", "success"]}],
    }
    repository = msgspec.json.decode(json.dumps(written), type=Repository)
    assert repository.pulls[7].base == "main"
    assert repository.history().parents(repository.commits[1]) == [ROOT]
    assert repository.deployments[0].created_at == NOON
