"""What is seen while an action works."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services.progress import LogProgress

SRC = Path(__file__).parents[2] / "src"
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


def seen_at_a_terminal(environ: str) -> str:
    """What a program writes to its terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", WATCHED.format(environ=environ)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SRC), "TERM": "xterm", "COLUMNS": "80"}
    subprocess.run(command, stdout=follower, stderr=follower, env=environment, check=True)
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
