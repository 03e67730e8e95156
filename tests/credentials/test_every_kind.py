"""What holds for every kind, of any text and of any damage to a good value; no list of kinds is kept here."""

import base64
import binascii
import json
import os
import re
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.credentials import hostile
from tests.credentials.makers import GOOD, PASSPHRASE, good, parts_of

from deploy_actions.credentials import KINDS, kind_of
from deploy_actions.credentials.credential import Credential, Kind, NoDate, Unreadable

ROOT = Path(__file__).parents[2]
SOURCE = "\n".join(path.read_text() for path in sorted((ROOT / "src/deploy_actions/credentials").glob("*.py")))
PIECE = 8
MOST_SECONDS = 1.0
MOST_MEBIBYTES = 64
DEEPEST = 3

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
quickly = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def damaged(draw: st.DrawFn, values: tuple[str, ...]) -> str:
    """A good value of which up to three pieces were deleted, inserted, swapped or cut off."""
    value = draw(st.sampled_from(values))
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted((draw(st.integers(0, len(value))), draw(st.integers(0, len(value)))))
        other = draw(
            st.text(max_size=12) | st.sampled_from(["\\n", "\r\n", "\0", "=", "a", "A", "-", "%", "é", "\ud800"])
        )
        near = value[start : start + 1]
        value = draw(
            st.sampled_from(
                [
                    value[:start],
                    value[end:],
                    value[:start] + value[end:],
                    value[:start] + value[start + 1 :],
                    value[:start] + other + value[start:],
                    value[:start] + other + value[start + 1 :],
                    value[:start] + value[start + 1 : start + 2] + near + value[start + 2 :],
                ]
            )
        )
    return value


def read_in_every_way(kind: Kind, value: str) -> Iterator[Credential]:
    """Raises whatever a kind raises besides Unreadable; looks at every message."""
    assert kind.recognises(value) in (True, False)
    readers = [kind.read]
    if unlock := kind.unlock:
        readers += [lambda text: unlock(text, PASSPHRASE), lambda text: unlock(text, "\ud800é")]
    for reader in readers:
        credential, message = outcome(reader, value)
        assert quoted_pieces(message, value) == []
        if credential:
            yield credential


def outcome(reader: Callable[[str], Credential], value: str) -> tuple[Credential | None, str]:
    try:
        return reader(value), ""
    except Unreadable as error:
        return None, str(error)


def quoted_pieces(message: str, value: str) -> list[str]:
    """Pieces of the value in a message that are not words of the source itself."""
    pieces = (message[at : at + PIECE] for at in range(len(message) - PIECE + 1))
    return [piece for piece in pieces if piece in value and piece not in SOURCE]


def is_in(piece: str, value: str) -> bool:
    """Whether a piece occurs in the value, or in what it holds in base64, in JSON, in YAML or percent-encoded."""
    return any(bare(piece) in bare(text) for text in forms(value, 0))


def bare(text: str) -> str:
    return re.sub(r"\s|\\[rn]", "", text)


def forms(text: str, depth: int) -> Iterator[str]:
    yield text
    yield unquote(text)
    if depth == DEEPEST:
        return
    inner = [decoded for run in re.findall(r"[A-Za-z0-9+/_=-]{4,}", bare(text)) for decoded in from_base64(run)]
    for held in [*inner, *leaves(document(text))]:
        yield from forms(held, depth + 1)


def from_base64(run: str) -> list[str]:
    standard = run.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return [base64.b64decode(standard + "=" * (-len(standard) % 4)).decode()]
    except (binascii.Error, ValueError):
        return []


def document(text: str) -> Any:
    for load in (json.loads, yaml.safe_load):
        try:
            return load(text)
        except (ValueError, yaml.YAMLError, RecursionError):
            continue
    return None


def leaves(held: Any) -> Iterator[str]:
    if isinstance(held, dict):
        held = list(held.values())
    for item in held if isinstance(held, list) else []:
        if isinstance(item, str):
            yield item
        yield from leaves(item)


def first_that_recognises(value: str) -> Kind | None:
    """Without the hints by which most kinds are not even loaded."""
    return next((kind for kind in KINDS.values() if kind.recognises(value)), None)


