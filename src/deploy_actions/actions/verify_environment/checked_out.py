"""Reads the judged workflow from the checkout, with the workflows of the same repository that get its secrets."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from deploy_actions.actions.verify_environment.library_call import is_of_library, local_path
from deploy_actions.actions.verify_environment.observation import Unread
from deploy_actions.actions.verify_environment.workflow_file import Around, Job, Workflow, workflow_of
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import Files
from deploy_actions.core.service_errors import NotFound, ServiceError

_DEEPEST = 10
"""So many levels of calls GitHub allows (docs, "Reuse workflows", limitations)."""

_INPUT = re.compile(r"\$\{\{\s*inputs\.environment\s*\}\}")


def read_workflows(files: Files, paths: Sequence[str]) -> dict[str, Workflow | Unread]:
    """The workflows by their files. One that is not there cannot be the one that runs, if another is.

    That none is there may mean that nothing is checked out.
    """
    found = {path: _with_called(files, path) for path in paths}
    there = {path: one for path, one in found.items() if not isinstance(one, Unread) or not one.is_absent}
    return there or dict(list(found.items())[:1])


def _with_called(files: Files, path: str) -> Workflow | Unread:
    """The workflow in a file, and behind its jobs those of each local workflow that it calls with all secrets."""
    found = _read(files, path)
    if isinstance(found, Unread):
        return found
    inner = list(_called(files, found.jobs, (path,)))
    more = tuple(one for one in inner if isinstance(one, Job))
    unread = tuple(one for one in inner if not isinstance(one, Job))
    return Workflow((*found.jobs, *more), unread)


def _read(files: Files, path: str) -> Workflow | Unread:
    try:
        return workflow_of(files.read(path).decode())
    except ServiceError as error:
        cause = f"{error.service}: {error}; the repository must be checked out before this step"
        return Unread(cause, is_fault=True, is_absent=isinstance(error, NotFound))
    except UnicodeDecodeError:
        return Unread(f"the file {path} is not UTF-8 text", "Write it so that it can be read.")
    except NotOfType as error:
        return Unread(f"the file {path} {error}", "Write it so that it can be read.")


def _called(files: Files, jobs: tuple[Job, ...], chain: tuple[str, ...]) -> Iterator[Job | tuple[str, str]]:
    """The jobs of what these jobs call, or the job that calls what cannot be read, and why."""
    for caller in jobs:
        path = local_path(caller.calls)
        if path is None or not caller.inherits or is_of_library(caller.calls):
            continue
        is_allowed = path not in chain and len(chain) <= _DEEPEST
        found = _read(files, path) if is_allowed else Unread(f"{path} calls itself, or through too many others")
        if isinstance(found, Unread):
            yield caller.name, found.cause
            continue
        inside = tuple(_within(caller, one, path) for one in found.jobs)
        yield from inside
        yield from _called(files, inside, (*chain, path))


def _within(caller: Job, one: Job, path: str) -> Job:
    """A job of a called workflow: around it is also all that is around its caller."""
    around = [*caller.around, *one.around]
    if caller.concurrency:
        around.append(Around(f"The job `{caller.name}`, which calls it,", caller.concurrency))
    return msgspec.structs.replace(
        one,
        name=f"{caller.name} / {one.name}",
        given=_handed(caller, one.given),
        environment=_handed(caller, one.environment),
        around=tuple(around),
        path=path,
    )


def _handed(caller: Job, written: str | None) -> str | None:
    """A name as it stands there, or as the caller hands it over."""
    is_input = written is not None and _INPUT.fullmatch(written.strip())
    return caller.given if is_input and caller.given is not None else written
