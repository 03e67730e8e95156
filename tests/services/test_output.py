import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from deploy_actions.core.redact import Redactor
from deploy_actions.core.stream_redaction import StreamRedactor
from deploy_actions.services.output import AFTER_A_STOP, LONGEST_LINE_BYTES, Output

CANARY = b"canary-in-the-mine"


class Shown:
    """A stream that keeps what it is given, redacted."""

    def __init__(self) -> None:
        redactor = Redactor()
        redactor.add("CANARY", CANARY.decode())
        self._redactor = StreamRedactor(redactor)
        self.chunks: list[bytes] = []
        self.came = threading.Semaphore(0)

    def write(self, lines: bytes) -> None:
        assert lines.endswith((b"\n", b"\r"))
        self.chunks.append(self._redactor.feed(lines))
        self.came.release()

    def finish(self) -> None:
        raise AssertionError("the stream is its owner's to finish")

    @property
    def all(self) -> bytes:
        return b"".join(self.chunks)


class Broken(Shown):
    def write(self, lines: bytes) -> None:
        raise BrokenPipeError


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            with suppress(OSError):
                os.close(end)


def shown_of(*writes: bytes, stream: Shown | None = None) -> bytes:
    """What is shown of these writes, each waited for to be read."""
    stream = stream or Shown()
    with pipe() as (reading, writing):
        output = Output(reading, stream)
        for data in writes:
            write_all(writing, data)
            wait_until_read(reading)
        os.close(writing)
        output.finish()
    return stream.all


def write_all(writing: int, data: bytes) -> None:
    while data:
        data = data[os.write(writing, data) :]


def wait_until_read(reading: int) -> None:
    import fcntl
    import termios

    while int.from_bytes(fcntl.ioctl(reading, termios.FIONREAD, bytes(4)), "little"):
        time.sleep(0.001)


LONG = LONGEST_LINE_BYTES + 1

TABLE: list[tuple[str, list[bytes], bytes]] = [
    ("nothing", [], b""),
    ("a line", [b"a\n"], b"a\n"),
    ("blank lines", [b"a\n\n\nb\n"], b"a\n\n\nb\n"),
    ("no last line end", [b"a\nb"], b"a\nb\n"),
    ("a carriage return ends a line", [b"10 %\r20 %\r"], b"10 %\r20 %\r"),
    ("both line ends", [b"a\r\nb\r\n"], b"a\r\nb\r\n"),
    ("both line ends, split", [b"a\r", b"\nb\r", b"\n"], b"a\r\nb\r\n"),
    ("a secret in two writes", [b"a canary-in-", b"the-mine b\n"], b"a *** b\n"),
    ("a secret in one write a byte", [bytes([byte]) for byte in CANARY], b"***\n"),
    ("a secret in two lines", [b"a canary-in-\n", b"the-mine b\n"], b"a ***\n*** b\n"),
    ("no text", [b"a\xff\xfe\0b\n"], b"a\xff\xfe\0b\n"),
    ("a character in two writes", [b"a\xe2\x82", b"\xac\n"], b"a\xe2\x82\xac\n"),
    ("a line too long", [b"a\n" + b"x" * LONG, b"y\nb\n"], b"a\n(a line of %d bytes was left out)\nb\n" % (LONG + 1)),
    (
        "a line too long, both line ends",
        [b"x" * LONG, b"\r\nb\r\n"],
        b"(a line of %d bytes was left out)\nb\r\n" % LONG,
    ),
    ("a line too long at the end", [b"x" * LONG], b"(a line of %d bytes was left out)\n" % LONG),
    (
        "two lines too long",
        [b"x" * LONG, b"x" * LONG, b"\n" + b"x" * LONG, b"\rb\n"],
        b"(a line of %d bytes was left out)\n(a line of %d bytes was left out)\nb\n" % (2 * LONG, LONG),
    ),
    (
        "a secret in a line too long",
        [CANARY + b"x" * LONG, CANARY + b"\n"],
        b"(a line of %d bytes was left out)\n" % (LONG + 36),
    ),
]


