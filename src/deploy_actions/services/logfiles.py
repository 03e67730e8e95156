"""Logs that are kept on this host: files, folders, `.gz` archives and standard input."""

import gzip
import stat
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from deploy_actions.core.logs import Log
from deploy_actions.core.service_errors import Malformed, NotFound, Refused
from deploy_actions.core.verdict import Location
from deploy_actions.core.world import World

CHUNK_BYTES = 1 << 20
STANDARD_INPUT = "-"
_READING = "reading"


class LocalLogs:
    """Regular files and pipes that are named, and regular files in folders; links in folders are not followed."""

    def logs(self, paths: Sequence[str]) -> Iterator[Log]:
        """See `log_ports.LogFiles`."""
        for path in paths:
            if path == STANDARD_INPUT:
                yield _File(path)
                continue
            with _translated(path):
                below = _below(Path(path))
            yield from map(_File, below)


class _File(msgspec.Struct, frozen=True):
    path: str

    @property
    def place(self) -> Location:
        return Location(path="standard input" if self.path == STANDARD_INPUT else self.path)

    def chunks(self) -> Iterator[bytes]:
        with _translated(self.path):
            if self.path == STANDARD_INPUT:
                yield from _read(sys.stdin.buffer)
                return
            with Path(self.path).open("rb") as file:
                if self.path.endswith(".gz"):
                    with gzip.GzipFile(fileobj=file) as unpacked:
                        yield from _read(unpacked)
                else:
                    yield from _read(file)


def _read(file: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _below(path: Path) -> list[str]:
    """The files that a path names. Raises OSError."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return [str(one) for entry in sorted(path.iterdir()) if not entry.is_symlink() for one in _in_folder(entry)]
    if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
        raise Malformed(f"the path {path}", _READING, "it is neither a file nor a folder")
    return [str(path)]


def _in_folder(entry: Path) -> list[str]:
    """A socket or a pipe in a folder holds no log, and reading it would wait for ever."""
    mode = entry.stat().st_mode
    return _below(entry) if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else []


@contextmanager
def _translated(path: str) -> Iterator[None]:
    service = "standard input" if path == STANDARD_INPUT else f"the path {path}"
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NotFound(service, _READING, "there is nothing of that name") from None
    except PermissionError:
        raise Refused(service, _READING, "it may not be read") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Malformed(service, _READING, "it is no whole gzip archive") from None
    except OSError as error:
        raise Malformed(service, _READING, error.strerror or "it cannot be read") from None


def connect(_world: World) -> LocalLogs:
    """The host's own."""
    return LocalLogs()
