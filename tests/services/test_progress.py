"""What is seen while an action works."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services.progress import LogProgress

SRC = Path(__file__).parents[2] / "src"
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
WATCHED = """
from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services.progress import connect
redactor = Redactor()
redactor.add("TOKEN", "hunter2-hunter2")
progress = connect(World({environ}, redactor, print))
progress.table([("Check", "State"), ("shop", "hunter2-hunter2 [red]x\\x1b[2J")])
progress.line("shop answers")
progress.table(())
progress.line("the end")
"""


INTERRUPTED = """
import signal
from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services.progress import connect
progress = connect(World({environ}, Redactor(), print))
progress.table([("Check",), ("shop",)])
signal.raise_signal(signal.SIGINT)
"""


def seen_at_a_terminal(environ: str, program: str = WATCHED, stdout: IO[bytes] | None = None) -> str:
    """What a program writes to its terminal, which is its standard output too unless that is given."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", program.format(environ=environ)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SRC), "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run(command, stdout=stdout or follower, stderr=follower, env=environment, check=False)
    assert done.returncode == (-signal.SIGINT if program is INTERRUPTED else 0)
    os.close(follower)
    seen = b""
    try:
        while chunk := os.read(leader, 65_536):
            seen += chunk
    except OSError:  # Linux says so at the end of a terminal
        pass
    os.close(leader)
    return seen.decode()


def test_lines_go_to_the_log_and_tables_nowhere_without_a_terminal() -> None:
    said: list[str] = []
    progress = LogProgress(World({}, Redactor(), said.append))
    progress.table([("Check",), ("shop",)])
    progress.line("shop answers")
    progress.table(())
    assert said == ["shop answers"]


def test_a_person_sees_a_table_and_the_lines_without_secret_and_control_characters() -> None:
    seen = seen_at_a_terminal("{}")
    assert "Check" in seen
    assert "shop answers" in seen
    assert "the end" in seen
    assert "*** [red]x" in seen
    assert "hunter2" not in seen
    assert "\x1b[2J" not in seen


def test_a_workflow_gets_no_table_even_at_a_terminal() -> None:
    assert "Check" not in seen_at_a_terminal("{'GITHUB_ACTIONS': 'true'}")


def test_an_interrupted_program_gives_the_terminal_its_cursor_back() -> None:
    seen = seen_at_a_terminal("{}", INTERRUPTED)
    assert "shop" in seen
    assert seen.rindex(SHOW_CURSOR) > seen.rindex(HIDE_CURSOR)


def test_while_a_table_is_shown_the_log_gets_its_lines_and_nothing_else(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert "Check" in seen_at_a_terminal("{}", stdout=log)
    assert (tmp_path / "log").read_text() == "shop answers\nthe end\n"


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\rb", "a\nb", "a\x85b", "a\u202eb", "a\x07b"])
def test_a_line_stays_one_line_without_control_characters(text: str) -> None:
    said: list[str] = []
    LogProgress(World({}, Redactor(), said.append)).line(text)
    assert said[0].isprintable()
    assert (said[0][0], said[0][-1]) == ("a", "b")
