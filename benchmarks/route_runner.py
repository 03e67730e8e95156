"""Figures of route-runner: 5,000 runners over 50 pages, each request answered after 20 ms.

    python benchmarks/route_runner.py

What is measured is the whole step through `bin/deploy-actions`, with a token and with an app that mints and revokes
one; for a pool of 500 in a group of 5,000, and for two runners of the repository, where the organisation's 5,000 are
read to find strangers. GitHub's emulator runs in a process of its own and is not counted.

Its ETags are here as GitHub's are: each token has its own (https://github.com/eclipse-csi/otterdog/issues/201).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from deploy_actions.rehearsal.credentials import make  # noqa: E402  # after the path is known
from deploy_actions.rehearsal.emulators.github import (  # noqa: E402
    App,
    Deprecation,
    GitHub,
    GitHubEmulator,
    Organization,
    Repository,
    Runner,
    RunnerGroup,
    Token,
)
from deploy_actions.rehearsal.emulators.github_gate import authenticated  # noqa: E402
from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request  # noqa: E402
from deploy_actions.rehearsal.scenario import Credential  # noqa: E402

ROUNDS = 5
RUNNERS, IN_POOL, LATENCY_SECONDS = 5000, 500, 0.02
MOST_SECONDS, MOST_REQUESTS = 3, 60
REPOSITORY, APP = "acme/orders", "1"
TOKEN = "token-of-a-benchmark"  # noqa: S105  # the emulator alone knows it
VERSIONS = ("2.335.0", "2.336.0", "2.337.0")
PERMISSIONS = {"administration": "read", "organization_self_hosted_runners": "read"}
POLICY = """
environments:
  group:
    primary: { pool: group, labels: [self-hosted, production], group: deploys, approved-by: ada, approved-until: DAY }
  names:
    primary: { pool: names, labels: [self-hosted, orders], names: [orders-1, orders-2], approved-by: ada, \
approved-until: DAY }
"""
POOLS = {
    "group": f"{IN_POOL} in a group of {RUNNERS}",
    "names": f"2 of the repository, {RUNNERS} looked through for strangers",
}


class Measured(NamedTuple):
    """A run: seconds of wall and of CPU, requests sent, those of them that cost rate limit, ms until the answer."""

    wall: float
    cpu: float
    sent: float
    cost: float
    answer: float


class SlowGitHub(GitHubEmulator):
    """GitHub: each answer after the latency, each token with ETags of its own.

    Lists of runners are kept once made: the emulator takes a tenth of a second for a page of so many.
    """

    def __init__(self, state: GitHub) -> None:
        super().__init__(state)
        self.busy_seconds = 0.0
        self._lists: dict[str, Answer] = {}

    def answer(self, request: Request) -> Answer:
        """The answer, when the latency is over."""
        started = time.perf_counter()
        given = super().answer(request)
        time.sleep(max(0.0, LATENCY_SECONDS - (time.perf_counter() - started)))
        self.busy_seconds += time.perf_counter() - started
        return given

    def guard(self, request: Request, /) -> None:
        """Gives a list that is kept, to whoever has a good token: what ends here is sent like any other answer."""
        super().guard(request)
        if kept := self._lists.get(request.target):
            authenticated(self.state, request)
            raise Refusal(kept)

    def dressed(self, request: Request, answer: Answer, /) -> Answer:
        """Marks ETags with the token; one with the mark of another matches nothing."""
        if answer.status == 200 and request.path.endswith("/runners"):  # noqa: PLR2004  # HTTP's own
            self._lists[request.target] = answer
        mark = f'-{sha256(request.headers.get("authorization", "").encode()).hexdigest()[:16]}"'
        asked = {**request.headers, "if-none-match": request.headers.get("if-none-match", "").replace(mark, '"')}
        given = super().dressed(msgspec.structs.replace(request, headers=asked), answer)
        marked = {"ETag": given.headers["ETag"][:-1] + mark} if "ETag" in given.headers else {}
        return msgspec.structs.replace(given, headers={**given.headers, **marked})

    def counted(self) -> tuple[int, int, float]:
        """Requests since last asked, those of them that cost rate limit, and seconds that they took."""
        found = len(self.received), self.state.requests_used, self.busy_seconds
        self.received.clear()
        self.answered.clear()
        self.state.requests_used, self.busy_seconds = 0, 0.0
        return found


def serve() -> None:
    """The emulator, for an app whose public key is standard input's first line; counts for each further line."""
    with SlowGitHub(state(json.loads(input()))) as github:
        print(github.url, flush=True)
        for _ in sys.stdin:
            print(json.dumps(github.counted()), flush=True)


