"""What a runner group says of itself, and where else the labels of a pool without one lead."""

from typing import Any

import pytest
from tests.actions.route_runner.fleet_http import FleetHttp, Json, a_runner
from tests.actions.route_runner.room import POLICY, route
from tests.actions.route_runner.test_run import REPOSITORY_POLICY

from deploy_actions.actions.route_runner.workflows import DefiningWorkflow, admits
from deploy_actions.core.runner_choice import ChosenRunner, RunnerChoice
from deploy_actions.core.service_errors import NotFound, Refused, ServiceError, Unreachable
from deploy_actions.core.verdict import Report

FILE = "acme/deploy-actions/.github/workflows/production-deploy.yml"
SHA = "0123456789abcdef0123456789abcdef01234567"


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def choice(report: Report) -> RunnerChoice:
    return RunnerChoice.parse(report.outputs.values()["choice"])


@pytest.mark.parametrize(
    ("selected", "workflow", "is_in"),
    [
        ([f"{FILE}@v1"], f"{FILE}@refs/tags/v1", True),
        ([f"{FILE}@refs/tags/v1"], f"{FILE}@refs/tags/v1", True),
        ([f"{FILE}@main"], f"{FILE}@refs/heads/main", True),
        ([f"{FILE}@{SHA}"], f"{FILE}@{SHA}", True),
        (["acme/x/.github/workflows/a.yml@v1", f" {FILE}@v1"], f"{FILE}@refs/tags/v1", True),
        ([f"{FILE}@v1".replace("acme", "Acme")], f"{FILE}@refs/tags/v1", True),
        ([f"{FILE}@v1"], f"{FILE}@refs/tags/v2", False),
        ([f"{FILE}@refs/heads/v1"], f"{FILE}@refs/tags/v1", False),
        ([f"{FILE}@{SHA}"], f"{FILE}@{SHA[::-1]}", False),
        (["acme/x/.github/workflows/production-deploy.yml@v1"], f"{FILE}@refs/tags/v1", False),
        ([], f"{FILE}@refs/tags/v1", False),
        ([], "", False),
        ([f"{FILE}@{SHA}"], f"{FILE}@refs/tags/v1", None),
        ([f"{FILE}@v1"], f"{FILE}@{SHA}", None),
        ([f"{FILE}@v1"], "", None),
    ],
)
def test_a_workflow_is_selected_by_its_file_and_its_ref(selected: list[str], workflow: str, is_in: bool | None) -> None:
    assert admits(selected, DefiningWorkflow.parse(workflow) if workflow else None) is is_in


def restricted(*selected: str, **more: Any) -> FleetHttp:
    settings = {"deploys": {"restricted_to_workflows": True, "selected_workflows": list(selected)}}
    return FleetHttp({"deploys": [a_runner("east-1")], "scale-sets": []}, settings=settings, **more)


def test_a_group_that_is_restricted_to_this_workflow_is_open_to_it() -> None:
    report = route(restricted(f"{FILE}@v1"), workflow_ref=f"{FILE}@refs/tags/v1")
    assert codes(report) == ["primary-chosen"]


def test_a_group_that_is_restricted_to_others_is_closed() -> None:
    report = route(restricted(f"{FILE}@v2"), workflow_ref=f"{FILE}@refs/tags/v1")
    assert report.outputs.values()["pool"] == "cloud"
    assert f"the runner group deploys is restricted to {FILE}@v2, and not to {FILE}@refs/tags/v1" in str(
        report.findings
    )


@pytest.mark.parametrize("workflow", ["", f"{FILE}@{SHA}"])
def test_a_restriction_that_cannot_be_compared_is_warned_of(workflow: str) -> None:
    report = route(restricted(f"{FILE}@v1"), workflow_ref=workflow)
    assert codes(report) == ["primary-chosen", "workflow-restriction-unknown"]


@pytest.mark.parametrize(
    ("settings", "private", "chosen"),
    [
        ({}, True, "east"),
        ({}, False, "cloud"),
        ({"allows_public_repositories": True}, False, "east"),
        ({"allows_public_repositories": True, "visibility": "private"}, False, "cloud"),
    ],
)
def test_a_public_repository_needs_a_group_that_takes_such(settings: Json, private: bool, chosen: str) -> None:
    http = FleetHttp(
        {"deploys": [a_runner("east-1")], "scale-sets": []},
        private=private,
        settings={"deploys": settings, "scale-sets": {"allows_public_repositories": True}},
    )
    report = route(http)
    assert report.outputs.values()["pool"] == chosen
    assert ("takes no jobs of public repositories" in str(report.findings)) is (chosen == "cloud")


def test_a_name_that_two_groups_have_is_no_name() -> None:
    http = FleetHttp({"deploys": [a_runner("east-1")], "Deploys": [], "scale-sets": []}, inherited=["Deploys"])
    report = route(http)
    assert report.outputs.values()["pool"] == "cloud"
    assert "2 runner groups that it may use are named deploys" in report.findings[0].message


