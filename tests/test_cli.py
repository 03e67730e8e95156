import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def cli(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(ROOT / "src"), *arguments]
    environ = {"PATH": os.environ["PATH"], **environ}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_help_lists_every_command_with_its_first_sentence() -> None:
    done = cli("--help")
    assert done.returncode == 0
    for line in ("preflight-secrets", "run-deploy", "rehearse", "generate"):
        assert f"\n  {line} " in done.stdout


def test_the_help_of_an_action_is_its_declaration() -> None:
    done = cli("preflight-secrets", "--help")
    assert done.stdout.startswith("Usage: deploy-actions preflight-secrets [OPTIONS]")
    assert "--deploy-window TEXT" in done.stdout
    assert "Default: 60m." in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [["nope"], ["preflight-secrets", "--nope"], ["preflight-secrets", "extra"], ["../cli"], ["rehearse", "x"]],
)
def test_a_wrong_command_line_is_refused_without_a_traceback(arguments: list[str]) -> None:
    done = cli(*arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_flag_outranks_the_environment() -> None:
    done = cli("preflight-secrets", "--secrets", "KEY_B", INPUT_SECRETS="KEY_A", KEY_B="9f8e7d6c5b4a")
    assert done.returncode == 0
    assert "KEY_A" not in done.stdout


def test_the_environment_alone_will_do() -> None:
    done = cli("preflight-secrets", INPUT_SECRETS="KEY_A")
    assert done.returncode == 1
    assert "secret-missing" in done.stdout


def test_piped_output_has_no_colour_and_no_trailing_space() -> None:
    done = cli("preflight-secrets", "--secrets", "KEY_A")
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []


def test_json_is_one_document() -> None:
    done = cli("preflight-secrets", "--secrets", "KEY_A", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["reason_code"] == "secret-missing"


def test_the_output_of_a_deploy_command_does_not_disturb_the_document() -> None:
    done = cli("run-deploy", "--command", '["echo", "hello"]', "--json")
    assert json.loads(done.stdout)["outputs"]["exit-status"] == 0
    assert done.stderr == "hello\n"


@pytest.mark.parametrize("arguments", [["preflight-secrets"], ["--help"]])
def test_a_reader_that_hangs_up_gets_no_traceback(arguments: list[str]) -> None:
    command = f"{sys.executable} -I {ROOT / 'src'} {' '.join(arguments)} | true"
    environ = {"PATH": os.environ["PATH"], "INPUT_SECRETS": ",".join(f"KEY_{n}" for n in range(2_000))}
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redirect", [">&-", "> /dev/full", ">&- 2>&-"])
@pytest.mark.parametrize("in_workflow", ["true", ""])
def test_a_verdict_that_cannot_be_shown_is_no_fail_and_no_traceback(redirect: str, in_workflow: str) -> None:
    command = f"{sys.executable} -I {ROOT / 'src'} preflight-secrets {redirect}"
    environ = {"PATH": os.environ["PATH"], "INPUT_SECRETS": "KEY", "KEY": "9f8e7d6c5b4a", "GITHUB_ACTIONS": in_workflow}
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == (2 if "full" in redirect else 0)
    assert "Traceback" not in done.stderr
    assert ("could not be written: No space left" in done.stderr) is ("full" in redirect)


def test_a_locale_without_utf_8_changes_nothing() -> None:
    command = [sys.executable, "-I", "-X", "utf8=0", str(ROOT / "src"), "preflight-secrets", "--secrets", "KEY"]
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "POSIX", "KEY": "9f8e7d6c5b4a"}
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.decode().startswith("✓ preflight-secrets: pass")


def test_a_document_that_would_hold_a_secret_is_not_printed_and_that_is_said() -> None:
    done = cli("preflight-secrets", "--secrets", "KEY", "--json", KEY="schema_version")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "preflight-secrets: The document was not printed: it would hold a secret, which must be a common word.\n"
    )


def test_without_its_packages_it_says_which_is_missing(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path)], check=True)
    done = subprocess.run(
        [tmp_path / "bin" / "python", "-I", str(ROOT / "src"), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "deploy-actions: the package click is missing. Run bin/deploy-actions, which has it.\n"


def test_a_step_of_a_workflow_does_not_pay_for_the_command_line() -> None:
    program = (
        "import sys; sys.argv = ['x', 'preflight-secrets']; sys.path.insert(0, 'src')\n"
        "import runpy\n"
        "try: runpy.run_path('src', run_name='__main__')\n"
        "except SystemExit:\n"
        "    print([m for m in ('click', 'rich', 'urllib3', 'cryptography', 'yaml') if m in sys.modules])"
    )
    environ = {"PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "INPUT_SECRETS": "KEY", "KEY": "9f8e7d6c5b4a"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
