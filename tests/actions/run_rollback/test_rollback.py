from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.fakes import FakeClock, FakeFiles, FakeProcesses, FakeSecrets

from deploy_actions.actions.run_rollback import run
from deploy_actions.actions.run_rollback.inputs import PathPatterns, RunRollbackInputs, RunRollbackOutputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.program import ProcessEnd
from deploy_actions.core.service_errors import Malformed, Refused, Unreachable
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.rehearsal.emulators.github import Commit, GitHub, GitHubEmulator, Repository, Token
from deploy_actions.services.http import HttpServers

BEFORE, FAILED = "a" * 40, "b" * 40
NO_FILE = FakeFiles(absent=("no-rollback",))


def rollback(
    processes: FakeProcesses,
    *,
    changed: Sequence[str] = (),
    files: FakeFiles = NO_FILE,
    values: Mapping[str, str] | None = None,
    **texts: Any,
) -> Report:
    commits = [Commit(BEFORE, "before"), Commit(FAILED, "failed", files=list(changed))]
    token = Token("installation", {"contents": "read"})
    state = GitHub(tokens={"job": token}, repositories={"acme/orders": Repository(commits=commits)})
    with GitHubEmulator(state) as github:
        given = {
            **{"command": "restore", "sha": FAILED, "to-version": BEFORE},
            **{"repository": "acme/orders", "api-url": github.url, "github-token": "job"},
            **{name.replace("_", "-"): text for name, text in texts.items()},
        }
        inputs = RunRollbackInputs.from_texts(given)
        return run(inputs, FakeSecrets(values), processes, files, HttpServers(), FakeClock())


def test_the_command_is_told_what_to_restore_and_gets_the_named_secrets() -> None:
    processes = FakeProcesses()
    report = rollback(processes, values={"TOKEN": "canary", "OTHER": "x"}, secrets="TOKEN")
    [program] = processes.programs
    assert program.settings == {"LAST_HEALTHY_VERSION": BEFORE, "FAILED_VERSION": FAILED}
    assert {name: value.reveal() for name, value in program.secrets.items()} == {"TOKEN": "canary"}
    assert (report.decision, report.reason_code) == (Decision.PASS, "rolled-back")
    assert isinstance(report.outputs, RunRollbackOutputs)
    assert report.outputs.restored_version == BEFORE


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (ProcessEnd(0, None, 1), "rolled-back"),
        (ProcessEnd(7, None, 1), "rollback-failed"),
        (ProcessEnd(137, "SIGKILL", 1), "rollback-killed"),
        (ProcessEnd(0, None, 1, "SIGINT"), "rollback-interrupted"),
        (ProcessEnd(143, "SIGTERM", 1, "timeout"), "rollback-timed-out"),
    ],
)
def test_how_the_command_ended_decides_and_only_a_good_end_restores(end: ProcessEnd, code: str) -> None:
    report = rollback(FakeProcesses(end))
    assert report.reason_code == code
    assert isinstance(report.outputs, RunRollbackOutputs)
    assert report.outputs.restored_version == (BEFORE if code == "rolled-back" else None)
    assert BEFORE in report.findings[0].message + report.findings[0].remedy


MIGRATIONS = "db/migrations/\n# comments are passed over\n*.sql\n!docs/*.sql\n"


@pytest.mark.parametrize(
    ("changed", "forbids"),
    [
        ([], False),
        (["service.py", "docs/schema.sql"], False),
        (["db/migrations/0042.py"], True),
        (["service.py", "a/b/c.sql"], True),
    ],
)
def test_a_migration_among_the_changed_paths_forbids_it(changed: list[str], *, forbids: bool) -> None:
    processes = FakeProcesses()
    report = rollback(processes, changed=changed, no_rollback_if=MIGRATIONS)
    assert report.reason_code == ("migration-forbids-rollback" if forbids else "rolled-back")
    assert bool(processes.programs) is not forbids


def test_of_many_forbidding_paths_some_are_named_and_the_rest_counted() -> None:
    report = rollback(FakeProcesses(), changed=[f"db/migrations/{n}.py" for n in range(9)], no_rollback_if=MIGRATIONS)
    assert "9 paths" in report.findings[0].message
    assert "and 4 more" in report.findings[0].message


@pytest.mark.parametrize(
    "texts",
    [
        {"to_version": "v1.2.3"},  # which GitHub does not know
        {"github_token": ""},
        {"repository": ""},
    ],
)
def test_changes_that_cannot_be_seen_forbid_it(texts: dict[str, Any]) -> None:
    processes = FakeProcesses()
    report = rollback(processes, no_rollback_if=MIGRATIONS, **texts)
    assert (report.decision, report.reason_code, processes.programs) == (
        Decision.CANNOT_VERIFY,
        "changes-unknown",
        [],
    )


def test_a_version_that_is_no_ancestor_forbids_it() -> None:
    processes = FakeProcesses()
    report = rollback(processes, no_rollback_if=MIGRATIONS, to_version=FAILED, sha=BEFORE)
    assert (report.reason_code, processes.programs) == ("changes-unknown", [])


def test_more_changed_files_than_github_lists_forbid_it() -> None:
    processes = FakeProcesses()
    report = rollback(processes, changed=[f"file-{n:03}" for n in range(301)], no_rollback_if=MIGRATIONS)
    assert (report.reason_code, processes.programs) == ("changes-unknown", [])


def test_a_github_that_is_down_forbids_it() -> None:
    processes = FakeProcesses()
    with pytest.raises(Unreachable):
        rollback(processes, no_rollback_if=MIGRATIONS, api_url="http://127.0.0.1:9")
    assert processes.programs == []


@pytest.mark.parametrize(
    ("files", "forbids"),
    [
        (NO_FILE, False),
        (FakeFiles(b""), True),
        (FakeFiles(b"0042"), True),
        (FakeFiles(error=Malformed("the file", "reading", "it is a folder")), True),
    ],
)
def test_a_marker_forbids_it_whatever_it_holds(files: FakeFiles, *, forbids: bool) -> None:
    processes = FakeProcesses()
    report = rollback(processes, files=files, no_rollback_file="no-rollback")
    assert report.reason_code == ("marker-forbids-rollback" if forbids else "rolled-back")
    assert bool(processes.programs) is not forbids


def test_a_marker_that_may_not_be_looked_at_forbids_it() -> None:
    processes = FakeProcesses()
    with pytest.raises(Refused):
        rollback(processes, files=FakeFiles(error=Refused("a", "b", "c")), no_rollback_file="no-rollback")
    assert processes.programs == []


def test_without_a_healthy_version_there_is_nothing_to_go_back_to() -> None:
    processes = FakeProcesses()
    report = rollback(processes, to_version="")
    assert (report.reason_code, report.decision, processes.programs) == ("no-healthy-version", Decision.FAIL, [])


def test_a_missing_secret_keeps_the_command_from_starting() -> None:
    processes = FakeProcesses()
    report = rollback(processes, secrets="TOKEN")
    assert (report.reason_code, processes.programs) == ("secret-missing", [])


@pytest.mark.parametrize("version", ["two words", "$(reboot)", "a\nb", "x" * 101, "`id`"])
def test_a_version_that_is_none_is_refused(version: str) -> None:
    with pytest.raises(InvalidInput, match="to-version"):
        rollback(FakeProcesses(), to_version=version)


@pytest.mark.parametrize("text", ["!", "a\n!\n"])
def test_a_pattern_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        PathPatterns.parse(text)
