"""The one door to the log: what passes is redacted, and only what is meant as a command can be one."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TextIO

from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import LineStream
from deploy_actions.workflow import commands
from deploy_actions.workflow.masks import masks


class Log:
    """A stream that a runner reads (`in_workflow`) or a person."""

    def __init__(self, stream: TextIO, redactor: Redactor, *, in_workflow: bool) -> None:
        self._stream = stream
        self._redactor = redactor
        self._in_workflow = in_workflow
        self._alone: AbstractContextManager[object] = nullcontext()

    def text(self, text: str) -> None:
        """Writes text whose origin does not matter, and a line end."""
        redacted = self._redactor.redact(text)
        self._write(commands.inert(redacted) if self._in_workflow else redacted)

    def command(self, name: str, data: str, properties: Mapping[str, str] | None = None) -> None:
        """Writes a workflow command; nothing where no runner reads it."""
        redact = self._redactor.redact
        if self._in_workflow:
            shown = {key: redact(value) for key, value in (properties or {}).items()}
            self._write(commands.command(name, redact(data), shown))

    def mask(self, values: Sequence[Secret]) -> int:
        """Has the runner hide values from now on; returns by how many masks, none where no runner reads.

        The only place where a secret is written as it is: the runner takes the line for itself and shows none of it.
        """
        if not self._in_workflow:
            return 0
        registered = [line for value in values for line in masks(value).commands]
        if registered:
            self._write("\n".join(registered))
        return len(registered)

    def stream(self, commands: frozenset[str]) -> LineStream:
        """A door for all that a program prints, of whose workflow commands the runner reads those that are named."""
        from threading import Lock  # 2 ms, and the modules of the stream: only a step with a program pays for them

        from deploy_actions.workflow.log_stream import LogStream, WorkflowLogStream

        self._alone = Lock()
        if self._in_workflow:
            return WorkflowLogStream(self._put_bytes, self._redactor, commands)
        return LogStream(self._put_bytes, self._redactor)

    def problem(self, text: str, title: str) -> None:
        """Writes what went wrong in the delivery itself: an annotation for a runner, a line for a person."""
        if self._in_workflow:
            self.command("error", text, {"title": title})
        else:
            self.text(f"{title}: {text}")

    def _write(self, text: str) -> None:
        self._put(text.encode("utf-8", "replace").decode("utf-8") + "\n")

    def _put(self, text: str) -> None:
        """A program's output comes from a thread of its own."""
        with self._alone:
            self._stream.write(text)
            self._stream.flush()

    def _put_bytes(self, data: bytes) -> None:
        """Past the text layer, where there is one: to decode and to encode costs up to 4 ms for 1 MB."""
        below = getattr(self._stream, "buffer", None)
        if below is None:
            self._put(data.decode("utf-8", "replace"))
        else:
            with self._alone:
                self._stream.flush()
                below.write(data)
                below.flush()
