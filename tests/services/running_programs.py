"""Programs run for real by the service, what they showed, and what is left of them."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from deploy_actions.core.program import Program
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World
from deploy_actions.services import processes

PATH = os.environ["PATH"]
CANARY = "canary-in-the-mine"


class Shown:
    """A log, to which text and whole lines come; what it holds is redacted."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.redactor = Redactor()
        self.redactor.add("CANARY", CANARY)
        self.first = threading.Event()

    def say(self, text: str) -> None:
        self.parts.append(self.redactor.redact(text) + "\n")
        self.first.set()

    def write(self, lines: bytes) -> None:
        text = lines.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n").removesuffix("\r")
        self.say(text)

    def finish(self) -> None:
        pass

    @property
    def lines(self) -> list[str]:
        return "".join(self.parts).replace("\r", "\n").split("\n")[:-1]

    def world(self, **environ: str) -> World:
        return World({"PATH": PATH, **environ}, self.redactor, self.say, stream=lambda _commands: self)


class Run:
    """A program of Python run for real, and what it showed."""

    def __init__(self, source: str, *arguments: str, environ: dict[str, str] | None = None, **more: Any) -> None:
        self.shown = Shown()
        given: dict[str, Any] = {
            "command": (sys.executable, "-c", textwrap.dedent(source), *arguments),
            "variables": ("PATH", "LC_*", "NAMED"),
            "secrets": {"CANARY": Secret(CANARY)},
            "grace_seconds": 1.0,
        }
        self.end = processes.connect(self.shown.world(**environ or {})).run(Program(**given | more))

    @property
    def lines(self) -> list[str]:
        return self.shown.lines


@contextmanager
def signalled(number: int, after: Callable[[], bool]) -> Iterator[None]:
    """While inside, this process gets a signal once `after` says so; it is asked every 10 ms, for 20 s at most."""

    def send() -> None:
        until = time.monotonic() + 20
        while not after() and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=send)
    thread.start()
    yield
    thread.join()


def open_files() -> list[str]:
    """The numbers of this process's open files."""
    return sorted(path.name for path in Path("/dev/fd").iterdir())


def runs(pid: int) -> bool:
    """Whether a process runs: a zombie does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in {b"Z", b"X"}
    return False


def marked(mark: str) -> list[int]:
    """The processes that run and have a text in their environment or their arguments, without this one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            if mark.encode() in text and int(entry.name) != os.getpid() and runs(int(entry.name)):
                found.append(int(entry.name))
    return found


def is_gone_soon(mark: str, within_seconds: float = 10.0) -> bool:
    """Whether nothing marked runs any more within some seconds; what does then is killed, so that nothing is left."""
    until = time.monotonic() + within_seconds
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.02)
    left = marked(mark)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return not left


DRIVER = """
import json, os, signal, sys
from deploy_actions.core.program import Program
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World
from deploy_actions.services import processes

class Stopped(BaseException):
    pass

over = []

def stop(number, frame):
    if not over:
        over.append(number)
        raise Stopped

class Stream:
    def write(self, lines):
        os.write(1, redactor.redact(lines.decode("utf-8", "replace").removesuffix("\\n")).encode() + b"\\n")
    def finish(self):
        pass

redactor = Redactor()
redactor.add("CANARY", os.environ["CANARY"])
given = json.loads(sys.argv[1])
for kind in ("secrets", "secret_files"):
    given[kind] = {name: Secret(os.environ["CANARY"]) for name in given.get(kind, ())}
world = World(dict(os.environ), redactor, lambda text: Stream().write(text.encode()), stream=lambda _commands: Stream())
service = processes.connect(world)
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
try:
    print("driver is ready", flush=True)
    end = service.run(Program(**given))
    over.append(0)
    record = {"exit_status": end.exit_status, "signal": end.signal, "stopped_by": end.stopped_by}
except Stopped:
    record = {"exit_status": None, "signal": None, "stopped_by": signal.Signals(over[0]).name}
with open(sys.argv[2], "w") as file:
    json.dump(record, file)
"""
"""What the runner of actions does around a program: it takes signals at all times, and records the end in a file."""


def driver(program: dict[str, Any], record: Path, output: IO[bytes], **environ: str) -> "subprocess.Popen[bytes]":
    """A process that runs a program by the service; its end goes to the file `record`."""
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(program), str(record)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={"PATH": PATH, "PYTHONPATH": str(Path("src").absolute()), "CANARY": CANARY, **environ},
        start_new_session=True,
    )


def wait_for(condition: Callable[[], bool], within_seconds: float = 20.0) -> bool:
    """Whether a condition came true in time; it is asked every 10 ms."""
    until = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