def state(public_key: str) -> GitHub:
    """An organisation with a group of 5,000 runners, online and idle, and a repository with two of its own."""
    runners = [
        runner(number, "production" if number % (RUNNERS // IN_POOL) == 0 else "build") for number in range(RUNNERS)
    ]
    own = [Runner(name, ["self-hosted", "Linux", "X64", "orders"]) for name in ("orders-1", "orders-2")]
    return GitHub(
        tokens={TOKEN: Token(permissions=PERMISSIONS)},
        apps={APP: App(public_key=public_key, installation_id=1, permissions=PERMISSIONS, repositories=[REPOSITORY])},
        repositories={REPOSITORY: Repository(runners=own)},
        organizations={"acme": Organization([RunnerGroup("deploys", runners)])},
        deprecations={version: Deprecation() for version in VERSIONS},
    )


def runner(number: int, label: str) -> Runner:
    return Runner(f"fleet-{number:04}", ["self-hosted", "Linux", "X64", label], version=VERSIONS[number % 3])


class Bench:
    """The emulator in its process, and a folder with the policy, the output and the answers that are kept."""

    def __init__(self, folder: Path, server: "subprocess.Popen[str]", private_key: str) -> None:
        self._folder, self._server = folder, server
        until = datetime.now(UTC) + timedelta(days=90)
        (folder / "policy.yml").write_text(POLICY.replace("DAY", f"{until:%Y-%m-%d}"))
        public = load_pem_private_key(private_key.encode(), None).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self._url = self._told(json.dumps(pem))
        self.credentials = {
            "a token": {"GITHUB_TOKEN": TOKEN},
            "an app": {"APP_ID": APP, "APP_PRIVATE_KEY": private_key},
        }

    def run(self, pool: str, credential: str, *, cache: bool = False) -> Measured:
        """A step, which must choose the primary pool."""
        inputs = {
            "POLICY_FILE": str(self._folder / "policy.yml"),
            "ENVIRONMENT": pool,
            "REPOSITORY": REPOSITORY,
            "API_URL": self._url,
            "CACHE_FILE": str(self._folder / "cache") if cache else "",
            **self.credentials[credential],
        }
        output = self._folder / "output"
        output.write_text("")
        self._told("")
        wall, cpu = took({f"INPUT_{name}": text for name, text in inputs.items()}, output)
        sent, cost, seconds = json.loads(self._told(""))
        if "primary-chosen" not in output.read_text():
            raise SystemExit(f"the primary pool {pool} was not chosen")
        return Measured(wall, cpu, sent, cost, seconds / sent * 1000)

    def twice(self, pool: str, credential: str) -> tuple[Measured, Measured]:
        """Two runs that share a file of answers; there is none before."""
        (self._folder / "cache").unlink(missing_ok=True)
        return self.run(pool, credential, cache=True), self.run(pool, credential, cache=True)

    @property
    def kept_bytes(self) -> int:
        """The size of the file of answers."""
        return (self._folder / "cache").stat().st_size

    def _told(self, line: str) -> str:
        """What the emulator's process says to a line."""
        if self._server.stdin is None or self._server.stdout is None:
            raise SystemExit("the emulator's process has no pipes")
        print(line, file=self._server.stdin, flush=True)
        return self._server.stdout.readline().strip()


def took(inputs: Mapping[str, str], output: Path) -> tuple[float, float]:
    """Seconds of wall and of CPU of a step, which must end well."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(output.with_name("summary"))}
    environment = {**kept, **inputs, **files, "GITHUB_ACTIONS": "true"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(ROOT / "bin" / "deploy-actions"), "route-runner"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"route-runner ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime


def medians(runs: Iterable[Measured]) -> Measured:
    return Measured(*(statistics.median(values) for values in zip(*runs, strict=True)))


def figures(bench: Bench, pool: str, credential: str) -> None:
    """Prints the figures of a pool and a credential with the bounds that they must keep."""
    bench.run(pool, credential)  # the emulator makes its lists
    one = medians(bench.run(pool, credential) for _ in range(ROUNDS))
    pairs = [bench.twice(pool, credential) for _ in range(ROUNDS)]
    first, second = (medians(runs) for runs in zip(*pairs, strict=True))
    print(f"{POOLS[pool]}, with {credential} (answers after {one.answer:.1f} ms):")
    print(f"{one.wall:8.2f} s   the whole process (at most {MOST_SECONDS} s), {one.cpu:.2f} s of it CPU")
    print(f"{one.sent:8.0f}     requests (fewer than {MOST_REQUESTS}), of which {one.cost:.0f} cost rate limit")
    print(f"{first.wall:8.2f} s   with `cache-file`, first call; {first.cost:.0f} of {first.sent:.0f} cost rate limit")
    print(f"{second.wall:8.2f} s   second call; {second.cost:.0f} of {second.sent:.0f} cost rate limit", end="")
    print(f" ({bench.kept_bytes / 1024:.0f} KiB were kept)")


def main() -> None:
    """Prints each figure with the bound that it must keep."""
    command = [sys.executable, __file__, "serve"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        bench = Bench(Path(folder), server, make(Credential(make="rsa-key")))
        for pool in POOLS:
            for credential in bench.credentials:
                figures(bench, pool, credential)


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
