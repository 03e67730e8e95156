"""Starts a program without a shell, in a session and process group of its own."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from deploy_actions.core.service_errors import NotFound, Refused, Unreachable

_OPERATION = "starting the command"


def start(
    command: Sequence[str], directory: str, environment: Mapping[str, str], output: int
) -> "subprocess.Popen[bytes]":
    """The program, which writes to `output` and reads nothing. Raises `NotFound`, `Refused`, `Unreachable`."""
    if not os.path.isdir(directory):  # noqa: PTH112  # False for a name too long, where Path.is_dir raises
        raise NotFound("the host", _OPERATION, f"there is no folder `{directory}`")
    try:
        return subprocess.Popen(  # an argument list of the caller's own; no shell reads it
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise NotFound("the host", _OPERATION, f"no program `{command[0]}` is found") from None
    except PermissionError:
        raise Refused("the host", _OPERATION, f"`{command[0]}` may not be executed") from None
    except OSError as error:
        raise Unreachable("the host", _OPERATION, error.strerror or "the system refused") from None
    except ValueError:
        raise Unreachable("the host", _OPERATION, "an argument or a variable holds what none can, as NUL") from None
