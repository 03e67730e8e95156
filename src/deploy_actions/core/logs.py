"""A log to be searched, wherever it comes from."""

from collections.abc import Iterator
from typing import Protocol

from deploy_actions.core.verdict import Location


class Log(Protocol):
    """One log, read once from its beginning to its end, in bounded memory."""

    @property
    def place(self) -> Location:
        """Where it comes from: its job, or its path; `build.zip/2_deploy.txt` for a member of an archive."""

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, in pieces of any size, none of them empty.

        Raises a leaf of `ServiceError` where it cannot be read whole: what came before is not all of it.
        """
