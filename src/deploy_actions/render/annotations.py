"""Shows findings as annotations, at most 10 of a kind; the tenth counts the rest where there are more."""

import msgspec

from deploy_actions.core.verdict import Decision, Finding, Report

LIMIT_PER_KIND = 10
"""GitHub keeps 10 annotations of a kind for a step (REST documentation, "Checks")."""

_NOT_ANNOTATED = (Decision.PASS, Decision.SKIP)


class Annotation(msgspec.Struct, frozen=True):
    """A workflow command: `kind` is `error` or `warning`; `properties` hold title and, where known, file and line."""

    kind: str
    message: str
    properties: dict[str, str]


def annotations(action: str, report: Report) -> tuple[Annotation, ...]:
    """The annotations of a report: one for each finding that warns or blocks."""
    shown: list[Annotation] = []
    for kind in ("error", "warning"):
        of_kind = [
            finding
            for finding in report.findings
            if finding.decision.severity == kind and finding.decision not in _NOT_ANNOTATED
        ]
        kept = of_kind if len(of_kind) <= LIMIT_PER_KIND else of_kind[: LIMIT_PER_KIND - 1]
        shown += [_annotation(action, kind, finding) for finding in kept]
        if len(kept) < len(of_kind):
            rest = f"{len(of_kind) - len(kept)} more of this kind: see the step summary or the output `result`."
            shown.append(Annotation(kind, rest, {"title": action}))
    return tuple(shown)


def _annotation(action: str, kind: str, finding: Finding) -> Annotation:
    properties = {"title": f"{action}: {finding.reason_code}"}
    if finding.location and finding.location.path:
        properties["file"] = finding.location.path
        properties["line"] = str(finding.location.line or "")
    return Annotation(kind, f"{finding.message} {finding.remedy}".strip(), properties)
