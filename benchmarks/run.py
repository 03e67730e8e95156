"""Prints the figures of docs/figures.md: whole processes, run in turn, medians. Needs npm for the peer."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from deploy_actions.rehearsal.credentials import make  # noqa: E402  # after the path is known
from deploy_actions.rehearsal.scenario import Credential  # noqa: E402

ROUNDS = 40
PEER = "@actions/core@3.0.1"
LAUNCHER = str(ROOT / "bin" / "deploy-actions")
HELLO = "import * as core from '@actions/core'; core.info('hello');\n"
KINDS = {
    "OPAQUE": Credential(),
    "JWT": Credential(make="jwt"),
    "CERTIFICATE": Credential(make="certificate"),
    "DSN": Credential(make="literal", value="postgres://orders:{}@db.example/orders"),
    "JSON": Credential(make="literal", value='{{"type": "service_account", "private_key_id": "{}"}}'),
}


def main() -> None:
    """Prints each figure with the bound that it must keep."""
    with tempfile.TemporaryDirectory() as folder:
        steps(Path(folder))
        for how in ("uv", "pip"):
            first_runtime(Path(folder), how)


def steps(folder: Path) -> None:
    """preflight-secrets and the launcher against node, against a bare Python and against Python called directly."""
    runtime = printed(LAUNCHER, "--runtime")
    python = [f"{runtime}/bin/python", "-I"]
    direct = [*python, "-X", f"pycache_prefix={runtime}/byte-code", str(ROOT / "src"), "preflight-secrets"]
    environment = {**os.environ, **preflight_environment()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    launched, called, node, bare = in_turn(
        {
            "preflight-secrets through bin/deploy-actions": [LAUNCHER, "preflight-secrets"],
            "preflight-secrets, Python called directly": direct,
            f"node, hello world with {PEER}": ["node", str(peer(folder))],
            "python3 -c pass": [*python, "-c", "pass"],
        },
        environment,
    )
    against_node = statistics.median(mine / other for mine, other in zip(launched, node, strict=True))
    against_bare = statistics.median(mine / other for mine, other in zip(launched, bare, strict=True))
    own = statistics.median(mine - other for mine, other in zip(launched, called, strict=True)) * 1000
    print("medians of the pairs of each round:")
    print(f"{against_node:8.2f} x   against node (at most 0.8)")
    print(f"{against_bare:8.1f} x   against a bare Python")
    print(f"{own:8.1f} ms  the launcher's own cost (at most 15)\n")


def preflight_environment() -> dict[str, str]:
    """Ten secrets of five kinds, with rules in YAML."""
    secrets: dict[str, str] = {}
    for number in (1, 2):
        for name, credential in KINDS.items():
            secrets[f"{name}_{number}"] = (
                make(credential).replace("{}", os.urandom(12).hex()).replace("{{", "{").replace("}}", "}")
            )
    rules = {"JWT": "{ kind: jwt, min-remaining: 7d }", "CERTIFICATE": "{ kind: x509 }"}
    manifest = "\n".join(f"{name}: {rules.get(name[:-2], '')}" for name in secrets)
    return {**secrets, "GITHUB_ACTIONS": "true", "INPUT_SECRETS": manifest}


def peer(folder: Path) -> Path:
    """A hello world of the field: node with @actions/core from npm, not bundled."""
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PEER]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    script = folder / "hello.mjs"
    script.write_text(HELLO)
    return script


def in_turn(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> list[list[float]]:
    """Seconds of each command by round; all are run once a round, so that noise meets all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - started)
    for name, values in seconds.items():
        print(f"{statistics.median(values) * 1000:8.1f} ms  {name}")
    return list(seconds.values())


def first_runtime(folder: Path, how: str) -> None:
    """The first runtime of a host, its packages already in the client's download cache."""
    tools = [Path(sys.executable).parent] if how == "uv" else []
    path = os.pathsep.join([*map(str, tools), "/usr/local/bin", "/usr/bin", "/bin"])
    environment = {**os.environ, "PATH": path, "DEPLOY_ACTIONS_PYTHON": sys.executable}
    if how == "uv" and not shutil.which("uv", path=path):
        print("     not measured: no uv here")
        return
    seconds = []
    for number in range(4):
        started = time.perf_counter()
        command = [LAUNCHER, "--make-runtime", str(folder / f"{how}-{number}")]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    print(f"{statistics.median(seconds[1:]):8.1f} s   first runtime, warm download cache, with {how} (at most 10 s)")


def printed(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
