import random
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.leaks.values_in_logs import FORMS, STAMP, written

from deploy_actions.core.leak_search import Leak, Target
from deploy_actions.core.secret import Secret
from deploy_actions.leaks.known_values import KnownValues
from deploy_actions.leaks.search import Search
from deploy_actions.leaks.targets import searchable
from deploy_actions.leaks.unknown_values import UnknownValues

_NO_RULES = UnknownValues.of(())


def _search(*values: str) -> Search:
    return Search(KnownValues([Target(f"SECRET_{at}", Secret(value)) for at, value in enumerate(values)]), _NO_RULES)


def _leaks(log: bytes, *values: str) -> list[Leak]:
    return [found for found in _search(*values).find([log]) if isinstance(found, Leak)]


def _random(source: random.Random, length: int) -> str:
    return "".join(
        source.choices(string.ascii_letters + string.digits + string.punctuation + " é漢😀", k=length)
    ).strip()


@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_found_in_every_form(form: str) -> None:
    source = random.Random(form)
    for length in (8, 9, 12, 16, 20, 33, 40, 64, 100, 500, 4096):
        value = "aB3$" + _random(source, length)[4:] + "x"
        leaks = _leaks(written(form, value, source), value)
        assert [leak.secret for leak in leaks] == ["SECRET_0"], (form, length, leaks)
        assert leaks[0].line == 2 or form in ("hexdump", "xxd"), leaks


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=200)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TEXT, st.integers(0, 1 << 30))
def test_any_value_is_found_in_any_form(value: str, seed: int) -> None:
    kept, _ = searchable([Target("S", Secret(value))])
    if not kept or len(value.strip()) < len(value):
        return
    source = random.Random(seed)
    for form in FORMS:
        assert [leak for leak in _leaks(written(form, value, source), value) if leak.secret], form


@pytest.mark.parametrize("keep", ["beginning", "end"])
def test_what_is_left_of_a_value_is_found(keep: str) -> None:
    source = random.Random(keep)
    for length in (16, 40, 200):
        value = "q7$" + _random(source, length)
        part = value[:12] if keep == "beginning" else value[-12:]
        (leak,) = _leaks(f"{STAMP}value {part}... cut\n".encode(), value)
        assert leak.form == "truncated"


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("postgres://app:k9$Vw2!xLq@db.example/orders", "connecting to postgres://app:somebodyelse@db"),
        ("production-db-password-7Hq2", "job production-deploy started"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIabc9876543210defghijklmnop\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----",
        ),
        ('{\n"type": "service_account",\n"key": "q8Zk2mV9xT4cB7nL1pWs"\n}', '"type": "service_account",'),
    ],
)
def test_what_many_values_share_tells_nothing(value: str, line: str) -> None:
    assert _leaks(f"{STAMP}{line}\n".encode(), value) == []


def test_each_line_of_a_value_is_found() -> None:
    value = "first line k8$\nMIIEvQIBADANBgkq7\nlast one Zz9%"
    for line in value.splitlines():
        (leak,) = _leaks(f"{STAMP}x\n{STAMP}{line}\n".encode(), value)
        assert leak.line == 2


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("abc123", "value-too-short"),
        ("production", "value-too-common"),
        ("changeme", "value-too-common"),
        ("20261126", "value-too-common"),
        ("aaaaaaaaaaaa", "value-too-common"),
    ],
)
def test_a_short_or_common_value_is_said_to_be_left_out(value: str, cause: str) -> None:
    kept, refused = searchable([Target("S", Secret(value))])
    assert not kept
    assert [one.cause for one in refused] == [cause]


def test_the_same_place_is_told_once_and_other_secrets_too() -> None:
    value, other = "k9Vw2xLqTz81", "Another7$Secret"
    leaks = _leaks(f"{STAMP}{value} {value}\n{STAMP}{other}\n".encode(), value, other)
    assert [(leak.secret, leak.line) for leak in leaks] == [("SECRET_0", 1), ("SECRET_0", 1), ("SECRET_1", 2)]


def test_a_value_is_found_at_every_place_around_the_end_of_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy_actions.leaks.pieces.PIECE_BYTES", 50_000)
    value, search = "k9Vw2xLqTz81", _search("k9Vw2xLqTz81")
    for before in range(49_960, 50_040, 3):
        for text in (b"x" * before, b"x" * 40_000 + b"\n" + b"y" * (before - 40_001)):
            log = [text[:30_000], text[30_000:] + value.encode()[:5], value.encode()[5:] + b"\n" + b"z" * 120_000]
            assert len(list(search.find(log))) == 1, before
