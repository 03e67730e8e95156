"""A run that is stopped or killed at a random moment: its end is recorded, nothing of it runs, nothing leaks."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.services.running_programs import CANARY, driver, is_gone_soon, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="daemons are found on Linux only")
POINTS = int(os.environ.get("KILL_POINTS", "200"))
SIDE_BY_SIDE = 6
DAEMON = "setsid sh -c 'trap \"\" INT TERM; sleep 60; sleep 60' >/dev/null 2>&1 &"
KINDS = {
    "sleeps": "echo ready; sleep 0.6",
    "ignores signals": "trap '' INT TERM; echo $CANARY; sleep 0.2; sleep 60; sleep 60",
    "forks a daemon": f"{DAEMON} echo $CANARY; sleep 60",
    "floods": "while :; do echo a line with $CANARY in it; done",
    "dies by a signal": "echo ready; sleep 0.3; kill -SEGV $$",
}
WAYS = {
    "interrupted": ((signal.SIGINT, 0.75), (signal.SIGTERM, 0.0)),
    "terminated": ((signal.SIGTERM, 0.0),),
    "killed": ((signal.SIGKILL, 0.0),),
}


class Point(NamedTuple):
    """A moment, in seconds from when the driver has its handlers, at which it is signalled."""

    number: int
    kind: str
    way: str
    moment: float


def points(seed: int) -> Iterator[Point]:
    chance = random.Random(seed)
    for number in range(POINTS):
        is_early = chance.random() < 0.4
        moment = chance.uniform(0.0, 0.06 if is_early else 0.8)
        yield Point(number, chance.choice(list(KINDS)), chance.choice(list(WAYS)), moment)


def problems(point: Point, folder: Path) -> list[str]:
    """What is wrong after a run that is signalled at a point."""
    mark = f"POINT_{os.getpid()}_{point.number}"
    record, printed = folder / f"{mark}.json", folder / f"{mark}.txt"
    program = {
        "command": ["sh", "-c", KINDS[point.kind]],
        "variables": ["PATH", "MARK"],
        "secrets": ["CANARY"],
        "secret_files": [mark],
        "grace_seconds": 0.3,
    }
    with printed.open("wb") as output, driver(program, record, output, MARK=mark) as process:
        wait_for(lambda: b"driver is ready\n" in printed.read_bytes() or process.poll() is not None)
        time.sleep(point.moment)
        for number, pause in WAYS[point.way]:
            process.send_signal(number)
            wait_for(lambda: process.poll() is not None, pause)
        status: int | None = None
        try:
            status = process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    return [*_wrong_record(point, record, status), *_left(mark), *_leaked(printed)]


def _wrong_record(point: Point, record: Path, status: int | None) -> Iterator[str]:
    if status is None:
        yield "the run did not end"
    elif point.way != "killed" and not record.exists():
        yield f"exit code {status}, and nothing was recorded"
    elif point.way != "killed":
        end = json.loads(record.read_text())
        if end["stopped_by"] not in {None, "SIGINT", "SIGTERM"} or (not end["stopped_by"] and end["exit_status"] < 0):
            yield f"recorded {end}"
        if not end["stopped_by"] and point.kind not in {"sleeps", "dies by a signal"}:
            yield f"ended by itself: {end}"


def _left(mark: str) -> Iterator[str]:
    if not is_gone_soon(mark):
        yield "a process was left"
    for place in ("/dev/shm", "/tmp"):
        for folder in Path(place).glob(f"deploy-actions-*/{mark}"):
            yield "a secret file was left"
            shutil.rmtree(folder.parent)


def _leaked(printed: Path) -> Iterator[str]:
    if CANARY.encode() in printed.read_bytes():
        yield "a secret was printed"
    printed.unlink()


def test_at_every_moment_the_end_is_recorded_nothing_runs_and_nothing_leaks(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_POINTS_SEED", random.SystemRandom().randrange(1_000_000)))
    tried = list(points(seed))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(pool.map(lambda point: problems(point, tmp_path), tried))
    wrong = [(point, found_wrong) for point, found_wrong in zip(tried, found, strict=True) if found_wrong]
    assert not wrong, f"with KILL_POINTS_SEED={seed}: {wrong}"
