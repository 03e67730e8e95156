"""What a program is started with, and how it ended: the question and the answer of the port `Processes`."""

from collections.abc import Mapping

import msgspec

from deploy_actions.core.secret import Secret

TIMEOUT = "timeout"
"""What `ProcessEnd.stopped_by` says of a program that took too long."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program, started without a shell in `directory`, and all that it gets.

    Its environment holds `secrets`, `settings`, and of this process's variables those named in `variables` (`LC_*`
    names a prefix); nothing else. Each of `secret_files` is the content of a private file whose path stands in the
    variable of that name; the files are wiped at the end. After `timeout_seconds`, and when this process is told to
    stop, the program and its children are told too; what is left of them after `grace_seconds` is killed. While it
    prints nothing, a line every `heartbeat_seconds` says that it runs. Of the workflow commands that it prints the
    runner reads those named in `workflow_commands`.
    """

    command: tuple[str, ...]
    directory: str = "."
    variables: tuple[str, ...] = ()
    settings: Mapping[str, str] = {}
    secrets: Mapping[str, Secret] = {}
    secret_files: Mapping[str, Secret] = {}
    timeout_seconds: float | None = None
    grace_seconds: float = 5.0
    heartbeat_seconds: float | None = None
    workflow_commands: frozenset[str] = frozenset()


class ProcessEnd(msgspec.Struct, frozen=True):
    """How a program ended.

    `exit_status` is 128 and the signal's number when a signal ended it, as shells say it; `signal` is then that
    signal's name, else None. `stopped_by` says who told it to stop before its end: `timeout`, or the name of the signal
    that this process was sent; None where nobody did.
    """

    exit_status: int
    signal: str | None
    seconds: float
    stopped_by: str | None = None
