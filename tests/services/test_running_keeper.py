"""What no handler of a signal can see to: this process killed, and its keeper killed."""

import json
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.services.running_programs import CANARY, Shown, driver, is_gone_soon, marked, open_files, signalled, wait_for
from tests.services.test_running_children import COMET, DAEMON

from deploy_actions.core.program import Program
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import ServiceError, Unreachable
from deploy_actions.services import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
SHM = Path("/dev/shm")


def named(name: str) -> list[Path]:
    return [path for place in (SHM, Path("/tmp")) for path in place.glob(f"deploy-actions-*/{name}")]


@pytest.mark.parametrize(
    "source", [f"{DAEMON}\ntime.sleep(60)", COMET, "import os\nwhile True: os.write(1, b'ready\\n' * 99)"]
)
def test_after_a_kill_of_this_process_nothing_runs_and_no_secret_file_is_left(tmp_path: Path, source: str) -> None:
    mark = f"KEPT_{os.getpid()}_{secrets.token_hex(4)}"
    program = {
        "command": [sys.executable, "-c", source],
        "variables": ["PATH", "MARK"],
        "secret_files": [mark],
        "grace_seconds": 30,
    }
    with (tmp_path / "output").open("wb") as output, driver(program, tmp_path / "end", output, MARK=mark) as process:
        assert wait_for(lambda: b"\nready" in (tmp_path / "output").read_bytes())
        assert len(named(mark)) == 1
        process.kill()
        process.wait()
    assert is_gone_soon(mark)
    assert named(mark) == []
    assert not (tmp_path / "end").exists()


def test_a_kill_of_the_whole_group_of_this_process_does_not_reach_the_keeper(tmp_path: Path) -> None:
    mark = f"KEPT_{os.getpid()}_{secrets.token_hex(4)}"
    program = {"command": ["sh", "-c", "echo ready; sleep 60"], "variables": ["PATH", "MARK"], "secret_files": [mark]}
    with (tmp_path / "output").open("wb") as output, driver(program, tmp_path / "end", output, MARK=mark) as process:
        assert wait_for(lambda: b"\nready" in (tmp_path / "output").read_bytes())
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert is_gone_soon(mark)
    assert named(mark) == []


def test_a_signal_to_the_whole_group_of_this_process_reaches_the_program_once(tmp_path: Path) -> None:
    """As Ctrl-C in a terminal does; tools end without grace at the second."""
    script = "n=0; trap 'n=$((n+1)); sleep 0.3; echo told $n; exit 5' INT; echo ready; while :; do sleep 0.05; done"
    program = {"command": ["sh", "-c", script], "variables": ["PATH"], "grace_seconds": 10}
    with (tmp_path / "output").open("wb") as output, driver(program, tmp_path / "end", output) as process:
        assert wait_for(lambda: b"\nready" in (tmp_path / "output").read_bytes())
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 0
    assert (tmp_path / "output").read_text().splitlines()[-1] == "told 1"
    assert json.loads((tmp_path / "end").read_text()) == {"exit_status": 5, "signal": None, "stopped_by": "SIGINT"}


def test_a_keeper_that_is_killed_is_no_end_of_the_program_and_nothing_is_left() -> None:
    mark, shown = f"KEPT_{os.getpid()}_{secrets.token_hex(4)}", Shown()
    own = {os.getpid()}

    def keeper_is_killed() -> bool:
        if shown.first.is_set():
            [keeper] = [pid for pid in children() if pid not in own]
            os.kill(keeper, signal.SIGKILL)
        return shown.first.is_set()

    program = Program(
        command=("sh", "-c", "echo ready; sleep 60", mark),
        variables=("PATH",),
        secret_files={mark: Secret(CANARY)},
    )
    with pytest.raises(Unreachable, match="keeps it ended"), signalled(signal.SIGCONT, keeper_is_killed):
        processes.connect(shown.world()).run(program)
    assert is_gone_soon(mark)
    assert named(mark) == []


def children() -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, check=False)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if not line.endswith(b" ps")]


@pytest.mark.parametrize("open_files", [(), (0,), (0, 1, 2)])
def test_a_process_without_standard_streams_runs_programs_too(tmp_path: Path, open_files: tuple[int, ...]) -> None:
    script = f"""
import os, sys
for stream in {open_files!r}: os.close(stream)
from tests.services.running_programs import Shown
from deploy_actions.core.program import Program
from deploy_actions.services import processes
shown = Shown()
program = Program(command=("sh", "-c", "cat; echo a; echo b >&2"), variables=("PATH",))
end = processes.connect(shown.world()).run(program)
open(sys.argv[1], "w").write(f"{{end.exit_status}} {{shown.lines}}")
"""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{Path('src').absolute()}:{Path.cwd()}"}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "end")], env=environ, check=False, timeout=30)
    assert (tmp_path / "end").read_text() == "0 ['a', 'b']"


def test_a_host_that_has_no_room_for_a_process_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    before = open_files()
    monkeypatch.setattr(os, "fork", full)
    with pytest.raises(ServiceError, match="temporarily unavailable"):
        processes.connect(Shown().world()).run(Program(command=("true",)))
    assert open_files() == before
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


def test_what_may_not_be_killed_does_not_hold_the_run_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a program that `sudo` started, which is root's."""

    def refused(_target: int, number: int) -> None:
        if number == signal.SIGKILL:
            raise PermissionError

    mark, shown = f"KEPT_{os.getpid()}_{secrets.token_hex(4)}", Shown()
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refused)
        patch.setattr(os, "killpg", refused)
        program = Program(
            command=("sh", "-c", "exec >/dev/null 2>&1; while :; do sleep 1; done", mark),
            variables=("PATH",),
            timeout_seconds=0.3,
            grace_seconds=0.1,
        )
        end = processes.connect(shown.world()).run(program)
    assert (end.exit_status, end.stopped_by, end.seconds < 8) == (137, "timeout", True)
    assert shown.lines[0].endswith(" of the command could not be ended.")
    assert marked(mark)
    assert not is_gone_soon(mark, 0)
