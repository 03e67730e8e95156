"""Reads from the environment where this process runs: in a step of a workflow or in a person's shell."""

from collections.abc import Mapping

import msgspec


class Context(msgspec.Struct, frozen=True):
    """`in_workflow` tells whether a runner reads what is printed; the files are None where there is no runner."""

    in_workflow: bool
    output_file: str | None
    summary_file: str | None


def context(environ: Mapping[str, str]) -> Context:
    """The context, from the variables that the runner sets (GitHub docs, "Variables reference")."""
    in_workflow = environ.get("GITHUB_ACTIONS") == "true"
    return Context(
        in_workflow=in_workflow,
        output_file=_file(environ, "GITHUB_OUTPUT") if in_workflow else None,
        summary_file=_file(environ, "GITHUB_STEP_SUMMARY") if in_workflow else None,
    )


def _file(environ: Mapping[str, str], name: str) -> str | None:
    return environ.get(name) or None
