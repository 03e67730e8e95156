"""Ends what a rehearsal may have left running: every process whose environment names the rehearsal's folder."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def end_processes_of(folder: Path) -> None:
    """Kills them, also those that have left their process group. Where there is no /proc, nothing is found."""
    for _ in range(3):
        found = _processes_of(folder)
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return
        time.sleep(0.05)


def _processes_of(folder: Path) -> list[int]:
    named, own = os.fsencode(folder), os.getpid()
    pids = [int(entry.name) for entry in _PROC.glob("[0-9]*")]
    return [pid for pid in pids if pid != own and named in _environment(pid)]


def _environment(pid: int) -> bytes:
    with suppress(OSError):
        return (_PROC / str(pid) / "environ").read_bytes()
    return b""
