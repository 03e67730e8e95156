"""A private folder with a file for each secret that a tool takes from a file only; wiped at the end."""

import fcntl
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress

from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Unreachable
from deploy_actions.services.running.wiping import wipe

PREFIX = "deploy-actions"
_OPERATION = "making the files of the secrets"


class SecretFolder:
    """A folder that only this user may enter, locked while its maker lives."""

    def __init__(self, path: str) -> None:
        """Makes the folder. Raises OSError; nothing is left then."""
        self.path = path
        self._own: set[tuple[int, int]] = set()
        os.mkdir(path, 0o700)  # noqa: PTH102  # as all of this: a folder is guarded by its descriptor
        try:
            os.chmod(path, 0o700)  # noqa: PTH101  # whatever the mask of this process takes away
            self._lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            os.rmdir(path)  # noqa: PTH106
            raise
        with suppress(OSError):  # a file system without locks: the process id in the name says it too
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, name: str, content: bytes) -> None:
        """Makes a file of exactly this content. Raises OSError."""
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=self._lock)
        with os.fdopen(file, "wb") as stream:
            status = os.fstat(file)
            self._own.add((status.st_dev, status.st_ino))
            os.fchmod(file, 0o600)
            stream.write(content)

    def wipe(self) -> bool:
        """Overwrites and removes the files and all else that is in the folder; whether nothing is left."""
        is_wiped = wipe(self.path, frozenset(self._own))
        os.close(self._lock)
        return is_wiped


def make_secret_files(files: Mapping[str, Secret], places: Iterable[str]) -> SecretFolder:
    """A folder with the files, in the first place that takes them.

    Raises `Unreachable` where no place does, and for what is no name or no text; nothing is left then.
    """
    if any(os.path.basename(name) != name or name in ("", ".", "..") for name in files):  # noqa: PTH119
        raise Unreachable("the host", _OPERATION, "one has a name that no file can have")
    try:
        contents = {name: value.reveal().encode() for name, value in files.items()}
    except UnicodeEncodeError:
        raise Unreachable("the host", _OPERATION, "one is no UTF-8 text") from None
    for place in places:
        folder = _made_in(place, contents)
        if folder:
            return folder
    raise Unreachable("the host", _OPERATION, "no temporary folder could be written (set RUNNER_TEMP or TMPDIR)")


def _made_in(place: str, contents: Mapping[str, bytes]) -> SecretFolder | None:
    try:
        folder = SecretFolder(f"{place}/{PREFIX}-{os.getpid()}-{os.urandom(8).hex()}")
    except OSError:
        return None
    try:
        for name, content in contents.items():
            folder.write(name, content)
    except (OSError, ValueError):
        folder.wipe()
        return None
    return folder
