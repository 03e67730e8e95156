"""What the action decides and tells, from its input texts to its report."""

import json
from typing import Any

import pytest
from tests.fakes import FakeClock, FakeFiles, FakeProbes, FakeProgress, FakeSecrets, Script, always, well

from deploy_actions.actions.health_check import run
from deploy_actions.actions.health_check.baseline import Baseline
from deploy_actions.actions.health_check.inputs import HealthCheckInputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, HttpProbe, NoAnswer
from deploy_actions.core.service_errors import NotFound
from deploy_actions.core.verdict import Decision, Report

SHOP = "https://shop.example/health"
QUERY = '[{name: errors, prometheus: "https://prom.example", query: rate, expect: "<= baseline + 20%"}]'
VERSION = '[{name: live, version: "https://shop.example/version"}]'


class World:
    """What the action was given, to look at afterwards."""

    def __init__(self, script: Script = well, secrets: dict[str, str] | None = None, file: bytes = b"") -> None:
        self.clock = FakeClock()
        self.probes = FakeProbes(self.clock, script)
        self.progress = FakeProgress()
        self.secrets = FakeSecrets(secrets)
        self.files = FakeFiles(file)

    def check(self, checks: str = SHOP, **texts: str) -> Report:
        given = {
            "grace": "0s",
            "timeout": "20s",
            "interval": "1s",
            **{k.replace("_", "-"): v for k, v in texts.items()},
        }
        inputs = HealthCheckInputs.from_texts({"checks": checks, **given})
        return run(inputs, self.probes, self.clock, self.secrets, self.files, self.progress)


def answering(body: str, status: int = 200) -> Script:
    return always({"": Answer(seconds=0.05, status=status, body=body.encode(), excerpt=body)})


def prometheus(value: str) -> str:
    sample = {"metric": {}, "value": [1, value]}
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": [sample]}})


def outputs(report: Report) -> Any:
    return report.outputs


def test_a_healthy_target_passes_and_tells_after_how_long() -> None:
    report = World().check(version="v2")
    assert (report.decision, report.reason_code) == (Decision.PASS, "healthy")
    assert outputs(report).healthy_after == pytest.approx(2.05, abs=0.01)
    assert outputs(report).last_healthy_version == "v2"
    (row,) = outputs(report).checks
    assert (row.state, row.attempts, row.timeline, row.p50_ms) == ("passed", 3, "✓3", 50)


def test_the_summary_of_a_failure_says_what_is_broken_since_when_and_what_to_do() -> None:
    world = World(answering("overloaded", status=503))
    before = Baseline(taken_at="2026-11-23T11:00:00Z", versions={"live": "v1"}).text()
    report = world.check(baseline=before, runbook_url="https://wiki.example/shop", version="v2")
    assert report.reason_code == "unhealthy"
    (finding,) = report.findings
    assert "since 2026-11-23T12:00:00Z" in finding.message
    assert "answered 503, expected 200-299; the answer begins “overloaded”" in finding.message
    assert finding.remedy == (
        "Fix forward: production stays as it is; correct the cause and deploy the correction."
        " Last healthy version: `v1`. Runbook: https://wiki.example/shop"
    )
    assert outputs(report).last_healthy_version == "v1"
    assert outputs(report).healthy_after is None


@pytest.mark.parametrize(("policy", "words"), [("rollback", "Roll back"), ("hold", "Hold")])
def test_the_next_step_follows_the_policy(policy: str, words: str) -> None:
    report = World(answering("", status=500)).check(on_failure=policy)
    assert report.findings[0].remedy.startswith(words)


def test_a_check_that_is_not_critical_only_warns() -> None:
    checks = f'[{{http: "{SHOP}"}}, {{http: "https://ads.example/", critical: false}}]'

    def script(probe: Any, attempt: int) -> Any:
        return well(probe, attempt) if "shop" in probe.url else (0.05, {"": NoAnswer("the connection was refused")})

    report = World(script).check(checks)
    assert (report.decision, report.reason_code, report.exit_code) == (Decision.WARN, "degraded", 0)


def test_what_could_not_be_asked_never_passes_and_is_outranked_by_a_failure() -> None:
    ours = NoAnswer("there is no route to it", is_ours=True)
    assert World(always({"": ours})).check().decision is Decision.CANNOT_VERIFY
    checks = f'[{{http: "{SHOP}", failures: 1}}, {{http: "https://ads.example/", failures: 1}}]'

    def script(probe: Any, _attempt: int) -> Any:
        return 0.05, {"": ours if "ads" in probe.url else NoAnswer("the connection was refused")}

    assert World(script).check(checks).decision is Decision.FAIL


def test_a_refused_credential_is_no_failure_of_the_target() -> None:
    checks = f'[{{http: "{SHOP}", headers: {{X-Token: {{secret: API_TOKEN, prefix: "Key "}}}}}}]'
    world = World(answering("", status=401), secrets={"API_TOKEN": "obviously-fake"})
    assert world.check(checks).reason_code == "credential-refused"
    probe = world.probes.started[0][2]
    assert isinstance(probe, HttpProbe)
    prefix, secret = probe.secret_headers["X-Token"]
    assert (prefix, secret.reveal()) == ("Key ", "obviously-fake")


