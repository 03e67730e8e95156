"""Makes the `result` document, version 1: what machines read. Its JSON Schema is published with each action."""

from bisect import bisect_left
from typing import Any

import msgspec

from deploy_actions.core.json_text import json_text
from deploy_actions.core.verdict import Finding, Report
from deploy_actions.workflow.files import size_as_output

SCHEMA_VERSION = 1


def document(action: str, report: Report, findings_omitted: int = 0) -> dict[str, Any]:
    """The document, ready for JSON. Unknown is null. The gravest findings are the last to be omitted."""
    kept = report.findings[: len(report.findings) - findings_omitted]
    return {
        "schema_version": SCHEMA_VERSION,
        "action": action,
        "decision": report.decision.value,
        "reason_code": report.reason_code,
        "findings": [_finding(finding) for finding in kept],
        "findings_omitted": findings_omitted,
        "outputs": report.outputs.values(),
    }


def encoded(action: str, report: Report, room: int | None = None) -> str:
    """The document as one line of JSON; with `room`, in bytes of UTF-16, findings are omitted until it fits."""
    findings = len(report.findings)
    omitted = (
        0 if room is None else bisect_left(range(findings), True, key=lambda count: _fits(action, report, count, room))
    )
    return _json(document(action, report, omitted))


def _fits(action: str, report: Report, omitted: int, room: int) -> bool:
    return size_as_output(_json(document(action, report, omitted))) <= room


def _json(value: dict[str, Any]) -> str:
    return json_text(value).replace("##[", "##\\u005b")  # the runner takes `##[` for a command anywhere in a line


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.decision.severity,
        "decision": finding.decision.value,
        "reason_code": finding.reason_code,
        "message": finding.message,
        "remedy": finding.remedy or None,
        "location": msgspec.to_builtins(finding.location),
        "secret": finding.secret,
        "rule": finding.rule,
    }
