"""Keeps signals out of the event loop: what a handler raises inside a task or callback, asyncio would hold back."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


@contextmanager
def held_back(wake: Callable[[], None]) -> Iterator[None]:
    """Has SIGINT and SIGTERM call `wake` while inside, and their own handlers after: what those raise comes out here.

    In another thread than the main one, which alone has handlers, nothing is held back.
    """
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        wake()

    numbers = (signal.SIGINT, signal.SIGTERM) if current_thread() is main_thread() else ()
    before = {number: handler for number in numbers if callable(handler := signal.getsignal(number))}
    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for one in came:
        before[signal.Signals(one)](one, None)
