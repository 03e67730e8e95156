"""Asks systemd whether a unit is active, and has not been restarted since it was first seen.

Source: systemctl(1) and org.freedesktop.systemd1(5), the properties of a unit and of a service.
"""

import re
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.probing import Answer, CommandProbe
from deploy_actions.core.text_types import Patterned

_PROPERTIES = "ActiveState,SubState,NRestarts,LoadState,Result"


class UnitName(Patterned):
    """The name of a unit of systemd."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}")
    expects = "a unit of systemd, as in `shop.service`"


class Systemd(msgspec.Struct, frozen=True):
    """A unit of this host."""

    measures: ClassVar[Measures] = ""
    unit: str

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        return cls(str(settings.parsed("systemd", UnitName)))

    @property
    def target(self) -> str:
        """See `Kind`."""
        return f"systemd {self.unit}"

    def probe(self, means: Means) -> CommandProbe:  # noqa: ARG002  # it needs no secret
        """See `Kind`."""
        return CommandProbe(command=("systemctl", "show", f"--property={_PROPERTIES}", "--", self.unit))

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`."""
        return judge_each(outcomes, lambda answer: _of(answer, memory))


def _of(answer: Answer, memory: Memory) -> Result:
    lines = answer.body.decode("utf-8", "replace").splitlines()
    seen = dict(line.split("=", 1) for line in lines if "=" in line)
    if answer.status != 0 or "ActiveState" not in seen:
        return Result(cause="check-not-made", words=f"systemctl could not tell (exit code {answer.status})")
    if seen.get("LoadState") == "not-found":
        return Result(cause="unhealthy", words="there is no such unit")
    if seen["ActiveState"] != "active":
        words = " ".join(_plain(seen.get(name, "")) for name in ("ActiveState", "SubState", "Result"))
        return Result(cause="unhealthy", words=f"is {words}, expected active")
    restarts = seen.get("NRestarts", "")
    first = memory.first.setdefault("NRestarts", restarts)
    if restarts != first:
        return Result(cause="restarted", words=f"NRestarts went from {_plain(first)} to {_plain(restarts)}")
    return GOOD


def _plain(text: str) -> str:
    return text if re.fullmatch(r"[\w-]{0,40}", text) else "?"


KIND = Systemd
