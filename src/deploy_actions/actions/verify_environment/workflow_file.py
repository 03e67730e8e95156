"""Reads of a workflow's file what guards a deploy: which jobs call, name an environment, and wait in which group."""

import re
from typing import Any

import msgspec

from deploy_actions.core.input_types import NotOfType

_EXPRESSION = re.compile(r"\$\{\{.*\}\}", re.DOTALL)
"""To the last end: the text between two expressions, and a `}}` within one, may not be taken for literal."""

_OF_ONE_RUN = re.compile(r"\$\{\{\s*github\.run_id\s*\}\}")
_EVERY_ARRIVAL = "max"


class Concurrency(msgspec.Struct, frozen=True):
    """A concurrency group as it is written; `cancels` is None where an expression decides it.

    `keeps_all`: nobody who waits is replaced by one who comes later, which is so with `queue: max` alone (GitHub
    changelog of 2026-05-07, "concurrency groups now allow larger queues"), or where one run has the group for itself.
    """

    group: str
    cancels: bool | None = False
    keeps_all: bool = True


class Around(msgspec.Struct, frozen=True):
    """A group that a job is in besides its own: that of what is around it. `place` begins a sentence."""

    place: str
    concurrency: Concurrency


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job. `calls` is the reusable workflow that it calls, and `given` the environment that it hands to that.

    `inherits`: it hands over all secrets. `path` is the file that it stands in, where that is not the judged one.
    """

    name: str
    calls: str = ""
    given: str | None = None
    inherits: bool = False
    environment: str | None = None
    concurrency: Concurrency | None = None
    around: tuple[Around, ...] = ()
    path: str | None = None


class Workflow(msgspec.Struct, frozen=True):
    """A workflow's jobs. `unread` are pairs of a job that calls what could not be read, and why."""

    jobs: tuple[Job, ...]
    unread: tuple[tuple[str, str], ...] = ()


def is_same(written: str, wanted: str) -> bool | None:
    """Whether a text of a workflow is this one, where case does not count; None where an expression decides it."""
    if not _EXPRESSION.search(written):
        return written.strip().casefold() == wanted.casefold()
    literal = map(re.escape, _EXPRESSION.split(written.strip()))
    return None if re.fullmatch(".*".join(literal), wanted, re.IGNORECASE | re.DOTALL) else False


def workflow_of(text: str) -> Workflow:
    """The workflow. Raises NotOfType that says what is wrong with it."""
    from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

    document = load(text, aliases=True)  # which GitHub reads since 2025-09-18 (changelog, "YAML anchors")
    jobs = document.get("jobs") if isinstance(document, dict) else None
    if not isinstance(jobs, dict) or not jobs:
        raise NotOfType("is no workflow: it has no `jobs`")
    whole = _concurrency(document, "the workflow")
    around = (Around("The workflow", whole),) if whole else ()
    return Workflow(tuple(_job(str(name), settings, around) for name, settings in jobs.items()))


def _job(name: str, settings: Any, around: tuple[Around, ...]) -> Job:
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
        inherits=settings.get("secrets") == "inherit",
        environment=_named(settings, "environment", "name", where),
        concurrency=_concurrency(settings, where),
        around=around,
    )


def _concurrency(settings: dict[Any, Any], where: str) -> Concurrency | None:
    group = _named(settings, "concurrency", "group", where)
    if not group:
        return None
    more = settings["concurrency"]
    more = more if isinstance(more, dict) else {}
    cancels, queue = (_text(more, key, where) or "" for key in ("cancel-in-progress", "queue"))
    keeps_all = is_same(queue, _EVERY_ARRIVAL) is True or _OF_ONE_RUN.search(group) is not None
    return Concurrency(group, is_same(cancels, "true"), keeps_all)


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
    """A text; None where it is absent. Raises NotOfType for anything else."""
    value = settings.get(key)
    if value is not None and not isinstance(value, str):
        raise NotOfType(f"is no workflow: `{key}` of {where} is no text")
    return value
