"""The door for what a program prints: redacted, and with no command left in it that it may not give the runner."""

from collections.abc import Callable, Iterator, Sequence

from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import MINIMUM_MASKABLE_LENGTH
from deploy_actions.core.stream_redaction import StreamRedactor
from deploy_actions.workflow.commands import command
from deploy_actions.workflow.program_commands import ADD_MASK, MaskCommand, ProgramCommands, mask_commands

MOST_MASKED_VALUES = 200
MOST_MASKED_CHARACTERS = 256 * 1024
"""Bounds of what a program can have hidden by `add-mask`: each value is looked for in dozens of forms."""


class LogStream:
    """Implements `core.world.LineStream` for a person who reads the log: nothing is a command there."""

    def __init__(self, write: Callable[[bytes], object], *redactors: Redactor) -> None:
        self._put = write
        self._redact = StreamRedactor(*redactors).feed

    def write(self, lines: bytes) -> None:
        """Shows whole lines with their line ends. Raises OSError where the log cannot be written."""
        self._put(self._redact(lines))

    def finish(self) -> None:
        """Nothing is left to do."""


class WorkflowLogStream(LogStream):
    """The same for a runner, which obeys groups and the named commands.

    What the program masks is hidden in its own output from then on, whether the runner gets the command or not. It is
    not made known to the whole process: a program could have it refuse the outputs of its own step.
    """

    def __init__(self, write: Callable[[bytes], object], redactor: Redactor, commands: frozenset[str]) -> None:
        self._own = Redactor()
        super().__init__(write, redactor, self._own)
        self._commands = ProgramCommands(commands)
        self._passes_masks = ADD_MASK in {name.lower() for name in commands}
        self._masked: set[str] = set()
        self._masked_characters = 0
        self._has_refused = False

    def write(self, lines: bytes) -> None:
        """See `LogStream`. What is masked anywhere in the lines is hidden in all of them."""
        candidates = self._commands.candidates(lines)
        if candidates:
            self._put(b"".join(self._pieces(lines, mask_commands(lines, candidates))))
        else:
            self._put(self._redact(lines))

    def finish(self) -> None:
        """Closes the group that the program left open."""
        if self._commands.has_open_group:
            self._put(command("endgroup", "").encode() + b"\n")

    def _pieces(self, lines: bytes, masks: Sequence[MaskCommand]) -> Iterator[bytes]:
        for mask in masks:
            yield from self._learned(mask.value)
        at = 0
        for mask in masks:
            yield self._harmless(lines[at : mask.start])
            yield mask.shown
            if self._passes_masks and mask.value:
                yield b"\n" + command(ADD_MASK, mask.value).encode("utf-8", "surrogateescape")
            at = mask.end
        yield self._harmless(lines[at:])

    def _harmless(self, lines: bytes) -> bytes:
        return self._commands.only(self._redact(lines)) if lines else lines

    def _learned(self, value: str) -> Iterator[bytes]:
        """Makes a value known to the redactor; gives a line, once, if it is one too many."""
        if len(value) < MINIMUM_MASKABLE_LENGTH or value in self._masked:
            return
        characters = self._masked_characters + len(value)
        if len(self._masked) < MOST_MASKED_VALUES and characters <= MOST_MASKED_CHARACTERS:
            self._masked.add(value)
            self._masked_characters = characters
            self._own.add(ADD_MASK, value)
        elif not self._has_refused:
            self._has_refused = True
            yield b"(The command masks more values than can be hidden here: what it masks from now on may be shown.)\n"
