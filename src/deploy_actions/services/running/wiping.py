"""Leaves nothing of a folder of secret files: overwrites, then removes."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress

_ZEROS = bytes(64 * 1024)
_MOST_BYTES = 16 * 1024 * 1024
"""A file larger than this holds no secret of ours; only so much of it is overwritten."""


def wipe(path: str, own: frozenset[tuple[int, int]] = frozenset()) -> bool:
    """Overwrites the files of a folder with zeros and removes it; whether nothing of it is left.

    A file that has another name elsewhere too is only removed, unless device and number are among `own`: the program
    may have linked a file into the folder that is not to be destroyed. Links are never followed.
    """
    with suppress(OSError):
        os.chmod(path, 0o700)  # noqa: PTH101  # as all of this: a folder is gone through by its descriptor
    with suppress(OSError, RecursionError):
        for _, folders, files, descriptor in os.fwalk(path):
            _open_up(folders, descriptor)
            _overwrite(files, descriptor, own)
    with suppress(OSError, RecursionError):
        for _, folders, files, descriptor in os.fwalk(path, topdown=False):
            _remove((*folders, *files), descriptor)
    with suppress(OSError):
        os.rmdir(path)  # noqa: PTH106
    return not os.path.lexists(path)


def _open_up(folders: Iterable[str], parent: int) -> None:
    """Lets folders be read that the program closed, so that they can be emptied."""
    for name in folders:
        with suppress(OSError):
            if stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                os.chmod(name, 0o700, dir_fd=parent)


def _overwrite(files: Iterable[str], folder: int, own: frozenset[tuple[int, int]]) -> None:
    for name in files:
        with suppress(OSError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            is_to_be_overwritten = status.st_nlink == 1 or (status.st_dev, status.st_ino) in own
            if stat.S_ISREG(status.st_mode) and is_to_be_overwritten:
                os.chmod(name, 0o600, dir_fd=folder)
                _write_zeros(name, folder, min(status.st_size, _MOST_BYTES))


def _write_zeros(name: str, folder: int, size: int) -> None:
    file = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        for start in range(0, size, len(_ZEROS)):
            os.pwrite(file, _ZEROS[: size - start], start)
        os.fsync(file)
    finally:
        os.close(file)


def _remove(names: Iterable[str], folder: int) -> None:
    for name in names:
        with suppress(OSError):
            is_folder = stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
            (os.rmdir if is_folder else os.unlink)(name, dir_fd=folder)
