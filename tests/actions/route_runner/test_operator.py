"""Without an app an operator chooses, within the policy, and says who he is."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from tests.actions.route_runner.fleet_http import FleetHttp
from tests.actions.route_runner.room import LATER, PAST, POLICY, route, rows
from tests.fakes import NOW, FakeFiles

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.runner_choice import ChosenRunner, RunnerChoice
from deploy_actions.core.verdict import Report

DECLARED = POLICY.replace("    primary:", "    mode: declared\n    primary:", 1)
STATEMENT = "by grace since 2026-11-23T10:00Z: the primary's disk is full"
KEY = "obviously-fake-key-of-32-characters-or-more"


def declare(text: str, policy: str = DECLARED, **texts: Any) -> Report:
    http = FleetHttp()
    report = route(http, policy=policy, github_token="", declared_role=text, **texts)
    assert http.requests == []
    return report


@pytest.mark.parametrize(
    ("text", "reason", "pool"),
    [
        ("", "declared-primary", "east"),
        ("primary", "declared-primary", "east"),
        ("east", "declared-primary", "east"),
        (f"primary {STATEMENT}", "declared-primary", "east"),
        (f"secondary {STATEMENT}", "declared-secondary", "west"),
        (f"cloud {STATEMENT}", "declared-secondary", "cloud"),
    ],
)
def test_the_declared_pool_is_chosen(text: str, reason: str, pool: str) -> None:
    report = declare(text)
    assert (report.reason_code, report.outputs.values()["pool"]) == (reason, pool)
    assert RunnerChoice.parse(report.outputs.values()["choice"]).pool == pool


def test_who_moved_it_away_from_the_primary_and_when_is_reported() -> None:
    finding = declare(f"secondary {STATEMENT}").findings[0]
    assert finding.decision.value == "warn"
    assert "grace declared at 2026-11-23T10:00:00Z: the primary's disk is full" in finding.message
    assert "`DEPLOY_RUNNER_ROLE` back to `primary`" in finding.remedy


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("secondary", "does not say by whom"),
        ("west", "does not say by whom"),
        ("elsewhere", "neither a role nor a pool"),
        (f"elsewhere {STATEMENT}", "neither a role nor a pool"),
        ("secondary please", "neither a role nor a whole statement"),
        ("secondary by grace", "neither a role nor a whole statement"),
        ("secondary by grace since 2026-11-23T10:00Z", "neither a role nor a whole statement"),
        ("secondary by grace since yesterday: because", "no date and time"),
        ("secondary by grace since 2026-11-23T12:06Z: because", "in the future"),
        ("secondary\nby grace", "neither a role nor a whole statement"),
    ],
)
def test_what_cannot_be_followed_never_passes(text: str, problem: str) -> None:
    report = declare(text)
    assert (report.decision.value, report.reason_code) == ("cannot-verify", "declaration-incomplete")
    assert problem in report.findings[0].message
    assert report.outputs.values()["runs-on"] is None


def test_a_pool_whose_approval_has_ended_cannot_be_declared() -> None:
    report = declare("primary", DECLARED.replace(LATER, PAST, 1))
    assert (report.decision.value, report.reason_code) == ("fail", "no-approved-runner")


def test_of_the_secondary_pools_the_first_that_is_still_approved_is_taken() -> None:
    first, second, third = DECLARED.split(f"approved-until: {LATER}")[:3]
    policy = f"{first}approved-until: {LATER}{second}approved-until: {PAST}{third}approved-until: {LATER}\n"
    assert declare(f"secondary {STATEMENT}", policy).outputs.values()["pool"] == "cloud"


@pytest.mark.parametrize(
    ("role", "declared", "pool"),
    [("secondary", "primary", "west"), ("primary", f"secondary {STATEMENT}", "east"), ("primary", "", "east")],
)
def test_a_drill_overrules_the_declaration_and_warns_of_it(role: str, declared: str, pool: str) -> None:
    report = declare(declared, force_role=role, force_reason="quarterly drill of the secondary")
    assert (report.decision.value, report.reason_code) == ("warn", "role-forced")
    assert report.outputs.values()["pool"] == pool
    assert "quarterly drill" in report.findings[0].message


HEALTH = DECLARED.replace(
    "mode: declared", "mode: declared\n    health: {heartbeat-max-age: 2m, disk-free: 5GiB}"
).replace(
    "labels: [self-hosted, production, secondary]",
    "labels: [self-hosted, production, secondary]\n        names: [west-1]",
)


def heartbeat(runner: str, *, age: int = 30, key: str = KEY, **facts: object) -> str:
    sent = (NOW - timedelta(seconds=age)).timestamp()
    return jwt.encode({"aud": "deploy-actions/heartbeat", "sub": runner, "iat": sent, **facts}, key, algorithm="HS256")


def with_heartbeats(*lines: str) -> Report:
    files = FakeFiles(HEALTH.encode(), contents={"beats": "\n".join(lines).encode()})
    return declare("primary", files=files, heartbeat_file="beats", heartbeat_key=KEY)


GIB = 1024**3


def test_health_comes_from_the_heartbeat() -> None:
    report = with_heartbeats(heartbeat("east-1", disk_free_bytes=6 * GIB), heartbeat("east-2", disk_free_bytes=4 * GIB))
    assert [one.reason_code for one in report.findings] == ["declared-primary", "unfit-runner-in-reach"]
    assert "east-2 (has 4 GiB of disk free, under 5 GiB)" in report.findings[1].message
    assert [row[2] for row in rows(report)[:2]] == ["accepted", "rejected"]
    assert "disk free, under" in str(rows(report)[1][3])


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [heartbeat("east-1", disk_free_bytes=GIB)],
        [heartbeat("east-1", age=121, disk_free_bytes=9 * GIB)],
        [heartbeat("east-1")],
        [heartbeat("west-1", disk_free_bytes=9 * GIB)],
        [heartbeat("east-1", disk_free_bytes=9 * GIB, quarantined=True)],
    ],
    ids=["none", "full disk", "old", "says nothing of the disk", "of another", "quarantined"],
)
def test_a_runner_whose_health_is_not_known_to_be_good_gets_no_deploy(lines: list[str]) -> None:
    report = with_heartbeats(*lines)
    assert (report.decision.value, report.reason_code) == ("fail", "no-approved-runner")


def test_a_quarantine_is_heeded_where_heartbeats_are_told_though_none_is_required() -> None:
    beats = "\n".join([heartbeat("east-1", quarantined=True), heartbeat("east-2")])
    files = FakeFiles(DECLARED.encode(), contents={"beats": beats.encode()})
    report = declare("primary", files=files, heartbeat_file="beats", heartbeat_key=KEY)
    assert rows(report)[:2] == [
        ("east", "east-1", "rejected", "it is quarantined"),
        ("east", "east-2", "accepted", None),
    ]


@pytest.mark.parametrize(("name", "matched"), [("EAST-1", True), ("east-11", False)])
def test_a_quarantine_holds_whatever_the_case_of_its_letters_and_a_slip_is_told(name: str, matched: bool) -> None:
    kept_out = f"mode: declared\n    quarantined: [{{runner: {name}, reason: noise}}]"
    report = declare("primary", DECLARED.replace("mode: declared", kept_out))
    codes = [one.reason_code for one in report.findings]
    assert ("quarantine-unmatched" in codes) is not matched
    assert (rows(report)[0][2] == "rejected") is matched
    assert ("unfit-runner-in-reach" in codes) is matched


def test_the_names_of_a_declared_pool_are_all_that_is_known_of_its_runners() -> None:
    choice = RunnerChoice.parse(declare("primary").outputs.values()["choice"])
    assert choice.runners == (ChosenRunner(None, "east-1"), ChosenRunner(None, "east-2"))
    assert choice.group_ids == ()


def test_health_that_nobody_tells_never_passes() -> None:
    report = declare("primary", HEALTH)
    assert (report.decision.value, report.reason_code) == ("cannot-verify", "no-heartbeat-source")


def test_signed_heartbeats_need_their_key() -> None:
    with pytest.raises(InvalidInput, match="is given without `heartbeat-key`"):
        declare("primary", HEALTH, heartbeat_file="beats")
