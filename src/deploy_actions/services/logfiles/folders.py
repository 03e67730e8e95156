"""Files below a folder. No link out of it is followed, and what is no file is told of, not opened."""

import os
import stat
from collections.abc import Iterator

import msgspec

from deploy_actions.core.service_errors import Malformed, Refused, ServiceError
from deploy_actions.services.logfiles.held_file import READING, translated


class Found(msgspec.Struct, frozen=True):
    """A path below a folder; `error` is why it cannot be read, known before it is tried."""

    path: str
    error: ServiceError | None = None


def kind_of(path: str) -> str:
    """`folder`, `file`, or `pipe` as a shell's `<(…)` names one. Raises ServiceError: NotFound for nothing."""
    service = f"the file {path}"
    with translated(service):
        mode = os.stat(path).st_mode  # noqa: PTH116  # see `services/files.py`
    kind = {stat.S_IFDIR: "folder", stat.S_IFREG: "file", stat.S_IFIFO: "pipe"}.get(stat.S_IFMT(mode))
    if kind is None:
        raise Malformed(service, READING, "it is neither a file nor a folder")
    return kind


def files_below(folder: str) -> Iterator[Found]:
    """All files, in the order of their names. Links within the folder lead to what is found anyway."""
    root = os.path.realpath(folder)
    waiting = [folder]
    while waiting:
        found = _listed(waiting.pop())
        if isinstance(found, Found):
            yield found
            continue
        folders = []
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif one := _found(entry, root):
                yield one
        waiting += reversed(folders)


def _listed(folder: str) -> "list[os.DirEntry[str]] | Found":
    try:
        with translated(f"the folder {folder}"), os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except ServiceError as error:
        return Found(folder, error)


def _found(entry: "os.DirEntry[str]", root: str) -> Found | None:
    service = f"the file {entry.path}"
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        is_within = os.path.commonpath((root, target)) == root
        if is_within or not os.path.lexists(target):
            return None
        return Found(entry.path, Refused(service, READING, "it leads out of the folder; name what it leads to itself"))
    if not entry.is_file(follow_symlinks=False):
        return Found(entry.path, Malformed(service, READING, "it is no regular file"))
    return Found(entry.path)
