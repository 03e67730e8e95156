"""Makes the commands that have the runner mask a value which it does not know as a secret."""

import re

import msgspec

from deploy_actions.core.secret import MINIMUM_MASKABLE_LENGTH, Secret
from deploy_actions.workflow.commands import command

_LINE_ENDS = re.compile(r"[\r\n]+")


class Masks(msgspec.Struct, frozen=True):
    """`commands` to print, one a line, before anything else; `skipped` counts the lines too short to be masked."""

    commands: tuple[str, ...]
    skipped: int


def masks(value: Secret) -> Masks:
    """One `add-mask` for each line of the value, and none for the whole of several lines: logs are masked by line.

    A line shorter than 4 characters is not masked, since every such piece of the log would be blanked; it is counted.
    """
    lines = [line.strip() for line in _LINE_ENDS.split(value.reveal()) if line.strip()]
    maskable = dict.fromkeys(line for line in lines if len(line) >= MINIMUM_MASKABLE_LENGTH)
    skipped = sum(len(line) < MINIMUM_MASKABLE_LENGTH for line in lines)
    return Masks(tuple(command("add-mask", line) for line in maskable), skipped)
