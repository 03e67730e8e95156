"""Shows a report as plain lines of the job's log."""

from deploy_actions.core.verdict import Report
from deploy_actions.render.summary import MARKS, headline


def log_lines(action: str, report: Report) -> tuple[str, ...]:
    """The verdict, then one line for each finding and one for what to do about it."""
    lines = [f"{action}: {report.decision.value} ({report.reason_code}). {headline(report)}"]
    for finding in report.findings:
        about = "" if finding.message.startswith(finding.subject) else f"{finding.subject}: "
        lines.append(f"  {MARKS[finding.decision]} {about}{finding.message} [{finding.reason_code}]")
        if finding.remedy:
            lines.append(f"      what to do: {finding.remedy}")
    return tuple(lines)
