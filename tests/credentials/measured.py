"""Reads every hostile value as every kind, within limits, and prints what that took; run as a process of its own."""

import contextlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator

from tests.credentials import hostile
from tests.credentials.makers import PASSPHRASE, good

from deploy_actions.credentials import KINDS
from deploy_actions.credentials.credential import Kind, Unreadable

LIMIT_BYTES = 1 << 30
LIMIT_SECONDS = 60


def main() -> None:
    """Kind by kind: the longest CPU time in seconds, of which value, and the growth of memory in MiB until then."""
    values = list(hostile.values())
    for name, kind in KINDS.items():
        for value in good(name):
            costs(kind, value)
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_SECONDS, LIMIT_SECONDS))
    before = peak_kibibytes()
    for name, kind in KINDS.items():
        slowest = max(((costs(kind, value), which) for which, value in values), default=(0.0, ""))
        grown = (peak_kibibytes() - before) / 1024
        figures = {"kind": name, "seconds": slowest[0], "value": slowest[1], "mebibytes": grown}
        sys.stdout.write(json.dumps(figures) + "\n")


def costs(kind: Kind, value: str) -> float:
    """CPU seconds of the slowest of its functions."""
    return max(seconds_of(function, value) for function in functions(kind))


def functions(kind: Kind) -> Iterator[Callable[[str], object]]:
    yield kind.recognises
    yield kind.read
    if unlock := kind.unlock:
        yield lambda value: unlock(value, PASSPHRASE)


def seconds_of(function: Callable[[str], object], value: str) -> float:
    before = time.process_time()
    with contextlib.suppress(Unreadable):
        function(value)
    return time.process_time() - before


def peak_kibibytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
