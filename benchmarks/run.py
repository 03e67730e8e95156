"""Prints the figures of docs/figures.md: whole processes, run in turn, medians. Needs npm for the peer."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from deploy_actions.credentials.checksum import checksum  # noqa: E402  # after the path is known
from deploy_actions.rehearsal.credentials import make  # noqa: E402  # after the path is known
from deploy_actions.rehearsal.scenario import Credential, Made  # noqa: E402

ROUNDS = 40
PEER = "@actions/core@3.0.1"
LAUNCHER = str(ROOT / "bin" / "deploy-actions")
HELLO = "import * as core from '@actions/core'; core.info('hello');\n"
KINDS = {
    "OPAQUE": Credential(),
    "JWT": Credential(make="jwt"),
    "CERTIFICATE": Credential(make="certificate"),
    "DSN": Credential(make="literal", value="postgres://orders:{}@db.example/orders"),
    "JSON": Credential(make="docker-config"),
}


def main() -> None:
    """Prints each figure with the bound that it must keep."""
    with tempfile.TemporaryDirectory() as folder:
        steps(Path(folder))
        twelve_kinds()
        twelve_probes()
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
            secrets[f"{name}_{number}"] = make(credential).replace("{}", os.urandom(12).hex())
    rules = {"JWT": "{ kind: jwt, min-remaining: 7d }", "CERTIFICATE": "{ kind: x509 }"}
    manifest = "\n".join(f"{name}: {rules.get(name[:-2], '')}" for name in secrets)
    return {**secrets, "GITHUB_ACTIONS": "true", "INPUT_SECRETS": manifest}


def twelve_kinds() -> None:
    """Twelve secrets of twelve kinds, each with its kind declared, against twelve opaque ones.

    First kinds that we read ourselves, then with three among them for which the package cryptography is loaded.
    PKCS#12 is in neither: opening one takes some 25 ms by design, since its password is stretched.
    """
    made: tuple[Made, ...] = (
        "jwt",
        "azure-sas",
        "aws-credentials",
        "aws-presigned-url",
        "docker-config",
        "pypi-token",
        "gpg-key",
        "github-token",
    )
    random = os.urandom(30).hex()
    read_here: dict[str, str] = {kind: make(Credential(make=kind, expires_in="5d")) for kind in made}
    read_here["dsn"] = f"postgres://orders:{random}@db.example/orders"
    read_here["npm-token"] = "npm_" + random[:30] + checksum(random[:30])
    read_here["slack-token"] = "-".join(("xoxb", "1" * 12, "2" * 12, random[:24]))
    read_here["atlassian-token"] = f"ATATT3{random}=0123ABCD"
    loading: tuple[Made, ...] = ("openssh-certificate", "kubeconfig")
    mixed: dict[str, str] = {kind: make(Credential(make=kind)) for kind in loading} | {
        "x509": make(Credential(make="certificate"))
    }
    mixed |= dict(list(read_here.items())[:9])
    against_opaque("12 kinds read without a library (at most 1.5)", read_here)
    against_opaque("12 kinds, 3 of them read with cryptography", mixed)


def against_opaque(what: str, of_kinds: dict[str, str]) -> None:
    """Secrets by kind against as many opaque ones."""
    values = {f"S{number}": value for number, value in enumerate(of_kinds.values())}
    opaque = {name: os.urandom(16).hex() for name in values}
    manifest = "\n".join(f"S{number}: {{ kind: {kind} }}" for number, kind in enumerate(of_kinds))
    opaque_manifest = "\n".join(f"{name}: {{ kind: opaque }}" for name in opaque)
    medians_of_pairs(
        (what, {**values, "INPUT_SECRETS": manifest}),
        ("12 opaque secrets", {**opaque, "INPUT_SECRETS": opaque_manifest}),
    )


def medians_of_pairs(one: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]]) -> None:
    """Both processes in turn, each with its own environment; prints the median of the ratios."""
    base = {**os.environ, "GITHUB_ACTIONS": "true"}
    base.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for index, (_name, environment) in enumerate((one, other)):
            started = time.perf_counter()
            command = [LAUNCHER, "preflight-secrets"]
            subprocess.run(command, env=base | environment, check=True, stdout=subprocess.DEVNULL)
            seconds[index].append(time.perf_counter() - started)
    for (name, _), values in zip((one, other), seconds, strict=True):
        print(f"{statistics.median(values) * 1000:8.1f} ms  {name}")
    ratio = statistics.median(mine / its for mine, its in zip(*seconds, strict=True))
    print(f"{ratio:8.2f} x   {one[0]} against {other[0]}\n")


def twelve_probes() -> None:
    """Twelve probes of a service that takes 100 ms for an answer, the whole process."""
    server = Server(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/whoami"
    values = {f"S{number}": os.urandom(16).hex() for number in range(12)}
    manifest = "\n".join(f'{name}: {{ probe: {{ type: http, url: "{url}" }} }}' for name in values)
    environment = {**os.environ, **values, "GITHUB_ACTIONS": "true", "INPUT_SECRETS": manifest}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    [seconds] = in_turn({"12 probes of 100 ms (at most 500 ms)": [LAUNCHER, "preflight-secrets"]}, environment)
    server.shutdown()
    print(f"{statistics.median(seconds) / 1.2:8.2f} x   of the 1.2 s that they take one after the other\n")


class Server(ThreadingHTTPServer):
    """Takes all connections at once: with the usual backlog of 5 some would have to knock again after a second."""

    request_queue_size = 64


class Slow(BaseHTTPRequestHandler):
    """Takes every credential, after 100 ms."""

    def do_GET(self) -> None:
        """Answers with an empty body."""
        time.sleep(0.1)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's own parameter
        """Says nothing."""


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
