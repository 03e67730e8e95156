import itertools

import pytest

from deploy_actions.core.verdict import Decision, Location, Reason, Report, reasons_of

SKIP, PASS, WARN, CANNOT_VERIFY, FAIL = (Reason(d.value, d, f"{d.value} {{what}}", "do {what}") for d in Decision)
ALL = (SKIP, PASS, WARN, CANNOT_VERIFY, FAIL)


def report(*reasons: Reason, exit_status: int = 0) -> Report:
    return Report(findings=tuple(reason(what="it") for reason in reasons), exit_status=exit_status)


def test_no_finding_at_all_is_no_pass() -> None:
    assert (report().decision, report().reason_code, report().exit_code) == (
        Decision.CANNOT_VERIFY,
        "nothing-checked",
        2,
    )


@pytest.mark.parametrize("reasons", list(itertools.permutations(ALL)))
def test_the_gravest_finding_decides_in_any_order(reasons: tuple[Reason, ...]) -> None:
    for end in range(1, len(reasons) + 1):
        expected = max(reasons[:end], key=ALL.index)
        assert report(*reasons[:end]).decision is expected.decision
        assert report(*reasons[:end]).reason_code == expected.code


@pytest.mark.parametrize(("reason", "code"), list(zip(ALL, (0, 0, 0, 2, 1), strict=True)))
def test_the_exit_code_is_the_contracts(reason: Reason, code: int) -> None:
    assert report(reason).exit_code == code


@pytest.mark.parametrize(
    ("reason", "status", "code"), [(FAIL, 7, 7), (FAIL, 0, 1), (CANNOT_VERIFY, 0, 2), (PASS, 7, 0), (WARN, 1, 0)]
)
def test_a_programs_exit_status_never_turns_a_verdict_round(reason: Reason, status: int, code: int) -> None:
    assert report(reason, exit_status=status).exit_code == code


def test_a_reason_called_with_the_facts_is_a_finding() -> None:
    finding = Reason("x", Decision.FAIL, "{secret} is {how}.", "Mend {secret}.")(secret="KEY", how="bad")
    assert (finding.message, finding.remedy, finding.secret, finding.subject) == (
        "KEY is bad.",
        "Mend KEY.",
        "KEY",
        "KEY",
    )


def test_facts_are_not_read_as_templates() -> None:
    assert PASS(what="{secret} {0} {{").message == "pass {secret} {0} {{"


def test_a_forgotten_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        PASS()


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (Location(job="a", step="b"), "a, b"),
        (Location(path="x.py", line=3), "x.py:3"),
        (Location(path="x.py"), "x.py"),
        (Location(), ""),
    ],
)
def test_a_location_is_said_as_far_as_it_is_known(location: Location, text: str) -> None:
    assert str(location) == text
    assert FAIL(what="x", location=location).subject == text


def test_a_vocabulary_is_its_reasons_in_order() -> None:
    class Words:
        second = FAIL
        first = PASS
        other = 1

    assert reasons_of(Words) == (FAIL, PASS)
