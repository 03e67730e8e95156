"""The whole gate, with the real HTTP service, an emulated Jira of each flavour in another language, and GitHub."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.fakes import FakeClock

from deploy_actions.actions.jira_gate import JiraGateInputs, run
from deploy_actions.core.common_reasons import CommonReasons, finding_for
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Finding, Report
from deploy_actions.rehearsal.emulators.github import (
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Pull,
    Repository,
    Token,
)
from deploy_actions.rehearsal.emulators.jira import Issue, Jira, JiraEmulator, User
from deploy_actions.services.http import HttpServers

FLAVOURS = ("cloud", "data-center")
JIRA_TOKEN, GITHUB_TOKEN = "jira-canary-9f8e7d", "github-canary-6c5b4a"
NOW = datetime.now(UTC).replace(microsecond=0)  # which the emulators go by
MAY = {"contents": "read", "deployments": "read", "pull_requests": "read"}

PASS, FAIL, WARN, SKIP, UNKNOWN = "pass", "fail", "warn", "skip", "cannot-verify"
OK, ABSENT = ["issue-accepted"], ["issue-not-found"]


class World(NamedTuple):
    jira: Jira
    github: GitHub

    @property
    def orders(self) -> Repository:
        return self.github.repositories["acme/orders"]


class Seen(NamedTuple):
    """`codes`: reason codes by the issue that they are about, or by `-`."""

    report: Report
    codes: dict[str, list[str]]
    slept: list[float]


class Scenario(msgspec.Struct, frozen=True):
    """`codes` that are None are not looked at; `issues` are key, level, epic, verdict; `on_data_center` replaces."""

    name: str
    inputs: dict[str, str]
    decision: str
    codes: dict[str, list[str]]
    world: Callable[[World], object] | None = None
    epic: str | None = None
    stories: tuple[str, ...] | None = None
    issues: tuple[tuple[str, int, str | None, str], ...] | None = None
    slept: list[float] = []
    on_data_center: dict[str, Any] = {}


def short(number: int) -> str:
    return f"{number << 120:040x}"[:10]


def a_world(flavour: str) -> World:
    """Each SHA begins with its number, so that short ones differ."""
    credential = f"ada@acme.example:{JIRA_TOKEN}" if flavour == "cloud" else JIRA_TOKEN
    issues = {
        "PAY-1": Issue("epic", "Epic", level=1),
        "PAY-2": Issue("story", parent="PAY-1"),
        "PAY-3": Issue("part", "Sub-task", level=-1, parent="PAY-2"),
        "PAY-4": Issue("alone"),
        "PAY-5": Issue("done epic", "Epic", level=1, status="Done", category="done"),
        "PAY-6": Issue("in a done epic", parent="PAY-5"),
        "PAY-7": Issue("done", parent="PAY-1", status="Done", category="done"),
        "PAY-8": Issue("above epics", "Initiative", level=2),
        "PAY-9": Issue("under what is no epic", parent="PAY-8"),
        "PAY-10": Issue("loop", parent="PAY-11"),
        "PAY-11": Issue("loop", parent="PAY-10"),
        "PAY-12": Issue("not begun", parent="PAY-1", status="To Do", category="new"),
        "PAY-13": Issue("under a story that is alone", parent="PAY-4"),
        "SHOP-1": Issue("story of another project", parent="PAY-1"),
        "SHOP-2": Issue("its part", "Sub-task", level=-1, parent="SHOP-1"),
        "OLD-7": Issue("moved", moved_to="PAY-2"),
        "SEC-1": Issue("nobody may see it", hidden=True),
    }
    users = {credential: User("Ada", "ada@acme.example")}
    commits = [commit(1, "the beginning")]
    tokens = {GITHUB_TOKEN: Token(kind="installation", permissions=dict(MAY))}
    return World(
        Jira(users=users, flavour=flavour, localized=True, issues=issues),  # type: ignore[arg-type]
        GitHub(tokens=tokens, repositories={"acme/orders": Repository(commits=commits)}),
    )


def commit(number: int, message: str, **more: Any) -> Commit:
    return Commit(f"{number << 120:040x}", message, **more)


@pytest.fixture(scope="module", name="servers")
def _servers() -> Iterator[tuple[JiraEmulator, GitHubEmulator]]:
    with JiraEmulator(Jira()) as jira, GitHubEmulator(GitHub()) as github:
        yield jira, github


@pytest.fixture(name="gate")
def _gate(servers: tuple[JiraEmulator, GitHubEmulator]) -> Callable[..., Seen]:
    """Asks the gate; afterwards, no token was told, and each had gone to its own host alone."""
    jira, github = servers

    def ask(world: World, **given: str) -> Seen:
        jira.state, github.state = world
        jira.received.clear()
        github.received.clear()
        texts = {
            "jira-url": jira.url,
            "jira-user": "ada@acme.example" if world.jira.flavour == "cloud" else "",
            "jira-token": JIRA_TOKEN,
            "projects": "PAY, SHOP, OLD, SEC",
            "sources": "keys",
            "repository": "acme/orders",
            "sha": world.orders.commits[-1].sha,
            "api-url": github.url,
            "github-token": GITHUB_TOKEN,
            "timeout": "9s",
            **{name.replace("_", "-"): text for name, text in given.items()},
        }
        clock = FakeClock(NOW)
        report = reported(texts, clock)
        ours = b64encode(f"ada@acme.example:{JIRA_TOKEN}".encode()).decode()
        told = f"{report!r} {report.outputs.values()!r}"
        assert not any(secret in told for secret in (JIRA_TOKEN, GITHUB_TOKEN, ours))
        authorized = {f"Basic {ours}", f"Bearer {JIRA_TOKEN}"}
        assert all(one.headers["authorization"] in authorized for one in jira.received)
        assert all(one.headers["authorization"] == f"Bearer {GITHUB_TOKEN}" for one in github.received)
        return Seen(report, by_issue(report.findings), clock.slept)

    return ask


def reported(texts: dict[str, str], clock: FakeClock) -> Report:
    """What the runner makes of the room's end."""
    try:
        return run(JiraGateInputs.from_texts(texts), HttpServers(), clock)
    except InvalidInput as error:
        return Report(findings=(CommonReasons.invalid_input(input=error.input_name, problem=error.problem),))
    except ServiceError as error:
        return Report(findings=(finding_for(error),))


