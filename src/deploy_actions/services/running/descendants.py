"""What descends from this process, also through processes that ended: Linux only, elsewhere nothing is found."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

_PROC = "/proc"
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_DUMPABLE = 4
_MOST_BYTES = 4096


class Descendant(NamedTuple):
    """A process below this one. `has_ended` is true of one whose first thread ended: a zombie, or nearly one."""

    pid: int
    parent: int
    group: int
    has_ended: bool


def adopt_orphans() -> None:
    """Makes this process the parent of what its descendants leave behind, as the first process of the host is.

    A daemon, which forks twice and begins a session of its own, so stays to be found (prctl(2), Linux 3.4).
    """
    if sys.platform == "linux":
        number = ctypes.c_ulong
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, number(1), number(0), number(0), number(0))


def hide_from_children() -> None:
    """Keeps this process's environment and open files from others of the same user, such as the command itself.

    What it starts by exec is not hidden (prctl(2), `PR_SET_DUMPABLE`).
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, ctypes.c_ulong(0), *(ctypes.c_ulong(0) for _ in range(3)))


def sees_descendants() -> bool:
    """Whether this host shows its processes as Linux does."""
    return os.path.exists(f"{_PROC}/self/stat")  # noqa: PTH110  # pathlib is not loaded for this


def descendants() -> list[Descendant]:
    """All processes below this one, parents first."""
    children: dict[int, list[Descendant]] = {}
    for process in _processes():
        children.setdefault(process.parent, []).append(process)
    found = list(children.get(os.getpid(), ()))
    for process in found:  # which grows meanwhile
        found.extend(children.get(process.pid, ()))
    return found


def children() -> list[int]:
    """The process ids of this process's own children, at once: without reading of every process of the host."""
    own = os.getpid()
    with suppress(OSError, ValueError):
        listed = _read(f"{_PROC}/{own}/task/{own}/children")
        return [int(pid) for pid in listed[: listed.rfind(b" ") + 1].split()]  # what was read may end within a number
    return []


def _processes() -> Iterator[Descendant]:
    with suppress(OSError):
        for name in os.listdir(_PROC):  # noqa: PTH208  # hundreds of names, for each of which a path would be made
            if name.isdecimal():
                with suppress(OSError, ValueError, IndexError):
                    yield _process(int(name), _read(f"{_PROC}/{name}/stat"))


def _process(pid: int, stat: bytes) -> Descendant:
    """From proc_pid_stat(5). The name, which the process chooses, stands in brackets and may hold brackets too."""
    state, parent, group = stat.rpartition(b")")[2].split(maxsplit=3)[:3]
    return Descendant(pid, int(parent), int(group), state in {b"Z", b"X"})


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, _MOST_BYTES)
    finally:
        os.close(file)
