"""Logs that are kept on this host: files, folders, standard input, and what is packed in zip and gzip archives."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from deploy_actions.core.log_ports import LogFiles
from deploy_actions.core.logs import Log
from deploy_actions.core.world import World
from deploy_actions.services.logfiles.folders import files_below, kind_of
from deploy_actions.services.logfiles.held_file import translated
from deploy_actions.services.logfiles.inflating import PIECE_BYTES
from deploy_actions.services.logfiles.unpacking import Source, UnreadableLog, is_zip, logs_in

STANDARD_INPUT = "-"


class LocalLogs:
    """See `ports.LogFiles`. A file is opened when it is its turn; what cannot be read is a log that raises why."""

    def __init__(
        self, standard_input: Callable[[], BinaryIO | None] = lambda: getattr(sys.stdin, "buffer", None)
    ) -> None:
        self._standard_input = standard_input

    def logs(self, paths: Sequence[str]) -> Iterator[Log]:
        """See `ports.LogFiles`. All paths are looked at before the first log is given."""
        kinds = ["stdin" if path == STANDARD_INPUT else kind_of(path) for path in paths]
        return (log for path, kind in zip(paths, kinds, strict=True) for log in self._logs(path, kind))

    def unpacked(self, name: str, archive: Iterable[bytes]) -> Iterator[Log]:
        """See `ports.LogFiles`. An archive that cannot be read is one log, of its name, that raises why."""
        return logs_in(Source.of_stream(name, iter(archive)), must_be=is_zip)

    def _logs(self, path: str, kind: str) -> Iterator[Log]:
        if kind == "folder":
            for found in files_below(path):
                yield from [UnreadableLog(found.path, found.error)] if found.error else _of_file(found.path)
        elif kind == "file":
            yield from _of_file(path)
        elif kind == "pipe":
            yield from logs_in(Source.of_stream(path, _piped(path)))
        else:
            stream = _read("standard input", self._standard_input())
            yield from logs_in(Source.of_stream("standard input", stream))


def connect(_world: World) -> LogFiles:
    """The files of this host."""
    return LocalLogs()


def _of_file(path: str) -> Iterator[Log]:
    return logs_in(Source.of_file(path))


def _piped(path: str) -> Iterator[bytes]:
    service = f"the file {path}"
    with translated(service):
        pipe = open(path, "rb")  # noqa: PTH123, SIM115  # see `services/files.py`; closed below
    with pipe:
        yield from _read(service, pipe)


def _read(service: str, stream: BinaryIO | None) -> Iterator[bytes]:
    """What comes, as it comes; nothing where whoever started this process closed its standard input."""
    read = getattr(stream, "read1", None) or (stream.read if stream else lambda _: b"")
    while True:
        with translated(service):
            piece = read(PIECE_BYTES)
        if not piece:
            return
        yield piece
