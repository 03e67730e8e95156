"""Shows a report as the step summary: the verdict in the first line, then a table read in ten seconds."""

import re
from collections.abc import Sequence

from deploy_actions.core.declare import Record
from deploy_actions.core.verdict import Decision, Finding, Report

MARKS = {
    Decision.SKIP: "–",
    Decision.PASS: "✓",
    Decision.WARN: "!",
    Decision.CANNOT_VERIFY: "?",
    Decision.FAIL: "✗",
}
UNKNOWN = "–"
_ADDRESS = re.compile(r"https://[A-Za-z0-9.:/_~%-]{1,500}")
_CODE_SPAN = re.compile(r"(`[^`]+`)")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|~@:$^=])")


def summary(action: str, report: Report, room: int) -> str:
    """GitHub-flavoured Markdown of at most `room` bytes; rows that do not fit are counted. Empty if nothing fits."""
    text = f"### {MARKS[report.decision]} {action}: {report.decision.value}\n\n{headline(report)}\n\n"
    findings = "| | About | Finding | What to do |\n|---|---|---|---|\n"
    shown = _table(findings, [_row(finding) for finding in report.findings], room - _size(text), "findings")
    if not shown:
        return ""
    text += shown
    for name, rows in report.outputs.shown_tables().items():
        head = f"\n#### {title(name)}\n\n{_cells(column_titles(rows))}{_cells(['---'] * len(rows[0].fields()))}"
        text += _table(head, [_cells(_linked(row)) for row in rows], room - _size(text), "rows")
    return f"{text}\n" if _size(text) < room else ""


def _table(head: str, rows: Sequence[str], room: int, what: str) -> str:
    """Head and as many rows as fit, and how many do not; nothing if not even that note fits."""
    left = room - _size(head) - _size(_cut_note(len(rows), what)) - 1
    shown = 0
    for row in rows:
        left -= _size(row)
        if left < 0:
            break
        shown += 1
    note = _cut_note(len(rows) - shown, what) if shown < len(rows) else ""
    text = (head if shown else "") + "".join(rows[:shown]) + note
    return text if _size(text) < room else ""


def headline(report: Report) -> str:
    """One sentence: how many findings block, warn and pass, and the gravest reason."""
    counted = dict.fromkeys(reversed(Decision), 0)
    for finding in report.findings:
        counted[finding.decision] += 1
    words = ", ".join(f"{count} {decision.value}" for decision, count in counted.items() if count)
    gravest = "" if report.decision in (Decision.PASS, Decision.SKIP) else f" The gravest: `{report.reason_code}`."
    return f"Findings: {words or 'none'}.{gravest}"


def title(name: str) -> str:
    """The name of an output or of a column, for people."""
    return name.replace("-", " ").capitalize()


def column_titles(rows: Sequence[Record]) -> list[str]:
    """The names of a table's columns, for people."""
    return [title(field.name) for field in rows[0].fields()]


def _row(finding: Finding) -> str:
    about = f"`{finding.subject}`" if _is_code(finding.subject) else markdown(finding.subject)
    code = f"`{finding.reason_code}`"
    return (
        f"| {MARKS[finding.decision]} | {about} | {code}: {markdown(finding.message)} | {markdown(finding.remedy)} |\n"
    )


def _cells(cells: "Sequence[str] | map[str]") -> str:
    return f"| {' | '.join(cells)} |\n"


def _linked(row: Record) -> list[str]:
    """The cells of a row, the first a link to its `url`, if it has one that can be nothing but an address."""
    values = row.values()
    cells = [_shown(value) for value in values.values()]
    url = str(values.get("url") or "")
    return [f"[{cells[0]}]({url})", *cells[1:]] if _ADDRESS.fullmatch(url) else cells


def _shown(value: object) -> str:
    return UNKNOWN if value is None else markdown(str(value))


def _is_code(text: str) -> bool:
    return bool(re.fullmatch(r"[\w./:-]+", text))


def markdown(text: str) -> str:
    """Text for a table cell: no mark-up, link, mention, HTML or cell border; `code` in backquotes stays code."""
    return "".join(
        part.replace("|", "\\|") if _CODE_SPAN.fullmatch(part) else _plain(part) for part in _CODE_SPAN.split(text)
    )


def _plain(text: str) -> str:
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", entities).replace("\\@", "&#64;").replace("\\://", "&#58;//")


def _cut_note(count: int, what: str) -> str:
    return f"\n{count} more {what} are not shown here; the output `result` may hold them.\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
