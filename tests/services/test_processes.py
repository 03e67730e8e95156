import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, Refused
from deploy_actions.core.world import World
from deploy_actions.services import processes
from deploy_actions.services.output import LONGEST_LINE_BYTES

PATH = os.environ["PATH"]


class Run:
    """A program run for real, and what it showed."""

    def __init__(self, program: str, **environ: str) -> None:
        self.shown: list[str] = []
        redactor = Redactor()
        redactor.add("CANARY", "canary-in-the-mine")
        world = World({"PATH": PATH, **environ}, redactor, lambda text: self.shown.append(redactor.redact(text)))
        self.end = processes.connect(world).run(
            [sys.executable, "-c", textwrap.dedent(program)],
            directory=".",
            variables=("PATH", "LC_*", "NAMED"),
            secrets={"CANARY": Secret("canary-in-the-mine")},
        )

    @property
    def lines(self) -> list[str]:
        return "\n".join(self.shown).split("\n")


@pytest.mark.parametrize("status", [0, 1, 2, 3, 255])
def test_the_exit_status_is_the_programs(status: int) -> None:
    end = Run(f"raise SystemExit({status})").end
    assert (end.exit_status, end.signal) == (status, None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_an_end_by_a_signal_is_said_as_a_shell_says_it(number: signal.Signals) -> None:
    end = Run(f"import os; os.kill(os.getpid(), {int(number)})").end
    assert (end.exit_status, end.signal) == (128 + number, number.name)


def test_the_environment_is_what_was_named_and_nothing_else() -> None:
    run = Run(
        "import os; print(*sorted(set(os.environ) - {'LC_CTYPE'}))",
        LC_TIME="C",
        NAMED="x",
        OTHER_TOKEN="canary",
        GITHUB_ENV="/tmp/env",
        DEPLOY_ACTIONS_SECRET_2="canary",
    )
    assert run.lines == ["CANARY LC_TIME NAMED PATH"]


def test_output_of_both_streams_is_shown_in_order_with_secrets_hidden() -> None:
    run = Run("""
        import os, sys
        print("out", os.environ["CANARY"], flush=True)
        print("err", os.environ["CANARY"].encode().hex(), file=sys.stderr, flush=True)
    """)
    assert run.lines == ["out ***", "err ***"]


def test_a_secret_written_in_two_pieces_is_hidden() -> None:
    run = Run("""
        import os, time
        os.write(1, b"a canary-in-"); time.sleep(0.2); os.write(2, b"the-mine b")
    """)
    assert run.lines == ["a *** b"]


def test_blank_lines_and_progress_by_carriage_return_are_kept() -> None:
    assert Run(r"import os; os.write(1, b'a\n\nb\r\nc\rd')").lines == ["a", "", "b", "c", "d"]


def test_a_flood_of_both_streams_does_not_stop_the_program() -> None:
    run = Run("""
        import sys
        for _ in range(100):
            sys.stdout.write("o" * 99_999 + "\\n"); sys.stderr.write("e" * 99_999 + "\\n")
    """)
    assert run.end.exit_status == 0
    assert sum(map(len, run.lines)) == 200 * 99_999


def test_a_line_too_long_is_left_out_and_counted() -> None:
    run = Run(f"""
        import sys
        sys.stdout.write("before\\n" + "canary-in-the-mine" + "x" * {LONGEST_LINE_BYTES * 2} + "\\nafter\\n")
    """)
    counted = len("canary-in-the-mine") + LONGEST_LINE_BYTES * 2
    assert run.lines == ["before", f"(a line of {counted} bytes was left out)", "after"]


def test_a_line_too_long_at_the_end_is_counted_too() -> None:
    run = Run(f"import sys; sys.stdout.write('x' * {LONGEST_LINE_BYTES * 2})")
    assert run.lines == [f"(a line of {LONGEST_LINE_BYTES * 2} bytes was left out)"]


def test_a_program_that_closes_its_output_is_waited_for() -> None:
    run = Run("import os, time; os.close(1); os.close(2); time.sleep(0.3); raise SystemExit(4)")
    assert run.end.exit_status == 4
    assert run.end.seconds >= 0.3


def test_a_process_left_behind_does_not_hold_the_step() -> None:
    started = time.monotonic()
    run = Run("import subprocess; p = subprocess.Popen(['sleep', '30']); print(p.pid)")
    assert time.monotonic() - started < 10
    assert "keeps its output open" in run.lines[-1]
    os.kill(int(run.lines[0]), signal.SIGKILL)


def test_output_that_is_no_text_is_shown_as_far_as_it_is() -> None:
    assert Run(r"import os; os.write(1, b'a\xff\xfeb')").lines == ["a\ufffd\ufffdb"]


def test_a_log_that_cannot_be_written_does_not_stop_the_program_and_is_not_kept_quiet() -> None:
    def broken(text: str) -> None:
        raise BrokenPipeError

    service = processes.connect(World({"PATH": PATH}, Redactor(), broken))
    with pytest.raises(BrokenPipeError):
        service.run([sys.executable, "-c", "print('x' * 1_000_000)"], directory=".", variables=("PATH",), secrets={})


@pytest.mark.parametrize(
    ("command", "directory", "error"),
    [
        ("no-such-program", ".", NotFound),
        ("./no-such-file", ".", NotFound),
        ("true", "no-such-folder", NotFound),
        ("/", ".", Refused),
        ("./README.md", ".", Refused),
    ],
)
def test_a_program_that_cannot_be_started_is_an_error(command: str, directory: str, error: type[Exception]) -> None:
    service = processes.connect(World({"PATH": PATH}, Redactor(), lambda text: None))
    with pytest.raises(error):
        service.run([command], directory=directory, variables=("PATH",), secrets={})


DRIVER = """
import sys
from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services import processes
import os
world = World(dict(os.environ), Redactor(), lambda text: print(text, flush=True))
end = processes.connect(world).run(["sh", "-c", sys.argv[1]], directory=".", variables=("PATH",), secrets={})
print("ended", end.exit_status, end.signal, flush=True)
"""


@pytest.mark.parametrize(
    ("script", "number", "says"),
    [
        ("trap 'echo cleaned; exit 9' INT; echo ready; sleep 30 & wait", signal.SIGINT, ["cleaned", "ended 9 None"]),
        ("trap 'echo cleaned; exit 9' TERM; echo ready; sleep 30 & wait", signal.SIGTERM, ["cleaned", "ended 9 None"]),
        ("trap '' TERM INT; echo ready; sleep 30; sleep 30", signal.SIGTERM, ["ended 137 SIGKILL"]),
    ],
)
def test_a_signal_goes_to_the_program_and_its_children_and_what_ignores_it_is_killed(
    script: str, number: signal.Signals, says: list[str]
) -> None:
    environ = {"PATH": PATH, "PYTHONPATH": str(Path("src").absolute())}
    command = [sys.executable, "-c", DRIVER, script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        watchdog = threading.Timer(20, process.kill)
        watchdog.start()
        process.send_signal(number)
        assert process.stdout.read().splitlines() == says
        watchdog.cancel()
        assert process.wait() == 0
