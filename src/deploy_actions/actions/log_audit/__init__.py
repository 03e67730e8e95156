"""Stops on a secret in a log: known ones are searched for in every form that a log can hold, unknown ones by rules.

Give it the secrets that the job used, by name, and the logs. It says which secret leaked, where and in which form;
never the value. A log that cannot be read whole, and a secret that is not there to be searched for, never pass.
"""

from collections.abc import Iterator

from deploy_actions.actions.log_audit.grouped import Group, Groups
from deploy_actions.actions.log_audit.inputs import LogAuditInputs, LogAuditOutputs
from deploy_actions.actions.log_audit.sources import Sources, is_own
from deploy_actions.actions.log_audit.targets import targets
from deploy_actions.core.action import Action
from deploy_actions.core.leak_search import OverMasked, Plan, Searcher, Unsearchable
from deploy_actions.core.log_ports import Downloads, LeakScanning, LogFiles
from deploy_actions.core.logs import Log
from deploy_actions.core.ports import Clock, Http, Secrets
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Decision, Finding, Location, Reason, Report

_MEGABYTE = 1_000_000


class Reasons:
    """The vocabulary of log-audit."""

    clean = Reason(
        "no-leak",
        Decision.PASS,
        "No secret was found in {logs} ({megabytes} MB, {lines}) by {values} and the library's rules.",
    )
    leaked = Reason(
        "leak-found",
        Decision.FAIL,
        "{secret} is in {where}, {form}{times}.",
        remedy="Rotate {secret} now, then find the step that prints it. Whoever could read the log has it.",
    )
    unknown_leaked = Reason(
        "unknown-secret-found",
        Decision.FAIL,
        "What looks like a secret ({what}) is in {where}, {form}{times}{hint}. Fingerprint {fingerprint}.",
        remedy="Revoke it at its issuer, then find the step that prints it. Whoever could read the log has it.",
    )
    more_leaks = Reason(
        "more-leaks",
        Decision.FAIL,
        "{count} further leaks are not listed one by one.",
        remedy="Mend those that are listed, then audit again.",
    )
    unreadable = Reason(
        "log-unreadable",
        Decision.CANNOT_VERIFY,
        "The log of {where} could not be read whole, so it may hold anything: {error}.",
        remedy="See to it that the log can be read, then audit again.",
    )
    unfinished = Reason(
        "job-unfinished",
        Decision.CANNOT_VERIFY,
        "The job {job} is not over, and GitHub gives its log only then.",
        remedy="Run the audit in a job that `needs:` it; if it is the audit's own job, name it in `own-job`.",
    )
    no_log = Reason(
        "no-log",
        Decision.CANNOT_VERIFY,
        "There is no log in {where}.",
        remedy="Name files or folders that hold logs, or a run of which some job has ended.",
    )
    not_handed_over = Reason(
        "secret-not-handed-over",
        Decision.CANNOT_VERIFY,
        "{secret} is unset or empty here, so that nobody can tell whether it is in the log.",
        remedy="Hand it to this step by `env:`, under its name, or take it off `secrets`.",
    )
    not_searched = Reason(
        "value-not-searched",
        Decision.WARN,
        "{secret} is not searched for: {why}, so that it would be found everywhere.",
        remedy="Replace it by a long random value.",
    )
    no_known_values = Reason(
        "no-known-values",
        Decision.WARN,
        "No secret was named, so only what the library's rules know was searched for.",
        remedy="Name the secrets of the job in `secrets`, and hand them over by `env:`.",
    )
    over_masked = Reason(
        "over-masked",
        Decision.WARN,
        "A mask cut words in the log, as `{before}***{after}`: some secret is a piece of ordinary words.",
        remedy="Find the secret that is so short or common, as `{before}…{after}` tells, and make it long and random.",
    )


