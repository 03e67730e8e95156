import random

import pytest
from tests.fakes import FakeLeakScanning, FakeLogFiles, FakeSecrets
from tests.leaks.templates import filled
from tests.leaks.values_in_logs import FORMS, STAMP, written

from deploy_actions.actions.log_audit import LogAuditInputs, LogAuditOutputs, run
from deploy_actions.core.redact import Redactor
from deploy_actions.core.service_errors import Malformed
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
    return run(inputs, FakeLogFiles(log), scanner, FakeSecrets({"KEY": value}))


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
    assert codes(run(inputs, broken, scanner, FakeSecrets({"KEY": VALUE})))[0] == "log-unreadable"
    report = run(inputs, clean, scanner, FakeSecrets({"KEY": VALUE}))
    assert (report.decision, codes(report)) == (Decision.CANNOT_VERIFY, ["log-unreadable"])


def test_many_leaks_are_counted_and_few_listed(scanner: leakscanning.Scanner) -> None:
    log = "".join(f"{filled('ghp_{alnum:36}', seed)}\n" for seed in range(250)).encode()
    report = audit(log, scanner)
    assert report.outputs == LogAuditOutputs(leaks=250, rotate=())
    assert len(report.findings) == 201
    assert report.findings[-1].message.startswith("50 further leaks")
