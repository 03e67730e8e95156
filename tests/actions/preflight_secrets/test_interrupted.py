"""A cancelled job: the process is told to stop while a service keeps it waiting."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.servers import plain_server

SOURCE = Path(__file__).parents[3] / "src"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_waits_for_a_probe_ends_in_a_verdict_long_before_the_runner_kills_it(
    number: signal.Signals, tmp_path: Path
) -> None:
    summary = tmp_path / "summary"
    with plain_server(None) as silent:
        manifest = f"KEY: {{ probe: {{ type: http, url: 'http://{silent}/whoami' }} }}"
        process = subprocess.Popen(
            [sys.executable, "-I", str(SOURCE), "preflight-secrets"],
            env={
                "PATH": os.environ["PATH"],
                "GITHUB_ACTIONS": "true",
                "GITHUB_STEP_SUMMARY": str(summary),
                "INPUT_SECRETS": manifest,
                "KEY": "9f8e7d6c5b4a",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        process.stdout.readline()  # a mask: the probe is next
        time.sleep(0.5)
        process.send_signal(number)
        output, _ = process.communicate(timeout=7)
    assert process.returncode == 2
    assert f"Stopped by {number.name} before the check was done." in output
    assert "9f8e7d6c5b4a" not in output
    assert summary.read_text().startswith("### ? preflight-secrets: cannot-verify")