def test_a_secret_that_is_not_set_keeps_the_check_from_being_made() -> None:
    report = World().check(f'[{{http: "{SHOP}", headers: {{X-Token: {{secret: API_TOKEN}}}}}}]')
    assert report.reason_code == "check-not-made"
    assert "API_TOKEN" in report.findings[0].message


def test_the_lines_tell_each_change_once() -> None:
    def script(_probe: Any, attempt: int) -> Any:
        return 0.05, {"": Answer(seconds=0.05, status=503 if attempt < 2 else 200)}

    world = World(script)
    world.check()
    assert world.progress.lines == [
        f"+0.1 s  {SHOP} fails: answered 503, expected 200-299",
        f"+2.1 s  {SHOP} answers well",
        f"+4.1 s  {SHOP} has passed",
    ]
    assert world.progress.tables[-1] == ()


def test_a_baseline_measures_what_is_compared_later_and_asks_nothing_else() -> None:
    world = World(answering(prometheus("0.01")))
    report = world.check(QUERY[:-1] + f', {{http: "{SHOP}"}}]', mode="baseline", baseline_file="baseline.json")
    assert report.reason_code == "baseline-taken"
    assert len(world.probes.started) == 1
    taken = Baseline.parse(outputs(report).baseline)
    assert taken.values == {"errors": 0.01}
    assert world.files.written == {"baseline.json": outputs(report).baseline.encode()}


@pytest.mark.parametrize(
    ("now", "reason"),
    [("0.011", "healthy"), ("0.012", "healthy"), ("0.013", "worse-than-baseline"), ("NaN", "no-data")],
)
def test_a_value_is_compared_with_the_baseline(now: str, reason: str) -> None:
    before = Baseline(taken_at="2026-11-23T11:00:00Z", values={"errors": 0.01}).text()
    assert World(answering(prometheus(now))).check(QUERY, baseline=before).reason_code == reason


def test_the_baseline_can_come_from_a_file() -> None:
    before = Baseline(taken_at="2026-11-23T11:00:00Z", values={"errors": 0.01}).text().encode()
    report = World(answering(prometheus("0.5")), file=before).check(QUERY, baseline_file="baseline.json")
    assert report.reason_code == "worse-than-baseline"
    with pytest.raises(InvalidInput, match="baseline-file"):
        World(file=b"{}").check(QUERY, baseline_file="baseline.json")


def test_without_a_baseline_nothing_is_compared_and_nothing_passes() -> None:
    assert World(answering(prometheus("0.01"))).check(QUERY).reason_code == "no-baseline"


def test_a_baseline_that_cannot_be_taken_stops_the_deploy() -> None:
    report = World(always({"": NoAnswer("the connection was refused")})).check(QUERY, mode="baseline")
    assert (report.decision, report.reason_code) == (Decision.CANNOT_VERIFY, "check-not-made")


def test_a_first_deploy_has_no_live_version_and_may_go_on() -> None:
    world = World(always({"": NoAnswer("the connection was refused")}))
    report = world.check(VERSION, mode="baseline", version="v2")
    assert (report.decision, report.reason_code) == (Decision.PASS, "baseline-taken")
    assert [finding.reason_code for finding in report.findings] == ["version-unknown", "baseline-taken"]
    assert len(world.probes.started) == 3


def test_the_live_version_is_the_last_healthy_one() -> None:
    report = World(answering("v1")).check(VERSION, mode="baseline", version="v2")
    assert outputs(report).last_healthy_version == "v1"


def test_an_old_version_on_one_instance_of_three_is_named() -> None:
    def script(_probe: Any, _attempt: int) -> Any:
        bodies = {"10.0.0.1:80": b"v2", "10.0.0.2:80": b"v1", "10.0.0.3:80": b"v2"}
        return 0.05, {name: Answer(seconds=0.05, status=200, body=body) for name, body in bodies.items()}

    report = World(script).check(VERSION, version="v2")
    assert report.reason_code == "wrong-version"
    assert "10.0.0.2:80 answers with `v1`, expected `v2`" in report.findings[0].message


@pytest.mark.parametrize(
    "text", ["{}", "[]", "x", '{"taken_at": "x", "schema_version": 2}', '{"taken_at": 1}', "[" * 9_999]
)
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Baseline.parse(text)


def test_a_file_that_cannot_be_written_is_told() -> None:
    world = World(answering(prometheus("1")))
    world.files = FakeFiles(error=NotFound("the file x", "writing", "there is no such folder"))
    with pytest.raises(NotFound):
        world.check(QUERY, mode="baseline", baseline_file="x/y")


def test_of_very_many_checks_the_bad_ones_are_shown_and_the_output_stays_within_the_platforms_limit() -> None:
    urls = [f"https://host-{number}.example/{'x' * 60}" for number in range(500)]

    def script(probe: Any, _attempt: int) -> Any:
        return 0.05, {
            "": Answer(seconds=0.05, status=500 if "host-499." in probe.url else 200, excerpt="\u2028é" * 100)
        }

    report = World(script).check("\n".join(urls), failures="1")
    assert len(outputs(report).checks) == 150
    assert outputs(report).checks[0].check.startswith("https://host-499.")
    assert len(json.dumps(outputs(report).values()["checks"]).encode()) < 131_072
