"""The environment that a program gets: what is named, and nothing else."""

from collections.abc import Mapping, Sequence


def environment_of(environ: Mapping[str, str], variables: Sequence[str]) -> dict[str, str]:
    """Of an environment, the variables that are named; `LC_*` names a prefix."""
    exact = {name for name in variables if not name.endswith("*")}
    prefixes = tuple(name[:-1] for name in variables if name.endswith("*"))
    return {name: value for name, value in environ.items() if name in exact or (prefixes and name.startswith(prefixes))}
