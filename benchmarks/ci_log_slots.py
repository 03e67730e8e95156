"""What stands in the slots of a clean line: values by a seed, without end, none of them a credential."""

import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

_WORDS = {
    name: words.split()
    for name, words in (
        line.split(": ") for line in Path(__file__).with_name("ci_log_words.txt").read_text().splitlines()
    )
}
_BASE64 = {"base5": 5, "base8": 8, "base43": 43, "base60": 60, "base64line": 64}
_HEX = {"sha7": 7, "sha40": 40, "sha64": 64, "sha128": 128} | {
    f"hex{length}": length for length in (4, 6, 8, 9, 12, 16, 17, 32)
}
_POOL = 8_191


def slots(chance: random.Random) -> dict[str, Iterator[bytes]]:
    """A source of values for each slot's name."""
    random_ones = {name: _hexadecimal(chance, length) for name, length in _HEX.items()}
    upper = {f"HEX{length}": map(bytes.upper, _hexadecimal(chance, length)) for length in (4, 6, 8, 16)}
    base64 = {name: _base64(chance, length) for name, length in _BASE64.items()}
    digests = {"sri256": _digests(chance, 32), "sri512": _digests(chance, 64), "uuid": _uuids(chance)}
    colons = {f"colons{size}": _bytes_of(chance, size, ":") for size in (20, 32)}
    dumps = {"hexdump": _bytes_of(chance, 16, " "), "0xarguments": map(b"0x%b".__mod__, _hexadecimal(chance, 8))}
    return random_ones | upper | base64 | digests | colons | dumps | _pools(chance)


def stamps(chance: random.Random) -> Iterator[bytes]:
    """GitHub's timestamps, each a little after the one before it; a log of a day begins anew at midnight."""
    ticks, day = 3 * 36_000_000_000, 24 * 36_000_000_000
    steps = cycle([int(chance.expovariate(1 / 40_000)) for _ in range(_POOL)])
    second, text = -1, ""
    while True:
        ticks = (ticks + next(steps)) % day
        if ticks // 10_000_000 != second:
            second = ticks // 10_000_000
            text = f"2026-01-02T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}."
        yield b"%b%07dZ " % (text.encode(), ticks % 10_000_000)


def _pools(chance: random.Random) -> dict[str, Iterator[bytes]]:
    """Words and numbers: each slot goes round in a pool of its own length, so that no line comes twice."""

    def pool(make: Callable[[], object], size: int) -> Iterator[bytes]:
        return cycle([str(make()).encode() for _ in range(size)])

    def some(texts: list[str]) -> Callable[[], object]:
        return lambda: chance.choice(texts)

    def below(limit: int) -> Callable[[], object]:
        return lambda: chance.randrange(limit)

    sources: dict[str, Callable[[], object]] = {
        **{name: some(words) for name, words in _WORDS.items()},
        "digit": below(10),
        "small": lambda: chance.randrange(10, 60),
        "number": lambda: chance.randrange(100, 9_999),
        "percent": below(101),
        "long": lambda: chance.randrange(10**9, 10**11),
        "account": lambda: f"{chance.randrange(10**12):012}",
        "version": lambda: ".".join(str(chance.randrange(30)) for _ in range(3)),
        "words": lambda: " ".join(chance.choices(_WORDS["word"], k=chance.randrange(3, 10))),
        "path": lambda: "/".join(chance.choices(_WORDS["name"], k=chance.randrange(1, 5))),
        "ip": lambda: ".".join(str(chance.randrange(1, 255)) for _ in range(4)),
        "date": lambda: f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
        "clock": lambda: f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}",
        "blank": lambda: " " * chance.randrange(2, 40),
        "bar": lambda: _bar(chance.randrange(5, 40)),
        "example_key": lambda: "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "sourcemap": lambda: _source_map(chance),
    }
    few = {"bar", "sourcemap"}
    return {name: pool(make, 97 if name in few else _POOL - 2 * at) for at, (name, make) in enumerate(sources.items())}


def _bar(steps: int) -> str:
    return "".join(f"\r[{'#' * at:<40}] {at * 100 // 40:3}%" for at in range(0, steps, 4)) + f"\r[{'#' * 40}] 100%"


def _source_map(chance: random.Random) -> str:
    content = "".join(f"export const {chance.choice(_WORDS['snake'])} = {chance.randrange(99)};\n" for _ in range(20))
    sources = {
        "version": 3,
        "sources": [f"webpack://{chance.choice(_WORDS['name'])}/src/index.ts"],
        "sourcesContent": [content],
    }
    return b64encode(json.dumps(sources).encode()).decode()


def _hexadecimal(chance: random.Random, length: int) -> Iterator[bytes]:
    while True:
        text = chance.randbytes(length * 64).hex().encode()
        for start in range(0, len(text), length):
            yield text[start : start + length]


def _base64(chance: random.Random, length: int) -> Iterator[bytes]:
    while True:
        text = b64encode(chance.randbytes(length * 48))
        for start in range(0, len(text), length):
            yield text[start : start + length]


def _digests(chance: random.Random, size: int) -> Iterator[bytes]:
    while True:
        yield b64encode(chance.randbytes(size))


def _uuids(chance: random.Random) -> Iterator[bytes]:
    parts = [_hexadecimal(chance, length) for length in (8, 4, 3, 3, 12)]
    while True:
        yield b"%b-%b-4%b-a%b-%b" % tuple(map(next, parts))


def _bytes_of(chance: random.Random, size: int, separator: str) -> Iterator[bytes]:
    while True:
        yield chance.randbytes(size).hex(separator).upper().encode()
