"""Makes the outputs of a step: the contract's three, and the action's own."""

from typing import Any

import msgspec

from deploy_actions.core.common_reasons import CommonReasons
from deploy_actions.core.json_text import json_text
from deploy_actions.core.redact import Redactor
from deploy_actions.core.verdict import Finding, Report
from deploy_actions.render import document
from deploy_actions.render.presentable import with_shown_tables
from deploy_actions.workflow.files import OUTPUTS_LIMIT_BYTES, size_as_output

_LARGEST_OWN_OUTPUT = OUTPUTS_LIMIT_BYTES // 8
_ROOM_FOR_THE_REST = 4_096


def refuse_unfit(report: Report, redactor: Redactor) -> Report:
    """The report without the own outputs that would hold a secret or be too large; a finding names each.

    Tables are made fit instead: they are for reading, and no decision hangs on a text in them.

    The platform would drop an output that holds a secret with no more than a warning (actions/runner, JobExtension).
    """
    report = msgspec.structs.replace(report, outputs=with_shown_tables(report.outputs, redactor))
    findings: list[Finding] = []
    unfit: dict[str, None] = {}
    for name, value in report.outputs.values().items():
        text = as_text(value)
        holder, size = redactor.secret_in(text), size_as_output(text)
        if holder:
            findings.append(CommonReasons.output_refused(output=name, holder=holder))
        elif size > _LARGEST_OWN_OUTPUT:
            findings.append(CommonReasons.output_too_large(output=name, size=size, limit=_LARGEST_OWN_OUTPUT))
        else:
            continue
        unfit[name.replace("-", "_")] = None
    outputs = msgspec.structs.replace(report.outputs, **unfit)
    return msgspec.structs.replace(report, outputs=outputs).with_findings(*findings)


def outputs(action: str, report: Report) -> dict[str, str]:
    """All outputs as text, `result` shortened to what the platform takes."""
    own = {name: as_text(value) for name, value in report.outputs.values().items()}
    room = OUTPUTS_LIMIT_BYTES - sum(map(size_as_output, own.values())) - _ROOM_FOR_THE_REST
    return {
        "decision": report.decision.value,
        "reason-code": report.reason_code,
        "result": document.encoded(action, report, room),
        **own,
    }


def as_text(value: Any) -> str:
    """The text of an output: empty for None, text as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)
