"""Delivers a report where it is read: a job's log, annotations, summary and outputs; a terminal; or one JSON document."""

from typing import TextIO

from deploy_actions.core.redact import Redactor
from deploy_actions.core.verdict import Report
from deploy_actions.render.annotations import annotations
from deploy_actions.render.document import encoded
from deploy_actions.render.log_lines import log_lines
from deploy_actions.render.outputs import outputs
from deploy_actions.render.summary import summary
from deploy_actions.workflow.context import Context
from deploy_actions.workflow.files import append_outputs, append_summary, summary_room
from deploy_actions.workflow.log import Log

REFUSED = 2


def to_log(action: str, report: Report, log: Log) -> None:
    """Plain lines, then the annotations. The report is presentable; the log redacts once more."""
    for line in log_lines(action, report):
        log.text(line)
    for annotation in annotations(action, report):
        log.command(annotation.kind, annotation.message, annotation.properties)


def to_files(action: str, report: Report, where: Context, redactor: Redactor, log: Log) -> int:
    """Writes the summary and the outputs. Returns the exit code: the report's, or 2 if something was not written."""
    exit_code = report.exit_code
    try:
        if where.summary_file:
            text = summary(action, report, summary_room(where.summary_file))
            append_summary(where.summary_file, redactor.redact(text))
        if where.output_file:
            exit_code = _outputs(action, report, where, redactor, log)
    except OSError as error:
        log.command("error", f"The outputs or the summary could not be written: {error.strerror}.", {"title": action})
        return exit_code or REFUSED
    return exit_code


def _outputs(action: str, report: Report, where: Context, redactor: Redactor, log: Log) -> int:
    exit_code = report.exit_code
    written: dict[str, str] = {}
    for name, text in outputs(action, report).items():
        if redactor.secret_in(text):
            problem = f"Output `{name}` was not written: it would hold the value of a secret that is a common word."
            log.command("error", problem, {"title": action})
            exit_code = exit_code or REFUSED
        else:
            written[name] = text
    if where.output_file:
        append_outputs(where.output_file, written)
    return exit_code


def to_json(action: str, report: Report, redactor: Redactor, stream: TextIO) -> int:
    """Prints the document and nothing else; nothing, and exit code 2 if it would be 0, when it would hold a secret."""
    text = encoded(action, report)
    if redactor.secret_in(text):
        return report.exit_code or REFUSED
    stream.write(text + "\n")
    stream.flush()
    return report.exit_code


def to_terminal(action: str, report: Report, redactor: Redactor, stream: TextIO) -> None:
    """Prints for a person."""
    from deploy_actions.render import terminal  # rich costs 50 ms, which a step in a workflow does not pay

    stream.write(redactor.redact(terminal.shown(action, report, coloured=stream.isatty())))
    stream.flush()
