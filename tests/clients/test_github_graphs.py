"""What GitHub's emulator and its client say of real histories, held against git's own word."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clients.github_answers import TOKEN, asking

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_comparison import compare
from deploy_actions.core.service_errors import NotFound
from deploy_actions.rehearsal.emulators.github import Commit, GitHub, GitHubEmulator, Repository, Token

Graph = list[list[int]]
"""The parents of each commit, by their places before it."""

MOST_COMMITS, PAIRS = 8, 4
LINE: Graph = [[], [0], [1], [2]]
MERGED: Graph = [[], [0], [0], [1, 2], [3]]
FORCE_PUSHED: Graph = [[], [0], [1], [1], [3]]  # no branch reaches 2 any more
CRISS_CROSS: Graph = [[], [0], [0], [1, 2], [2, 1], [3], [4]]
STRANGERS: Graph = [[], [0], [], [2]]


class Git(NamedTuple):
    """A repository with one branch, which each commit takes by force."""

    folder: Path

    def run(self, *command: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
        return subprocess.run(
            ["git", *command], cwd=self.folder, env=nobody, input=stdin, capture_output=True, text=True, check=False
        )

    def make(self, graph: Graph) -> list[str]:
        """The SHAs of the commits."""
        marks = self.folder / "marks"
        stream = "".join(_commit(place, parents) for place, parents in enumerate(graph))
        done = self.run("fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=stream)
        assert done.returncode == 0, done.stderr
        shas = dict(line.split() for line in marks.read_text().splitlines())
        return [shas[f":{place + 1}"] for place in range(len(graph))]

    def commits(self, shas: list[str]) -> list[Commit]:
        """The commits with the parents that git knows of."""
        listed = self.run("log", "--no-walk=unsorted", "--format=%H %P", *shas).stdout.splitlines()
        return [Commit(sha, "A change", parents) for sha, *parents in (line.split() for line in listed)]

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self.run("merge-base", "--is-ancestor", older, newer).returncode == 0

    def count(self, of: str) -> int:
        return int(self.run("rev-list", "--count", of).stdout)

    def status(self, base: str, head: str) -> str | None:
        """What GitHub should say; None for commits that have none in common."""
        if self.run("merge-base", base, head).returncode:
            return None
        forward, back = self.is_ancestor(base, head), self.is_ancestor(head, base)
        if forward:
            return "identical" if back else "ahead"
        return "behind" if back else "diverged"


def _commit(place: int, parents: list[int]) -> str:
    links = [f"{'merge' if n else 'from'} :{parent + 1}\n" for n, parent in enumerate(parents)]
    who, message = f"Ada <ada@acme.example> {place} +0000", f"Change {place}"
    head = f"reset refs/heads/main\n\ncommit refs/heads/main\nmark :{place + 1}\ncommitter {who}\n"
    return f"{head}data {len(message)}\n{message}\n{''.join(links)}\n"


@pytest.fixture(scope="module", name="git")
def _git(tmp_path_factory: pytest.TempPathFactory) -> Git:
    git = Git(tmp_path_factory.mktemp("graphs"))
    git.run("init", "--quiet", "--initial-branch=main")
    return git


@pytest.fixture(scope="module", name="emulator")
def _emulator() -> Iterator[GitHubEmulator]:
    with GitHubEmulator(GitHub(tokens={TOKEN: Token("installation", {"contents": "read"})})) as emulator:
        yield emulator


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """One commit or more, most with one parent, some with two, few with none."""
    graph: Graph = [[]]
    for place in range(1, draw(st.integers(1, MOST_COMMITS))):
        count = draw(st.sampled_from([1, 1, 1, 1, 2, 2, 0]))
        graph.append(draw(st.lists(st.integers(0, place - 1), min_size=min(count, place), max_size=count, unique=True)))
    return graph


def said(github: GitHubClient, base: str, head: str) -> tuple[str, int, int] | None:
    try:
        found = compare(github, base, head)
    except NotFound:
        return None
    return found.status, found.ahead_by, found.behind_by


@given(graph=graphs(), data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_comparison_says_what_git_says(git: Git, emulator: GitHubEmulator, graph: Graph, data: st.DataObject) -> None:
    places = st.integers(0, len(graph) - 1)
    pairs = data.draw(st.lists(st.tuples(places, places), min_size=1, max_size=PAIRS, unique=True))
    check(git, emulator, graph, pairs)


@pytest.mark.parametrize("graph", [LINE, MERGED, FORCE_PUSHED, CRISS_CROSS, STRANGERS])
def test_a_comparison_says_what_git_says_of_every_two_commits(git: Git, emulator: GitHubEmulator, graph: Graph) -> None:
    check(git, emulator, graph, [(base, head) for base in range(len(graph)) for head in range(len(graph))])


def check(git: Git, emulator: GitHubEmulator, graph: Graph, pairs: list[tuple[int, int]]) -> None:
    shas = git.make(graph)
    emulator.state.repositories = {"acme/orders": Repository(commits=git.commits(shas))}
    github = asking(emulator)
    for base, head in ((shas[a], shas[b]) for a, b in pairs):
        status = git.status(base, head)
        counts = [git.count(f"{base}..{head}"), git.count(f"{head}..{base}")]
        assert said(github, base, head) == (status and (status, *counts))
    unknown = "f" * 40
    assert git.run("cat-file", "-e", unknown).returncode
    assert said(github, shas[0], unknown) is said(github, unknown, shas[0]) is None


def test_a_force_pushed_commit_is_on_no_branch_and_compared_all_the_same(git: Git, emulator: GitHubEmulator) -> None:
    shas = git.make(FORCE_PUSHED)
    emulator.state.repositories = {"acme/orders": Repository(commits=git.commits(shas))}
    assert not git.is_ancestor(shas[2], "main")
    assert git.is_ancestor(shas[3], "main")
    assert said(asking(emulator), shas[2], shas[4]) == ("diverged", 2, 1)
