"""Delivers a report where it is read: a job's log, annotations, summary, outputs; a terminal; one JSON document."""

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

NOT_DELIVERED = 2
"""Exit code of a report that would pass but could not be delivered whole."""


class Surfaces:
    """Where one action's report goes. Reports are presentable already; each surface redacts or refuses once more."""

    def __init__(self, action: str, where: Context, redactor: Redactor, log: Log) -> None:
        self._action = action
        self._where = where
        self._redactor = redactor
        self._log = log

    def to_log(self, report: Report) -> None:
        """Plain lines, then the annotations."""
        for line in log_lines(self._action, report):
            self._log.text(line)
        for annotation in annotations(self._action, report):
            self._log.command(annotation.kind, annotation.message, annotation.properties)

    def to_files(self, report: Report) -> int:
        """Writes summary and outputs, where there is a runner. Returns the exit code."""
        try:
            if self._where.summary_file:
                text = summary(self._action, report, summary_room(self._where.summary_file))
                append_summary(self._where.summary_file, self._redactor.redact(text))
            if self._where.output_file:
                values = outputs(self._action, report)
                writable = self._writable(values)
                append_outputs(self._where.output_file, writable)
                return report.exit_code or (0 if writable == values else NOT_DELIVERED)
        except OSError as error:
            self._complain(f"The outputs or the summary could not be written: {error.strerror}.")
            return report.exit_code or NOT_DELIVERED
        return report.exit_code

    def to_json(self, report: Report, stream: TextIO) -> int:
        """Prints the document and nothing else; prints nothing when it would hold a secret. Returns the exit code."""
        text = encoded(self._action, report)
        if self._redactor.secret_in(text):
            self._complain("The document was not printed: it would hold a secret, which must be a common word.")
            return report.exit_code or NOT_DELIVERED
        stream.write(text + "\n")
        stream.flush()
        return report.exit_code

    def to_terminal(self, report: Report, stream: TextIO) -> None:
        """Prints for a person."""
        from deploy_actions.render import terminal  # rich costs 50 ms, which a step in a workflow does not pay

        stream.write(self._redactor.redact(terminal.shown(self._action, report, coloured=stream.isatty())))
        stream.flush()

    def _writable(self, values: dict[str, str]) -> dict[str, str]:
        refused = [name for name, text in values.items() if self._redactor.secret_in(text)]
        for name in refused:
            self._complain(f"Output `{name}` was not written: it would hold a secret, which must be a common word.")
        return {name: text for name, text in values.items() if name not in refused}

    def _complain(self, problem: str) -> None:
        self._log.problem(problem, self._action)
