"""Shows a report as the step summary: the verdict in the first line, then a table read in ten seconds."""

import re

from deploy_actions.core.verdict import Decision, Finding, Report

MARKS = {
    Decision.SKIP: "–",
    Decision.PASS: "✓",
    Decision.WARN: "!",
    Decision.CANNOT_VERIFY: "?",
    Decision.FAIL: "✗",
}
_CODE_SPAN = re.compile(r"(`[^`]+`)")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|~@:$^=])")


def summary(action: str, report: Report, room: int) -> str:
    """GitHub-flavoured Markdown of at most `room` bytes; rows that do not fit are counted. Empty if nothing fits."""
    head = f"### {MARKS[report.decision]} {action}: {report.decision.value}\n\n{headline(report)}\n\n"
    table = "| | About | Finding | What to do |\n|---|---|---|---|\n"
    rows = [_row(finding) for finding in report.findings]
    left = room - _size(head) - _size(table) - _size(_cut_note(len(rows)))
    shown = 0
    for row in rows:
        left -= _size(row)
        if left < 0:
            break
        shown += 1
    note = _cut_note(len(rows) - shown) if shown < len(rows) else ""
    text = head + (table if shown else "") + "".join(rows[:shown]) + note + "\n"
    return text if _size(text) <= room else ""


def headline(report: Report) -> str:
    """One sentence: how many findings block, warn and pass, and the gravest reason."""
    counted = dict.fromkeys(reversed(Decision), 0)
    for finding in report.findings:
        counted[finding.decision] += 1
    words = ", ".join(f"{count} {decision.value}" for decision, count in counted.items() if count)
    gravest = "" if report.decision in (Decision.PASS, Decision.SKIP) else f" The gravest: `{report.reason_code}`."
    return f"Findings: {words or 'none'}.{gravest}"


def _row(finding: Finding) -> str:
    about = f"`{finding.subject}`" if _is_code(finding.subject) else markdown(finding.subject)
    code = f"`{finding.reason_code}`"
    return (
        f"| {MARKS[finding.decision]} | {about} | {code}: {markdown(finding.message)} | {markdown(finding.remedy)} |\n"
    )


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


def _cut_note(count: int) -> str:
    return f"\n{count} more findings are not shown here; the output `result` may hold them.\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
