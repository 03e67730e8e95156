import json
import random
from typing import Any

import pytest
from tests.fakes import FakeClock, FakeDownloads, FakeHttp, FakeLeakScanning, FakeLogFiles, FakeSecrets
from tests.leaks.templates import filled
from tests.leaks.values_in_logs import FORMS, STAMP, written

from deploy_actions.actions.log_audit import run
from deploy_actions.actions.log_audit.inputs import LogAuditInputs, LogAuditOutputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.redact import Redactor
from deploy_actions.core.service_errors import Malformed, NotFound
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.core.world import World
from deploy_actions.services import leakscanning

VALUE = "9f8e-made-Up-7d6c"
DSN = "postgres://ada:p4ss-made-up@db.example:5432/orders"


@pytest.fixture(scope="module")
def scanner() -> leakscanning.Scanner:
    return leakscanning.connect(World({}, Redactor(), print))


def audit(
    log: bytes | None, scanner: leakscanning.Scanner | FakeLeakScanning, *, secrets: str = "KEY", value: str = VALUE
) -> Report:
    inputs = LogAuditInputs.from_texts({"paths": "build.log", "secrets": secrets})
    return audited(inputs, FakeLogFiles(log), scanner, value=value)


def audited(
    inputs: LogAuditInputs, log_files: FakeLogFiles, scanner: leakscanning.Scanner | FakeLeakScanning, **more: Any
) -> Report:
    secrets = FakeSecrets({"KEY": more.pop("value", VALUE)})
    http, downloads = more.pop("http", FakeHttp()), more.pop("downloads", FakeDownloads())
    return run(inputs, http, downloads, FakeClock(), log_files, scanner, secrets)


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def test_a_clean_log_passes_and_says_what_was_searched(scanner: leakscanning.Scanner) -> None:
    report = audit(f"{STAMP}all well\n".encode(), scanner)
    assert report.decision is Decision.PASS
    said = "No secret was found in 1 log (0.0 MB, 1 line) by 1 known value and the library's rules."
    assert report.findings[0].message == said
    assert report.outputs == LogAuditOutputs(leaks=0, rotate=())


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_in_any_form_fails_and_is_named(scanner: leakscanning.Scanner, form: str) -> None:
    report = audit(written(form, VALUE, random.Random(form)), scanner)
    assert codes(report) == ["leak-found"]
    (finding,) = report.findings
    assert finding.secret == "KEY"
    assert finding.location
    assert finding.location.path == "build.log"
    assert report.outputs == LogAuditOutputs(leaks=1, rotate=("KEY",))
    assert VALUE not in f"{finding}"


def test_an_unknown_secret_is_told_by_its_rule_and_never_by_its_value(scanner: leakscanning.Scanner) -> None:
    token = filled("ghp_{alnum:36}", 1)
    (finding,) = audit(f"ok\nout {token}\nout {token}\n".encode(), scanner).findings
    assert (finding.reason_code, finding.rule, finding.decision) == (
        "unknown-secret-found",
        "github-token",
        Decision.FAIL,
    )
    assert finding.location
    assert finding.location.line == 2
    assert f", 2 times ({token[:2]}…{token[-2:]}, 40 characters)" in finding.message
    assert token not in f"{finding}"


def test_the_password_inside_a_secret_is_searched_for_by_itself(scanner: leakscanning.Scanner) -> None:
    (finding,) = audit(b"login with p4ss-made-up\n", scanner, value=DSN).findings
    assert finding.secret == "KEY (its password)"


@pytest.mark.parametrize(
    ("log", "secrets", "value", "expected", "decision"),
    [
        (b"x\n", "", VALUE, ["no-known-values", "no-leak"], Decision.WARN),
        (b"x\n", "KEY, OTHER", VALUE, ["secret-not-handed-over", "no-leak"], Decision.CANNOT_VERIFY),
        (b"x\n", "KEY", "abc12", ["value-not-searched", "no-leak"], Decision.WARN),
        (b"x\n", "KEY", "production", ["value-not-searched", "no-leak"], Decision.WARN),
        (b"de***y\n", "KEY", VALUE, ["over-masked", "no-leak"], Decision.WARN),
        (b"KEY=***\n", "KEY", VALUE, ["no-leak"], Decision.PASS),
        (None, "KEY", VALUE, ["no-log"], Decision.CANNOT_VERIFY),
    ],
)
def test_what_was_not_searched_is_told(  # noqa: PLR0913  # a table
    scanner: leakscanning.Scanner, log: bytes | None, secrets: str, value: str, expected: list[str], decision: Decision
) -> None:
    report = audit(log, scanner, secrets=secrets, value=value)
    assert codes(report) == expected
    assert report.decision is decision


