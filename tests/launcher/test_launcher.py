"""The launcher as a runner calls it: real processes, the real lock, empty caches."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.servers import redis_server

ROOT = Path(__file__).parents[2]
TOOLS = "/usr/local/bin:/usr/bin:/bin"
NO_REGISTRY = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_RETRIES": "0",
}


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a runner downloads of this repository."""
    folder = tmp_path_factory.mktemp("checkout")
    for part in ("bin", "src", "actions"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "requirements").mkdir()
    for lock in ("runtime.txt", "runtime-probes.txt"):
        shutil.copy(ROOT / "requirements" / lock, folder / "requirements")
    return folder


@pytest.fixture(scope="session")
def cache(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tool cache in which two launchers at once made the runtime."""
    folder = tmp_path_factory.mktemp("cache")
    environ = environment(folder, PATH=os.environ["PATH"], **registry())
    command = [str(checkout / "bin" / "deploy-actions"), "--version"]
    both = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert [out.startswith(b"deploy-actions ") for out, _ in ended] == [True, True]
    return folder


def registry() -> dict[str, str]:
    """How this machine reaches its package index."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "REQUESTS_"))}


def environment(cache: Path | str, **more: str) -> dict[str, str]:
    return {"PATH": TOOLS, "DEPLOY_ACTIONS_PYTHON": sys.executable, "RUNNER_TOOL_CACHE": str(cache), **more}


def launch(checkout: Path, *arguments: str, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [str(checkout / "bin" / "deploy-actions"), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)


def refused(done: "subprocess.CompletedProcess[str]", *says: str) -> None:
    assert done.returncode == 2, done
    assert done.stderr.startswith("deploy-actions: ") or "\ndeploy-actions: " in done.stderr
    assert "Traceback" not in done.stderr
    for text in says:
        assert text in done.stderr


def test_two_at_once_make_one_runtime_and_leave_nothing_half_made(cache: Path) -> None:
    [lock] = [entry for entry in (cache / "deploy-actions").iterdir() if entry.is_dir()]
    [runtime] = [entry for entry in lock.iterdir() if entry.is_dir()]
    assert (runtime / "lock.txt").read_bytes() == (ROOT / "requirements" / "runtime.txt").read_bytes()
    assert [entry.name for entry in lock.iterdir() if "making" in entry.name] == []


def test_once_made_it_needs_no_registry_and_says_nothing_of_itself(checkout: Path, cache: Path) -> None:
    done = launch(checkout, "--version", environ=environment(cache, **NO_REGISTRY))
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_written_into_the_checkout(checkout: Path, cache: Path) -> None:
    before = sorted(checkout.rglob("*"))
    done = launch(
        checkout, "preflight-secrets", "--secrets", "A", environ=environment(cache, PYTHONDONTWRITEBYTECODE="")
    )
    assert done.returncode == 1
    assert sorted(checkout.rglob("*")) == before


def test_a_link_to_it_runs_the_code_beside_the_real_one(checkout: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "first").symlink_to(checkout / "bin" / "deploy-actions")
    (tmp_path / "second").symlink_to("first")
    done = subprocess.run([tmp_path / "second", "--version"], env=environment(cache), capture_output=True, check=False)
    assert done.returncode == 0


def test_it_runs_as_an_action_calls_it(checkout: Path, cache: Path, tmp_path: Path) -> None:
    environ = environment(
        cache, GITHUB_ACTIONS="true", GITHUB_OUTPUT=str(tmp_path / "out"), INPUT_SECRETS="A", A="x9y8z7w6"
    )
    environ["GITHUB_ACTION_PATH"] = str(checkout / "actions" / "preflight-secrets")
    step = 'exec "$GITHUB_ACTION_PATH/../../bin/deploy-actions" preflight-secrets'
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", step], env=environ, capture_output=True, check=False)
    assert done.returncode == 0
    assert "pass" in (tmp_path / "out").read_text()


def test_code_in_the_working_folder_or_the_environment_is_not_run(checkout: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "deploy_actions").mkdir()
    for trap in ("deploy_actions/__init__.py", "msgspec.py", "sitecustomize.py", "click.py"):
        (tmp_path / trap).write_text("raise SystemExit('trapped')")
    environ = environment(cache, PYTHONPATH=str(tmp_path), PYTHONSTARTUP=str(tmp_path / "click.py"))
    command = [str(checkout / "bin" / "deploy-actions"), "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:15]) == (0, "deploy-actions ")


def test_a_runtime_whose_python_is_gone_is_made_anew(checkout: Path, cache: Path, tmp_path: Path) -> None:
    runtime = launch(checkout, "--runtime", environ=environment(cache)).stdout.strip()
    broken = tmp_path / "cache" / Path(runtime).relative_to(cache)
    (broken / "bin").mkdir(parents=True)
    (broken / "bin" / "python").symlink_to("/usr/bin/python3.0")
    (broken / "pyvenv.cfg").touch()
    environ = environment(tmp_path / "cache", PATH=os.environ["PATH"], **registry())
    assert launch(checkout, "--version", environ=environ).returncode == 0
    assert (broken / "bin" / "python").exists()


def test_extras_have_a_runtime_of_their_own_with_the_clients_of_probes(checkout: Path, cache: Path) -> None:
    environ = environment(cache, PATH=os.environ["PATH"], DEPLOY_ACTIONS_EXTRAS="probes", **registry())
    runtime = launch(checkout, "--runtime", environ=environ).stdout.strip()
    assert Path(runtime).parent != Path(launch(checkout, "--runtime", environ=environment(cache)).stdout.strip()).parent
    with redis_server("--requirepass", "9f8e7d6c5b4a") as address:
        rule = f"{{ probe: {{ type: redis, address: '{address}' }} }}"
        manifest = f"GOOD: {rule}\nBAD: {rule}"
        secrets = {"GOOD": f"redis://:9f8e7d6c5b4a@{address}", "BAD": f"redis://:another-one@{address}"}
        command = ("preflight-secrets", "--json", "--secrets", manifest)
        with_clients = json.loads(launch(checkout, *command, environ=environ | secrets).stdout)
        without = json.loads(launch(checkout, *command, environ=environment(cache) | secrets).stdout)
    assert (with_clients["decision"], with_clients["outputs"]["refused"]) == ("fail", ["BAD"])
    assert [row["probed"] for row in with_clients["outputs"]["provenance"]] == [str(address), None]
    assert (without["decision"], without["reason_code"]) == ("cannot-verify", "probe-impossible")
    assert "DEPLOY_ACTIONS_EXTRAS=probes" in without["findings"][0]["message"]


def test_an_extra_that_is_not_known_is_refused(checkout: Path, cache: Path) -> None:
    refused(launch(checkout, "--version", environ=environment(cache, DEPLOY_ACTIONS_EXTRAS="all")), "is unknown")


def test_killed_half_way_the_next_one_starts_again(checkout: Path, tmp_path: Path) -> None:
    environ = environment(tmp_path, PATH=os.environ["PATH"], **registry())
    command = [str(checkout / "bin" / "deploy-actions"), "--version"]
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("deploy-actions/*/.*.making-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(tmp_path.glob("deploy-actions/*/.*.making-*"))
    assert launch(checkout, "--version", environ=environ).returncode == 0
    assert list(tmp_path.glob("deploy-actions/*/.*.making-*")) == []


class TestProvisioned:
    def test_a_runtime_of_this_version_is_used(self, checkout: Path, cache: Path) -> None:
        runtime = launch(checkout, "--runtime", environ=environment(cache)).stdout.strip()
        environ = {"PATH": TOOLS, "DEPLOY_ACTIONS_RUNTIME": runtime}
        assert launch(checkout, "--version", environ=environ).returncode == 0

    def test_a_runtime_of_another_version_is_refused(self, checkout: Path, tmp_path: Path) -> None:
        (tmp_path / "lock.txt").write_text("another")
        done = launch(checkout, "--version", environ={"PATH": TOOLS, "DEPLOY_ACTIONS_RUNTIME": str(tmp_path)})
        refused(done, "was not made for this version", "--make-runtime")

    def test_a_directory_that_is_no_runtime_is_never_removed(self, checkout: Path, tmp_path: Path) -> None:
        (tmp_path / "precious").mkdir()
        (tmp_path / "precious" / "file").touch()
        environ = environment("", PATH=os.environ["PATH"], **registry())
        done = launch(checkout, "--make-runtime", str(tmp_path / "precious"), environ=environ)
        refused(done, "exists and is no runtime")
        assert (tmp_path / "precious" / "file").exists()


class TestRefusals:
    def test_no_python_that_is_new_enough(self, checkout: Path, tmp_path: Path) -> None:
        tools = folder_of_tools(tmp_path, "readlink", "sha256sum", "dirname")
        old = tools / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        done = launch(checkout, "--version", environ={"PATH": str(tools), "RUNNER_TOOL_CACHE": str(tmp_path)})
        refused(done, "no Python 3.11 or newer was found", "DEPLOY_ACTIONS_PYTHON")

    def test_no_registry(self, checkout: Path, tmp_path: Path) -> None:
        done = launch(checkout, "--version", environ=environment(tmp_path, **NO_REGISTRY))
        refused(done, "No package index could be reached", "PIP_INDEX_URL", "DEPLOY_ACTIONS_RUNTIME")
        assert [entry for entry in tmp_path.glob("deploy-actions/*/*") if entry.suffix != ".lock"] == []

    def test_a_package_with_another_hash(self, checkout: Path, tmp_path: Path) -> None:
        shutil.copytree(checkout, tmp_path / "changed")
        lock = tmp_path / "changed" / "requirements" / "runtime.txt"
        lock.write_text("mdurl==0.1.2 --hash=sha256:" + "0" * 64 + "\n")
        environ = environment(tmp_path / "cache", **registry())
        refused(launch(tmp_path / "changed", "--version", environ=environ), "its hash differs", "Do not deploy")

    def test_a_cache_that_is_no_directory(self, checkout: Path, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        refused(launch(checkout, "--version", environ=environment(tmp_path / "file")), "Not a directory")

    @pytest.mark.skipif(os.getuid() != 0, reason="needs root to become somebody else")
    @pytest.mark.skipif(not Path("/usr/bin/python3.11").exists(), reason="needs a Python that everybody can read")
    def test_a_cache_that_cannot_be_written(self, checkout: Path, tmp_path: Path) -> None:
        for folder in (checkout, *checkout.parents, tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == os.getuid() and str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o055)
        environ = environment(tmp_path, DEPLOY_ACTIONS_PYTHON="/usr/bin/python3.11")
        command = ["setpriv", "--reuid=65534", "--clear-groups", str(checkout / "bin" / "deploy-actions"), "--version"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        refused(done, "cannot be written", "DEPLOY_ACTIONS_RUNTIME")

    def test_a_full_disk(self, checkout: Path, tmp_path: Path) -> None:
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("no file system can be mounted here")
        try:
            environ = environment(tmp_path, **registry())
            refused(launch(checkout, "--version", environ=environ), "full")
        finally:
            subprocess.run(["umount", str(tmp_path)], check=True)

    def test_no_place_for_the_packages(self, checkout: Path) -> None:
        refused(launch(checkout, "--version", environ={"PATH": TOOLS}), "neither RUNNER_TOOL_CACHE nor HOME is set")

    def test_a_checkout_that_is_not_complete(self, checkout: Path, cache: Path, tmp_path: Path) -> None:
        shutil.copytree(checkout / "bin", tmp_path / "bin")
        refused(launch(tmp_path, "--version", environ=environment(cache)), "runtime.txt is missing")


def folder_of_tools(folder: Path, *names: str) -> Path:
    tools = folder / "tools"
    tools.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    return tools