class TestOnDemand:
    def cloud(self, **more: Any) -> Report:
        return route(FleetHttp({"deploys": [], "scale-sets": []}, **more))

    def test_the_group_of_a_pool_on_demand_is_in_the_choice_by_its_id(self) -> None:
        assert (choice(self.cloud()).group_ids, choice(self.cloud()).runners) == ((2,), ())

    def test_githubs_own_larger_runners_in_the_group_could_take_the_job(self) -> None:
        report = self.cloud(hosted={"scale-sets": ["large-1", "large-2"]})
        assert report.reason_code == "no-approved-runner"
        assert (
            "GitHub-hosted larger runners are in its group scale-sets (large-1, large-2)" in report.findings[0].message
        )

    @pytest.mark.parametrize("error", [Refused("GitHub", "GET", "status 403"), NotFound("GitHub", "GET", "status 404")])
    def test_where_they_cannot_be_read_it_warns(self, error: ServiceError) -> None:
        report = self.cloud(faults={("orgs/acme/actions/runner-groups/2/hosted-runners", 1): error})
        assert codes(report) == ["failed-over", "hosted-runners-unread"]

    def test_an_outage_never_means_that_there_are_none(self) -> None:
        outage = Unreachable("GitHub", "GET", "status 500")
        with pytest.raises(Unreachable):
            self.cloud(faults={("orgs/acme/actions/runner-groups/2/hosted-runners", 1): outage})

    def test_those_of_a_group_of_the_enterprise_are_not_read(self) -> None:
        report = self.cloud(inherited=["scale-sets"])
        assert codes(report) == ["failed-over", "hosted-runners-unread"]
        assert choice(report).group_ids == ()

    def test_ghes_has_none(self) -> None:
        missing = NotFound("GitHub", "GET", "status 404")
        http = FleetHttp(
            {"deploys": [], "scale-sets": []},
            faults={("orgs/acme/actions/runner-groups/2/hosted-runners", 1): missing},
        )
        assert codes(route(http, api_url="https://github.acme.example/api/v3")) == ["failed-over"]


class TestWithoutAGroup:
    def shared(self, *runners: Json) -> FleetHttp:
        return FleetHttp(
            {"deploys": [], "shared": [], "scale-sets": []},
            [a_runner("east-1", runner_group_id=1)],
            inherited=["shared"],
            enterprise={"other": [a_runner("mallory")], "shared": list(runners)},
        )

    def test_a_group_that_the_enterprise_shares_is_looked_through_for_strangers(self) -> None:
        report = route(self.shared(a_runner("mallory")), policy=REPOSITORY_POLICY, enterprise="acme-inc")
        assert codes(report) == ["failed-over", "unapproved-runner"]
        assert "mallory" in report.findings[0].message

    def test_without_strangers_there_the_pool_is_usable(self) -> None:
        report = route(
            self.shared(a_runner("builder", ["self-hosted"])), policy=REPOSITORY_POLICY, enterprise="acme-inc"
        )
        assert codes(report) == ["primary-chosen"]

    @pytest.mark.parametrize("enterprise", ["", "acme-inc"])
    def test_where_it_cannot_be_asked_nothing_passes_and_a_group_is_advised(self, enterprise: str) -> None:
        http = self.shared()
        if enterprise:
            http.enterprise = {}
        report = route(http, policy=REPOSITORY_POLICY, enterprise=enterprise)
        assert (report.decision.value, report.reason_code) == ("cannot-verify", "permission-missing")
        assert "name a `group` in the policy" in report.findings[0].message

    def test_a_stranger_that_is_a_member_field_by_field_is_a_stranger(self) -> None:
        member = a_runner("east-1", runner_group_id=1)
        http = FleetHttp({"open": [member], "scale-sets": []}, [member])
        twin = {**member, "id": member["id"] * 10 + 1}  # as FleetHttp numbers those of the organisation
        http.runners = [twin]
        report = route(http, policy=REPOSITORY_POLICY)
        assert codes(report)[-1] == "unapproved-runner"
        assert report.outputs.values()["pool"] != "east"

    def test_only_an_account_of_a_user_has_no_groups(self) -> None:
        http = FleetHttp({"open": [a_runner("mallory")], "scale-sets": []}, [a_runner("east-1")], owner_type="Bot")
        assert route(http, policy=REPOSITORY_POLICY).outputs.values()["pool"] == "cloud"

    def test_the_choice_has_the_group_that_github_puts_runners_of_a_repository_in(self) -> None:
        found = choice(route(FleetHttp(runners=[a_runner("east-1", runner_group_id=1)]), policy=REPOSITORY_POLICY))
        assert (found.group, found.group_ids) == (None, (1,))
        assert found.runners == (ChosenRunner(a_runner("east-1")["id"], "east-1"),)


def test_the_runners_of_an_enterprise_are_known_by_their_names_alone() -> None:
    http = FleetHttp({"deploys": []}, inherited=["deploys"], enterprise={"deploys": [a_runner("east-1")]})
    found = choice(route(http, enterprise="acme-inc", policy=POLICY))
    assert (found.runners, found.group_ids) == ((ChosenRunner(None, "east-1"),), ())
