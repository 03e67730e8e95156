"""Figures of health-check: 500 targets side by side, beside blackbox_exporter; and one address, beside curl.

    python benchmarks/health_check.py

Servers run on loopback, in processes of their own, and are not counted. CPU is user and system time of the process.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
OURS = [sys.executable, "-I", "-X", f"pycache_prefix={ROOT}/.venv/byte-code", str(ROOT / "src")]
PORT, BLACKBOX_PORT = 18_731, 18_732
TARGETS, SUCCESSES, INTERVAL, ANSWER = 500, 3, 0.1, 0.05
ROUNDS = 15


class Run(NamedTuple):
    """What a process took: seconds of wall and CPU, MiB at most."""

    wall: float
    cpu: float
    memory: float


async def serve() -> None:
    """Answers 200 after 50 ms, or at once for `/now`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"GET /now"):
            await asyncio.sleep(ANSWER)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", PORT, backlog=1024)
    await server.serve_forever()


def run(command: Sequence[str]) -> Run:
    """Runs a process to its end, which must be good."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:5]} ended with {status}")
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def health_check(urls: Sequence[str], *more: str) -> Run:
    pace = ["--grace", "0s", "--interval", "100ms", "--json"]
    return run([*OURS, "health-check", "--checks", "\n".join(urls), *pace, *more])


def many() -> None:
    urls = [f"http://127.0.0.1:{PORT}/{number}" for number in range(TARGETS)]
    runs = [health_check(urls) for _ in range(5)]
    start = statistics.median(health_check([f"http://127.0.0.1:{PORT}/now"], "--successes", "1").wall for _ in range(5))
    wall, cpu, memory = (statistics.median(values) for values in zip(*runs, strict=True))
    ideal = (SUCCESSES - 1) * INTERVAL + ANSWER
    print(f"{TARGETS} targets: {wall:.2f} s, of which {start:.2f} s a run with one target;")
    print(
        f"  {wall / ideal:.2f}x the ideal {ideal:.2f} s as a whole process, {(wall - start) / ideal:.2f}x without that"
    )
    print(f"  {cpu:.2f} s CPU (bound 2), {memory:.0f} MiB (bound 150), {TARGETS * SUCCESSES / cpu:.0f} a CPU second")
    blackbox(TARGETS * SUCCESSES / cpu)


def blackbox(ours: float) -> None:
    program = shutil.which("prometheus-blackbox-exporter")
    if not program:
        print("  blackbox_exporter is not installed (Debian: prometheus-blackbox-exporter)")
        return
    listen = f"--web.listen-address=127.0.0.1:{BLACKBOX_PORT}"
    config = ROOT / ".venv" / "blackbox.yml"
    config.write_text("modules: { http_2xx: { prober: http } }\n")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([program, f"--config.file={config}", listen], **quiet)  # type: ignore[call-overload]
    wait_for(BLACKBOX_PORT)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(probe, range(TARGETS * SUCCESSES)))
    process.terminate()
    _, _, usage = os.wait4(process.pid, 0)
    theirs = TARGETS * SUCCESSES / (usage.ru_utime + usage.ru_stime)
    print(f"  blackbox_exporter: {theirs:.0f} probes per CPU second; health-check {ours / theirs:.2f}x (bound 0.5x)")


def probe(number: int) -> None:
    target = f"http://127.0.0.1:{PORT}/{number}"
    with urllib.request.urlopen(f"http://127.0.0.1:{BLACKBOX_PORT}/probe?module=http_2xx&target={target}") as answer:
        if b"probe_success 1" not in answer.read():
            raise SystemExit("blackbox_exporter found a target unhealthy")


def one() -> None:
    url = f"http://127.0.0.1:{PORT}/now"
    python = [sys.executable, "-I", "-c", "pass"]
    seen: dict[str, list[float]] = {"ours": [], "curl": [], "python": [], "start": []}
    for _ in range(ROUNDS):
        seen["ours"].append(health_check([url], "--successes", "1").wall)
        seen["curl"].append(run(["curl", "--retry", "3", "--silent", url]).wall)
        seen["python"].append(run(python).wall)
        seen["start"].append(run([*OURS, "health-check", "--help"]).wall)
    ours, curl, bare, start = (statistics.median(values) for values in seen.values())
    print(f"One address: {ours * 1000:.0f} ms; curl {curl * 1000:.0f} ms, a bare Python {bare * 1000:.0f} ms,")
    print(f"  deploy-actions that only prints its help {start * 1000:.0f} ms")
    print(f"  {ours / (curl + bare):.2f}x of curl and Python (bound 1.5x), {ours / (curl + start):.2f}x with our start")


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/now", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a server did not start")


def main() -> None:
    server = subprocess.Popen([sys.executable, __file__, "serve"])
    try:
        wait_for(PORT)
        many()
        one()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    asyncio.run(serve()) if sys.argv[1:] == ["serve"] else main()
