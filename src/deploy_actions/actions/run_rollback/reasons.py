"""What run-rollback may say."""

from deploy_actions.core.verdict import Decision, Reason
from deploy_actions.guard.starting import CommandReasons

_BY_HAND = "Production is as the failed deploy left it. Fix forward: deploy a version that mends it."


class Reasons:
    """The vocabulary of run-rollback."""

    rolled_back = Reason(
        "rolled-back",
        Decision.PASS,
        "The rollback command ended with exit code 0 after {duration}; it was to restore {version}.",
    )
    failed = Reason(
        "rollback-failed",
        Decision.FAIL,
        "The rollback command ended with exit code {status} after {duration}. Production may be half changed twice.",
        remedy="Look at production now. Read the command's output above, and restore {version} by hand or fix forward.",
    )
    killed = Reason(
        "rollback-killed",
        Decision.FAIL,
        "The rollback command was ended by {signal} after {duration}. Production may be half changed twice.",
        remedy="Look at production now, and restore {version} by hand or fix forward.",
    )
    interrupted = Reason(
        "rollback-interrupted",
        Decision.FAIL,
        "The step was told to stop ({signal}), and the rollback command with it, after {duration}. Production may be"
        " half changed twice.",
        remedy="Look at production now, and restore {version} by hand or fix forward.",
    )
    timed_out = Reason(
        "rollback-timed-out",
        Decision.FAIL,
        "The rollback command was stopped after {duration}: longer than `timeout` allows. Production may be half"
        " changed twice.",
        remedy="Look at production now, and restore {version} by hand or fix forward.",
    )
    no_healthy_version = Reason(
        "no-healthy-version",
        Decision.FAIL,
        "No version is known to have been healthy before, so there is nothing to go back to.",
        remedy=_BY_HAND,
    )
    path_forbids = Reason(
        "migration-forbids-rollback",
        Decision.FAIL,
        "{count} changed since {version} forbids a rollback: {paths}.",
        remedy=_BY_HAND,
    )
    file_forbids = Reason(
        "marker-forbids-rollback",
        Decision.FAIL,
        "The file `{file}` is there, which forbids a rollback.",
        remedy=_BY_HAND,
    )
    changes_unknown = Reason(
        "changes-unknown",
        Decision.CANNOT_VERIFY,
        "Whether a change forbids a rollback is not known: {cause}.",
        remedy=_BY_HAND,
    )
    secret_missing = CommandReasons.secret_missing
    program_missing = CommandReasons.program_missing
    program_refused = CommandReasons.program_refused
