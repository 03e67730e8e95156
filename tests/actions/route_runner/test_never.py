"""Over random fleets and policies: only approved runners are chosen, and what cannot be read is never `offline`.

No quarantined runner that is online is within reach of what is chosen, and no list that changes hides a runner.
"""

import json
from datetime import timedelta
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.actions.route_runner.fleet_http import FleetHttp, Json, a_runner
from tests.actions.route_runner.room import route
from tests.fakes import NOW

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.runner_choice import RunnerChoice
from deploy_actions.core.service_errors import ServiceError, Unreachable

NAMES = [f"runner-{letter}" for letter in "abcdef"]
LABELS = ["production", "primary", "secondary", "build"]
GROUPS = ["deploys", "others"]

labels = st.lists(st.sampled_from(LABELS), unique=True, min_size=1, max_size=3).map(lambda some: ["self-hosted", *some])
of_a_runner = st.builds(lambda some, more: some + more, labels, st.sampled_from([[], [], [], ["Quarantined"]]))
runners = st.builds(
    a_runner,
    st.sampled_from(NAMES),
    of_a_runner,
    status=st.sampled_from(["online", "online", "offline"]),
    busy=st.booleans(),
    version=st.sampled_from(["2.337.0", "2.300.0", None]),
)
fleets = st.lists(runners, max_size=5, unique_by=lambda runner: runner["name"])


@st.composite
def pools(draw: st.DrawFn, name: str) -> Json:
    pool: Json = {"pool": name, "labels": draw(labels), "approved-by": "ada"}
    pool["approved-until"] = f"{NOW + timedelta(days=draw(st.sampled_from([-1, 0, 90]))):%Y-%m-%d}"
    pool["group"] = draw(st.sampled_from([*GROUPS, "missing"]))
    if draw(st.booleans()):
        pool["names"] = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=3))
        if draw(st.booleans()):
            del pool["group"]
    return pool


policies = st.builds(
    lambda primary, secondary, kept_out: {
        "environments": {"production": {"primary": primary, "secondary": secondary, "quarantined": kept_out}}
    },
    pools("first"),
    st.lists(pools("second"), max_size=1),
    st.lists(st.sampled_from(NAMES).map(lambda name: {"runner": name.title(), "reason": "noise"}), max_size=2),
)


def chosen(http: FleetHttp, policy: Json) -> RunnerChoice | None:
    try:
        text = route(http, policy=yaml.safe_dump(policy)).outputs.values().get("choice")
    except InvalidInput:  # of pools whose labels lead to the same runners
        return None
    return RunnerChoice.parse(text) if text else None


def reachable(http: FleetHttp, choice: RunnerChoice) -> list[Json]:
    """The runners that GitHub could give a job with these labels, in this group or wherever the repository may look."""
    groups = [http.groups.get(choice.group, [])] if choice.group else [http.runners, *http.groups.values()]
    wanted = set(choice.labels)
    return [one for group in groups for one in group if wanted <= {label["name"] for label in one["labels"]}]


def is_quarantined(runner: Json, environment: Json) -> bool:
    """Whether a label says so, or the policy, by whatever case of its letters."""
    kept_out = {one["runner"].casefold() for one in environment["quarantined"]}
    return runner["name"].casefold() in kept_out or "Quarantined" in {label["name"] for label in runner["labels"]}


@given(fleets, fleets, fleets, policies)
@settings(max_examples=300, deadline=None)
def test_a_runner_that_is_not_in_the_policy_is_never_chosen_nor_within_reach_of_the_job(
    deploys: list[Json], others: list[Json], own: list[Json], policy: dict[str, Any]
) -> None:
    http = FleetHttp({"deploys": deploys, "others": others}, own)
    choice = chosen(http, policy)
    if choice is None:
        return
    environment = policy["environments"]["production"]
    [pool] = [one for one in (environment["primary"], *environment["secondary"]) if one["pool"] == choice.pool]
    assert (list(choice.labels), choice.group) == (pool["labels"], pool.get("group"))
    assert pool["approved-until"] >= f"{NOW:%Y-%m-%d}"
    within = reachable(http, choice)
    if "names" in pool:
        assert {one["name"] for one in within} <= set(pool["names"])
    by_name = {one["name"]: one for one in within}
    assert choice.names
    for name in choice.names:
        assert by_name[name]["status"] == "online"
        assert by_name[name]["version"] == "2.337.0"
    assert not any(one["status"] == "online" and is_quarantined(one, environment) for one in within)
    assert any(not by_name[name]["busy"] for name in choice.names)


