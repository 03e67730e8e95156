"""Writes Markdown tables, and the table of actions in the project's README."""

import re
from collections.abc import Iterable, Sequence

from deploy_actions.generate.description import summary_of
from deploy_actions.runner import action_names, load_action

_BETWEEN = re.compile(r"(<!-- actions: written by `make docs` -->\n).*?(<!-- end of actions -->)", re.DOTALL)

_EXAMPLE = re.compile(r"(<!-- examples/caller\.yml -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a `|` in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def with_example(page: str, example: str) -> str:
    """The page with the example caller between its two markers, to the letter."""
    return _EXAMPLE.sub(lambda found: f"{found[1]}```yaml\n{example}```\n{found[2]}", page)


def with_table_of_actions(page: str) -> str:
    """The page with a fresh table between its two markers."""
    rows = [(f"[`{name}`](actions/{name}/README.md)", summary_of(load_action(name))) for name in action_names()]
    return _BETWEEN.sub(lambda found: found[1] + table(("Action", "What it does"), rows) + found[2], page)
