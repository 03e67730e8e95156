"""Every kind of child that a deploy command was seen to be, for real."""

import os
import secrets
import signal
import sys
from pathlib import Path

import pytest
from tests.services.running_programs import (
    CANARY,
    PATH,
    Run,
    Shown,
    is_gone_soon,
    marked,
    open_files,
    runs,
    signalled,
    wait_for,
)

from deploy_actions.core.program import Program
from deploy_actions.core.secret import Secret
from deploy_actions.services import processes

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to who asks for them")
DAEMON = """
import os, signal, sys, time
if not os.fork():
    os.setsid()
    if not os.fork():
        signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        time.sleep(60)
    os._exit(0)
os.wait()
print("ready", flush=True)
"""
COMET = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if not os.fork():
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)
print("ready", flush=True)
time.sleep(60)
"""


def stopped(source: str, number: int, *, mark: str, grace_seconds: float = 0.5) -> Run:
    """A run that is sent a signal once something is printed."""
    shown = Shown()
    program = Program(
        command=(sys.executable, "-c", source, mark),
        variables=("PATH",),
        secrets={"CANARY": Secret(CANARY)},
        grace_seconds=grace_seconds,
    )
    run = object.__new__(Run)
    run.shown = shown
    with signalled(number, shown.first.is_set):
        run.end = processes.connect(shown.world()).run(program)
    return run


@pytest.fixture
def mark() -> str:
    return f"marked-{os.getpid()}-{secrets.token_hex(4)}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("import time; print('ready', flush=True); time.sleep(60)", None),
        ("import os; [os.write(1, b'x' * 999 + b'\\n') for _ in iter(int, 1)]", None),
        (
            "import signal, time\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\n"
            "print('ready', flush=True); time.sleep(60)",
            137,
        ),
        ("import os, time; print('ready', flush=True); os.close(1); os.close(2); time.sleep(60)", None),
        (
            "import os, signal, time\nfor n in (2, 15): signal.signal(n, lambda *_: os._exit(0))\n"
            "print('ready', flush=True); time.sleep(60)",
            0,
        ),
        pytest.param(f"{DAEMON}\ntime.sleep(60)", None, marks=ON_LINUX),
        pytest.param(COMET, None, marks=ON_LINUX),
        (
            "import os, signal, time; print('ready', flush=True); time.sleep(0.1); os.kill(0, signal.SIGSTOP)",
            None,
        ),
    ],
    ids=["sleeps", "floods", "ignores signals", "closes its output", "ends well", "daemon", "comet", "stops itself"],
)
def test_what_is_stopped_is_recorded_and_leaves_nothing_running(
    number: signal.Signals, source: str, status: int | None, mark: str
) -> None:
    run = stopped(source, number, mark=mark)
    assert is_gone_soon(mark, 0)
    assert run.end.stopped_by == number.name
    assert run.end.exit_status == status if status is not None else run.end.exit_status in {1, 128 + number, 137}
    assert CANARY not in "".join(run.shown.parts)


@ON_LINUX
def test_after_a_time_out_a_daemon_that_ignores_signals_is_gone_too(mark: str) -> None:
    end = Run(f"{DAEMON}\ntime.sleep(60)", mark, timeout_seconds=1.5, grace_seconds=0.3).end
    assert is_gone_soon(mark, 0)
    assert end.stopped_by == "timeout"


@ON_LINUX
def test_children_of_a_program_that_ends_at_once_get_the_grace_to_end_well(mark: str, tmp_path: Path) -> None:
    """As of a shell that is the parent of a tool, which has state to write and locks to give back."""
    done = tmp_path / "done"
    tool = f"trap 'sleep 0.3; echo done > {done}; exit' TERM; echo ready; sleep 60 & wait"
    source = f"import subprocess, time; subprocess.Popen(['sh', '-c', {tool!r}]); time.sleep(60)"
    run = stopped(source, signal.SIGTERM, mark=mark, grace_seconds=10)
    assert is_gone_soon(mark, 0)
    assert run.end.signal == "SIGTERM"
    assert done.read_text() == "done\n"


@ON_LINUX
def test_a_daemon_of_a_program_that_ended_by_itself_goes_on_and_is_counted_without_a_name(mark: str) -> None:
    run = Run(DAEMON, mark)
    left = marked(mark)
    assert run.lines == ["ready", "1 process that the command left behind still runs."]
    assert (run.end.exit_status, run.end.stopped_by, len(left)) == (0, None, 1)
    os.kill(left[0], signal.SIGKILL)
    assert wait_for(lambda: not runs(left[0]))


def test_what_ends_with_the_program_is_not_left_behind() -> None:
    assert Run("import subprocess as s; s.Popen(['sleep', '0.02'], stdout=s.DEVNULL, stderr=s.DEVNULL)").lines == []


def test_no_zombie_and_no_process_of_ours_is_left() -> None:
    Run("import os, time\nfor _ in range(20):\n    if not os.fork(): os._exit(0)\ntime.sleep(0.1)")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_child_of_this_process_keeps_its_exit_code() -> None:
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
    Run("import os\nfor _ in range(20):\n    if not os.fork(): os._exit(3)")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def test_open_files_stay_open_and_none_is_left() -> None:
    before = open_files()
    Run("pass")
    assert open_files() == before


def test_a_process_title_that_holds_a_secret_is_nowhere_shown(mark: str) -> None:
    source = f"""
