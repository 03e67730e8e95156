"""Prints how fast run-deploy shows a program's output with 50 secrets known, and how much later each line comes.

    python benchmarks/run_deploy.py

What is measured is the whole step: this Python runs `src run-deploy` as the launcher does, in a workflow, and it reads,
redacts, neutralises and writes. The program is `cat` of 200 MB of log lines; a line in five is coloured, a line in
five holds `::`, a line in ten is not ASCII, and a line in a thousand holds a secret.
"""

import gc
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from deploy_actions.core.redact import Redactor  # noqa: E402  # after the path is known
from deploy_actions.core.stream_redaction import StreamRedactor  # noqa: E402

OURS = [sys.executable, "-I", "-X", f"pycache_prefix={ROOT}/.venv/byte-code", str(ROOT / "src"), "run-deploy"]
SIZE, CHUNK = 200_000_000, 256 * 1024
ROUNDS = 5
INTERVAL, LINES = 0.005, 800

LINE_SHAPES = (
    "2026-11-25T12:{0:02d}:07Z [build] module orders/{0}: compiled 214 files in 3.{0:02d} s, no warnings",
    "   Compiling serde_core v1.0.{0} (registry+index): std::collections::HashMap<K, V>::with_capacity({0})",
    "\x1b[32mPASS\x1b[0m tests/payments/refund_{0}.test.ts \x1b[2m(4.{0:02d} s)\x1b[0m refunds an order once",
    "npm http fetch GET 200 https://registry.example/@acme/orders-{0} 12{0}ms (cache revalidated)",
    "deployment.apps/orders-{0} configured; waiting for 3 of 5 replicas to become available",
)
NOT_ASCII = "✓ Zürich-{0}: Bestellungen übernommen — 3 Instanzen sind bereit"


def main() -> None:
    """Prints each figure with the bound that it must keep."""
    values = {f"BENCH_{number}": value for number, value in enumerate(fifty_secrets())}
    environment = step_environment(values)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "printed"
        text.write_bytes(ci_log([*values.values()]))
        throughput(text, Path(folder) / "shown", environment)
        redactor_alone(text, values)
    latency(environment)


def fifty_secrets() -> Iterator[str]:
    """Ten each of: a token, a hexadecimal key, a DSN, a password full of signs, and a key of 28 lines."""
    for _ in range(10):
        yield secrets.token_urlsafe(30)
        yield secrets.token_hex(32)
        yield f"postgres://orders:{secrets.token_urlsafe(24)}@db.example/orders?sslmode=require&x=1"
        yield f"""p@$$'"w/ <{secrets.token_urlsafe(12)}>"""
        yield "\n".join(secrets.token_urlsafe(48) for _ in range(28))


def step_environment(values: dict[str, str]) -> dict[str, str]:
    """That of a step of a workflow which hands all the secrets to its command."""
    inputs = {"INPUT_SECRETS": json.dumps([*values]), "INPUT_HEARTBEAT": "0s", "GITHUB_ACTIONS": "true"}
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return {**kept, **values, **inputs}


