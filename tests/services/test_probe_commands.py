"""Programs that are asked for the health of a target: what `test_target_probes` leaves open."""

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.services.test_target_probes import TOKEN, answer, command, failure, outcomes, world

from deploy_actions.core.probing import MOST_BODY_BYTES, Answer, NoAnswer, Probe
from deploy_actions.core.secret import Secret
from deploy_actions.services.probes import TargetProbes


def shell(script: str, **more: object) -> Probe:
    return command("sh", "-c", script, **more)


def is_gone(pid: Path) -> bool:
    """A killed process needs a moment to die."""
    status = Path(f"/proc/{pid.read_text().strip()}/stat")
    for _ in range(50):
        if not status.exists() or ") Z " in status.read_text():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137)])
def test_the_exit_code_is_the_status(script: str, status: int) -> None:
    assert answer(shell(script)).status == status


@pytest.mark.parametrize(
    ("probe", "cause"),
    [
        (command("no-such-program"), "no such program"),
        (command("/etc/passwd"), "the program may not be executed"),
        (command("true", directory="/no/such/folder"), "no such folder"),
        (command("true", directory="/etc/passwd"), "no such folder"),
        (command("a\0b"), "the program could not be started"),
        (command("true", "x" * 3_000_000), "the program could not be started"),
    ],
    ids=["no program", "no right", "no folder", "a file", "no name", "too long"],
)
def test_a_program_that_cannot_be_started_is_our_own_affair(probe: Probe, cause: str) -> None:
    seen = failure(probe)
    assert seen.is_ours
    assert seen.cause.endswith(cause)


@pytest.mark.parametrize("pipe", ["", " >&2"])
def test_a_flood_is_cut_and_holds_nothing_up(pipe: str) -> None:
    seen = answer(shell(f"head -c 4000000 /dev/zero | tr '\\0' x{pipe}; exit 4"))
    assert (seen.status, seen.excerpt) == (4, "x" * 200)
    assert (len(seen.body), seen.is_cut) == ((0, False) if pipe else (MOST_BODY_BYTES, True))


def test_a_flood_without_end_is_over_at_the_limit() -> None:
    assert failure(command("yes"), 0.3) == NoAnswer("the program did not end in time")


def test_no_secret_shows() -> None:
    secrets = {"KEY": Secret("not-known-elsewhere")}
    assert answer(shell('echo "$KEY"', secrets=secrets)).excerpt == ""
    assert answer(shell(f"echo {TOKEN}; echo {TOKEN} >&2")).excerpt == "***"
    assert answer(shell(f"echo why {TOKEN} >&2")).excerpt == "why ***"


def test_only_what_is_named_is_passed_on() -> None:
    environ: Mapping[str, str] = {"A": "1", "B_1": "2", "B_2": "3", "GITHUB_TOKEN": TOKEN, "LC_ALL": "C"}
    probe = command("env", variables=("A", "B_*"), secrets={"KEY": Secret("4")})
    seen = outcomes(probe, 5.0, dict(environ))[""]
    assert isinstance(seen, Answer)
    names = {line.partition("=")[0] for line in seen.body.decode().splitlines()}
    assert names == {"PATH", "LC_ALL", "A", "B_1", "B_2", "KEY"}


def test_it_runs_in_its_folder_and_hears_nothing(tmp_path: Path) -> None:
    assert answer(shell("pwd; cat", directory=str(tmp_path))).body.decode() == f"{tmp_path}\n"


def test_a_program_that_ignores_signals_is_ended_with_its_child(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    started = time.monotonic()
    late = failure(shell(f"trap '' TERM INT HUP; sleep 60 & echo $! >{pid}; wait; sleep 60"), 0.3)
    assert late == NoAnswer("the program did not end in time")
    assert time.monotonic() - started < 8
    assert is_gone(pid)


def test_what_a_program_printed_is_kept_where_a_daemon_holds_the_output(tmp_path: Path) -> None:
    started, pid = time.monotonic(), tmp_path / "pid"
    seen = answer(shell(f"echo fine; setsid sleep 3 & echo $! >{pid}"))
    assert (seen.status, seen.body) == (0, b"fine\n")
    assert time.monotonic() - started < 8
    os.kill(int(pid.read_text()), 9)


def test_what_a_program_left_in_its_group_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    assert answer(shell(f"sleep 60 >/dev/null 2>&1 & echo $! >{pid}")).status == 0
    assert is_gone(pid)


def test_many_programs_run_side_by_side() -> None:
    probes = TargetProbes(world())
    started, seen = time.monotonic(), 0
    for key in range(40):
        probes.start(key, command("sleep", "0.2"), 10.0)
    while seen < 40:
        ended = probes.ended(10.0)
        assert all(getattr(one.outcomes[""], "status", None) == 0 for one in ended)
        seen += len(ended)
    probes.stop()
    assert time.monotonic() - started < 8


def test_a_program_that_is_given_up_just_as_it_starts_is_ended() -> None:
    for within in (0.0, 0.001, 0.005):
        probes = TargetProbes(world())
        probes.start(1, shell(f"sleep 61.3{os.getpid()} & wait"), 10.0)
        assert not probes.ended(within)
        probes.stop()
        probes.stop()
    time.sleep(0.05)
    left = subprocess.run(["pgrep", "-f", f"^sleep 61.3{os.getpid()}"], check=False, capture_output=True)
    assert left.stdout == b""
