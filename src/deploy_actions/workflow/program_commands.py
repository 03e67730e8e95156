"""Tells which workflow commands in a program's output the runner may obey, and makes the others harmless to it.

Source: actions/runner, `ActionCommand.cs` and `ActionCommandManager.cs` (2.336.0); names are compared without regard
to case.
"""

import re
from collections.abc import Iterable

import msgspec

from deploy_actions.workflow.command_lines import SPACE, CommandLines
from deploy_actions.workflow.commands import INERT_PREFIX

Spans = list[tuple[int, int]]

ADD_MASK = "add-mask"

_GROUP, _END_GROUP = b"group", b"endgroup"
_PARAMETERS = rb"(?: .*?)??"

_CURRENT = re.compile(rb"%s+::(?:([A-Za-z-]+)%s::)?.*" % (SPACE, _PARAMETERS), re.DOTALL)
_LEGACY_GROUP = re.compile(rb"(%s+##\[((?i:group|endgroup))\])(.*)" % SPACE, re.DOTALL)
_MASK = re.compile(rb"%s+(::(?i:add-mask)%s::(.*))" % (SPACE, _PARAMETERS), re.DOTALL)
_LEGACY_MASK = b"##[add-mask"
_UNESCAPED = ((b"%0D", b"\r"), (b"%0A", b"\n"), (b"%25", b"%"))
_LEGACY_UNESCAPED = ((b"%3B", b";"), (b"%5D", b"]"), *_UNESCAPED)


class MaskCommand(msgspec.Struct, frozen=True):
    """An `add-mask` in lines, from `start` to `end`; `shown` stands for it, where no runner takes it for a command."""

    start: int
    end: int
    shown: bytes
    value: str


def mask_commands(lines: bytes, candidates: Spans) -> list[MaskCommand]:
    """Every command among the candidates that masks a value, in order."""
    found = ((_mask(lines[start:end]), start) for start, end in candidates)
    return [
        msgspec.structs.replace(mask, start=mask.start + start, end=mask.end + start) for mask, start in found if mask
    ]


class ProgramCommands:
    """What the runner may obey of a program: groups, and the commands in `allowed` but `add-mask`.

    What is asked about starts a line. `has_open_group` tells of all that `only` has given back.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        names = {name.lower().encode() for name in allowed if name.lower() != ADD_MASK}
        self._passing = names | {_GROUP, _END_GROUP}
        self._command_lines = CommandLines()
        self.has_open_group = False

    def candidates(self, lines: bytes) -> Spans:
        """Where the lines start and end that the runner could take for commands.

        Hiding secrets makes no further one: what it leaves of a line stays where it was.
        """
        return list(self._command_lines.find(lines))

    def only(self, lines: bytes) -> bytes:
        """The lines, with nothing left in them that the runner could read as another command."""
        kept, at = [], 0
        for start, end in self._command_lines.find(lines):
            kept += [lines[at:start], self._harmless(lines[start:end])]
            at = end
        return b"".join((*kept, lines[at:])) if kept else lines

    def _harmless(self, line: bytes) -> bytes:
        if b"##[" in line:
            line = self._without_legacy(line)
        current = _CURRENT.fullmatch(line)
        if current and not self._passes(current[1]):
            return INERT_PREFIX.encode() + line
        return line

    def _without_legacy(self, line: bytes) -> bytes:
        """With a space in each `##[` but that of a group at the start of the line."""
        group = _LEGACY_GROUP.fullmatch(line)
        kept, rest = (group[1], group[3]) if group and self._passes(group[2]) else (b"", line)
        return kept + rest.replace(b"##[", b"## [")

    def _passes(self, name: bytes | None) -> bool:
        name = (name or b"").lower()
        if name in {_GROUP, _END_GROUP}:
            self.has_open_group = name == _GROUP
        return name in self._passing


def _mask(line: bytes) -> MaskCommand | None:
    """The command that masks a value, if the line is one."""
    if current := _MASK.fullmatch(line):
        return MaskCommand(*current.span(1), b"| ::add-mask::***", _unescaped(current[2], _UNESCAPED))
    return _legacy_mask(line)


def _legacy_mask(line: bytes) -> MaskCommand | None:
    """The same in the old form, anywhere in the line. Each byte is looked at a few times, however often it begins."""
    lower = line.lower()
    start = lower.find(_LEGACY_MASK)
    while start >= 0:
        behind = start + len(_LEGACY_MASK)
        if line[behind : behind + 1] in {b"]", b" "}:
            end = line.find(b"]", behind)
            value = _unescaped(line[end + 1 :], _LEGACY_UNESCAPED)
            return MaskCommand(start, len(line), b"## [add-mask]***", value) if end >= 0 else None
        start = lower.find(_LEGACY_MASK, behind)
    return None


def _unescaped(value: bytes, escapes: Iterable[tuple[bytes, bytes]]) -> str:
    for escape, character in escapes:
        value = value.replace(escape, character)
    return value.decode("utf-8", "surrogateescape")
