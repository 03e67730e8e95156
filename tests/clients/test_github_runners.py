"""The client of runners against the emulator: every page, every level, and a list that changes while it is read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, TOKEN, Answers, always, asking, client

from deploy_actions.clients.etags import Conditional
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runners import (
    Owner,
    deprecation,
    enterprise_group_runners,
    enterprise_groups,
    organization_group_runners,
    organization_groups,
    organization_runners,
    owner,
    repository_runners,
)
from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, Unreachable
from deploy_actions.rehearsal.emulators.github import (
    Deprecation,
    Enterprise,
    Fault,
    GitHub,
    GitHubEmulator,
    Organization,
    Repository,
    Runner,
    RunnerGroup,
    Token,
)
from deploy_actions.services.http import HttpServers

ENDS = datetime(2026, 12, 1, tzinfo=UTC)
GROUP_PATH = "orgs/acme/actions/runner-groups/7/runners"


def state(**token: Any) -> GitHub:
    fleet = [Runner(f"fleet-{number:03}") for number in range(250)]
    deploys = RunnerGroup("deploys", [Runner("east-1", ["self-hosted", "Production"], busy=True), *fleet], id=7)
    closed = RunnerGroup("closed", visibility="selected", id=8)
    shared = RunnerGroup("shared", inherited=True, id=9)
    may = {"administration": "read", "organization_self_hosted_runners": "read"}
    return GitHub(
        tokens={TOKEN: Token(**({"kind": "installation", "permissions": may} | token))},
        repositories={"acme/orders": Repository(runners=[Runner("own", version=None, status="offline")])},
        organizations={"acme": Organization([deploys, closed, shared])},
        enterprises={"acme-inc": Enterprise([RunnerGroup("shared", [Runner("far")], id=3)])},
        deprecations={"2.337.0": Deprecation(runtime=ENDS)},
    )


def test_runners_of_the_repository_are_its_own() -> None:
    with GitHubEmulator(state()) as github:
        [own] = repository_runners(asking(github))
        assert owner(asking(github)) == Owner("acme", "Organization")
    assert (own.name, own.is_online, own.version) == ("own", False, None)


def test_all_pages_of_a_group_are_read() -> None:
    with GitHubEmulator(state()) as github:
        runners = organization_group_runners(asking(github), "acme", 7)
        assert organization_runners(asking(github), "acme") == tuple(runners)
        assert len(github.received) == 6
    assert len(runners) == 251
    east = next(runner for runner in runners if runner.name == "east-1")
    assert east.busy
    assert east.has_labels(("SELF-HOSTED", "production"))
    assert not east.has_labels(("self-hosted", "primary"))


def test_groups_are_all_of_them_or_those_that_are_open() -> None:
    with GitHubEmulator(state()) as github:
        everywhere = organization_groups(asking(github), "acme")
        visible = organization_groups(asking(github), "acme", visible_to="orders")
    assert [group.name for group in everywhere] == ["deploys", "closed", "shared"]
    assert [(group.name, group.inherited) for group in visible] == [("deploys", False), ("shared", True)]


def test_an_enterprise_is_asked_with_its_scope() -> None:
    with GitHubEmulator(state(kind="personal", scopes=["manage_runners:enterprise"])) as github:
        [group] = enterprise_groups(asking(github), "acme-inc", visible_to="acme")
        assert [one.name for one in enterprise_group_runners(asking(github), "acme-inc", group.id)] == ["far"]


def test_the_end_of_a_version_is_told_where_github_knows_it() -> None:
    with GitHubEmulator(state()) as github:
        told = deprecation(asking(github), "orgs/acme", "2.337.0")
        assert deprecation(asking(github), "orgs/acme", "2.1.0") is None
        github.state.deprecations = None
        assert deprecation(asking(github), "repos/acme/orders", "2.337.0") is None
    assert told
    assert told.runtime_deprecates_at == ENDS


def test_ghes_is_asked_below_its_path() -> None:
    with GitHubEmulator(state(), base_path="/api/v3") as github:
        assert github.url.endswith("/api/v3")
        assert len(organization_group_runners(asking(github), "acme", 7)) == 251


@pytest.mark.parametrize(
    ("status", "error"), [(500, Unreachable), (502, Unreachable), (403, Refused), (404, NotFound), (429, RateLimited)]
)
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_page_that_cannot_be_read_is_an_error(page: int, status: int, error: type[Exception]) -> None:
    faulty = state()
    faulty.faults = [Fault(f"/{GROUP_PATH}", status, page=page)]
    with GitHubEmulator(faulty) as github, pytest.raises(error):
        organization_group_runners(asking(github), "acme", 7)


def test_a_page_that_fails_once_is_asked_for_again() -> None:
    faulty = state()
    faulty.faults = [Fault(f"/{GROUP_PATH}", 500, page=2, times=1)]
    with GitHubEmulator(faulty) as github:
        assert len(organization_group_runners(asking(github), "acme", 7)) == 251


def test_pages_that_have_not_changed_cost_no_rate_limit() -> None:
    with GitHubEmulator(state()) as github:
        http = Conditional(HttpServers())
        first = organization_group_runners(client(http, github.url), "acme", 7)
        used = github.state.requests_used
        assert organization_group_runners(client(http, github.url), "acme", 7) == first
        assert github.state.requests_used == used
        github.state.organizations["acme"].runner_groups[0].runners[0].busy = False
        changed = organization_group_runners(client(http, github.url), "acme", 7)
        assert github.state.requests_used == used + 1
    assert not next(runner for runner in changed if runner.name == "east-1").busy


def a_page(ids: range, total: int) -> dict[str, Any]:
    runner = {"name": "a", "os": "linux", "status": "online", "busy": False, "labels": []}
    return {"total_count": total, "runners": [{**runner, "id": number} for number in ids]}


def test_a_list_that_changed_while_it_was_read_is_read_again() -> None:
    seen: list[int] = []

    def answer(_path: str, page: int) -> dict[str, Any]:
        seen.append(page)
        if len(seen) <= 2:  # one went between the pages, and one moved up to a page that was read
            return a_page(range(100), 102) if page == 1 else a_page(range(101, 102), 101)
        return a_page(range(100), 101) if page == 1 else a_page(range(100, 101), 101)

    assert len(repository_runners(client(Answers(answer)))) == 101
    assert seen == [1, 2, 1, 2]


@pytest.mark.parametrize("total", [0, 1, 3, 200])
def test_a_list_that_never_fits_its_count_is_refused(total: int) -> None:
    with pytest.raises(Malformed, match="other than it counts"):
        repository_runners(client(always(a_page(range(2), total))))


@pytest.mark.parametrize("answer", NO_FORM, ids=range(len(NO_FORM)))
@pytest.mark.parametrize("ask", [repository_runners, owner, lambda github: deprecation(github, "orgs/acme", "2.1.0")])
def test_what_has_no_form_of_githubs_is_refused_and_not_quoted(ask: Any, answer: Any) -> None:
    if ask not in (repository_runners, owner) and isinstance(answer, dict):
        return  # a version without dates is one of them
    github: GitHubClient = client(always(answer))
    with pytest.raises(Malformed) as refused:
        ask(github)
    assert HOSTILE not in str(refused.value)


def test_a_runner_with_a_name_of_another_is_told_by_its_id() -> None:
    assert len(repository_runners(client(always(a_page(range(2), 2))))) == 2
