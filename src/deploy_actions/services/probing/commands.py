"""Runs a program for its exit code and what it prints, within a time, and leaves nothing of it running."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from deploy_actions.core.probing import MOST_BODY_BYTES, Answer, CommandProbe, NoAnswer
from deploy_actions.services.processes import environment_of

_CHUNK_BYTES = 64 * 1024
_ALWAYS = ("PATH", "HOME", "LANG", "LC_*", "TMPDIR", "TZ")
_LOOK_UP_SECONDS = 0.01
_AFTER_THE_END_SECONDS = 0.5
"""How long a process left behind, which holds the output open, is waited for."""


async def run(
    probe: CommandProbe, end: float, environ: Mapping[str, str], excerpt: Callable[[bytes], str]
) -> Answer | NoAnswer:
    """The answer of a program; none where it cannot be started, or has not ended at `end`, a time of the loop."""
    variables = environment_of(environ, (*_ALWAYS, *probe.variables))
    started = time.perf_counter()
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *probe.command,
            cwd=probe.directory,
            env=variables | {name: value.reveal() for name, value in probe.secrets.items()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    )
    try:
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:  # asyncio would end the program without its children, and wait for those
        with suppress(OSError, ValueError):
            await _leave_nothing(await starting)
        raise
    except (OSError, ValueError) as error:
        return NoAnswer(_why(error, probe), is_ours=True)
    printed, complaints = bytearray(), bytearray()
    pipes = ((process.stdout, printed), (process.stderr, complaints))
    try:
        async with asyncio.timeout_at(end):
            outputs = [asyncio.ensure_future(_read(pipe, kept)) for pipe, kept in pipes if pipe]
            status = await _ended(process)
            await asyncio.wait(outputs, timeout=_AFTER_THE_END_SECONDS)
    except TimeoutError:
        return NoAnswer("the program did not end in time")
    finally:
        await _leave_nothing(process)
    return Answer(
        seconds=time.perf_counter() - started,
        status=status if status >= 0 else 128 - status,
        body=bytes(printed[:MOST_BODY_BYTES]),
        is_cut=len(printed) > MOST_BODY_BYTES,
        excerpt="" if probe.secrets else excerpt(bytes(printed or complaints)),
    )


async def _leave_nothing(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await _ended(process)
    process._transport.close()  # type: ignore[attr-defined]  # a daemon that left the group may hold its pipes


async def _ended(process: asyncio.subprocess.Process) -> int:
    """The exit code, as soon as there is one; asyncio's own `wait` waits for the pipes too, which a daemon can hold."""
    while process.returncode is None:
        await asyncio.sleep(_LOOK_UP_SECONDS)
    return process.returncode


async def _read(pipe: asyncio.StreamReader, kept: bytearray) -> None:
    """Keeps the start of what is printed; the rest is read too, so that the program is not held up."""
    while chunk := await pipe.read(_CHUNK_BYTES):
        if len(kept) <= MOST_BODY_BYTES:
            kept += chunk


def _why(error: Exception, probe: CommandProbe) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        where = "" if os.path.isdir(probe.directory) else " and no such folder"  # noqa: PTH112  # raises for no name
        return f"no such program{where}"
    if isinstance(error, PermissionError):
        return "the program may not be executed"
    return "the program could not be started"
