"""Reads of a workflow's file what guards a deploy: which jobs call, name an environment, and wait in which group."""

import re
from typing import Any

import msgspec

from deploy_actions.core.input_types import NotOfType

_EXPRESSION = re.compile(r"\$\{\{.*\}\}", re.DOTALL)
"""To the last end: the text between two expressions, and a `}}` within one, may not be taken for literal."""


class Concurrency(msgspec.Struct, frozen=True):
    """A concurrency group as it is written; `cancels` is None where an expression decides it."""

    group: str
    cancels: bool | None = False


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job. `calls` is the reusable workflow that it calls, and `given` the environment that it hands to that."""

    name: str
    calls: str = ""
    given: str | None = None
    environment: str | None = None
    concurrency: Concurrency | None = None


class Workflow(msgspec.Struct, frozen=True):
    """A workflow's jobs, and its own concurrency group."""

    jobs: tuple[Job, ...]
    concurrency: Concurrency | None = None


def is_same(written: str, wanted: str) -> bool | None:
    """Whether a text of a workflow is this one, where case does not count; None where an expression decides it."""
    if not _EXPRESSION.search(written):
        return written.strip().casefold() == wanted.casefold()
    literal = map(re.escape, _EXPRESSION.split(written.strip()))
    return None if re.fullmatch(".*".join(literal), wanted, re.IGNORECASE | re.DOTALL) else False


def workflow_of(text: str) -> Workflow:
    """The workflow. Raises NotOfType that says what is wrong with it."""
    from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

    document = load(text)
    jobs = document.get("jobs") if isinstance(document, dict) else None
    if not isinstance(jobs, dict) or not jobs:
        raise NotOfType("is no workflow: it has no `jobs`")
    read = tuple(_job(str(name), settings) for name, settings in jobs.items())
    return Workflow(read, _concurrency(document, "the workflow"))


def _job(name: str, settings: Any) -> Job:
    where = f"the job `{name}`"
    if not isinstance(settings, dict):
        raise NotOfType(f"is no workflow: {where} is no mapping")
    given = settings.get("with", {})
    if not isinstance(given, dict):
        raise NotOfType(f"is no workflow: `with` of {where} is no mapping")
    return Job(
        name=name,
        calls=_text(settings, "uses", where) or "",
        given=_text(given, "environment", f"`with` of {where}"),
        environment=_named(settings, "environment", "name", where),
        concurrency=_concurrency(settings, where),
    )


def _concurrency(settings: dict[Any, Any], where: str) -> Concurrency | None:
    group = _named(settings, "concurrency", "group", where)
    if group is None:
        return None
    more = settings["concurrency"]
    cancels = _text(more, "cancel-in-progress", where) if isinstance(more, dict) else None
    return Concurrency(group, is_same(cancels or "", "true"))


def _named(settings: dict[Any, Any], key: str, name: str, where: str) -> str | None:
    """A setting that is a text, or a mapping with the text under a name."""
    value = settings.get(key)
    if not isinstance(value, dict):
        return _text(settings, key, where)
    found = _text(value, name, where)
    if found is None:
        raise NotOfType(f"is no workflow: `{key}` of {where} has no `{name}`")
    return found


def _text(settings: dict[Any, Any], key: str, where: str) -> str | None:
    """A text; None where it is absent or empty. Raises NotOfType for anything else."""
    value = settings.get(key)
    if value is not None and not isinstance(value, str):
        raise NotOfType(f"is no workflow: `{key}` of {where} is no text")
    return value or None