@given(fleets, fleets, policies, st.data())
@settings(max_examples=100, deadline=None)
def test_a_list_that_cannot_be_read_never_changes_the_choice_in_silence(
    deploys: list[Json], own: list[Json], policy: dict[str, Any], data: st.DataObject
) -> None:
    http = FleetHttp({"deploys": deploys, "others": []}, own)
    whole = chosen(http, policy)
    asked = sorted({path for path in http.paths if "/deprecations/" not in path})
    if not asked:
        return
    broken = data.draw(st.sampled_from(asked))
    http = FleetHttp({"deploys": deploys, "others": []}, own, faults={(broken, 1): Unreachable("GitHub", "GET", "500")})
    try:
        choice = chosen(http, policy)
    except ServiceError:
        return
    assert choice == whole


class Restless(FleetHttp):
    """The group `deploys` loses some that are not `staying`, and gets others at its end, after each answer."""

    def __init__(self, fleet: list[Json], staying: set[str], changes: list[tuple[int, int]]) -> None:
        super().__init__({"deploys": fleet})
        self._staying, self._changes = staying, list(changes)

    def send(self, request: HttpRequest) -> HttpResponse:
        answer = super().send(request)
        fleet = self.groups["deploys"]
        gone, come = self._changes.pop(0) if self._changes else (0, 0)
        going = [one["name"] for one in fleet if one["name"] not in self._staying][:gone]
        kept = [one for one in fleet if one["name"] not in going]
        self.groups["deploys"] = [*kept, *(a_runner(f"new-{len(self.requests)}-{n}", ["build"]) for n in range(come))]
        return answer


amounts = st.sampled_from([0, 0, 1, 2, 99, 100, 101])


@given(st.integers(0, 350), st.integers(0, 350), st.booleans(), st.lists(st.tuples(amounts, amounts), max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_list_that_changes_between_its_pages_hides_no_runner_that_was_there_throughout(
    before: int, between: int, has_intruder: bool, changes: list[tuple[int, int]]
) -> None:
    mine, strange = (
        a_runner("runner-a", ["self-hosted", "production"]),
        a_runner("mallory", ["self-hosted", "production"]),
    )
    fillers = [a_runner(f"filler-{number}", ["build"]) for number in range(before + between)]
    fleet = [*fillers[:before], *([strange] if has_intruder else []), *fillers[before:], mine]
    choice = chosen(Restless(fleet, {"runner-a", "mallory"}, changes), NAMED)
    assert (choice is None) if has_intruder else (choice and choice.names == ("runner-a",))


NAMED: Json = {
    "environments": {
        "production": {
            "primary": {
                **{"pool": "first", "labels": ["self-hosted", "production"], "group": "deploys", "names": ["runner-a"]},
                **{"approved-by": "ada", "approved-until": f"{NOW + timedelta(days=90):%Y-%m-%d}"},
            }
        }
    }
}


def test_the_property_is_about_something() -> None:
    policy = {"pool": "first", "labels": ["self-hosted", "production"], "group": "deploys", "approved-by": "ada"}
    policy["approved-until"] = f"{NOW + timedelta(days=90):%Y-%m-%d}"
    environments = json.loads(json.dumps({"environments": {"production": {"primary": policy}}}))
    choice = chosen(FleetHttp({"deploys": [a_runner("runner-a", ["self-hosted", "production"])]}), environments)
    assert choice
    assert choice.names == ("runner-a",)