def by_issue(findings: tuple[Finding, ...]) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = {}
    for finding in findings:
        codes.setdefault(finding.rule or "-", []).append(finding.reason_code)
    return codes


def change(**more: Any) -> Callable[[World], None]:
    """A world whose Jira is otherwise; by the issue's key with `_` for `-`, or by the site's own names."""

    def apply(world: World) -> None:
        for name, value in more.items():
            if isinstance(value, dict) and name.isupper():
                for attribute, other in value.items():
                    setattr(world.jira.issues[name.replace("_", "-")], attribute, other)
            else:
                setattr(world.jira, name, value)

    return apply


def expired(world: World) -> None:
    world.jira.users.clear()


def pushed(*messages: str, deployed: bool = True) -> Callable[[World], None]:
    """Commits after the first one, which was the last to be deployed."""

    def apply(world: World) -> None:
        world.orders.commits += [commit(number, message) for number, message in enumerate(messages, 2)]
        if deployed:
            world.orders.deployments = [Deployment(commit(1, "").sha, NOW, states=["success", "inactive"])]

    return apply


def merged(world: World) -> None:
    pushed("PAY-2 on a branch")(world)
    first, second = world.orders.commits
    world.orders.commits.append(commit(3, "Merge branch", parents=[first.sha, second.sha]))


def diverged(world: World) -> None:
    first = world.orders.commits[0].sha
    world.orders.commits += [commit(2, "PAY-99 was deployed from a branch", parents=[first])]
    world.orders.commits += [commit(3, "PAY-2", parents=[first])]
    world.orders.deployments = [Deployment(commit(2, "").sha, NOW, states=["success"])]


def titled(world: World) -> None:
    world.orders.pulls[7] = Pull("PAY-2: a change", "closes shop-1")
    world.orders.commits = [commit(1, "squashed", pulls=[7])]


def without_permission(world: World) -> None:
    pushed("PAY-2")(world)
    world.github.tokens[GITHUB_TOKEN].permissions.clear()


def github_down(world: World) -> None:
    world.github.down = True


