"""A policy that would let an unapproved runner in is refused, and says what is wrong."""

import pytest
from tests.actions.route_runner.fleet_http import FleetHttp, a_runner
from tests.actions.route_runner.room import LATER, POLICY, route
from tests.fakes import FakeFiles

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.service_errors import NotFound

GROUP = "      group: deploys\n"
SECONDARY = "labels: [self-hosted, production, secondary]"
LABELS = "labels: [self-hosted, production, primary]"
OVERLAP = "pool east with all labels of pool west, in the same group"
WRONG = [
    ("labels: []", LABELS, "`labels` is empty"),
    ("labels: [production]", LABELS, "without which GitHub's own runners could take the job"),
    ("labels: [self-hosted, ubuntu-latest]", LABELS, "a label of GitHub-hosted runners"),
    ("labels: [self-hosted, Windows-2025]", LABELS, "a label of GitHub-hosted runners"),
    ("labels: [self-hosted, macos-latest]", LABELS, "a label of GitHub-hosted runners"),
    ("labels: [self-hosted, ubuntu]", LABELS, "a label of GitHub-hosted runners"),
    ("labels: [macOS]", "labels: [cloud-runners]", "a label of GitHub-hosted runners"),
    ("labels: [self-hosted, production]", "labels: [self-hosted, production, secondary]", OVERLAP),
    ("labels: [Self-Hosted, Production, PRIMARY]", "labels: [self-hosted, production, secondary]", OVERLAP),
    ("labels: [self-hosted, 'a, b']", LABELS, "what is no label"),
    ("labels: [self-hosted, '${{ inputs.x }}']", LABELS, "what is no label"),
    ("labels: self-hosted", LABELS, "Expected `array`"),
    ("approved-by: ' '", "approved-by: ada", "`approved-by` is empty"),
    ("approved-until: soon", f"approved-until: {LATER}", "approved-until"),
    ("pool: west", "pool: east", "two pools with the same `pool` name"),
    ("pool: ''", "pool: east", "`pool` is empty"),
    ("capacity: on-demand\n      names", "names", "runners on demand have none beforehand"),
    ("listener-query: up\n      names", "names", "`listener-query` is for `capacity: on-demand`"),
    ("surprise: 1\n      names", "names", "unknown field `surprise`"),
    ("group: ''", "group: deploys", "`group` is empty"),
]


@pytest.mark.parametrize(("now", "before", "problem"), WRONG, ids=[case[0] for case in WRONG])
def test_a_policy_that_does_not_hold_is_refused(now: str, before: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem) as refused:
        route(FleetHttp(), policy=POLICY.replace(before, now, 1))
    assert refused.value.input_name == "policy-file"
    assert ".github/deploy-runners.yml" in refused.value.problem


@pytest.mark.parametrize("system", ["macOS", "Windows", "Linux"])
def test_the_system_that_a_self_hosted_runner_calls_its_own_is_a_label_of_its(system: str) -> None:
    labels = ["self-hosted", system, "primary"]
    http = FleetHttp({"deploys": [a_runner("east-1", labels)]})
    report = route(http, policy=POLICY.replace(LABELS, f"labels: [{', '.join(labels)}]"))
    assert report.outputs.values()["pool"] == "east"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("labels: [self-hosted, production]\n        group: others", f"{SECONDARY}\n        group: deploys"),
        ("labels: [self-hosted, production]\n        names: [west-1]", SECONDARY),
        (f"{LABELS}\n      group: deploys", f"{LABELS}\n      group: Deploys"),
    ],
    ids=["another group", "names of its own", "labels of which none has all of the other's"],
)
def test_pools_that_nobody_could_mistake_for_each_other_may_share_labels(now: str, before: str) -> None:
    route(FleetHttp(), policy=POLICY.replace(before, now, 1))


def test_labels_alone_are_no_approval() -> None:
    policy = POLICY.replace(GROUP, "", 1).replace("      names: [east-1, east-2]\n", "", 1)
    with pytest.raises(InvalidInput, match="whoever may register a runner could give it these labels"):
        route(FleetHttp(), policy=policy)


def test_runners_on_demand_need_a_group() -> None:
    with pytest.raises(InvalidInput, match="needs the `group`"):
        route(FleetHttp(), policy=POLICY.replace("group: scale-sets", "names: [x]"))


def test_declared_pools_whose_health_counts_need_names() -> None:
    policy = POLICY.replace("    primary:", "    mode: declared\n    health: {disk-free: 5GiB}\n    primary:")
    with pytest.raises(InvalidInput, match="needs the `names` of the runners of pool west"):
        route(FleetHttp(), policy=policy)


def test_a_policy_that_is_not_there_lets_nobody_pass() -> None:
    report = route(FleetHttp(), files=FakeFiles(error=NotFound("file", "reading", "x")))
    assert (report.decision.value, report.reason_code) == ("cannot-verify", "policy-missing")