def run(  # noqa: PLR0913  # every outside world that the audit may touch, which is what a reviewer wants to see
    inputs: LogAuditInputs,
    http: Http,
    downloads: Downloads,
    clock: Clock,
    log_files: LogFiles,
    leak_scanning: LeakScanning,
    secrets: Secrets,
) -> Report:
    """Searches every log to its end, then says what was found; what could not be searched is told beside it."""
    sources = Sources(http, downloads, clock, log_files)
    sources.refuse_what_does_not_fit(inputs)
    known, absent = targets(inputs.secrets, secrets)
    searcher = leak_scanning.searcher(Plan(known))
    groups = Groups()
    unread = list(_unread(inputs, sources, searcher, groups))
    return Report(
        findings=(
            *(_not_searched(one) for one in searcher.unsearchable),
            *(Reasons.not_handed_over(secret=name) for name in absent),
            *(() if inputs.secrets else (Reasons.no_known_values(),)),
            *unread,
            *_leaks(groups, secrets),
            *(
                Reasons.over_masked(before=before, after=after, location=place)
                for (before, after), place in groups.over_masked.items()
            ),
            *(() if groups.leaks or unread or not groups.logs else (_clean(groups, len(known)),)),
        ),
        outputs=LogAuditOutputs(leaks=groups.leaks, rotate=groups.secrets),
    )


def _unread(inputs: LogAuditInputs, sources: Sources, searcher: Searcher, groups: Groups) -> Iterator[Finding]:
    """Searches each log; the findings for those that could not be read, and where there is none."""
    if inputs.run_id is not None:
        yield from _unread_of_run(inputs, sources, searcher, groups)
        if not groups.logs:
            yield Reasons.no_log(where=f"run {inputs.run_id}")
    of_run = groups.logs
    try:
        for log in sources.of_files(inputs):
            yield from _searched(log, searcher, groups)
    except ServiceError as error:
        yield Reasons.unreadable(where=error.service, error=str(error))
    if inputs.paths and groups.logs == of_run:
        yield Reasons.no_log(where="what `paths` names")


def _unread_of_run(inputs: LogAuditInputs, sources: Sources, searcher: Searcher, groups: Groups) -> Iterator[Finding]:
    """The same for the jobs of a run; those that are not over have no log yet."""
    try:
        found = sources.of_run(inputs)
    except ServiceError as error:
        yield Reasons.unreadable(where=f"run {inputs.run_id}", error=str(error))
        return
    for job in found.unfinished:
        if not is_own(job, inputs.own_job):
            yield Reasons.unfinished(job=job.name, location=Location(job=job.name))
    for log in found.logs:
        yield from _searched(log, searcher, groups)


def _searched(log: Log, searcher: Searcher, groups: Groups) -> Iterator[Finding]:
    groups.begin(log.place)
    try:
        for found in searcher.search(groups.counted(log.chunks())):
            if isinstance(found, OverMasked):
                groups.add_over_masked(found)
            else:
                groups.add(found)
    except ServiceError as error:
        yield Reasons.unreadable(where=log.place, error=str(error), location=log.place)


def _not_searched(one: Unsearchable) -> Finding:
    why = "it is too short" if one.cause == "value-too-short" else "it is a common text"
    return Reasons.not_searched(secret=one.name, why=why)


def _leaks(groups: Groups, secrets: Secrets) -> Iterator[Finding]:
    for group in groups.kept:
        yield _leak(group, secrets)
    if groups.uncounted:
        yield Reasons.more_leaks(count=groups.uncounted)


def _leak(group: Group, secrets: Secrets) -> Finding:
    leak, where = group.leak, group.location
    facts = {"where": str(where), "form": group.shown_form, "times": group.times}
    if leak.secret:
        return Reasons.leaked(secret=leak.secret, location=where, rule=None, **facts)
    facts |= {"what": group.rule_in_words, "hint": group.hint, "fingerprint": secrets.fingerprint(leak.value)}
    return Reasons.unknown_leaked(secret=None, location=where, rule=leak.rule, **facts)


def _clean(groups: Groups, known: int) -> Finding:
    return Reasons.clean(
        logs=_counted(groups.logs, "log"),
        megabytes=round(groups.bytes / _MEGABYTE, 1),
        lines=_counted(groups.lines, "line"),
        values=_counted(known, "known value"),
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


ACTION = Action(
    run=run,
    inputs=LogAuditInputs,
    outputs=LogAuditOutputs,
    reasons=Reasons,
    permissions={"actions": "the logs of the run's jobs, with `run-id`"},
)
