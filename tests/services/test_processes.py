import os
import signal
import sys
import time

import pytest
from tests.services.running_programs import Run, Shown

from deploy_actions.core.program import Program
from deploy_actions.core.service_errors import NotFound, Refused, Unreachable
from deploy_actions.services import processes
from deploy_actions.services.output import LONGEST_LINE_BYTES


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
        environ={
            "LC_TIME": "C",
            "NAMED": "x",
            "OTHER_TOKEN": "canary",
            "GITHUB_ENV": "/tmp/env",
            "DEPLOY_ACTIONS_SECRET_2": "canary",
        },
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
    os.kill(int(run.lines[0]), signal.SIGKILL)
    assert "keeps its output open" in run.lines[1]
    assert run.lines[2:] == ["1 process that the command left behind still runs."] * (sys.platform == "linux")


def test_output_that_is_no_text_is_shown_as_far_as_it_is() -> None:
    assert Run(r"import os; os.write(1, b'a\xff\xfeb')").lines == ["a\ufffd\ufffdb"]


def test_a_log_that_cannot_be_written_does_not_stop_the_program_and_is_not_kept_quiet() -> None:
    class Broken(Shown):
        def say(self, text: str) -> None:
            raise BrokenPipeError

    program = Program(command=(sys.executable, "-c", "print('x' * 1_000_000)"), variables=("PATH",))
    with pytest.raises(BrokenPipeError):
        processes.connect(Broken().world()).run(program)


@pytest.mark.parametrize(
    ("command", "directory", "error"),
    [
        ("no-such-program", ".", NotFound),
        ("./no-such-file", ".", NotFound),
        ("true", "no-such-folder", NotFound),
        ("/", ".", Refused),
        ("./README.md", ".", Refused),
        ("A" * 5_000, ".", Unreachable),
        ("A\0B", ".", Unreachable),
    ],
)
def test_a_program_that_cannot_be_started_is_an_error(command: str, directory: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        processes.connect(Shown().world()).run(Program(command=(command,), directory=directory, variables=("PATH",)))
