"""Shows a report to a person: the verdict first, then a line a finding; colour only on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy_actions.core.declare import Record
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.render.summary import MARKS, UNKNOWN, column_titles, headline, title

STYLES = {
    Decision.SKIP: "dim",
    Decision.PASS: "green",
    Decision.WARN: "yellow",
    Decision.CANNOT_VERIFY: "magenta",
    Decision.FAIL: "red",
}
_WIDTH_WHEN_PIPED = 200


def shown(action: str, report: Report, *, coloured: bool) -> str:
    """The report as text, with colours and the terminal's width when `coloured`. `NO_COLOR` is honoured."""
    console = (
        Console(highlight=False)
        if coloured
        else Console(highlight=False, width=_WIDTH_WHEN_PIPED, force_terminal=False, color_system=None)
    )
    style = STYLES[report.decision]
    with console.capture() as capture:
        console.print(Text(f"{MARKS[report.decision]} {action}: {report.decision.value}", style=f"bold {style}"))
        console.print(Text(headline(report)))
        console.print(_findings(report))
        for name, rows in report.outputs.shown_tables().items():
            console.print()
            console.print(_table(name, rows))
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def _findings(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    for finding in report.findings:
        detail = Text(finding.message)
        if finding.remedy:
            detail.append(f"\n→ {finding.remedy}", style="bold")
        mark = Text(MARKS[finding.decision], style=STYLES[finding.decision])
        table.add_row(mark, Text(finding.subject), Text(finding.reason_code), detail)
    return table


def _table(name: str, rows: Sequence[Record]) -> Table:
    table = Table(*column_titles(rows), title=title(name), title_justify="left", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(Text(UNKNOWN if value is None else str(value)) for value in row.values().values()))
    return table
