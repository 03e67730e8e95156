"""Runs the workflow engine act in host mode, with an environment of its own, and reads what it says."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from deploy_actions.rehearsal.scenario import ScenarioError

_GRACE_SECONDS = 5
_TIME_LIMIT_SECONDS = 300
Event = dict[str, Any]


class Job(msgspec.Struct, frozen=True):
    """What act is to run: the product's repository, folders under the names that `uses:` has, the caller's world."""

    repository: Path
    home: Path
    repositories: Mapping[str, Path]
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    environment: Mapping[str, str]


def find_act() -> str:
    """The path of act: beside this Python, else on the PATH. Raises ScenarioError when there is none."""
    beside = Path(sys.executable).parent / "act"
    found = str(beside) if beside.exists() else shutil.which("act")
    if not found:
        raise ScenarioError("The workflow engine act is missing. `make rehearse` brings it; or install it on the PATH.")
    return found


def run(job: Job, heard: Callable[[Event], None]) -> int:
    """Runs the workflow to its end, handing over each event as it comes; returns act's exit code.

    An interrupt stops act and what it started before it is passed on.
    """
    with _process(_command(job), job) as process:
        for line in process.stdout or ():
            with suppress(msgspec.DecodeError):
                heard(msgspec.json.decode(line, type=dict[str, Any]))
        return process.wait()


def _command(job: Job) -> list[str]:
    secret_file = job.home / "secrets"
    secret_file.touch(mode=0o600)
    secret_file.write_text("".join(f"{name}={_quoted(value)}\n" for name, value in job.secrets.items()))
    settings = [
        *(part for label in ("self-hosted", "ubuntu-latest") for part in ("-P", f"{label}=-self-hosted")),
        *("--no-cache-server", "--json", "--secret-file", str(secret_file)),
        *(part for name, folder in job.repositories.items() for part in ("--local-repository", f"{name}={folder}")),
        *(part for name, value in job.variables.items() for part in ("--var", f"{name}={value}")),
        *(part for name, value in job.environment.items() for part in ("--env", f"{name}={value}")),
    ]
    return [find_act(), "workflow_dispatch", *settings]


def _quoted(value: str) -> str:
    """A value for act's secret file (dotenv): in single quotes nothing is expanded, and lines may break."""
    if "'" in value:
        raise ScenarioError(
            "A rehearsal's secret cannot hold a single quote: act's secret file knows no escape for it."
        )
    return f"'{value}'"


@contextmanager
def _process(command: list[str], job: Job) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command,
        cwd=job.repository,
        env={"HOME": str(job.home), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    too_long = threading.Timer(_TIME_LIMIT_SECONDS, _stop, (process,))
    too_long.start()
    try:
        yield process
    finally:
        too_long.cancel()
        if process.poll() is None:
            _stop(process)
        if process.stdout:
            process.stdout.close()


def _stop(process: "subprocess.Popen[str]") -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
            return
