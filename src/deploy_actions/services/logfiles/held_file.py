"""A file that is read at any place, by any number of readers, and closed when the last of them is gone."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from deploy_actions.core.service_errors import Malformed, NotFound, Refused, Unreachable
from deploy_actions.services.logfiles.inflating import PIECE_BYTES

READING = "reading"

MOST_SPOOLED_BYTES = 4 << 30
"""The largest archive that is taken from a stream: its table of contents stands at its end."""

_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)


class HeldFile:
    """An open file. `service` is what it is called in errors."""

    def __init__(self, service: str, descriptor: int) -> None:
        self.service = service
        self._descriptor = descriptor

    def __del__(self) -> None:
        with suppress(OSError):
            os.close(self._descriptor)

    @classmethod
    def opened(cls, path: str) -> Self:
        """A regular file of this host. Raises ServiceError, Malformed for one of another kind: a pipe would block."""
        service = f"the file {path}"
        with translated(service):
            held = cls(service, os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY))
            if not stat.S_ISREG(os.fstat(held._descriptor).st_mode):
                raise Malformed(service, READING, "it is no regular file")
            return held

    @classmethod
    def spooled(cls, service: str, pieces: Iterable[bytes]) -> Self:
        """What arrives, in a file without a name. Raises ServiceError, Malformed for more than it may be."""
        with translated(service):
            descriptor, path = tempfile.mkstemp(prefix="deploy-actions-")
            held = cls(service, descriptor)
            os.unlink(path)  # noqa: PTH108  # see `services/files.py`
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > MOST_SPOOLED_BYTES:
                raise Malformed(service, READING, f"it is longer than {MOST_SPOOLED_BYTES} bytes")
            with translated(service):
                _write(descriptor, piece)
        return held

    @property
    def size(self) -> int:
        """Its length in bytes, now."""
        return os.fstat(self._descriptor).st_size

    def duplicate(self) -> int:
        """A descriptor of the same file, which the caller closes."""
        return os.dup(self._descriptor)

    def read(self, size: int, at: int) -> bytes:
        """The bytes at a place, fewer only where the file ends. Raises ServiceError."""
        found = b""
        with translated(self.service):
            while len(found) < size and (piece := os.pread(self._descriptor, size - len(found), at + len(found))):
                found = found + piece if found else piece
        return found

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """From a place to another, else to the end. Raises ServiceError, Malformed where it ends before `end`."""
        at = start
        while piece := self.read(PIECE_BYTES if end is None else min(PIECE_BYTES, end - at), at):
            at += len(piece)
            yield piece
        if end is not None and at < end:
            raise Malformed(self.service, READING, "it ends too early")


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Raises the leaf of ServiceError that an error of the operating system's stands for."""
    try:
        yield
    except PermissionError:
        raise Refused(service, READING, "it may not be read") from None
    except ValueError:
        raise NotFound(service, READING, "there is no such file") from None
    except OSError as error:
        if error.errno in _ABSENT:
            raise NotFound(service, READING, "there is no such file") from None
        kind = Unreachable if error.errno in _FULL else Malformed
        raise kind(service, READING, error.strerror or "it is no file") from None


def _write(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
