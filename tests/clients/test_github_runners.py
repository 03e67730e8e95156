"""The client of runners against the emulator: every page, every level, and a list that changes while it is read."""

from collections.abc import Callable, Iterable, Mapping
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
    is_github_com,
    organization_group_hosted_runners,
    organization_group_runners,
    organization_groups,
    organization_runners,
    repository,
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
        told = repository(asking(github))
    assert (told.owner, told.private) == (Owner("acme", "Organization"), True)
    assert (own.name, own.is_online, own.version) == ("own", False, None)


def test_all_pages_of_a_group_are_read() -> None:
    with GitHubEmulator(state()) as github:
        runners = organization_group_runners(asking(github), "acme", 7)
        assert organization_runners(asking(github), "acme") == tuple(runners)
        asked = [one.path.partition("&page=")[2] for one in github.received]
        assert asked == ["1", "3", "2", "1"] * 2
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


def test_a_group_says_who_may_use_it_and_lists_githubs_own_larger_runners_apart() -> None:
    world = state()
    deploys = world.organizations["acme"].runner_groups[0]
    deploys.restricted_to_workflows, deploys.selected_workflows = True, ["acme/w/.github/workflows/d.yml@v1"]
    deploys.hosted_runners = ["large-1", "large-2"]
    with GitHubEmulator(world) as github:
        [group, _] = organization_groups(asking(github), "acme", visible_to="orders")
        hosted = organization_group_hosted_runners(asking(github), "acme", 7)
    assert (group.restricted_to_workflows, group.selected_workflows) == (True, ("acme/w/.github/workflows/d.yml@v1",))
    assert (group.visibility, group.admits_public_repositories) == ("all", False)
    assert [one.name for one in hosted] == ["large-1", "large-2"]


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


@pytest.mark.parametrize(
    ("api", "rules"),
    [
        ("https://api.github.com", True),
        ("https://API.GitHub.com", True),
        ("https://api.github.com:443", True),
        ("https://api.acme.ghe.com", True),
        ("https://api.acme.GHE.com", True),
        ("https://github.acme.example/api/v3", False),
        ("https://api.github.com.acme.example", False),
        ("https://api.ghe.com", False),
        ("https://acme.ghe.com", False),
        ("https://acme.example/api.github.com", False),
        ("http://127.0.0.1:8080", False),
    ],
)
def test_the_rules_of_github_com_hold_wherever_github_runs_it(api: str, rules: bool) -> None:
    assert is_github_com(api) is rules


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


def a_page(ids: Iterable[int], total: int) -> dict[str, Any]:
    runner = {"name": "a", "os": "linux", "status": "online", "busy": False, "labels": []}
    return {"total_count": total, "runners": [{**runner, "id": number} for number in ids]}


class Changing:
    """A list of which some go, and to the end of which some come, after an answer."""

    def __init__(self, count: int, changes: Mapping[int, Callable[[list[int]], object]]) -> None:
        self.ids = list(range(count))
        self._changes = changes
        self.seen: list[int] = []

    def __call__(self, _path: str, page: int) -> dict[str, Any]:
        self.seen.append(page)
        answer = a_page(self.ids[(page - 1) * 100 : page * 100], len(self.ids))
        if change := self._changes.get(len(self.seen)):
            change(self.ids)
        return answer


@pytest.mark.parametrize("after", [1, 2, 3])
def test_one_that_goes_while_the_list_is_read_hides_no_other(after: int) -> None:
    github = Changing(250, {after: lambda ids: ids.pop(0)})
    found = {runner.id for runner in repository_runners(client(Answers(github)))}
    assert found >= set(range(1, 250))
    assert github.seen == [1, 3, 2, 1]


def test_one_that_went_before_its_page_was_read_is_not_there() -> None:
    github = Changing(250, {1: lambda ids: ids.pop(0)})
    assert {runner.id for runner in repository_runners(client(Answers(github)))} == set(range(1, 250))


def test_what_comes_on_a_further_page_is_read_too() -> None:
    github = Changing(200, {2: lambda ids: ids.append(999)})
    assert 999 in {runner.id for runner in repository_runners(client(Answers(github)))}
    assert github.seen == [1, 2, 1, 3, 1]


def test_a_list_that_grows_without_end_is_refused() -> None:
    github = Changing(101, dict.fromkeys(range(1, 500), lambda ids: ids.extend(range(len(ids), len(ids) + 100))))
    with pytest.raises(Malformed, match="there are more than 10000"):
        repository_runners(client(Answers(github)))
    assert len(github.seen) < 210


def test_a_page_that_holds_other_than_it_counts_has_the_list_read_again() -> None:
    whole, seen = Changing(150, {}), list[int]()

    def answer(path: str, page: int) -> dict[str, Any]:
        seen.append(page)
        return a_page(range(100, 149), 150) if len(seen) == 2 else whole(path, page)

    assert len(repository_runners(client(Answers(answer)))) == 150
    assert seen == [1, 2, 1] * 2


@pytest.mark.parametrize("total", [0, 1, 3, 200])
def test_a_list_that_never_fits_its_count_is_refused(total: int) -> None:
    with pytest.raises(Malformed, match="other than it counts"):
        repository_runners(client(always(a_page(range(2), total))))


@pytest.mark.parametrize("answer", NO_FORM, ids=range(len(NO_FORM)))
@pytest.mark.parametrize(
    "ask",
    [
        repository_runners,
        repository,
        lambda github: organization_groups(github, "acme"),
        lambda github: enterprise_groups(github, "acme", visible_to="acme"),
        lambda github: organization_group_hosted_runners(github, "acme", 7),
        lambda github: deprecation(github, "orgs/acme", "2.1.0"),
    ],
)
def test_what_has_no_form_of_githubs_is_refused_and_not_quoted(ask: Any, answer: Any) -> None:
    github: GitHubClient = client(always(answer))
    with pytest.raises(Malformed) as refused:
        ask(github)
    assert HOSTILE not in str(refused.value)


@pytest.mark.parametrize(
    "ask",
    [
        repository_runners,
        lambda github: organization_groups(github, "acme"),
        lambda github: enterprise_groups(github, "acme", visible_to="acme"),
        lambda github: organization_group_hosted_runners(github, "acme", 7),
    ],
)
def test_an_answer_without_the_list_is_no_list_of_nothing(ask: Any) -> None:
    with pytest.raises(Malformed, match="documented form"):
        ask(client(always({"total_count": 0})))


@pytest.mark.parametrize("answer", [{}, {"runner_version": "2.336.0"}])
def test_an_end_that_is_not_of_the_version_asked_for_is_refused(answer: Any) -> None:
    with pytest.raises(Malformed):
        deprecation(client(always(answer)), "orgs/acme", "2.337.0")


def test_a_runner_with_a_name_of_another_is_told_by_its_id() -> None:
    assert len(repository_runners(client(always(a_page(range(2), 2))))) == 2
