import io
from pathlib import Path

import pytest
from tests.fakes import FakeFiles, FakeMasks
from tests.workflow.runner_protocol import commands_in

from deploy_actions.actions.mask import ACTION, MaskInputs, run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.runner import run_action

VALUE = "9f8e-made-up-7d6c"
DSN = "postgres://ada:p4ss-made-up@db.example:5432/orders"


def mask(content: bytes | str, masks: FakeMasks | None = None, **inputs: str) -> Report:
    data = content.encode() if isinstance(content, str) else content
    return run(MaskInputs.from_texts(inputs), FakeFiles(data), masks or FakeMasks())


def codes(found: Report) -> list[str]:
    return [finding.reason_code for finding in found.findings]


@pytest.mark.parametrize(
    ("content", "split", "expected", "masked", "left_bare"),
    [
        (VALUE, "whole", ["masked"], [VALUE], []),
        (f"  {VALUE}\r\n", "whole", ["masked"], [VALUE], []),
        (b"\xef\xbb\xbf" + VALUE.encode(), "whole", ["masked"], [VALUE], []),
        (f"{VALUE}\nsecond-one", "whole", ["masked"], [f"{VALUE}\nsecond-one"], []),
        (f"{VALUE}\r\n\n second-one\rthird-one", "lines", ["masked"], [VALUE, "second-one", "third-one"], []),
        ("one\u2028value\x85of\x0cmany", "lines", ["masked"], ["one\u2028value\x85of\x0cmany"], ["value"]),
        (DSN, "whole", ["masked"], [DSN, "p4ss-made-up"], ["db.example"]),
        (f"{DSN}\nabc", "lines", ["not-masked", "masked"], [DSN, "p4ss-made-up"], ["abc"]),
        (f"changeme\n{VALUE}", "lines", ["not-masked", "masked"], [VALUE], ["changeme"]),
        ("postgres://ada:abc@db.example", "whole", ["not-masked", "masked"], [], ["abc"]),
        ("abcde", "whole", ["nothing-masked"], [], ["abcde"]),
        ("password\ntrue", "lines", ["nothing-masked"], [], ["password", "true"]),
        ("", "whole", ["nothing-to-mask"], [], []),
        (" \r\n\n", "lines", ["nothing-to-mask"], [], []),
        (b"\xff\xfe9\0f\0", "whole", ["value-not-text"], [], []),
    ],
)
def test_what_is_masked_of_what_a_file_holds(  # noqa: PLR0913  # the columns of the table
    content: bytes | str, split: str, expected: list[str], masked: list[str], left_bare: list[str]
) -> None:
    masks = FakeMasks()
    found = mask(content, masks, split=split)
    assert codes(found) == expected
    assert set(masked) <= set(masks.values)
    assert not set(left_bare) & set(masks.values)
    assert all(len(value) >= 6 for value in masks.values)


def test_a_value_is_masked_in_the_forms_that_the_runner_leaves_bare() -> None:
    masks = FakeMasks()
    found = mask(VALUE, masks)
    assert {VALUE.encode().hex(), VALUE.encode().hex().upper()} < set(masks.values)
    assert found.outputs.values() == {"masked-forms": len(masks.values)}
    assert found.findings[0].message == f"The runner masks the value from now on, by {len(masks.values)} masks."


@pytest.mark.parametrize(("content", "words"), [(f"{VALUE}\n{VALUE}2", "2 values"), (VALUE, "the value")])
def test_it_says_how_many_values_are_masked(content: str, words: str) -> None:
    assert words in mask(content, split="lines").findings[-1].message


def test_what_is_left_out_is_named_by_its_number_and_never_quoted() -> None:
    found = mask(f"{VALUE}\nxyz-1\npostgres://ada:qwe12@db.example", split="lines")
    assert [finding.message.partition(" is too")[0] for finding in found.findings[:2]] == [
        "Value 2",
        "Of value 3, its password",
    ]
    assert not any(text in str(found.findings) for text in (VALUE, "xyz-1", "qwe12"))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NotFound("the file /Tmp/Value", "reading", "there is no such file"), "The file /Tmp/Value cannot be read"),
        (Refused("the file x", "reading", "it may not be read"), "it may not be read"),
        (Malformed("standard input", "reading", "it is too long"), "Standard input cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_blocks(error: ServiceError, message: str) -> None:
    found = run(MaskInputs(), FakeFiles(error=error), FakeMasks())
    assert (codes(found), found.decision) == (["file-unreadable"], Decision.CANNOT_VERIFY)
    assert message in found.findings[0].message


def test_where_no_runner_reads_nothing_is_claimed() -> None:
    class NoRunner(FakeMasks):
        def register(self, name: str, values: object) -> int:
            return 0

    assert codes(mask(VALUE, NoRunner())) == ["no-runner"]


@pytest.mark.parametrize("inputs", [{"split": "words"}, {"split": "LINES"}, {"file": "a\0b"}])
def test_a_wrong_input_is_refused(inputs: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        MaskInputs.from_texts(inputs)


@pytest.mark.parametrize("content", [f"{VALUE}\n{DSN}", f"{VALUE}%0A::error::x\n{DSN}"])
def test_the_masks_come_before_any_other_line_and_no_value_after_them(tmp_path: Path, content: str) -> None:
    (tmp_path / "value").write_text(content)
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "out")}
    stdout = io.StringIO(newline="")
    texts = {"file": str(tmp_path / "value"), "split": "lines"}
    assert run_action("mask", ACTION, texts, environ, stdout=stdout, stderr=io.StringIO()) == 0
    lines = stdout.getvalue().splitlines()
    is_mask = [line.startswith("::add-mask::") for line in lines]
    count = is_mask.index(False)
    assert not any(is_mask[count:])
    assert {command.data for command in commands_in("\n".join(lines[:count]))} >= {DSN, "p4ss-made-up"}
    assert not any(text in "\n".join(lines[count:]) for text in (VALUE, DSN, "p4ss-made-up"))
