from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.verify_approval.test_verify_approval import NOON, OWN, waited, world
from tests.clients.github_answers import client

from deploy_actions.actions.verify_approval.waits import Wait, in_order, together, waits
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
        found = waits(github, "production", OWN, 2)
        first, second = found.ended
        asked = [request.path for request in emulator.received if request.path.endswith("/statuses")]
        assert len(asked) <= 3  # the third is the first from before
        assert (first.since, first.until) == (NOON + timedelta(hours=1), NOON + timedelta(hours=1, minutes=1))
        assert (found.last, found.doubt) == (second, "")


def test_with_more_deployments_than_are_looked_at_nothing_is_certain() -> None:
    others = [waited(1, run=number, hour=30) for number in range(1000, 1301)]
    with GitHubEmulator(world(waits=[*others, waited(1)])) as emulator:
        found = waits(asking(emulator), "production", OWN, 1)
    assert found.ended == ()
    assert "more than 300 deployments" in found.doubt


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
        found = waits(asking(emulator), "production", OWN, 1).ended
    assert [wait.until - wait.since for wait in found] == ([] if minutes is None else [timedelta(minutes=minutes)])


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 5)], [(0, 5)]),
        ([(0, 5), (5, 7)], [(0, 5), (5, 7)]),
        ([(0, 7), (4, 7)], [(0, 7)]),
        ([(0, 7), (4, 7), (6, 7)], [(0, 7)]),
        # a wait timer kept the one that was approved before the other began
        ([(0, 5), (4, 7)], [(0, 5), (4, 7)]),
        ([(0, 30), (5, 35)], [(0, 30), (5, 35)]),
        ([(1, 2), (3, 4), (0, 9), (8, 12), (12, 13)], [(1, 2), (3, 4), (0, 9), (8, 12), (12, 13)]),
    ],
)
def test_waits_that_ended_at_the_same_time_are_one(
    spans: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    found = together(Wait(at(start), at(end)) for start, end in spans)
    assert [(wait.since, wait.until) for wait in found] == [(at(start), at(end)) for start, end in expected]


@pytest.mark.parametrize(("apart", "count"), [(0, 1), (2, 1), (3, 2)])
def test_github_may_write_down_what_was_approved_at_once_within_two_seconds(apart: int, count: int) -> None:
    assert len(list(together([Wait(at(0), at(5)), Wait(at(1), at(5) + timedelta(seconds=apart))]))) == count


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20))))
def test_for_each_moment_at_which_jobs_were_let_through_one_wait_is_left(spans: list[tuple[int, int]]) -> None:
    given_waits = in_order(Wait(at(start), at(start + length)) for start, length in spans)
    left = list(together(given_waits))
    assert [one.until for one in left] == sorted({one.until for one in given_waits})
