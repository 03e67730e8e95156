from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workflow.runner_protocol import read_key_values

from deploy_actions.workflow.files import (
    SUMMARY_LIMIT_BYTES,
    append_outputs,
    append_summary,
    here_document,
    summary_room,
)

names = st.from_regex(r"[a-z][a-z-]{0,20}", fullmatch=True)
values = st.text() | st.lists(st.sampled_from(["\n", "\r", "<<", "=", "end-", "EOF", "a=b", "x<<y"])).map("".join)


@given(st.dictionaries(names, values))
def test_any_outputs_come_out_of_the_runner_the_same(outputs: dict[str, str]) -> None:
    text = "".join(here_document(name, value) for name, value in outputs.items())
    assert read_key_values(text) == outputs


def test_outputs_are_appended_to_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_text("before=1\n")
    append_outputs(str(file), {"decision": "pass", "text": "two\nlines\n"})
    assert read_key_values(file.read_bytes().decode()) == {"before": "1", "decision": "pass", "text": "two\nlines\n"}


def test_the_delimiter_is_fresh_each_time() -> None:
    assert len({here_document("a", "b").partition("\n")[0] for _ in range(100)}) == 100


def test_a_summary_may_fill_what_other_writers_left_of_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    assert summary_room(str(file)) == SUMMARY_LIMIT_BYTES
    append_summary(str(file), "é")
    assert summary_room(str(file)) == SUMMARY_LIMIT_BYTES - 2
    file.write_bytes(b"x" * (SUMMARY_LIMIT_BYTES + 1))
    assert summary_room(str(file)) == 0


def test_text_that_is_no_utf_8_is_written_all_the_same(tmp_path: Path) -> None:
    append_summary(str(tmp_path / "summary"), "a\udcffb")
    assert (tmp_path / "summary").read_text() == "a?b"


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        append_outputs(str(tmp_path), {"a": "b"})
