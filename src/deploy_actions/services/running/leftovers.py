"""Wipes the secret files of runs that were killed together with their keeper."""

import fcntl
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress

from deploy_actions.services.running.secret_files import PREFIX
from deploy_actions.services.running.wiping import wipe

_NAME = re.compile(rf"{PREFIX}-([0-9]{{1,10}})-[0-9a-f]{{16}}")


def wipe_leftovers(places: Iterable[str]) -> None:
    """Wipes what this user's dead processes left in these places; what cannot be wiped is passed over."""
    for place in places:
        with suppress(OSError):
            for name in os.listdir(place):  # noqa: PTH208  # a keeper loads no more than it needs
                path = f"{place}/{name}"
                if (match := _NAME.fullmatch(name)) and _is_own_folder(path) and not _lives(int(match[1]), path):
                    wipe(path)


def _is_own_folder(path: str) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _lives(pid: int, path: str) -> bool:
    """Whether the maker lives: its process is seen, or, where it is of another container, its lock is."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return _is_locked(path)
    except OSError:
        return True
    return True


def _is_locked(path: str) -> bool:
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(folder)
    return False