import os, subprocess, sys, time
subprocess.Popen(["sh", "-c", 'exec -a "$CANARY" sleep 60 2>/dev/null || exec sleep 60'], stdout=subprocess.DEVNULL)
open("/proc/self/comm", "w").write(os.environ["CANARY"][:15]) if os.path.exists("/proc/self/comm") else None
if sys.argv[-1] != os.environ["CANARY"]:
    os.execv(sys.executable, [sys.executable, "-c", {"import time; print('ready', flush=True); time.sleep(60)"!r},
             sys.argv[1], os.environ["CANARY"]])
"""
    run = stopped(source, signal.SIGTERM, mark=mark)
    assert is_gone_soon(mark, 0)
    assert run.lines == ["ready"]


def test_titles_of_what_is_left_behind_are_not_shown(mark: str) -> None:
    source = "import os, subprocess as s, sys; s.Popen(['sleep', '20'], executable='/bin/sleep', stdout=s.DEVNULL)"
    run = Run(source.replace("'sleep', '20'", "os.environ['CANARY'], '20'"), mark)
    assert CANARY not in "".join(run.shown.parts)
    for pid in marked(CANARY):
        os.kill(pid, signal.SIGKILL)


def test_output_is_read_from_nowhere_and_the_session_is_the_programs_own() -> None:
    run = Run("import os, sys; print(repr(sys.stdin.read()), os.getsid(0) == os.getpgid(0) == os.getpid())")
    assert run.lines == ["'' True"]


def test_no_file_of_this_process_is_open_in_the_program(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        run = Run("import os; print(sorted(int(n) for n in os.listdir('/dev/fd'))[:3], len(os.listdir('/dev/fd')))")
    assert run.lines == ["[0, 1, 2] 4"]


def test_signals_are_as_a_program_expects_them() -> None:
    source = "import signal; print(*(signal.getsignal(n).name for n in (13, 15)), signal.pthread_sigmask(0, []))"
    assert Run(f"{source}").lines[0].split()[1:] == ["SIG_DFL", "set()"]


def test_settings_and_secrets_come_over_what_is_passed_on() -> None:
    run = Run(
        "import os; print(os.environ['NAMED'], os.environ['B'], os.environ['C'] == os.environ['CANARY'])",
        environ={"NAMED": "passed on", "B": "not named"},
        settings={"NAMED": "set", "B": "set", "C": "set"},
        secrets={"C": Secret(CANARY), "CANARY": Secret(CANARY)},
    )
    assert run.lines == ["set set True"]


def test_secrets_are_in_no_arguments(mark: str) -> None:
    source = "import os; print([1 for d in os.listdir('/proc') if d.isdecimal() and os.environ['CANARY'].encode() in "
    source += "open(f'/proc/{d}/cmdline', 'rb').read()])" if sys.platform == "linux" else "[]])"
    assert Run(source, mark, secrets={"CANARY": Secret(secrets.token_hex(16))}).lines == ["[]"]


def test_a_silent_program_is_said_to_run() -> None:
    run = Run("import time; time.sleep(1.2); print('a')", heartbeat_seconds=0.5)
    assert run.lines[0].startswith("Still running after ")
    assert "a" in run.lines


def test_a_program_that_prints_is_not_said_to_run() -> None:
    run = Run("import time\nfor _ in range(25): print('a', flush=True); time.sleep(0.1)", heartbeat_seconds=2.0)
    assert set(run.lines) == {"a"}


def test_a_heartbeat_that_cannot_be_written_does_not_end_the_program(tmp_path: Path) -> None:
    class Broken(Shown):
        def say(self, text: str) -> None:
            raise BrokenPipeError

    file = tmp_path / "done"
    command = ("sh", "-c", f"sleep 0.5; echo done > {file}")
    program = Program(command=command, variables=("PATH",), heartbeat_seconds=0.1)
    assert processes.connect(Broken().world(PATH=PATH)).run(program).exit_status == 0
    assert file.read_text() == "done\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_before_the_start_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def signalled_fork() -> int:
        os.kill(os.getpid(), number)
        return fork()

    fork = os.fork
    monkeypatch.setattr(os, "fork", signalled_fork)
    end = processes.connect(Shown().world()).run(Program(command=("sleep", "60"), variables=("PATH",)))
    assert (end.signal, end.stopped_by) == (number.name, number.name)
