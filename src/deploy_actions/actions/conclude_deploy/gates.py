"""Reads how the steps of a deploy went, as the workflow hands it over: a line for each."""

import re
from typing import ClassVar, Self

import msgspec

from deploy_actions.core.input_types import NotOfType

_LINE = re.compile(r"([a-z][a-z-]{0,60}):((?: +[a-z][a-z-]{0,60}){0,3}) *")
_NOT_RUN = ("", "skipped")
_GOOD = ("pass", "warn", "skip")


class Gate(msgspec.Struct, frozen=True):
    """A step: its outcome in the runner's words, its action's decision and reason code; empty where there is none."""

    name: str
    outcome: str = ""
    decision: str = ""
    reason_code: str = ""

    @property
    def ran(self) -> bool:
        """Whether it began, also where it was cut short."""
        return self.outcome not in _NOT_RUN or bool(self.decision)

    @property
    def is_good(self) -> bool:
        """Whether it ran and did not block. What ended without a decision did not say so."""
        return self.ran and self.decision in _GOOD and self.outcome in ("", "success")


class Gates(tuple[Gate, ...]):
    """The steps in the order in which they are made."""

    expects: ClassVar[str] = "a step a line, as in `run-deploy: success pass deployed`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType with the number of the line that is wrong, and for a step that stands twice."""
        gates: dict[str, Gate] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            found = _LINE.fullmatch(line.strip())
            if not found:
                raise NotOfType(f"has a line {number} that is not {cls.expects}")
            if found[1] in gates:
                raise NotOfType(f"has in line {number} a step that stands before")
            gates[found[1]] = _gate(found[1], found[2].split())
        if not gates:
            raise NotOfType("names no step")
        return cls(gates.values())

    def named(self, name: str) -> Gate:
        """The step of that name; one that did not run where there is none."""
        return next((gate for gate in self if gate.name == name), Gate(name))

    @property
    def stopping(self) -> Gate | None:
        """The first that ran and was not good."""
        return next((gate for gate in self if gate.ran and not gate.is_good), None)


def _gate(name: str, words: list[str]) -> Gate:
    outcome, decision, reason_code = (*words, "", "", "")[:3]
    return Gate(name, outcome, decision, reason_code)
