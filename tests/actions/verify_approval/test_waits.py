from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.verify_approval.test_verify_approval import NOON, OWN, waited, world
from tests.clients.github_answers import client

from deploy_actions.actions.verify_approval.waits import Wait, in_order, is_of_attempt, together, waits
from deploy_actions.clients.github import GitHubClient
from deploy_actions.core.secret import Secret
from deploy_actions.rehearsal.emulators.github import GitHubEmulator
from deploy_actions.services.http import HttpServers


def asking(emulator: GitHubEmulator) -> GitHubClient:
    found = client(HttpServers(5), emulator.url)
    return GitHubClient(found.api, found.repository, Secret("job"), found.patience)


def at(minute: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


def test_the_waits_of_the_run_are_found_and_no_deployment_from_before_it_is_asked_about() -> None:
    before = [waited(1, run=number, hour=-number) for number in range(8, 30)]
    with GitHubEmulator(world(waits=[*before, waited(1), waited(2)])) as emulator:
        github = asking(emulator)
        first, second = waits(github, "production", OWN)
        asked = [request.path for request in emulator.received if request.path.endswith("/statuses")]
        assert len(asked) <= 3  # the third is the first from before
        assert (first.since, first.until) == (NOON + timedelta(hours=1), NOON + timedelta(hours=1, minutes=1))
        assert is_of_attempt(github, second, 2)
        assert not is_of_attempt(github, first, 2)
        assert not is_of_attempt(github, Wait(first.since, first.until), 1)


@pytest.mark.parametrize(
    ("states", "minutes"),
    [
        (["waiting", "queued"], 1),
        (["queued", "waiting", "in_progress", "success"], 1),
        (["waiting", "waiting", "pending", "waiting", "queued"], 4),
        (["waiting"], None),
        (["queued", "in_progress"], None),
        (["waiting", "failure"], None),
        (["waiting", "error"], None),
        (["waiting", "inactive"], None),
        ([], None),
    ],
)
def test_a_wait_ends_where_the_job_is_let_through(states: list[str], minutes: int | None) -> None:
    with GitHubEmulator(world(waits=[waited(states=states)])) as emulator:
        found = waits(asking(emulator), "production", OWN)
    assert [wait.until - wait.since for wait in found] == ([] if minutes is None else [timedelta(minutes=minutes)])


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 5)], [(0, 5)]),
        ([(0, 5), (5, 7)], [(0, 5), (5, 7)]),
        ([(0, 5), (4, 7)], [(0, 7)]),
        ([(0, 9), (1, 2), (3, 4), (8, 12), (12, 13)], [(0, 12), (12, 13)]),
    ],
)
def test_waits_at_the_same_time_are_one(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    found = together(Wait(at(start), at(end)) for start, end in spans)
    assert [(wait.since, wait.until) for wait in found] == [(at(start), at(end)) for start, end in expected]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20))))
def test_joined_waits_do_not_overlap_and_lose_no_time(spans: list[tuple[int, int]]) -> None:
    given_waits = in_order(Wait(at(start), at(start + length)) for start, length in spans)
    joined = list(together(given_waits))
    assert all(one.until <= other.since for one, other in pairwise(joined))
    assert all(any(wide.since <= one.since and one.until <= wide.until for wide in joined) for one in given_waits)
