"""The logs in a file: the file itself, or what is packed in it, and packed once more in that."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Self

import msgspec

from deploy_actions.core.logs import Log
from deploy_actions.core.service_errors import Malformed, ServiceError
from deploy_actions.core.verdict import Location
from deploy_actions.services.logfiles.held_file import READING, HeldFile
from deploy_actions.services.logfiles.inflating import Budget, gunzipped
from deploy_actions.services.logfiles.zip_members import content, members

_DEEPEST = 2
"""An archive in an archive is read; what is packed in that again is not."""

_GZIP = b"\x1f\x8b\x08"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = (b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"BZh", b"7z\xbc\xaf\x27\x1c", b"\x04\x22\x4d\x18", b"Rar!\x1a\x07")
"""xz, zstd, bzip2, 7-zip, lz4, RAR: searched as they are, they would always look clean."""

_BZIP2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")
_HEAD_BYTES = 16


class Source(msgspec.Struct, frozen=True):
    """What is read, from its beginning by each `begin`; a stream has one beginning only.

    `name` tells the kind where the content does not. `hold` is the file itself, where it is one already.
    """

    path: str
    name: str
    begin: Callable[[], Iterator[bytes]]
    budget: Budget | None = None
    hold: Callable[[], HeldFile] | None = None
    is_stream: bool = False

    @property
    def service(self) -> str:
        """What it is called in errors."""
        return f"the file {self.path}"

    @classmethod
    def of_stream(cls, path: str, stream: Iterator[bytes]) -> Self:
        """What can be read only once."""
        return cls(path, path, lambda: stream, is_stream=True)

    @classmethod
    def of_file(cls, path: str) -> Self:
        """A file, which is opened for each reading, so that a list of logs holds no list of open files."""
        return cls(path, path, lambda: HeldFile.opened(path).pieces(), hold=lambda: HeldFile.opened(path))


class StreamLog:
    """See `core.logs.Log`."""

    def __init__(self, path: str, begin: Callable[[], Iterator[bytes]]) -> None:
        self.place = Location(path=path)
        self._begin = begin

    def chunks(self) -> Iterator[bytes]:
        """See `core.logs.Log`."""
        return (piece for piece in self._begin() if piece)


class UnreadableLog:
    """A log of which it is known that it cannot be read, and why."""

    def __init__(self, path: str, error: ServiceError) -> None:
        self.place = Location(path=path)
        self._error = error

    def chunks(self) -> Iterator[bytes]:
        """Raises the error."""
        raise self._error


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive."""
    return head.startswith(_ZIPS)


def logs_in(source: Source, depth: int = 0, *, must_be: Callable[[bytes], bool] | None = None) -> Iterator[Log]:
    """The logs in a file: told by how it begins, or else by its name. What cannot be read is a log that raises why."""
    try:
        head, source = _peeked(source)
        kind = _kind(head, source.name)
        if must_be and not must_be(head):
            raise Malformed(source.service, READING, "it is no zip archive, or a damaged one")
        if kind == "other":
            raise Malformed(source.service, READING, "it is packed in a way that is not read")
        if kind and depth == _DEEPEST:
            raise Malformed(source.service, READING, "it is packed too deep in others")
        within = _WITHIN[kind](source)
    except ServiceError as error:
        yield UnreadableLog(source.path, error)
        return
    if not kind:
        yield StreamLog(source.path, source.begin)
    for one in within:
        yield from logs_in(one, depth + 1)


def _peeked(source: Source) -> tuple[bytes, Source]:
    """How it begins, and the same source; a stream is put together again."""
    stream = source.begin()
    head, taken = b"", []
    for piece in stream:
        taken.append(piece)
        head += piece[:_HEAD_BYTES]
        if len(head) >= _HEAD_BYTES:
            break
    if source.is_stream:
        whole = chain(taken, stream)
        source = msgspec.structs.replace(source, begin=lambda: whole)
    return head, source


def _kind(head: bytes, name: str) -> str:
    name = name.lower()
    if is_zip(head) or name.endswith(".zip"):
        return "zip"
    if head.startswith(_GZIP) or name.endswith((".gz", ".tgz")):
        return "gzip"
    is_other = head.startswith(_OTHERS) and (not head.startswith(b"BZh") or head[4:10] in _BZIP2_BLOCKS)
    return "other" if is_other else ""


def _members(source: Source) -> list[Source]:
    """What a zip archive holds; one that is no file is made one first. Raises ServiceError."""
    archive = source.hold() if source.hold else HeldFile.spooled(source.service, source.begin())
    budget = source.budget or Budget(archive.size)
    return [
        Source(f"{source.path}/{member.name}", member.name, partial(content, archive, member, budget), budget)
        for member in members(archive)
    ]


def _gunzipped(source: Source) -> list[Source]:
    """The same without its packing."""
    budget = source.budget or Budget(source.hold().size if source.hold else None)
    name = source.name[: -len(".gz")] if source.name.lower().endswith(".gz") else ""
    if source.is_stream:
        stream = gunzipped(source.begin(), budget, source.service, READING)
        return [Source(source.path, name, lambda: stream, budget, is_stream=True)]
    return [Source(source.path, name, lambda: gunzipped(source.begin(), budget, source.service, READING), budget)]


_WITHIN: dict[str, Callable[[Source], list[Source]]] = {"zip": _members, "gzip": _gunzipped, "": lambda _: []}