@pytest.mark.parametrize(("writes", "shown"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_shown_of_what_is_printed(writes: list[bytes], shown: bytes) -> None:
    assert shown_of(*writes) == shown


def test_a_line_is_shown_while_the_program_goes_on_and_half_a_line_is_not() -> None:
    stream = Shown()
    with pipe() as (reading, writing):
        output = Output(reading, stream)
        os.write(writing, b"first\nPassword: cana")
        assert stream.came.acquire(timeout=10)
        wait_until_read(reading)
        assert stream.all == b"first\n"
        os.write(writing, b"ry-in-the-mine\n")
        assert stream.came.acquire(timeout=10)
        assert stream.all == b"first\nPassword: ***\n"
        os.close(writing)
        output.finish()


def test_a_flood_from_two_writers_comes_through_whole() -> None:
    stream = Shown()
    lines = {name: (name * 99 + b"\n") * 40_000 for name in (b"o", b"e")}
    with pipe() as (reading, writing):
        output = Output(reading, stream)
        writers = [threading.Thread(target=write_lines, args=(writing, data)) for data in lines.values()]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        os.close(writing)
        output.finish()
    shown = stream.all.splitlines()
    assert {name: shown.count(name * 99) for name in lines} == {b"o": 40_000, b"e": 40_000}
    assert len(shown) == 80_000


def write_lines(writing: int, data: bytes) -> None:
    for at in range(0, len(data), 4000):  # so much a pipe takes in one piece
        os.write(writing, data[at : at + 4000])


def test_a_pipe_closed_at_once_ends_it_at_once() -> None:
    with pipe() as (reading, writing):
        os.close(writing)
        output = Output(reading, Shown())
        started = time.monotonic()
        output.finish()
        assert time.monotonic() - started < 1.9  # the time for which a pipe held open is waited for


def test_a_pipe_held_open_is_given_up_and_that_is_said() -> None:
    stream = Shown()
    with pipe() as (reading, writing):
        output = Output(reading, stream)
        os.write(writing, b"a\nrest")
        output.finish()
        assert stream.all.startswith(b"a\nrest\nThe command ended, but a process it left behind keeps its output open")


@pytest.mark.parametrize("error", [BrokenPipeError, OSError, ValueError, MemoryError])
def test_a_log_that_cannot_be_written_stops_no_program_and_is_not_kept_quiet(error: type[Exception]) -> None:
    def fail(lines: bytes) -> None:
        raise error

    stream = Shown()
    stream.write = fail  # type: ignore[method-assign]
    with pipe() as (reading, writing):
        output = Output(reading, stream)
        write_all(writing, b"x" * 99 + b"\n" * 5_000_000)  # more than any pipe holds
        os.close(writing)
        with pytest.raises(error):
            output.finish()


def test_a_slow_log_loses_nothing() -> None:
    class Slow(Shown):
        def write(self, lines: bytes) -> None:
            time.sleep(0.01)
            super().write(lines)

    data = b"".join(b"%d\n" % number for number in range(300_000))
    assert shown_of(data, stream=Slow()) == data


def test_silence_is_counted_from_the_last_byte() -> None:
    with pipe() as (reading, writing):
        output = Output(reading, Shown())
        assert waited(lambda: output.seconds_of_silence() > 0.2)
        os.write(writing, b"no line end")
        assert waited(lambda: output.seconds_of_silence() < 0.2)
        assert waited(lambda: output.seconds_of_silence() > 0.2)
        os.close(writing)
        output.finish()


def waited(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.001)
    return True


class SlowLog(Shown):
    """Takes a while for each write, as a log does that somebody reads slowly."""

    def write(self, lines: bytes) -> None:
        time.sleep(1.2)
        super().write(lines)


def test_a_log_that_is_slow_loses_no_line_and_is_not_taken_for_a_process_left_behind() -> None:
    stream = SlowLog()
    with pipe() as (reading, writing):
        output = Output(reading, stream)
        for number in range(3):
            os.write(writing, b"line %d\n" % number)
            time.sleep(0.05)
        os.close(writing)
        output.finish()
    assert stream.all == b"line 0\nline 1\nline 2\n"


def test_a_log_that_takes_nothing_any_more_is_given_up() -> None:
    blocked = threading.Event()

    class StalledLog(Shown):
        def write(self, lines: bytes) -> None:
            blocked.wait(30)

    with pipe() as (reading, writing):
        output = Output(reading, StalledLog())
        os.write(writing, b"a line\n")
        os.close(writing)
        with pytest.raises(TimeoutError, match="takes nothing"):
            output.finish(AFTER_A_STOP)
        blocked.set()
        time.sleep(0.3)  # the thread reads the pipe's end before it is closed
