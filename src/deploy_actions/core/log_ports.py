"""The outside worlds of logs, as `ports.py` has the others. They raise `ServiceError` and its leaves, nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from deploy_actions.core.leak_search import Plan, Searcher
from deploy_actions.core.logs import Log
from deploy_actions.core.ports import HttpRequest


class Downloads(Protocol):
    """Servers that answer with more than is held at once."""

    def open(self, request: HttpRequest) -> AbstractContextManager[Iterator[bytes]]:
        """The body of an answer with a status that was expected, in pieces of at most 1 MiB, as it arrives.

        One redirect is followed, without the credential. Raises any leaf of `ServiceError`, also while the body
        arrives, and where it ends too early.
        """


class LogFiles(Protocol):
    """Logs that are kept on this host."""

    def logs(self, paths: Sequence[str]) -> Iterator[Log]:
        """The logs in files, in folders with all below them, and packed in `.zip` and `.gz`; `-` is standard input.

        Raises `NotFound` for a path that is not there, `Malformed` for one that is neither file nor folder, `Refused`.
        What is found and cannot be read is a log that raises why.
        """


class LeakScanning(Protocol):
    """The engine that searches logs."""

    def searcher(self, plan: Plan) -> Searcher:
        """Makes a plan ready. Raises `Malformed` where the engine does not take it, `NotInstalled`."""
