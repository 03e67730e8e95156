"""Files of this host, to be read; and standard input."""

import os
import stat
import sys

from deploy_actions.core.ports import Files, Malformed, NotFound, Refused
from deploy_actions.core.world import World

LIMIT_BYTES = 1024 * 1024
STANDARD_INPUT = "-"
_OPERATION = "reading"


class LocalFiles:
    """Regular files, pipes and standard input."""

    def read(self, path: str) -> bytes:
        """See `ports.Files`."""
        service = "standard input" if path == STANDARD_INPUT else f"the file {path}"
        try:
            content = _standard_input() if path == STANDARD_INPUT else _file(path)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            raise NotFound(service, _OPERATION, "there is no such file") from None
        except PermissionError:
            raise Refused(service, _OPERATION, "it may not be read") from None
        except OSError as error:
            raise Malformed(service, _OPERATION, error.strerror or "it is no file") from None
        if len(content) > LIMIT_BYTES:
            raise Malformed(service, _OPERATION, f"it is longer than {LIMIT_BYTES} bytes")
        return content


def _file(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123  # pathlib costs every step of every workflow 8 ms
        if stat.S_ISCHR(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is a device and not a file")
        return file.read(LIMIT_BYTES + 1)


def _standard_input() -> bytes:
    if sys.stdin is None:  # closed by the one who started this process
        return b""
    return sys.stdin.buffer.read(LIMIT_BYTES + 1)


def connect(_world: World) -> Files:
    """The files of this host."""
    return LocalFiles()
