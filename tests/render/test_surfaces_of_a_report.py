"""What each surface shows of a report, to the letter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.core.declare import Outputs, Record, output
from deploy_actions.core.redact import Redactor
from deploy_actions.core.verdict import Decision, Finding, Location, Reason, Report
from deploy_actions.render import document, terminal
from deploy_actions.render.annotations import annotations
from deploy_actions.render.log_lines import log_lines
from deploy_actions.render.outputs import outputs, refuse_unfit
from deploy_actions.render.presentable import presentable, visible
from deploy_actions.render.summary import markdown, summary
from deploy_actions.workflow.files import OUTPUTS_LIMIT_BYTES, size_as_output

GOOD = Reason("all-well", Decision.PASS, "{secret} is well.")
ODD = Reason("somewhat-odd", Decision.WARN, "{secret} is odd.", "Look at {secret}.")
BAD = Reason("quite-bad", Decision.FAIL, "{secret} is bad: {how}.", "Mend {secret}.")
UNKNOWN = Reason("not-known", Decision.CANNOT_VERIFY, "The file cannot be read.", "Make it readable.")


class SampleOutputs(Outputs, frozen=True):
    names: tuple[str, ...] | None = output("Names.")
    version: str | None = output("A version.")


REPORT = presentable(
    Report(
        findings=(
            GOOD(secret="KEY_A"),
            ODD(secret="KEY_B"),
            UNKNOWN(location=Location(path="a.yml", line=3)),
            BAD(secret="KEY_C", how="`x|y`"),
        ),
        outputs=SampleOutputs(names=("KEY_C",)),
    ),
    Redactor(),
)

SUMMARY = """\
### ✗ gate: fail

Findings: 1 fail, 1 cannot-verify, 1 warn, 1 pass. The gravest: `quite-bad`.

| | About | Finding | What to do |
|---|---|---|---|
| ✗ | `KEY_C` | `quite-bad`: KEY\\_C is bad\\: `x\\|y`. | Mend KEY\\_C. |
| ? | `a.yml:3` | `not-known`: The file cannot be read. | Make it readable. |
| ! | `KEY_B` | `somewhat-odd`: KEY\\_B is odd. | Look at KEY\\_B. |
| ✓ | `KEY_A` | `all-well`: KEY\\_A is well. |  |

"""
LOG = """\
gate: fail (quite-bad). Findings: 1 fail, 1 cannot-verify, 1 warn, 1 pass. The gravest: `quite-bad`.
  ✗ KEY_C is bad: `x|y`. [quite-bad]
      what to do: Mend KEY_C.
  ? a.yml:3: The file cannot be read. [not-known]
      what to do: Make it readable.
  ! KEY_B is odd. [somewhat-odd]
      what to do: Look at KEY_B.
  ✓ KEY_A is well. [all-well]
"""
TERMINAL = """\
✗ gate: fail
Findings: 1 fail, 1 cannot-verify, 1 warn, 1 pass. The gravest: `quite-bad`.
✗  KEY_C    quite-bad     KEY_C is bad: `x|y`.
                          → Mend KEY_C.
?  a.yml:3  not-known     The file cannot be read.
                          → Make it readable.
!  KEY_B    somewhat-odd  KEY_B is odd.
                          → Look at KEY_B.
