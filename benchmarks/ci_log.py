r"""CI logs by a seed, as long as wanted, without a secret in them; and with secrets, when some are given.

    python benchmarks/ci_log.py FILE [MEGABYTES [SEED]]

What the lines are made of stands in `ci_log_lines.txt`: stories (`@ name weight`), whose lines may say how often they
come (`4*`). A name in braces is a slot (`ci_log_slots.py`); `\e` is the escape, `{bar}` a bar that moves by CR.
"""

import random
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.ci_log_forms import FORMS, written
from benchmarks.ci_log_slots import slots, stamps

LINES = Path(__file__).with_name("ci_log_lines.txt")
BATCH = 512
MEGABYTE = 1_000_000

_Line = tuple[bytes, tuple[Iterator[bytes], ...]]


class Injected(NamedTuple):
    """Where a secret was put: the line that it begins in (from 1), its name, and the form that it stands there in."""

    line: int
    name: str
    form: str


def lines(seed: int) -> Iterator[bytes]:
    """Clean lines without end, each with its timestamp and its line feed."""
    chance = random.Random(seed)  # noqa: S311  # a log that can be made again
    stories, weights = _stories(chance)
    stamp = stamps(chance)
    while True:
        for template, values in chance.choices(stories, weights)[0]:
            yield next(stamp) + template % tuple(map(next, values))


def _stories(chance: random.Random) -> tuple[list[list[_Line]], list[int]]:
    """What a log tells, line for line, and how often each story comes."""
    makers = slots(chance)
    stories: list[list[_Line]] = []
    weights = []
    for text in LINES.read_text().split("\n\n"):
        head, *body = text.strip("\n").split("\n")
        weights.append(int(head.split()[-1]))
        stories.append([line for written_line in body for line in _compiled(written_line, makers)])
    return stories, weights


def _compiled(text: str, makers: dict[str, Iterator[bytes]]) -> list[_Line]:
    """A line of the file as a bytes template with its slots, as often as it comes."""
    match = re.fullmatch(r"(?:(\d+)\* )?(.*)", text)
    times, line = int(match[1] or 1) if match else 1, match[2] if match else text
    pattern = re.compile("{(" + "|".join(map(re.escape, makers)) + ")}")
    names = pattern.findall(line)
    template = pattern.sub("%b", line.replace("%", "%%").replace("\\e", "\x1b")) + "\n"
    return [(template.encode(), tuple(makers[name] for name in names))] * times


def write(path: Path, megabytes: float, seed: int, secrets: Sequence[tuple[str, str]] = ()) -> list[Injected]:
    """Writes a log of a size, each of the secrets once in each form at lines of the seed's choice; tells where."""
    chance = random.Random(f"places {seed}")  # noqa: S311  # a log that can be made again
    size = int(megabytes * MEGABYTE)
    due = sorted((chance.randrange(size * 99 // 100 + 1), name, form) for name, _ in secrets for form in FORMS)
    values, source = dict(secrets), lines(seed)
    told: list[Injected] = []
    position, line = 0, 1
    with path.open("wb") as file:
        while position < size or due:
            batch = list(islice(source, BATCH))
            while due and due[0][0] <= position:
                _, name, form = due.pop(0)
                at = chance.randrange(len(batch))
                file.writelines(batch[:at])
                line += at
                told.append(Injected(line, name, form))
                leaking = written(form, values[name], batch[at])
                file.writelines(leaking)
                line += len(leaking)
                batch = batch[at:]
            position = file.tell() + sum(map(len, batch))
            line += len(batch)
            file.writelines(batch)
    return told


if __name__ == "__main__":
    file, megabytes, seed = (*sys.argv[1:], *("200", "1")[len(sys.argv) - 2 :])
    write(Path(file), float(megabytes), int(seed))
