"""Where a folder for secret files may be made, the best place first: memory before a disk."""

import os
from collections.abc import Iterator, Mapping

_MOUNTS = "/proc/mounts"
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})


def private_places(environ: Mapping[str, str]) -> Iterator[str]:
    """The folders, as they are called: file systems in memory, then the runner's folder, then the host's."""
    mounts = _mounts()
    for place in ("/dev/shm", environ.get("XDG_RUNTIME_DIR", "")):  # noqa: S108  # a name nobody can guess is made there
        if place and _kind_of_file_system(os.path.realpath(place), mounts) in _IN_MEMORY:
            yield place
    for place in (environ.get("RUNNER_TEMP", ""), environ.get("TMPDIR", ""), "/tmp"):  # noqa: S108  # the same
        if place:
            yield os.path.abspath(place)  # noqa: PTH100  # and the command may run in another folder


def _mounts() -> list[tuple[str, str]]:
    """Mount points and kinds of file systems, from proc_mounts(5); none where there is no such file."""
    try:
        with open(_MOUNTS, "rb") as file:  # noqa: PTH123  # a keeper loads no more than it needs
            fields = [line.split() for line in file.read().decode("utf-8", "surrogateescape").splitlines()]
    except OSError:
        return []
    return [(field[1], field[2]) for field in fields if len(field) > 2]  # noqa: PLR2004  # device, mount point, kind


def _kind_of_file_system(path: str, mounts: list[tuple[str, str]]) -> str | None:
    """The kind of the mount with the longest name above `path`; of the same name the last, which hides the others."""
    found: tuple[int, str | None] = (0, None)
    for point, kind in mounts:
        is_above = path == point or path.startswith(point.rstrip("/") + "/")
        if is_above and len(point) >= found[0]:
            found = (len(point), kind)
    return found[1]