✓  KEY_A    all-well      KEY_A is well.
"""


def many(count: int, reason: Reason = BAD, how: str = "x") -> Report:
    return Report(findings=tuple(reason(secret=f"KEY_{number}", how=how) for number in range(count)))


def test_the_summary_of_a_step() -> None:
    assert summary("gate", REPORT, 10_000) == SUMMARY


def test_the_log_of_a_step() -> None:
    assert "\n".join(log_lines("gate", REPORT)) + "\n" == LOG


def test_what_a_person_sees_when_it_is_piped() -> None:
    assert terminal.shown("gate", REPORT, coloured=False) == TERMINAL


def test_colour_comes_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in terminal.shown("gate", REPORT, coloured=True)
    assert "\x1b[" not in terminal.shown("gate", REPORT, coloured=False)


@pytest.mark.parametrize(("count", "shown", "rest"), [(1, 1, 0), (10, 10, 0), (11, 9, 2), (500, 9, 491)])
def test_at_most_ten_annotations_of_a_kind_and_the_rest_is_counted(count: int, shown: int, rest: int) -> None:
    made = annotations("gate", many(count))
    assert len(made) <= 10
    assert len([a for a in made if "is bad" in a.message]) == shown
    assert [a.message for a in made if "more of this kind" in a.message] == (
        [f"{rest} more of this kind: see the step summary or the output `result`."] if rest else []
    )


def test_the_kinds_of_annotation_are_counted_apart() -> None:
    both = Report(findings=(*many(12).findings, *many(12, ODD).findings, GOOD(secret="KEY")))
    kinds = [annotation.kind for annotation in annotations("gate", both)]
    assert (kinds.count("error"), kinds.count("warning"), len(kinds)) == (10, 10, 20)


def test_an_annotation_has_title_place_and_remedy() -> None:
    [_, annotation, _] = annotations("gate", REPORT)
    assert annotation.properties == {"title": "gate: not-known", "file": "a.yml", "line": "3"}
    assert annotation.message == "The file cannot be read. Make it readable."


@pytest.mark.parametrize("room", [0, 100, 300, 1_000, 5_000, 20_000])
def test_a_summary_keeps_to_its_room_and_counts_what_is_cut(room: int) -> None:
    text = summary("gate", many(200), room)
    assert len(text.encode()) <= room
    shown = text.count("| ✗ |")
    if text:
        assert text.startswith("### ✗ gate: fail\n")
        assert (f"{200 - shown} more findings" in text) is (shown < 200)


@given(st.text())
def test_no_text_breaks_out_of_its_cell(hostile: str) -> None:
    cell = markdown(visible(hostile))
    assert "\n" not in cell
    assert "|" not in cell.replace("\\|", "")
    assert "<" not in "".join(part for number, part in enumerate(cell.split("`")) if number % 2 == 0)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("[click](http://evil.example)", "\\[click\\]\\(http&#58;//evil.example\\)"),
        ("<img src=x>", "&lt;img src\\=x&gt;"),
        ("@everyone", "&#64;everyone"),
        ("a | b", "a \\| b"),
        ("**bold** _it_", "\\*\\*bold\\*\\* \\_it\\_"),
        ("`code|span`", "`code\\|span`"),
    ],
)
def test_mark_up_in_a_message_is_shown_and_does_nothing(hostile: str, shown: str) -> None:
    assert markdown(hostile) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é ✓", "plain é ✓"),
        ("two\nlines\r\n", "two lines"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udcffb", "a\\udcffb"),
        ("x" * 2_001, "x" * 2_000 + "… (2001 characters)"),
    ],
)
def test_nothing_hides_in_what_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_secret_is_hidden_before_its_characters_are_escaped() -> None:
    redactor = Redactor()
    redactor.add("KEY", "a_b*c|d\n::e")
    report = presentable(Report(findings=(BAD(secret="X", how="it was a_b*c|d\n::e there"),)), redactor)
    assert report.findings[0].message == "X is bad: it was *** there."


def test_the_document_holds_everything_and_unknown_is_null() -> None:
    read = json.loads(document.encoded("gate", REPORT))
    assert read["schema_version"] == 1
    assert (read["action"], read["decision"], read["reason_code"]) == ("gate", "fail", "quite-bad")
    assert read["outputs"] == {"names": ["KEY_C"], "version": None}
    assert read["findings"][1] == {
        "severity": "error",
        "decision": "cannot-verify",
        "reason_code": "not-known",
        "message": "The file cannot be read.",
        "remedy": "Make it readable.",
        "location": {"path": "a.yml", "line": 3},
        "secret": None,
        "rule": None,
    }


def test_a_document_never_holds_what_the_runner_takes_for_a_command() -> None:
    text = document.encoded("gate", many(1, how="##[add-mask]deploy"))
    assert "##[" not in text
    assert json.loads(text)["findings"][0]["message"] == "KEY_0 is bad: ##[add-mask]deploy."


@pytest.mark.parametrize("room", [2_000, 10_000, 100_000])
def test_a_document_too_large_drops_the_mildest_findings_and_counts_them(room: int) -> None:
    report = presentable(Report(findings=(*many(500, ODD).findings, BAD(secret="WORST", how="y"))), Redactor())
    text = document.encoded("gate", report, room)
    read = json.loads(text)
    assert size_as_output(text) <= room
    assert read["findings"][0]["secret"] == "WORST"
    assert len(read["findings"]) + read["findings_omitted"] == 501
    one_more = document.document("gate", report, read["findings_omitted"] - 1)
    assert size_as_output(json.dumps(one_more)) > room


def test_all_outputs_together_keep_the_platforms_limit() -> None:
    values = outputs("gate", many(5_000, how="y" * 500))
    assert sum(map(size_as_output, values.values())) <= OUTPUTS_LIMIT_BYTES
    assert json.loads(values["result"])["findings_omitted"] > 0


def unfit(**values: Any) -> tuple[dict[str, Any], list[str]]:
    redactor = Redactor()
    redactor.add("KEY", "canary-in-the-mine")
    report = refuse_unfit(Report(findings=(GOOD(secret="A"),), outputs=SampleOutputs(**values)), redactor)
    return report.outputs.values(), [finding.reason_code for finding in report.findings]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"version": "v1-canary-in-the-mine"}, "output-refused"),
        ({"names": ("a", "canary-in-the-mine")}, "output-refused"),
        ({"version": b"canary-in-the-mine".hex()}, "output-refused"),
        ({"version": "x" * 70_000}, "output-too-large"),
    ],
)
def test_an_output_that_may_not_be_written_is_refused_and_the_verdict_blocks(values: dict[str, Any], code: str) -> None:
    assert unfit(**values) == ({"names": None, "version": None}, ["all-well", code])


def test_a_fit_output_is_left_alone() -> None:
    assert unfit(version="v1", names=("a",)) == ({"names": ("a",), "version": "v1"}, ["all-well"])


def test_outputs_are_texts_lists_are_json_and_unknown_is_empty() -> None:
    values = outputs("gate", REPORT)
    assert (values["names"], values["version"], values["decision"]) == ('["KEY_C"]', "", "fail")


def test_a_finding_without_a_subject_is_shown_without_one() -> None:
    plain = Report(findings=(Finding(decision=Decision.PASS, reason_code="x", message="Well."),))
    assert log_lines("gate", plain)[1] == "  ✓ Well. [x]"


class LinkedRow(Record, frozen=True):
    key: str | None = output("A key.")
    url: str | None = output("Where people see it.")


class LinkedOutputs(Outputs, frozen=True):
    rows: tuple[LinkedRow, ...] | None = output("Rows.")


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://acme.atlassian.net/browse/PAY-1", True),
        ("http://127.0.0.1:9/browse/PAY-1", False),
        ("javascript:alert(1)", False),
        ("https://a.example/x) [evil](https://b.example", False),
        ("https://a.example/|x", False),
        (None, False),
    ],
)
def test_the_first_cell_of_a_row_links_to_its_address_if_that_can_be_nothing_else(url: str, *, linked: bool) -> None:
    report = Report(findings=many(1).findings, outputs=LinkedOutputs(rows=(LinkedRow(key="PAY-1", url=url),)))
    assert (f"| [PAY\\-1]({url}) |" in summary("gate", report, 9_999)) is linked
    assert ("](" in summary("gate", report, 9_999)) is linked