def test_a_log_that_is_not_read_whole_never_passes_and_what_was_found_before_counts(
    scanner: leakscanning.Scanner,
) -> None:
    broken = FakeLogFiles(f"{VALUE}\n".encode() * 2, half_way=Malformed("the path build.log", "reading", "it is cut"))
    inputs = LogAuditInputs.from_texts({"paths": "build.log", "secrets": "KEY"})
    clean = FakeLogFiles(b"x\n", half_way=Malformed("the path build.log", "reading", "it is cut"))
    assert codes(audited(inputs, broken, scanner))[0] == "log-unreadable"
    report = audited(inputs, clean, scanner)
    assert (report.decision, codes(report)) == (Decision.CANNOT_VERIFY, ["log-unreadable"])


def test_many_leaks_are_counted_and_few_listed(scanner: leakscanning.Scanner) -> None:
    log = "".join(f"{filled('ghp_{alnum:36}', seed)}\n" for seed in range(250)).encode()
    report = audit(log, scanner)
    assert report.outputs == LogAuditOutputs(leaks=250, rotate=())
    assert len(report.findings) == 201
    assert report.findings[-1].message.startswith("50 further leaks")


RUN = {
    **{"run-id": "7", "run-attempt": "1", "repository": "acme/orders", "github-token": "obviously-fake-credential"},
    **{"secrets": "KEY", "own-job": "audit"},
}


def jobs_of(**states: str) -> FakeHttp:
    jobs = [
        {
            **{"id": number, "name": f"production / {name}", "created_at": "2026-11-24T12:00:00Z"},
            **({"status": state} if state == "in_progress" else {"status": "completed", "conclusion": state}),
        }
        for number, (name, state) in enumerate(states.items(), 1)
    ]
    return FakeHttp(json.dumps({"total_count": len(jobs), "jobs": jobs}).encode())


@pytest.mark.parametrize(
    ("states", "downloads", "expected"),
    [
        ({"deploy": "success", "audit": "in_progress"}, FakeDownloads([b"all well\n"]), ["no-leak"]),
        ({"deploy": "failure", "audit": "in_progress"}, FakeDownloads([f"a {VALUE}\n".encode()]), ["leak-found"]),
        ({"deploy": "in_progress", "audit": "in_progress"}, FakeDownloads(), ["job-unfinished", "no-log"]),
        ({"gate": "success", "deploy": "in_progress"}, FakeDownloads([b"x\n"]), ["job-unfinished"]),
        ({"deploy": "skipped", "audit": "in_progress"}, FakeDownloads(), ["no-log"]),
        ({"deploy": "success"}, FakeDownloads(error=NotFound("GitHub", "GET", "status 404")), ["log-unreadable"]),
    ],
)
def test_the_logs_of_a_run_are_searched_job_by_job(
    scanner: leakscanning.Scanner, states: dict[str, str], downloads: FakeDownloads, expected: list[str]
) -> None:
    inputs = LogAuditInputs.from_texts(RUN)
    report = audited(inputs, FakeLogFiles(None), scanner, http=jobs_of(**states), downloads=downloads)
    assert codes(report) == expected
    if expected == ["leak-found"]:
        assert "KEY is in production / deploy, as it is." in report.findings[0].message


def test_a_run_that_cannot_be_asked_for_never_passes(scanner: leakscanning.Scanner) -> None:
    http = FakeHttp(error=NotFound("GitHub", "GET", "status 404"))
    report = audited(LogAuditInputs.from_texts({**RUN, "paths": "build.log"}), FakeLogFiles(b"x\n"), scanner, http=http)
    assert codes(report) == ["log-unreadable", "no-log"]


def test_a_folder_without_a_log_is_told_though_the_run_has_logs(scanner: leakscanning.Scanner) -> None:
    inputs = LogAuditInputs.from_texts({**RUN, "paths": "logs"})
    downloads = FakeDownloads([b"all well\n"])
    report = audited(inputs, FakeLogFiles(None), scanner, http=jobs_of(deploy="success"), downloads=downloads)
    assert codes(report) == ["no-log"]


@pytest.mark.parametrize("missing", ["repository", "github-token", "run-id"])
def test_a_run_needs_its_repository_and_a_token(scanner: leakscanning.Scanner, missing: str) -> None:
    inputs = LogAuditInputs.from_texts({name: text for name, text in RUN.items() if name != missing})
    with pytest.raises(InvalidInput):
        audited(inputs, FakeLogFiles(b"x\n"), scanner)
