"""GitHub picks among all runners with the labels: what is unfit and in its reach is an obstacle, or is told."""

import pytest
from tests.actions.route_runner.fleet_http import LABELS, FleetHttp, Json, a_runner
from tests.actions.route_runner.room import POLICY, route, rows
from tests.actions.route_runner.test_operator import KEY, heartbeat
from tests.fakes import FakeFiles

from deploy_actions.core.service_errors import Malformed
from deploy_actions.core.verdict import Report

QUARANTINE = POLICY.replace(
    "    primary:", "    quarantined: [{runner: East-2, reason: memory errors}]\n    primary:", 1
)
HEALTH = POLICY.replace("    primary:", "    health: {disk-free: 5GiB}\n    primary:", 1)
GIB = 1024**3


def of(http: FleetHttp, policy: str = POLICY, *beats: str, **texts: str) -> Report:
    if not beats:
        return route(http, policy=policy, **texts)  # type: ignore[arg-type]  # none of these is a fake
    files = FakeFiles(policy.encode(), contents={"beats": "\n".join(beats).encode()})
    return route(http, files=files, heartbeat_file="beats", heartbeat_key=KEY)


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def east(*more: Json) -> FleetHttp:
    return FleetHttp({"other": [], "deploys": [a_runner("east-1"), *more], "scale-sets": []})


IN_REACH = [
    ("by the policy", a_runner("east-2"), QUARANTINE, ()),
    ("by the policy, while it is busy", a_runner("east-2", busy=True), QUARANTINE, ()),
    ("by a label", a_runner("east-2", (*LABELS, "QUARANTINED")), POLICY, ()),
    ("by its heartbeat", a_runner("east-2"), POLICY, (heartbeat("east-2", quarantined=True),)),
]


@pytest.mark.parametrize(
    ("runner", "policy", "beats"), [case[1:] for case in IN_REACH], ids=[case[0] for case in IN_REACH]
)
def test_a_pool_with_a_quarantined_runner_that_is_online_is_not_usable(
    runner: Json, policy: str, beats: tuple[str, ...]
) -> None:
    report = of(east(runner), policy, *beats)
    assert report.outputs.values()["pool"] == "cloud"
    assert "GitHub could send the job to east-2" in report.findings[0].message
    assert "take its labels away, or stop its service" in report.findings[0].message
    assert ("east", "east-1", "accepted", None) in rows(report)


def test_the_case_of_a_name_does_not_hide_a_quarantined_runner() -> None:
    policy = QUARANTINE.replace("names: [east-1, east-2]", "names: [east-1, EAST-2]")
    assert of(east(a_runner("EAST-2")), policy).outputs.values()["pool"] == "cloud"


OUT_OF_REACH = [
    ("its service is stopped", [a_runner("east-2", status="offline")]),
    ("its labels are taken away", [a_runner("east-2", ("self-hosted",))]),
]


@pytest.mark.parametrize("runners", [case[1] for case in OUT_OF_REACH], ids=[case[0] for case in OUT_OF_REACH])
def test_a_quarantined_runner_out_of_reach_leaves_its_pool_usable(runners: list[Json]) -> None:
    report = of(east(*runners), QUARANTINE)
    assert (codes(report), report.outputs.values()["pool"]) == (["primary-chosen"], "east")


def test_a_quarantine_that_matches_nothing_is_told() -> None:
    policy = QUARANTINE.replace("East-2", "east-22")
    report = of(east(), policy)
    assert codes(report) == ["primary-chosen", "quarantine-unmatched"]
    assert "east-22" in report.findings[1].message
    assert "Not looked at: west, cloud." in report.findings[1].message
    assert "east-22" not in str(of(east(a_runner("east-22", ("self-hosted",))), policy).findings)


def test_an_unfit_runner_in_reach_of_the_chosen_pool_is_told() -> None:
    beats = heartbeat("east-1", disk_free_bytes=6 * GIB), heartbeat("east-2", disk_free_bytes=4 * GIB)
    report = of(east(a_runner("east-2")), HEALTH, *beats)
    assert codes(report) == ["primary-chosen", "unfit-runner-in-reach"]
    assert "east-2 (has 4 GiB of disk free" in report.findings[1].message
    assert report.decision.value == "warn"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"version": None}, True),
        ({"version": "2.300.0"}, False),
        ({"version": "2.336.0"}, False),
        ({"status": "offline"}, False),
    ],
    ids=["no version yet", "a version that gets no jobs", "a version that has ended", "offline"],
)
def test_one_to_which_github_sends_nothing_is_out_of_reach(more: Json, told: bool) -> None:
    http = FleetHttp(
        {"deploys": [a_runner("east-1"), a_runner("east-2", **more)]}, deprecated={"2.336.0": "2026-11-01T00:00:00Z"}
    )
    report = of(http)
    assert ("unfit-runner-in-reach" in codes(report)) is told
    assert report.outputs.values()["pool"] == "east"


def test_heartbeats_are_read_where_a_source_is_given_though_nothing_is_required() -> None:
    report = of(east(a_runner("east-2")), POLICY, heartbeat("east-1"))
    assert codes(report) == ["primary-chosen"]
    with pytest.raises(Malformed, match="shared key shorter"):
        route(east(), files=FakeFiles(POLICY.encode()), heartbeat_file="beats", heartbeat_key="short")


class TestVersions:
    @pytest.mark.parametrize("api", ["https://api.github.com", "https://API.github.com", "https://api.acme.ghe.com"])
    def test_one_of_which_github_tells_nothing_is_warned_of(self, api: str) -> None:
        report = of(FleetHttp({"deploys": [a_runner("east-1")]}, deprecated={"2.337.0": None}), api_url=api)
        assert codes(report) == ["primary-chosen", "version-unchecked"]
        assert "2.337.0" in report.findings[1].message

    def test_one_of_a_runner_that_is_not_taken_is_not(self) -> None:
        http = FleetHttp(
            {"deploys": [a_runner("east-1"), a_runner("east-2", version="2.330.0", status="offline")]},
            deprecated={"2.330.0": None},
        )
        assert codes(of(http)) == ["primary-chosen"]

    def test_ghes_has_no_such_rule(self) -> None:
        http = FleetHttp({"deploys": [a_runner("east-1")]}, deprecated={"2.337.0": None})
        assert codes(of(http, api_url="https://github.acme.example/api/v3")) == ["primary-chosen"]
