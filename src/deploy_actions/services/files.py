"""Files of this host, and standard input."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from deploy_actions.core.ports import Files
from deploy_actions.core.redact import Redactor
from deploy_actions.core.service_errors import Malformed, NotFound, Refused
from deploy_actions.core.world import World

LIMIT_BYTES = 1024 * 1024
STANDARD_INPUT = "-"
_READING = "reading"
_WRITING = "writing"


class LocalFiles:
    """Regular files, pipes and standard input. What would hold the value of a secret is not written."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def read(self, path: str) -> bytes:
        """See `ports.Files`."""
        service = "standard input" if path == STANDARD_INPUT else f"the file {path}"
        with _translated(service, _READING, absent="there is no such file", refused="it may not be read"):
            content = _standard_input() if path == STANDARD_INPUT else _file(path)
        if len(content) > LIMIT_BYTES:
            raise Malformed(service, _READING, f"it is longer than {LIMIT_BYTES} bytes")
        return content

    def write(self, path: str, content: bytes) -> None:
        """See `ports.Files`. A reader sees the file as it was or whole."""
        service = f"the file {path}"
        if self._redactor.secret_in(content.decode("utf-8", "replace")):
            raise Refused(service, _WRITING, "it would hold the value of a secret")
        with _translated(service, _WRITING, absent="there is no such folder", refused="it may not be written"):
            put_in_place(os.path.realpath(path), content)


@contextmanager
def _translated(service: str, operation: str, *, absent: str, refused: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NotFound(service, operation, absent) from None
    except PermissionError:
        raise Refused(service, operation, refused) from None
    except OSError as error:
        raise Malformed(service, operation, error.strerror or "it is no file") from None


def put_in_place(path: str, content: bytes) -> None:
    """Puts a new file in the place of a file, whole. A device or a pipe stays: root could replace `/dev/null`.

    Raises OSError, and then the file is as it was.
    """
    with suppress(FileNotFoundError):
        mode = os.stat(path).st_mode  # noqa: PTH116  # see `_file`
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise OSError(0, "it is no regular file")
    beside = os.path.join(os.path.dirname(path), f".{os.urandom(8).hex()}.new")  # noqa: PTH118, PTH120  # see `_file`
    try:
        with open(beside, "xb", opener=_private) as file:
            file.write(content)
        os.replace(beside, path)  # noqa: PTH105  # see `_file`
    except BaseException:  # an interruption too
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108  # see `_file`
        raise


def _private(path: str, flags: int) -> int:
    """Opens for this user alone."""
    return os.open(path, flags, 0o600)


def _file(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123  # pathlib costs every step of every workflow 8 ms
        if stat.S_ISCHR(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is a device and not a file")
        return file.read(LIMIT_BYTES + 1)


def _standard_input() -> bytes:
    if sys.stdin is None:  # closed by the one who started this process
        return b""
    return sys.stdin.buffer.read(LIMIT_BYTES + 1)


def connect(world: World) -> Files:
    """The files of this host."""
    return LocalFiles(world.redactor)