def deployed_in_vain(world: World) -> None:
    pushed("PAY-4 failed then", "PAY-2")(world)
    world.orders.deployments += [
        Deployment(commit(2, "").sha, NOW + timedelta(minutes=1), states=["failure"]),
        Deployment(commit(3, "").sha, NOW + timedelta(minutes=2), states=["in_progress"]),
        Deployment(commit(2, "").sha, NOW + timedelta(minutes=3), environment="test", states=["success"]),
    ]


def keys(text: str, **more: str) -> dict[str, str]:
    return {"keys": text, **more}


def bypass(**more: str) -> dict[str, str]:
    return {
        "keys": "PAY-2",
        "on_jira_unavailable": "bypass",
        "bypass_actor": "ada",
        "bypass_allowed_actors": "grace, ada",
        "bypass_reason": "Jira is down, status page 4711",
        "bypass_until": f"{NOW + timedelta(hours=2):%Y-%m-%dT%H:%MZ}",
        **more,
    }


DOWN = [1.0, 2.0, 4.0]
COMMITS = {"sources": "commits"}
LONG_AGO = {"updated": NOW - timedelta(days=40)}

SCENARIOS = [
    Scenario(
        "a valid story and its epic pass",
        keys("PAY-2, PAY-1"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        epic="PAY-1",
        stories=("PAY-2",),
        issues=(("PAY-2", 0, "PAY-1", PASS), ("PAY-1", 1, None, PASS)),
    ),
    Scenario(
        "a story climbs to its epic",
        keys("pay-2"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        epic="PAY-1",
        stories=("PAY-2",),
        issues=(("PAY-2", 0, "PAY-1", PASS), ("PAY-1", 1, None, PASS)),
    ),
    Scenario(
        "a fabricated id fails",
        keys("PAY-99"),
        FAIL,
        {"PAY-99": ABSENT},
        stories=(),
        issues=(),
        slept=[1.0, 2.0],
    ),
    Scenario(
        "a fabricated id beside a real one fails",
        keys("PAY-2, PAY-99, PAY-98"),
        FAIL,
        {"PAY-2": OK, "PAY-1": OK, "PAY-99": ABSENT, "PAY-98": ABSENT},
        epic="PAY-1",
        stories=("PAY-2",),
        slept=[1.0, 2.0],
    ),
    Scenario(
        "a hidden issue cannot be told from none",
        keys("SEC-1"),
        UNKNOWN,
        {"SEC-1": ["no-permission"]},
        slept=[1.0, 2.0],
    ),
    Scenario(
        "a story without an epic fails",
        keys("PAY-4"),
        FAIL,
        {"PAY-4": ["story-without-epic"]},
        stories=("PAY-4",),
        issues=(("PAY-4", 0, None, FAIL),),
    ),
    Scenario("a story needs no epic where none is required", keys("PAY-4", require="story"), PASS, {"PAY-4": OK}),
    Scenario("a story under a story without an epic fails", keys("PAY-13"), FAIL, {"PAY-13": ["story-without-epic"]}),
    Scenario("a story under what stands above epics fails", keys("PAY-9"), FAIL, {"PAY-9": ["story-without-epic"]}),
    Scenario("a done epic fails", keys("PAY-6"), FAIL, {"PAY-6": OK, "PAY-5": ["status-not-allowed"]}, epic="PAY-5"),
    Scenario(
        "a done epic is judged only where an epic counts",
        keys("PAY-6", require="story"),
        PASS,
        {"PAY-6": OK},
        epic="PAY-5",
    ),
    Scenario(
        "a done epic passes where it is allowed",
        keys("PAY-6", allowed_epic_status_categories="done"),
        PASS,
        {"PAY-6": OK, "PAY-5": OK},
    ),
    Scenario("a done story passes by default", keys("PAY-7"), PASS, {"PAY-7": OK, "PAY-1": OK}),
    Scenario(
        "a done story fails where it is not allowed",
        keys("PAY-7", allowed_status_categories="indeterminate"),
        FAIL,
        {"PAY-7": ["status-not-allowed"], "PAY-1": OK},
    ),
    Scenario("a story that is not begun fails", keys("PAY-12"), FAIL, {"PAY-12": ["status-not-allowed"], "PAY-1": OK}),
    Scenario(
        "a sub-task climbs to its story and its epic",
        keys("PAY-3"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        epic="PAY-1",
        stories=("PAY-2",),
        issues=(("PAY-3", -1, "PAY-1", PASS), ("PAY-2", 0, "PAY-1", PASS), ("PAY-1", 1, None, PASS)),
    ),
    Scenario(
        "a sub-task climbs across projects",
        keys("SHOP-2", projects="SHOP"),
        PASS,
        {"SHOP-1": OK, "PAY-1": OK},
        epic="PAY-1",
        stories=("SHOP-1",),
    ),
    Scenario(
        "a sub-task without a parent that can be seen is not told",
        keys("PAY-3"),
        UNKNOWN,
        {"PAY-3": ["parent-unclear"]},
        change(PAY_2={"hidden": True}),
    ),
    Scenario(
        "parents that lead back end the climb",
        keys("PAY-10"),
        UNKNOWN,
        {"PAY-10": ["parent-unclear", "issue-accepted"], "PAY-11": ["parent-unclear"]},
    ),
    Scenario(
        "what stands above epics is no deploy",
        keys("PAY-8"),
        FAIL,
        {"PAY-8": ["wrong-issue-type"], "-": ["no-story", "no-epic"]},
        on_data_center={"codes": {"PAY-8": ["story-without-epic"]}},
    ),
    Scenario(
        "an epic alone is no story", keys("PAY-1"), FAIL, {"-": ["no-story"], "PAY-1": OK}, epic="PAY-1", stories=()
    ),
    Scenario(
        "an epic alone is no story either", keys("PAY-1", require="story"), FAIL, {"-": ["no-story"], "PAY-1": OK}
    ),
    Scenario("an epic alone is enough for an epic", keys("PAY-1", require="epic"), PASS, {"PAY-1": OK}, epic="PAY-1"),
    Scenario("an epic alone is enough for nothing", keys("PAY-1", require="none"), PASS, {"PAY-1": OK}),
    Scenario(
        "a key of another project fails",
        keys("PAY-2, FOO-1"),
        FAIL,
        {"FOO-1": ["project-not-allowed"], "PAY-2": OK, "PAY-1": OK},
    ),
    Scenario("keys of other projects alone fail", keys("FOO-1"), FAIL, {"FOO-1": ["project-not-allowed"]}),
    Scenario(
        "a moved issue counts under its new key",
        keys("OLD-7"),
        PASS,
        {"OLD-7": ["issue-moved"], "PAY-2": OK, "PAY-1": OK},
        epic="PAY-1",
        stories=("PAY-2",),
        issues=(("PAY-2", 0, "PAY-1", PASS), ("PAY-1", 1, None, PASS)),
    ),
    Scenario(
        "an issue that is not there at first is found at the second look",
        keys("PAY-2"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        change(PAY_2={"heals_after": 1}),
    ),
    Scenario(
        "an issue that is not there at first is found at the third look",
        keys("PAY-2"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        change(PAY_2={"heals_after": 2}),
        slept=[1.0],
    ),
    Scenario(
        "a Jira that is down verifies nothing",
        keys("PAY-2"),
        UNKNOWN,
        {"-": ["service-unreachable"]},
        change(down=True),
        slept=DOWN,
    ),
    Scenario("an expired token verifies nothing", keys("PAY-2"), UNKNOWN, {"-": ["service-refused"]}, expired),
    Scenario(
        "an expired token that reads as nobody is never a missing issue",
        keys("PAY-2", deployment_type="cloud"),
        UNKNOWN,
        {"-": ["service-refused"]},
        expired,
        slept=[1.0, 2.0],
        on_data_center={"codes": {"-": ["service-not-found"]}, "slept": []},
    ),
    Scenario(
        "two limits of rate are waited for",
        keys("PAY-2"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        change(rate_limited=2),
        slept=[1.0, 1.0],
    ),
    Scenario(
        "a limit of rate beyond the time verifies nothing",
        keys("PAY-2", timeout="3s"),
        UNKNOWN,
        {"-": ["service-rate-limited"]},
        change(rate_limited=99),
        slept=[1.0, 1.0, 1.0],
    ),
    Scenario("a bypass is on record", bypass(), WARN, {"-": ["jira-bypassed"]}, change(down=True), slept=DOWN),
    Scenario(
        "a limit of rate may be bypassed",
        bypass(timeout="2s"),
        WARN,
        {"-": ["jira-bypassed"]},
        change(rate_limited=99),
        slept=[1.0, 1.0],
    ),
    *(
        Scenario(name, bypass(**more), UNKNOWN, {"-": ["bypass-refused"]}, change(down=True), slept=DOWN)
        for name, more in {
            "a bypass needs a reason": {"bypass_reason": "down"},
            "a bypass needs more than blanks for a reason": {"bypass_reason": f"down{' ' * 30}"},
            "a bypass needs an actor who may": {"bypass_actor": "mallory"},
            "a bypass needs an actor": {"bypass_actor": ""},
            "a bypass needs somebody to be allowed": {"bypass_allowed_actors": ""},
            "a bypass ends": {"bypass_until": f"{NOW - timedelta(minutes=1):%Y-%m-%dT%H:%MZ}"},
            "a bypass is not for long": {"bypass_until": f"{NOW + timedelta(hours=25):%Y-%m-%dT%H:%MZ}"},
            "a bypass needs an end": {"bypass_until": ""},
            "a bypass needs an end that is a date": {"bypass_until": "soon"},
        }.items()
    ),
    Scenario(
        "names of actors have no case",
        bypass(bypass_actor="ADA"),
        WARN,
        {"-": ["jira-bypassed"]},
        change(down=True),
        slept=DOWN,
    ),
    Scenario("a fabricated id is not bypassed", bypass(keys="PAY-99"), FAIL, {"PAY-99": ABSENT}, slept=[1.0, 2.0]),
    Scenario("an expired token is not bypassed", bypass(), UNKNOWN, {"-": ["service-refused"]}, expired),
    Scenario("a bypass that is not needed is not used", bypass(), PASS, {"PAY-2": OK, "PAY-1": OK}),
    Scenario(
        "a fix version that is there passes",
        keys("PAY-2", fix_version="1.2"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        change(PAY_2={"fix_versions": ["1.1", "1.2"]}),
    ),
    Scenario(
        "a fix version that is missing fails",
        keys("PAY-2", fix_version="1.2"),
        FAIL,
        {"PAY-2": ["fix-version-missing"], "PAY-1": OK},
        issues=(("PAY-2", 0, "PAY-1", FAIL), ("PAY-1", 1, None, PASS)),
    ),
    Scenario(
        "a story that matches the query passes",
        keys("PAY-3", jql='status = "In Arbeit"'),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
    ),
    Scenario(
        "a story that does not match the query fails",
        keys("PAY-2, PAY-7", jql='status = "Fertig"'),
        FAIL,
        {"PAY-2": ["jql-mismatch"], "PAY-7": OK, "PAY-1": OK},
    ),
    Scenario("a query that is none verifies nothing", keys("PAY-2", jql="("), UNKNOWN, {"-": ["service-malformed"]}),
    Scenario(
        "a query about what there is not verifies nothing",
        keys("PAY-2", jql="fixVersion = none-such"),
        UNKNOWN,
        {"-": ["service-malformed"]},
    ),
    Scenario("a story that was updated lately passes", keys("PAY-2", max_age="30d"), PASS, {"PAY-2": OK, "PAY-1": OK}),
    Scenario(
        "a story that is stale fails",
        keys("PAY-2", max_age="30d"),
        FAIL,
        {"PAY-2": ["issue-stale"], "PAY-1": OK},
        change(PAY_2=LONG_AGO),
    ),
    Scenario(
        "a clock that goes wrong verifies no age",
        keys("PAY-2", max_age="30d"),
        UNKNOWN,
        {"PAY-2": ["clock-implausible"], "PAY-1": OK},
        change(PAY_2={"updated": NOW + timedelta(days=3)}),
    ),
    Scenario(
        "a status that is denied fails, however it is written",
        keys("PAY-2", denied_statuses="in arbeit"),
        FAIL,
        {"PAY-2": ["status-denied"], "PAY-1": ["status-denied"]},
    ),
    Scenario(
        "a status that is allowed passes",
        keys("PAY-2", allowed_statuses="In Arbeit"),
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
    ),
    Scenario(
        "a status that is not allowed fails",
        keys("PAY-2", allowed_statuses="Fertig"),
        FAIL,
        {"PAY-2": ["status-not-allowed"], "PAY-1": OK},
    ),
    *(
        Scenario(f"a look-alike is no key: {text!r}", keys(text), UNKNOWN, {"-": ["invalid-input"]})
        for text in ("РAY-2", "ＰAY-2", "PAY-２", "PAY-2\u200b", "PAY\u20102")
    ),
    Scenario("no key at all fails", keys(""), FAIL, {"-": ["no-issue-key"]}),
    Scenario("no key at all is enough for nothing", keys("", require="none"), SKIP, {"-": ["no-issue-required"]}),
    Scenario(
        "a branch names its story", {"sources": "branch", "branch": "feature/pay-2_x"}, PASS, {"PAY-2": OK, "PAY-1": OK}
    ),
    Scenario("a tag names its story", {"sources": "tag", "tag": "v1-PAY-2"}, PASS, {"PAY-2": OK, "PAY-1": OK}),
    Scenario("a piece of a word is no key", {"sources": "branch", "branch": "XPAY-2"}, FAIL, {"-": ["no-issue-key"]}),
    Scenario(
        "a commit without a key is a warning",
        COMMITS,
        WARN,
        {short(2): ["commit-without-issue-warned"], "PAY-2": OK, "PAY-1": OK},
        pushed("tidied UTF-8", "pay-2: done"),
    ),
    Scenario(
        "a commit without a key may fail",
        {**COMMITS, "commits_without_issue": "fail"},
        FAIL,
        {short(2): ["commit-without-issue-refused"], "PAY-2": OK, "PAY-1": OK},
        pushed("tidied", "PAY-2"),
    ),
    Scenario(
        "a commit without a key may be passed over",
        {**COMMITS, "commits_without_issue": "ignore"},
        PASS,
        {short(2): ["commit-without-issue"], "PAY-2": OK, "PAY-1": OK},
        pushed("tidied", "PAY-2"),
    ),
    Scenario(
        "commits without any key fail",
        COMMITS,
        FAIL,
        {short(2): ["commit-without-issue-warned"], "-": ["no-issue-key"]},
        pushed("tidied"),
    ),
    Scenario(
        "merge commits are passed over",
        {**COMMITS, "commits_without_issue": "fail"},
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        merged,
    ),
    Scenario(
        "a first deployment looks at its commit",
        COMMITS,
        PASS,
        {"-": ["first-deployment"], "PAY-2": OK, "PAY-1": OK},
        pushed("PAY-99 long before", "PAY-2", deployed=False),
    ),
    Scenario(
        "the range begins after the last deployment that succeeded",
        COMMITS,
        FAIL,
        {"PAY-4": ["story-without-epic"], "PAY-2": OK, "PAY-1": OK},
        deployed_in_vain,
    ),
    Scenario(
        "a range of many pages is read whole",
        COMMITS,
        FAIL,
        {"PAY-4": ["story-without-epic"], "PAY-2": OK, "PAY-1": OK},
        pushed("PAY-4", *["PAY-2"] * 234, "PAY-4"),
        stories=("PAY-4", "PAY-2"),
    ),
    Scenario(
        "a range may be given",
        {**COMMITS, "since": commit(2, "").sha},
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        pushed("PAY-4", "PAY-2", deployed=False),
    ),
    Scenario("a history that diverged brings what is new", COMMITS, PASS, {"PAY-2": OK, "PAY-1": OK}, diverged),
    Scenario(
        "a deploy of what is deployed looks at its commit",
        {**COMMITS, "since": commit(2, "").sha},
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        pushed("PAY-2"),
    ),
    Scenario(
        "a rollback looks at its commit",
        {**COMMITS, "since": commit(3, "").sha, "sha": commit(2, "").sha},
        PASS,
        {"PAY-2": OK, "PAY-1": OK},
        pushed("PAY-2", "PAY-4"),
    ),
    Scenario(
        "a GitHub that is down verifies nothing",
        COMMITS,
        UNKNOWN,
        {"-": ["service-unreachable"]},
        github_down,
        slept=DOWN,
    ),
    Scenario(
        "a GitHub that is down is not bypassed",
        bypass(sources="commits"),
        UNKNOWN,
        {"-": ["service-unreachable"]},
        github_down,
        slept=DOWN,
    ),
    Scenario("a token that may not verifies nothing", COMMITS, UNKNOWN, {"-": ["service-refused"]}, without_permission),
    Scenario(
        "a commit that is none verifies nothing",
        {**COMMITS, "sha": "f" * 40},
        UNKNOWN,
        {"-": ["service-malformed"]},
        on_data_center={},
    ),
    Scenario("commits need a token", {**COMMITS, "github_token": ""}, UNKNOWN, {"-": ["invalid-input"]}),
    Scenario(
        "a pull request names its stories",
        {"sources": "pull-request"},
        PASS,
        {"PAY-2": OK, "SHOP-1": OK, "PAY-1": OK},
        titled,
        stories=("PAY-2", "SHOP-1"),
    ),
]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_the_gate_decides(scenario: Scenario, flavour: str, gate: Callable[..., Seen]) -> None:
    expected = msgspec.structs.replace(scenario, **scenario.on_data_center) if flavour == "data-center" else scenario
    world = a_world(flavour)
    if expected.world:
        expected.world(world)
    seen = gate(world, **expected.inputs)
    assert seen.codes == expected.codes, seen.report
    assert seen.report.decision.value == expected.decision
    assert seen.slept == expected.slept
    outputs = seen.report.outputs.values()
    if expected.epic is not None:
        assert outputs["epic"] == expected.epic
    if expected.stories is not None:
        assert outputs["stories"] == expected.stories
    if expected.issues is not None:
        rows = [(row["key"], row["level"], row["epic"], row["verdict"]) for row in outputs["issues"] or ()]
        assert rows == list(expected.issues)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_names_are_shown_as_jira_has_them(flavour: str, gate: Callable[..., Seen]) -> None:
    row = gate(a_world(flavour), keys="PAY-7").report.outputs.values()["issues"][0]
    assert (row["type"], row["status"], row["status-category"]) == ("Anforderung", "Fertig", "done")
    assert row["url"].endswith("/browse/PAY-7")


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("localized", [True, False])
def test_language_decides_nothing(flavour: str, localized: bool, gate: Callable[..., Seen]) -> None:
    world = a_world(flavour)
    world.jira.localized = localized
    assert gate(world, keys="PAY-3, PAY-6").codes == {
        "PAY-2": OK,
        "PAY-1": OK,
        "PAY-6": OK,
        "PAY-5": ["status-not-allowed"],
    }


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_three_hundred_keys_take_ten_requests_at_most(
    flavour: str, gate: Callable[..., Seen], servers: tuple[JiraEmulator, GitHubEmulator]
) -> None:
    world = a_world(flavour)
    many = {f"SHOP-{number}": Issue("one", parent=f"PAY-{1000 + number % 150}") for number in range(1, 301)}
    epics = {f"PAY-{1000 + number}": Issue("epic", "Epic", level=1) for number in range(150)}
    world.jira.issues = {**epics, **many}
    seen = gate(world, keys=", ".join(many), jql="project = SHOP" if flavour == "cloud" else "")
    assert seen.report.decision.value == PASS
    assert len(seen.report.outputs.values()["stories"]) == 300
    assert len(servers[0].received) <= 10


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_waits_for_missing_issues_are_for_all_of_them(flavour: str, gate: Callable[..., Seen]) -> None:
    seen = gate(a_world(flavour), keys=", ".join(f"PAY-{number}" for number in range(500, 520)))
    assert [*seen.codes.values()] == [ABSENT] * 20
    assert seen.slept == [1.0, 2.0]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_bypass_says_who_and_why_and_what_and_gives_the_keys(flavour: str, gate: Callable[..., Seen]) -> None:
    world = a_world(flavour)
    world.jira.down = True
    report = gate(world, **bypass(keys="PAY-2, PAY-99")).report
    assert all(word in report.findings[0].message for word in ("ada", "status page 4711"))
    assert "PAY-2, PAY-99" in report.findings[0].remedy
    assert report.outputs.values()["keys"] == ("PAY-2", "PAY-99")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_no_redirect_is_followed(flavour: str, gate: Callable[..., Seen], monkeypatch: pytest.MonkeyPatch) -> None:
    from deploy_actions.rehearsal.emulators.routes import Answer, Refusal

    with GitHubEmulator(GitHub()) as elsewhere:

        def redirect(self: JiraEmulator, request: object) -> None:
            raise Refusal(Answer(302, None, {"Location": f"{elsewhere.url}/rest/api/2/serverInfo"}))

        monkeypatch.setattr(JiraEmulator, "guard", redirect)
        assert gate(a_world(flavour), keys="PAY-2").codes == {"-": ["service-malformed"]}
        assert elsewhere.received == []