def ci_log(values: Sequence[str]) -> bytes:
    """A log of the size that is measured."""
    block: list[str] = []
    for number in range(10_000):
        shape = LINE_SHAPES[number % len(LINE_SHAPES)] if number % 10 else NOT_ASCII
        block.append(shape.format(number % 97))
        if number % 1000 == 0:
            block[-1] += f" token={values[number // 1000 * 5].splitlines()[0]} accepted"
    text = "\n".join(block).encode() + b"\n"
    return text * (SIZE // len(text) + 1)


def throughput(text: Path, shown: Path, environment: dict[str, str]) -> None:
    """A step that shows the text, and `cat` that writes it, each into a file."""
    command = {"INPUT_COMMAND": json.dumps(["cat", str(text)])}
    nothing = {"INPUT_COMMAND": json.dumps(["true"])}
    rounds: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        ours = seconds(OURS, shown, {**environment, **command})
        check(shown, text, environment)
        rounds.append((ours, seconds(OURS, shown, {**environment, **nothing}), seconds(["cat", str(text)], shown)))
    ours, start, cat = (statistics.median(column) for column in zip(*rounds, strict=True))
    size = text.stat().st_size / 1e6
    print(f"{size / ours:8.0f} MB/s  run-deploy, {size:.0f} MB with 50 secrets, the whole process (at least 100)")
    print(f"{size / (ours - start):8.0f} MB/s  the same without its start and end ({start * 1000:.0f} ms with `true`)")
    print(f"{size / cat:8.0f} MB/s  the same program, straight into a file")


def seconds(command: Sequence[str], shown: Path, environment: dict[str, str] | None = None) -> float:
    """Wall time of a process whose output goes into a file; it must end well."""
    with shown.open("wb") as file:
        started = time.perf_counter()
        subprocess.run(command, stdout=file, env=environment, check=True)
        return time.perf_counter() - started


def check(shown: Path, text: Path, environment: dict[str, str]) -> None:
    """Nothing may be missing, and no secret may be there."""
    data = shown.read_bytes()
    values = [value.splitlines()[0].encode() for name, value in environment.items() if name.startswith("BENCH_")]
    if data.count(b"\n") < text.read_bytes().count(b"\n") or any(value in data for value in values):
        raise SystemExit("the output is not what it must be")


def redactor_alone(text: Path, values: dict[str, str]) -> None:
    """In this very process, chunk by chunk, without reading and writing."""
    gc.set_threshold(100_000)  # as a step sets it
    redactor = Redactor()
    started = time.perf_counter()
    for name, value in values.items():
        redactor.add(name, value)
    stream = StreamRedactor(redactor)
    made = time.perf_counter() - started
    chunks = list(whole_lines(text.read_bytes()))
    rates = [len(b"".join(chunks)) / 1e6 / took(lambda: [stream.feed(chunk) for chunk in chunks]) for _ in range(3)]
    forms = len(redactor.forms_since(0))
    print(f"{statistics.median(rates):8.0f} MB/s  the redactor alone ({forms} forms; {made * 1000:.0f} ms to make it)")


def whole_lines(data: bytes) -> Iterator[bytes]:
    """The data in chunks that end where a line ends."""
    start = 0
    while start < len(data):
        end = data.rfind(b"\n", start, start + CHUNK) + 1
        yield data[start:end]
        start = end


def took(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


PRINTER = f"""
import time
for _ in range({LINES}):
    print(time.monotonic_ns(), flush=True)
    time.sleep({INTERVAL})
"""


def latency(environment: dict[str, str]) -> None:
    """From printing a line to reading it, through the step and straight from the program."""
    command = [sys.executable, "-I", "-c", PRINTER]
    rounds: list[list[list[float]]] = [[], []]
    for _ in range(3):
        rounds[0].append(latencies(OURS, {**environment, "INPUT_COMMAND": json.dumps(command)}))
        rounds[1].append(latencies(command, environment))
    (median, p99), (direct_median, direct_p99) = (
        [statistics.median(values) for values in zip(*map(median_and_p99, each), strict=True)] for each in rounds
    )
    print(f"{median:8.2f} ms    from a line printed to the same line shown by run-deploy, median; p99 {p99:.2f} ms")
    print(f"{direct_median:8.2f} ms    read from the program itself, median; p99 {direct_p99:.2f} ms")
    print(f"{p99 - direct_p99:8.2f} ms    added at p99 (at most 50)")


def latencies(command: Sequence[str], environment: dict[str, str]) -> list[float]:
    """Milliseconds for each line that is a time stamp."""
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        for line in process.stdout or ():
            now = time.monotonic_ns()
            if line.strip().isdigit():
                found.append((now - int(line)) / 1e6)
    if len(found) != LINES:
        raise SystemExit(f"{len(found)} of {LINES} lines came through")
    return found


def median_and_p99(values: Sequence[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
