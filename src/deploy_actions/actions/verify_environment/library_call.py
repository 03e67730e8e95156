"""Takes apart what a job calls: whether it is production-deploy.yml, whose, and by which commit. Pure."""

import re

import msgspec

_FOLDER = ".github/workflows/"
_FILE = "production-deploy.yml"
_CALL = re.compile(rf"(?P<where>\.|\$|[^/\s@]+/[^/\s@]+)/{re.escape(_FOLDER + _FILE)}(?:@(?P<ref>.*))?")
_LOCAL = re.compile(rf"[.$]/(?P<path>{re.escape(_FOLDER)}[^/\s@]+\.ya?ml)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_OF_THE_SAME_COMMIT = (".", "$")
"""`./` and `$/` name the repository and the commit of the file that they stand in (GitHub docs, "Reuse workflows",
calling a reusable workflow; changelog of 2026-07-30 on self-repository references). Neither takes a ref."""


class LibraryCall(msgspec.Struct, frozen=True):
    """A call of production-deploy.yml. `repository` is None for the one that the calling file stands in."""

    repository: str | None
    is_pinned: bool
    is_refused: bool = False


def library_call(calls: str) -> LibraryCall | None:
    """The call, where it is one. `is_refused`: GitHub takes no ref behind a path of the same commit."""
    found = _CALL.fullmatch(calls)
    if found is None:
        return None
    ref = found["ref"]
    if found["where"] in _OF_THE_SAME_COMMIT:
        return LibraryCall(None, is_pinned=True, is_refused=ref is not None)
    return LibraryCall(found["where"], is_pinned=ref is not None and _COMMIT.fullmatch(ref) is not None)


def is_of_library(calls: str) -> bool:
    """Whether it is a call of production-deploy.yml, whosever that is."""
    return library_call(calls) is not None


def local_path(calls: str) -> str | None:
    """The file in the same repository that is called, where it is one."""
    found = _LOCAL.fullmatch(calls)
    return found["path"] if found else None
