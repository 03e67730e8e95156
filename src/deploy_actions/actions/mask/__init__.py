"""Has the runner mask a value that was made at run time, in every encoding, before any step can print it.

Reads the value from a file or from standard input, never from an argument, which other processes could see. Call it in
the very step that makes the value, or in the next one: what was printed before is not masked any more.
"""

from collections.abc import Iterator
from typing import ClassVar, Self

from deploy_actions.core.action import Action
from deploy_actions.core.choices import Choice
from deploy_actions.core.declare import Inputs, Outputs, optional, output
from deploy_actions.core.encodings import stripped_lines
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import Files, Masks
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Decision, Finding, Reason, Report
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import Part, Unreadable
from deploy_actions.credentials.derived import forms_left_bare, is_maskable


class Split(Choice):
    """Whether a file holds one value or one a line."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("whole", "lines")


class FilePath(str):
    """A path, or `-` for standard input."""

    __slots__ = ()
    expects: ClassVar[str] = "a path, or `-` for standard input"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for a path that no file can have."""
        if "\0" in text:
            raise NotOfType("holds a NUL character, which no path can")
        return cls(text)


class MaskInputs(Inputs, frozen=True):
    """Where the values are."""

    file: FilePath = optional("-", "The file that holds the value, or `-` for standard input.")
    split: Split = optional(
        "whole", "With `whole` the file holds one value, with `lines` each of its lines is a value."
    )


class MaskOutputs(Outputs, frozen=True):
    """What was done."""

    masked_forms: int | None = output("How many masks the runner was given.")


class Reasons:
    """The vocabulary of mask."""

    masked = Reason("masked", Decision.PASS, "The runner masks {what} from now on, by {count} masks.")
    not_masked = Reason(
        "not-masked",
        Decision.WARN,
        "{what} is too short or too common to be masked: it would blank the log.",
        remedy="Make longer, random values; if it is no secret, leave it out.",
    )
    nothing_masked = Reason(
        "nothing-masked",
        Decision.FAIL,
        "No value was long and rare enough to be masked, so that all of them could show in the log.",
        remedy="Make values of at least 6 characters that are no common words.",
    )
    empty = Reason(
        "nothing-to-mask",
        Decision.CANNOT_VERIFY,
        "{file} is empty, so there was nothing to mask.",
        remedy="Check the command that should have written the value; it may have failed.",
    )
    unreadable = Reason(
        "file-unreadable",
        Decision.CANNOT_VERIFY,
        "{service} cannot be read, so nothing was masked: {problem}.",
        remedy="Correct `file`, or the step that should have written it.",
    )
    not_text = Reason(
        "value-not-text",
        Decision.CANNOT_VERIFY,
        "{file} is not UTF-8 text, which alone can be masked.",
        remedy="Encode the value in base64 before it is used, and mask that.",
    )
    no_runner = Reason(
        "no-runner",
        Decision.SKIP,
        "No runner reads this output, so nothing was masked.",
    )


def run(inputs: MaskInputs, files: Files, masks: Masks) -> Report:
    """Masks every value before anything is said of it."""
    name = "Standard input" if inputs.file == "-" else inputs.file
    try:
        text = files.read(inputs.file).decode("utf-8-sig")
    except ServiceError as error:
        return Report(findings=(Reasons.unreadable(service=_sentence_start(error.service), problem=error.cause),))
    except UnicodeDecodeError:
        return Report(findings=(Reasons.not_text(file=name),))
    pieces = stripped_lines(text) if inputs.split == "lines" else [text]
    values = [piece.strip() for piece in pieces if piece.strip()]
    if not values:
        return Report(findings=(Reasons.empty(file=name),))
    maskable = [Secret(form) for value in values for form in _to_mask(value)]
    count = masks.register("the value", maskable)
    return Report(findings=_findings(values, maskable, count), outputs=MaskOutputs(masked_forms=count))


def _sentence_start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _findings(values: list[str], maskable: list[Secret], count: int) -> tuple[Finding, ...]:
    if not maskable:
        return (Reasons.nothing_masked(),)
    if not count:
        return (Reasons.no_runner(),)
    left_out = tuple(
        Reasons.not_masked(what=what) for number, value in enumerate(values, 1) for what in _bare(number, value)
    )
    return (*left_out, Reasons.masked(what="the value" if len(values) == 1 else f"{len(values)} values", count=count))


def _to_mask(value: str) -> Iterator[str]:
    pieces = [value, *(part.value.reveal() for part in _parts(value))]
    for piece in filter(is_maskable, pieces):
        yield piece
        yield from forms_left_bare(piece)


def _bare(number: int, value: str) -> Iterator[str]:
    if not is_maskable(value):
        yield f"Value {number}"
    for part in _parts(value):
        if not is_maskable(part.value.reveal()):
            yield f"Of value {number}, {part.what}"


def _parts(value: str) -> tuple[Part, ...]:
    """The secret pieces inside, as the password of a DSN; none of what cannot be read."""
    kind = kind_of(value)
    try:
        return kind.read(value).parts if kind else ()
    except Unreadable:
        return ()


ACTION = Action(run=run, inputs=MaskInputs, outputs=MaskOutputs, reasons=Reasons, permissions={})