def test_every_kind_has_makers_and_no_other() -> None:
    assert sorted(GOOD) == sorted(KINDS)


@every_kind
def test_every_kind_has_good_values_that_can_be_read(kind: Kind) -> None:
    assert good(kind.name)
    for value in good(kind.name):
        assert list(read_in_every_way(kind, value))


@every_kind
def test_a_good_value_is_recognised_as_its_own_kind_and_no_earlier_one(kind: Kind) -> None:
    for value in good(kind.name):
        assert kind_of(value) is kind
        assert kind.recognises(value)


@every_kind
def test_a_good_value_shows_none_of_its_parts(kind: Kind) -> None:
    for value in good(kind.name):
        for credential in read_in_every_way(kind, value):
            shown = " ".join(map(str, (credential.kind, credential.issuer, credential.subject, credential.note)))
            assert not [piece for piece in parts_of(credential) if piece in shown]


@every_kind
def test_every_part_of_a_good_value_is_a_piece_of_it(kind: Kind) -> None:
    for value in good(kind.name):
        for credential in read_in_every_way(kind, value):
            assert [piece for piece in parts_of(credential) if not is_in(piece, value)] == []


@every_kind
@quickly
@given(value=st.text() | st.text(string.printable))
def test_any_text_is_read_or_unreadable_and_nothing_else(kind: Kind, value: str) -> None:
    for credential in read_in_every_way(kind, value):
        assert all(is_in(piece, value) for piece in parts_of(credential))


@every_kind
@quickly
@given(data=st.data())
def test_any_damage_to_a_good_value_is_read_or_unreadable_and_nothing_else(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(damaged(good(kind.name)))
    assert kind_of(value) is first_that_recognises(value)
    for credential in read_in_every_way(kind, value):
        assert [piece for piece in parts_of(credential) if not is_in(piece, value)] == []


@every_kind
def test_every_beginning_of_a_good_value_is_read_or_unreadable(kind: Kind) -> None:
    for value in good(kind.name):
        for length in range(0, len(value), max(1, len(value) // 50)):
            list(read_in_every_way(kind, value[:length]))


@every_kind
def test_no_other_kind_stumbles_over_a_good_value(kind: Kind) -> None:
    for name in KINDS:
        for value in good(name):
            list(read_in_every_way(kind, value))


@settings(max_examples=500)
@given(seed=st.integers(0, 2**64), length=st.integers(8, 64))
def test_a_password_that_says_nothing_about_itself_is_of_no_kind(seed: int, length: int) -> None:
    """By a generator of its own: hypothesis draws words out of the source, and so the prefixes themselves."""
    alphabet = string.ascii_letters + string.digits + string.punctuation
    assert kind_of("".join(Random(seed).choices(alphabet, k=length))) is None


@every_kind
def test_a_kind_that_states_an_end_is_one_that_has_dates(kind: Kind) -> None:
    with_end = [c for value in good(kind.name) for c in read_in_every_way(kind, value) if c.expires]
    assert bool(with_end) == kind.states_expiry


def test_a_message_that_quotes_is_caught() -> None:
    assert quoted_pieces("it is `correcthorse`", "x correcthorse") != []
    assert quoted_pieces("it is no mapping", "it is no mapping") == []


def test_a_date_that_cannot_be_read_is_unreadable_too() -> None:
    assert issubclass(NoDate, Unreadable)


def test_no_hostile_value_is_longer_than_github_stores_and_there_are_many() -> None:
    values = dict(hostile.values())
    assert max(map(len, values.values())) <= hostile.SIZE
    assert len(values) > 200


@pytest.fixture(scope="module")
def figures() -> list[dict[str, Any]]:
    """What reading every hostile value as every kind cost, in a process with limits of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.credentials.measured"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_hostile_value_takes_long_or_much_memory(figures: list[dict[str, Any]]) -> None:
    for figure in figures:
        print("{kind}: {seconds:.3f} s for {value}; {mebibytes:.1f} MiB".format(**figure))  # noqa: T201  # figures
    assert [figure["kind"] for figure in figures] == list(KINDS)
    assert [figure for figure in figures if figure["seconds"] >= MOST_SECONDS] == []
    assert [figure for figure in figures if figure["mebibytes"] >= MOST_MEBIBYTES] == []
