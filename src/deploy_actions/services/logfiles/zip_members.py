"""Members of a zip archive (PKWARE's APPNOTE): where each stands, and its content, checked against its checksum."""

import io
import os
import re
import struct
import zipfile
from collections.abc import Iterator

import msgspec

from deploy_actions.core.service_errors import Malformed, ServiceError
from deploy_actions.services.logfiles.held_file import READING, HeldFile
from deploy_actions.services.logfiles.inflating import Budget, deflated

_MOST_LISTED_BYTES = 4 << 20
"""The largest table of contents: some 40,000 members."""

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1
_TRICK = re.compile(r"[\x00-\x1f\x7f]|^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_NOT_SAVED = "\ufffd"


class Member(msgspec.Struct, frozen=True):
    """A member: its name for people, and what keeps it from being read, if anything does."""

    name: str
    entry: zipfile.ZipInfo
    error: ServiceError | None = None


def members(archive: HeldFile) -> Iterator[Member]:
    """The members that an archive lists, folders left out. Raises Malformed where it is none that can be read."""
    listed = _listed(archive)
    seen: dict[str, int] = {}
    for entry in listed:
        if entry.orig_filename.endswith("/") and not entry.file_size:
            continue
        name = _shown(entry.orig_filename)
        seen[name] = seen.get(name, 0) + 1
        shown = name if seen[name] == 1 else f"{name} ({seen[name]})"
        cause = _cause(entry)
        error = Malformed(f"{shown} in {archive.service}", READING, cause) if cause else None
        yield Member(shown, entry, error)


def content(archive: HeldFile, member: Member, budget: Budget) -> Iterator[bytes]:
    """What a member holds. Raises ServiceError, Malformed where it is not what the archive says of it."""
    service = f"{member.name} in {archive.service}"
    if member.error:
        raise member.error
    entry, size, checksum = member.entry, 0, 0
    for piece in _unpacked(archive, entry, budget, service):
        size, checksum = size + len(piece), _crc32(piece, checksum)
        yield piece
    if (size, checksum) != (entry.file_size, entry.CRC):
        raise Malformed(service, READING, "its checksum or its length is wrong")


def _unpacked(archive: HeldFile, entry: zipfile.ZipInfo, budget: Budget, service: str) -> Iterator[bytes]:
    start = _start(archive, entry, service)
    packed = archive.pieces(start, start + entry.compress_size)
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        yield from deflated(packed, budget, service, READING)
        return
    for piece in packed:
        budget.spend(len(piece), service, READING)
        yield piece


def _start(archive: HeldFile, entry: zipfile.ZipInfo, service: str) -> int:
    """Where the content begins: behind a header of its own, whose length only that header tells."""
    header = archive.read(_LOCAL_HEADER.size, entry.header_offset)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise Malformed(service, READING, "it is not where the archive says")
    _, name, extra = _LOCAL_HEADER.unpack(header)
    return int(entry.header_offset + _LOCAL_HEADER.size + name + extra)


def _listed(archive: HeldFile) -> list[zipfile.ZipInfo]:
    try:
        with _Bounded(archive.duplicate(), "rb") as file, zipfile.ZipFile(file) as listing:
            return listing.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, struct.error, OSError):
        raise Malformed(archive.service, READING, "it is no zip archive, or a damaged one") from None
    except _TooLong:
        raise Malformed(archive.service, READING, "it lists more members than are read") from None


class _TooLong(Exception):
    pass


class _Bounded(io.FileIO):
    """A file of which no large part is read at once: zipfile reads a table of contents whole."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size if size is not None and size >= 0 else os.fstat(self.fileno()).st_size - self.tell()
        if wanted > _MOST_LISTED_BYTES:
            raise _TooLong
        return super().read(wanted)


def _cause(entry: zipfile.ZipInfo) -> str:
    """What keeps a member from being read; empty if nothing does."""
    if _TRICK.search(entry.orig_filename):
        return "its name would lead out of the archive"
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in a way that is not read"
    return ""


def _shown(name: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", _NOT_SAVED, name)


def _crc32(piece: bytes, checksum: int) -> int:
    from isal import isal_zlib

    return isal_zlib.crc32(piece, checksum)
