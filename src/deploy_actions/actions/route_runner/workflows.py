"""Tells whether a runner group that is restricted to workflows is open to a job.

Only jobs that are defined in one of the selected workflows come to its runners: a reusable workflow counts, and not the
one that calls it. Each is named with its repository, and with a branch, a tag or a full SHA behind `@`, as in
`acme/w/.github/workflows/deploy.yml@v1` or `…@refs/tags/v1` (GitHub docs, "Managing access to self-hosted runners
using groups").
"""

import re
from collections.abc import Sequence
from typing import ClassVar

from deploy_actions.core.text_types import Patterned

_SHA = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")


class DefiningWorkflow(Patterned):
    """The workflow that defines a job, as `job.workflow_ref` names it."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"[^/\s@]+/[^/\s@]+/[^\s@]+@[^\s\x00-\x1f\x7f]+")
    expects: ClassVar[str] = "a workflow's ref, as in `acme/w/.github/workflows/deploy.yml@refs/tags/v1`"


def admits(selected: Sequence[str], workflow: DefiningWorkflow | None) -> bool | None:
    """Whether a job of the workflow is let in; None where that cannot be told.

    A commit that is named by its SHA on one side, and by a branch or a tag on the other, may be the same.
    """
    if workflow is None:
        return None if selected else False
    file, ref = _parts(workflow)
    refs = [other for path, other in map(_parts, selected) if path == file]
    if any(_is_same(other, ref) for other in refs):
        return True
    return None if any(_is_sha(other) != _is_sha(ref) for other in refs) else False


def _parts(workflow: str) -> tuple[str, str]:
    """The file, whose owner and repository are folded, and the ref."""
    path, _, ref = workflow.strip().partition("@")
    owner, _, rest = path.partition("/")
    name, _, file = rest.partition("/")
    return f"{owner}/{name}".casefold() + f"/{file}", ref


def _is_same(selected: str, ref: str) -> bool:
    return ref in (selected, f"refs/heads/{selected}", f"refs/tags/{selected}")


def _is_sha(ref: str) -> bool:
    return bool(_SHA.fullmatch(ref))
