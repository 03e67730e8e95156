"""Makes kinds from settings, asks them and lets them judge, for the tests of the kinds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from deploy_actions.actions.health_check.check import Kind, Means, Memory, Result
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.probing import Answer, NoAnswer, Probe
from deploy_actions.core.secret import Secret

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MEANS = Means(secret=lambda name: Secret(f"value of {name}"), text=lambda path: f"text of {path}")


def made(key: str, **settings: Any) -> Kind:
    """A kind from its settings; `_` in a setting's name stands for `-`. Refuses what it does not know."""
    read = Settings({name.replace("_", "-"): value for name, value in settings.items()}, "check 1")
    kind: Kind = import_module(f"deploy_actions.actions.health_check.kinds.{key.replace('-', '_')}").KIND.parse(read)
    read.refuse_others()
    return kind


def asked(kind: Kind) -> Probe:
    return kind.probe(MEANS)


def judged(kind: Kind, outcome: Answer | NoAnswer | None, memory: Memory | None = None) -> Result:
    outcomes: Mapping[str, Answer | NoAnswer] = {} if outcome is None else {"": outcome}
    return kind.judge(outcomes, memory or Memory(now=NOW))


def printed(body: str | bytes, status: int = 0, **more: Any) -> Answer:
    return Answer(seconds=0.1, status=status, body=body if isinstance(body, bytes) else body.encode(), **more)
