"""Makes a report fit to be shown: secrets hidden, control characters visible, the gravest finding first."""

import unicodedata
from typing import Any

import msgspec

from deploy_actions.core.declare import Outputs, Record
from deploy_actions.core.redact import Redactor
from deploy_actions.core.verdict import Finding, Location, Report

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_TEXT = 2_000
"""Characters of a message or remedy; GitHub itself cuts an annotation at 4,096 (actions/runner, ExecutionContext)."""


def presentable(report: Report, redactor: Redactor) -> Report:
    """The report as every surface may show it. Outputs are left as they are: they are refused, not rewritten."""
    shown = (_finding(finding, redactor) for finding in report.findings)
    gravest_first = sorted(shown, key=lambda finding: -finding.decision.gravity)
    return msgspec.structs.replace(report, findings=tuple(gravest_first))


def with_shown_tables(outputs: Outputs, redactor: Redactor) -> Outputs:
    """The outputs with every text in their tables made fit to be shown; a decision never hangs on one of these."""
    tables = {
        name.replace("-", "_"): tuple(_record(row, redactor) for row in rows) for name, rows in outputs.tables().items()
    }
    return msgspec.structs.replace(outputs, **tables)


def _record(row: Record, redactor: Redactor) -> Record:
    texts: dict[str, Any] = {
        name: str(visible(redactor.redact(value)))
        for name in row.__struct_fields__
        if isinstance(value := getattr(row, name), str)
    }
    return msgspec.structs.replace(row, **texts)


def _finding(finding: Finding, redactor: Redactor) -> Finding:
    def show(text: str | None) -> str | None:
        return None if text is None else visible(redactor.redact(text))

    location = finding.location
    return msgspec.structs.replace(
        finding,
        message=show(finding.message),
        remedy=show(finding.remedy),
        secret=show(finding.secret),
        rule=show(finding.rule),
        location=location
        and Location(job=show(location.job), step=show(location.step), path=show(location.path), line=location.line),
    )


def visible(text: str) -> str:
    """One line in which nothing hides: line ends become spaces, other control and format characters escapes."""
    cut = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
    one_line = " ".join(cut.split()) if not cut.isprintable() else cut
    return one_line if one_line.isprintable() else "".join(map(_escaped, one_line))


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE_CATEGORIES:
        return character
    return f"\\u{ord(character):04x}"
