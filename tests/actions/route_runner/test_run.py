"""Which pool a deploy goes to, what is said of it, and what can never happen."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.actions.route_runner.fleet_http import LABELS, FleetHttp, a_runner
from tests.actions.route_runner.room import LATER, PAST, POLICY, SOON, route, rows
from tests.fakes import NOW, FakeClock, FakeFiles

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.runner_choice import ChosenRunner, RunnerChoice
from deploy_actions.core.service_errors import Malformed, Refused, ServiceError, Unreachable

SECONDARY = ("self-hosted", "production", "secondary")


def fleet(*primary: dict[str, object], **more: object) -> FleetHttp:
    west = a_runner("west-1", SECONDARY)
    return FleetHttp({"other": [], "deploys": [*primary, west], "scale-sets": []}, **more)  # type: ignore[arg-type]


def test_the_primary_is_chosen_where_a_runner_of_its_is_idle() -> None:
    report = route(fleet(a_runner("east-1"), a_runner("east-2", status="offline")))
    assert (report.decision.value, report.reason_code) == ("pass", "primary-chosen")
    outputs = report.outputs.values()
    assert json.loads(outputs["runs-on"]) == {"group": "deploys", "labels": ["self-hosted", "production", "primary"]}
    assert (outputs["role"], outputs["pool"]) == ("primary", "east")
    choice = RunnerChoice.parse(outputs["choice"])
    assert (choice.names, choice.group, choice.environment) == (("east-1",), "deploys", "production")
    assert (choice.runners, choice.group_ids) == ((ChosenRunner(a_runner("east-1")["id"], "east-1"),), (2,))
    assert rows(report) == [
        ("east", "east-1", "accepted", None),
        ("east", "east-2", "rejected", "is offline"),
        ("west", None, "not-asked", None),
        ("cloud", None, "not-asked", None),
    ]


GONE = [
    ("offline", [a_runner("east-1", status="offline")], "east-1: is offline"),
    ("in a state that GitHub adds one day", [a_runner("east-1", status="resting")], "east-1: is offline"),
    ("busy", [a_runner("east-1", busy=True)], "east-1: is busy with another job"),
    ("gone", [], "east-1: is not registered with these labels"),
    ("with another label", [a_runner("east-1", ("self-hosted", "production"))], "east-1: is not registered"),
    ("quarantined by a label", [a_runner("east-1", (*LABELS, "Quarantined"))], "which has the label `quarantined`"),
    ("of no version yet", [a_runner("east-1", version=None)], "its version is not known yet"),
    ("of an old version", [a_runner("east-1", version="2.300.1")], "is older than 2.329.0"),
    ("of a version that is none", [a_runner("east-1", version="nightly")], "is older than 2.329.0"),
    ("joined by a stranger", [a_runner("east-1"), a_runner("mallory")], "nobody approved (mallory)"),
]


@pytest.mark.parametrize(("runners", "why"), [case[1:] for case in GONE], ids=[case[0] for case in GONE])
def test_a_primary_that_cannot_take_the_deploy_leads_to_the_secondary_at_once(
    runners: list[dict[str, object]], why: str
) -> None:
    clock = FakeClock()
    report = route(fleet(*runners), clock=clock)
    assert (report.decision.value, report.reason_code) == ("warn", "failed-over")
    assert report.outputs.values()["pool"] == "west"
    assert why in report.findings[0].message
    assert report.findings[0].remedy
    assert clock.slept == []


def test_a_runner_that_nobody_approved_is_told_of_even_while_it_is_offline() -> None:
    report = route(fleet(a_runner("east-1"), a_runner("mallory", status="offline")))
    assert [finding.reason_code for finding in report.findings] == ["failed-over", "unapproved-runner"]
    assert ("east", "mallory", "rejected", "nobody approved it") in rows(report)


@pytest.mark.parametrize(
    ("ends", "decision"),
    [("2026-11-23T11:59:59Z", "warn"), ("2026-11-23T12:00:00Z", "warn"), ("2026-11-24T12:00:00Z", "pass")],
)
def test_a_version_that_gets_no_jobs_any_more_is_not_usable(ends: str, decision: str) -> None:
    report = route(fleet(a_runner("east-1"), deprecated={"2.337.0": ends}))
    assert (rows(report)[0][2] == "accepted") is (decision == "pass")
    assert "gets no jobs" in str(rows(report)[0][3])


def test_ghes_has_no_rule_of_versions() -> None:
    report = route(fleet(a_runner("east-1", version=None)), api_url="https://github.acme.example/api/v3")
    assert report.reason_code == "primary-chosen"


def all_busy() -> FleetHttp:
    return FleetHttp({"deploys": [a_runner("east-1", busy=True), a_runner("west-1", SECONDARY, busy=True)]})


class TestBusy:
    def test_a_busy_runner_is_waited_for_where_that_is_allowed(self) -> None:
        http = fleet(a_runner("east-1", busy=True))

        class Freeing(FakeClock):
            def sleep(self, seconds: float) -> None:
                super().sleep(seconds)
                if len(self.slept) == 2:
                    http.groups["deploys"] = [a_runner("east-1")]

        clock = Freeing()
        report = route(http, clock=clock, allow_busy="true")
        assert (report.reason_code, len(clock.slept)) == ("primary-chosen", 2)

    def test_the_wait_is_bounded_for_all_pools_together(self) -> None:
        clock = FakeClock()
        report = route(all_busy(), clock=clock, allow_busy="true", busy_timeout="1m", timeout="5s")
        assert sum(clock.slept) == 60
        assert (report.decision.value, report.reason_code) == ("warn", "waits-in-line")

    def test_where_all_are_busy_the_deploy_waits_in_githubs_own_line_for_the_first_approved_pool(self) -> None:
        report = route(all_busy(), allow_busy="true", busy_timeout="0s")
        assert [finding.reason_code for finding in report.findings] == ["waits-in-line"]
        message = report.findings[0].message
        assert "primary pool `east`" in message
        assert "Secondary pool west: west-1: is busy with another job." in message
        assert "drops a queued job after 24 h" in message
        choice = RunnerChoice.parse(report.outputs.values()["choice"])
        assert (choice.pool, choice.names) == ("east", ("east-1",))
        assert json.loads(report.outputs.values()["runs-on"])["labels"] == ["self-hosted", "production", "primary"]

    def test_a_pool_whose_approval_has_ended_is_not_waited_for_in_line(self) -> None:
        policy = POLICY.replace(f"approved-until: {LATER}", f"approved-until: {PAST}", 1)
        report = route(all_busy(), policy=policy, allow_busy="true", busy_timeout="0s")
        assert (report.reason_code, report.outputs.values()["pool"]) == ("waits-in-line", "west")
        assert "secondary pool `west`" in report.findings[0].message

    def test_a_drill_waits_in_line_too(self) -> None:
        reason = "quarterly drill of the secondary"
        report = route(all_busy(), allow_busy="true", busy_timeout="0s", force_role="secondary", force_reason=reason)
        assert [finding.reason_code for finding in report.findings] == ["role-forced", "waits-in-line"]

    def test_where_waiting_is_not_allowed_nothing_is_chosen(self) -> None:
        report = route(all_busy())
        assert (report.decision.value, report.reason_code) == ("fail", "no-approved-runner")
        assert "idle" in report.findings[0].remedy
        assert report.outputs.values()["choice"] is None

    def test_what_is_offline_is_not_waited_for(self) -> None:
        clock = FakeClock()
        route(fleet(a_runner("east-1", status="offline")), clock=clock, allow_busy="true")
        assert clock.slept == []

    def test_the_next_one_is_chosen_when_the_wait_is_over(self) -> None:
        report = route(fleet(a_runner("east-1", busy=True)), allow_busy="true", busy_timeout="30s")
        assert (report.reason_code, report.outputs.values()["pool"]) == ("failed-over", "west")


class TestApproval:
    def test_one_that_has_ended_takes_the_pool_out_without_asking_github_for_it(self) -> None:
        http = fleet(a_runner("east-1"))
        report = route(http, policy=POLICY.replace(f"approved-until: {LATER}", f"approved-until: {PAST}", 1))
        assert report.reason_code == "failed-over"
        assert f"its approval by ada ended with {PAST}" in report.findings[0].message

    def test_it_holds_to_the_end_of_its_day(self) -> None:
        policy = POLICY.replace(f"approved-until: {LATER}", f"approved-until: {NOW:%Y-%m-%d}", 1)
        assert route(fleet(a_runner("east-1")), policy=policy).outputs.values()["pool"] == "east"
        tomorrow = FakeClock(NOW + timedelta(hours=12))
        assert route(fleet(a_runner("east-1")), policy=policy, clock=tomorrow).outputs.values()["pool"] == "west"

    def test_one_that_ends_soon_is_warned_of(self) -> None:
        report = route(
            fleet(a_runner("east-1")), policy=POLICY.replace(f"approved-until: {LATER}", f"approved-until: {SOON}", 1)
        )
        assert (report.decision.value, report.reason_code) == ("warn", "approval-ends-soon")
        assert report.outputs.values()["pool"] == "east"

    def test_where_all_have_ended_nothing_is_chosen(self) -> None:
        report = route(fleet(a_runner("east-1")), policy=POLICY.replace(LATER, PAST))
        assert (report.decision.value, report.reason_code) == ("fail", "no-approved-runner")
        assert report.outputs.values()["runs-on"] is None


class TestGroups:
    def test_one_that_is_not_open_to_the_repository_is_told_from_one_that_is_not_there(self) -> None:
        http = FleetHttp({"deploys": [a_runner("east-1")]}, closed=["deploys"])
        report = route(http)
        assert report.reason_code == "no-approved-runner"
        assert "the runner group deploys is not open to this repository" in report.findings[0].message
        assert "acme has no runner group scale-sets" in report.findings[0].message

    def test_a_pool_on_demand_is_taken_though_it_has_no_runner(self) -> None:
        report = route(FleetHttp({"deploys": [], "scale-sets": []}))
        assert (report.reason_code, report.outputs.values()["pool"]) == ("failed-over", "cloud")
        assert json.loads(report.outputs.values()["runs-on"]) == {"group": "scale-sets", "labels": ["cloud-runners"]}
        assert rows(report)[-1] == ("cloud", None, "accepted", "made on demand, so that none was asked for")

    def test_one_of_an_enterprise_is_read_there(self) -> None:
        http = FleetHttp({"deploys": []}, inherited=["deploys"], enterprise={"x": [], "deploys": [a_runner("east-1")]})
        assert route(http, enterprise="acme-inc").reason_code == "primary-chosen"
        assert "enterprises/acme-inc/actions/runner-groups/2/runners" in http.paths

    def test_one_of_an_enterprise_that_cannot_be_read_is_not_taken_for_empty(self) -> None:
        report = route(FleetHttp({"deploys": []}, inherited=["deploys"]))
        assert (report.decision.value, report.reason_code) == ("cannot-verify", "permission-missing")
        assert "manage_runners:enterprise" in report.findings[0].message


REPOSITORY_POLICY = POLICY.replace("      group: deploys\n      names", "      names", 1)


class TestRunnersOfTheRepository:
    def test_they_are_found(self) -> None:
        report = route(FleetHttp(runners=[a_runner("east-1")]), policy=REPOSITORY_POLICY)
        assert report.reason_code == "primary-chosen"
        assert json.loads(report.outputs.values()["runs-on"]) == ["self-hosted", "production", "primary"]

    @pytest.mark.parametrize("name", ["mallory", "east-1"])
    def test_one_of_the_organisation_with_the_same_labels_could_take_the_job(self, name: str) -> None:
        http = FleetHttp({"open": [a_runner(name)]}, [a_runner("east-2")])
        report = route(http, policy=REPOSITORY_POLICY)
        assert "unapproved-runner" in [finding.reason_code for finding in report.findings]
        assert report.outputs.values()["pool"] != "east"

    def test_one_in_a_group_that_is_closed_to_the_repository_could_not(self) -> None:
        http = FleetHttp({"closed": [a_runner("mallory")]}, [a_runner("east-1")], closed=["closed"])
        assert route(http, policy=REPOSITORY_POLICY).reason_code == "primary-chosen"

    def test_an_account_of_a_user_has_no_other_level(self) -> None:
        refused = Refused("GitHub", "listing", "status 403")
        http = FleetHttp(
            runners=[a_runner("east-1")], owner_type="User", faults={("orgs/acme/actions/runners", 1): refused}
        )
        assert route(http, policy=REPOSITORY_POLICY).reason_code == "primary-chosen"


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        "error",
        [Unreachable("GitHub", "GET", "status 500"), Malformed("GitHub", "GET", "no JSON")],
        ids=["status 500", "no JSON"],
    )
    @pytest.mark.parametrize("page", [1, 2, 3])
    def test_a_page_that_cannot_be_read_never_means_offline(self, error: ServiceError, page: int) -> None:
        many = [a_runner(f"fleet-{number}", ("self-hosted",)) for number in range(250)]
        path = "orgs/acme/actions/runner-groups/2/runners"
        http = fleet(a_runner("east-1"), *many, faults={(path, page): error})
        with pytest.raises(type(error)):
            route(http, timeout="1s")

    def test_a_permission_that_is_missing_is_named(self) -> None:
        refused = Refused("GitHub", "GET", "status 403")
        report = route(fleet(a_runner("east-1"), faults={("orgs/acme/actions/runner-groups", 1): refused}))
        assert (report.decision.value, report.reason_code) == ("cannot-verify", "permission-missing")
        assert "organization_self_hosted_runners: read" in report.findings[0].message

    @pytest.mark.parametrize(
        ("texts", "lacks"),
        [
            ({}, "neither `app-id` nor `github-token` is given"),
            ({"app_id": "1"}, "`app-private-key` is not given"),
            ({"app_private_key": "x"}, "`app-id` is not given"),
        ],
    )
    def test_without_a_credential_nothing_passes_and_the_permission_is_named(
        self, texts: dict[str, Any], lacks: str
    ) -> None:
        report = route(fleet(a_runner("east-1")), github_token="", **texts)
        assert (report.decision.value, report.reason_code) == ("cannot-verify", "no-credential")
        assert lacks in report.findings[0].message
        assert "`organization_self_hosted_runners: read`" in report.findings[0].remedy

    def test_an_environment_that_the_policy_does_not_know_has_no_runners(self) -> None:
        report = route(fleet(a_runner("east-1")), environment="Production")
        assert (report.decision.value, report.reason_code) == ("fail", "environment-not-in-policy")
        assert "it knows production" in report.findings[0].message


class TestDrill:
    REASON = "quarterly drill of the secondary"

    def test_a_role_can_be_forced_with_a_reason(self) -> None:
        report = route(fleet(a_runner("east-1")), force_role="secondary", force_reason=self.REASON)
        assert (report.decision.value, report.reason_code) == ("warn", "role-forced")
        assert report.outputs.values()["pool"] == "west"
        assert self.REASON in report.findings[0].message

    def test_a_forced_role_must_be_usable_all_the_same(self) -> None:
        http = FleetHttp({"deploys": [a_runner("east-1")]})
        report = route(http, force_role="secondary", force_reason=self.REASON)
        assert report.reason_code == "no-approved-runner"

    @pytest.mark.parametrize("reason", ["", "too short", " " * 40])
    def test_without_a_reason_it_is_refused(self, reason: str) -> None:
        with pytest.raises(InvalidInput, match="force-reason"):
            route(fleet(a_runner("east-1")), force_role="primary", force_reason=reason)


class TestKeptAnswers:
    def test_a_file_that_cannot_be_written_warns_and_changes_nothing(self) -> None:
        files = FakeFiles(POLICY.encode(), absent=("kept",))
        files.write = _refuse  # type: ignore[method-assign]
        report = route(fleet(a_runner("east-1")), files=files, cache_file="kept")
        assert [finding.reason_code for finding in report.findings] == ["primary-chosen", "cache-not-used"]
        assert report.outputs.values()["pool"] == "east"


def _refuse(path: str, content: bytes) -> None:
    raise Refused(f"the file {path}", "writing", "permission denied")
