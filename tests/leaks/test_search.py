import base64
import random
from itertools import islice
from pathlib import Path

import pytest
from benchmarks.ci_log import lines
from tests.leaks.templates import filled
from tests.leaks.values_in_logs import STAMP

from deploy_actions.core.leak_search import Leak, OverMasked, Target
from deploy_actions.core.secret import Secret
from deploy_actions.leaks import rule_pack
from deploy_actions.leaks.known_values import KnownValues
from deploy_actions.leaks.search import Search
from deploy_actions.leaks.unknown_values import UnknownValues, compiled

_PACK = rule_pack.pack((Path(rule_pack.__file__).parent / "rules.json").read_bytes())
_COMPILED = compiled(_PACK)


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(KnownValues(()), UnknownValues(_PACK, _COMPILED))


def _leaks(search: Search, log: bytes) -> list[Leak]:
    return [found for found in search.find([log]) if isinstance(found, Leak)]


def _token(seed: int = 1) -> str:
    return filled("ghp_{alnum:36}", seed)


def test_a_token_is_found_wherever_it_is_split_over_two_lines(search: Search) -> None:
    token = _token()
    for at in range(1, len(token)):
        log = f"{STAMP}word before\n{STAMP}out {token[:at]}\n{STAMP}{token[at:]} end\n".encode()
        assert [(leak.rule, leak.line, leak.last_line) for leak in _leaks(search, log)] == [("github-token", 2, 3)], at


def test_a_token_with_colours_inside_is_found(search: Search) -> None:
    token = _token()
    for at in range(1, len(token)):
        log = f"{STAMP}\x1b[32m{token[:at]}\x1b[0m\x1b[1m{token[at:]}\x1b[0m\n".encode()
        assert [leak.rule for leak in _leaks(search, log)] == ["github-token"], at


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("width", [76, 20, 1000])
def test_a_token_in_base64_is_found(search: Search, before: str, width: int) -> None:
    text = base64.b64encode(f"{before} {_token()} and more".encode()).decode()
    wrapped = f"\n{STAMP}".join(text[at : at + width] for at in range(0, len(text), width))
    (leak,) = _leaks(search, f"{STAMP}out: {wrapped}\n{STAMP}done\n".encode())
    assert (leak.rule, leak.form, leak.line) == ("github-token", "in-base64", 1)


def test_a_private_key_in_wrapped_base64_is_found(search: Search) -> None:
    text = base64.b64encode(filled("{pem:RSA PRIVATE KEY}", 3).encode()).decode()
    wrapped = f"\n{STAMP}".join(text[at : at + 76] for at in range(0, len(text), 76))
    assert [leak.rule for leak in _leaks(search, f"{STAMP}{wrapped}\n".encode())] == ["private-key"]


def test_a_token_beside_an_invalid_byte_or_in_utf_16_or_a_dump_is_found(search: Search) -> None:
    token = _token()
    assert [leak.rule for leak in _leaks(search, b"\xff\xfe\x80 " + token.encode() + b"\xc3\n")] == ["github-token"]
    assert [leak.rule for leak in _leaks(search, f"out {token}\n".encode("utf-16"))] == ["github-token"]
    rows = [token.encode()[at : at + 16] for at in range(0, len(token), 16)]
    dump = "".join(f"{STAMP}{16 * at:08x}  {row.hex(' ')}  |.|\n" for at, row in enumerate(rows)).encode()
    assert [(leak.rule, leak.form) for leak in _leaks(search, dump)] == [("github-token", "hexdump")]


def test_a_known_value_is_not_told_as_an_unknown_one_too() -> None:
    token = _token()
    search = Search(KnownValues([Target("T", Secret(token))]), UnknownValues(_PACK, _COMPILED))
    assert [(leak.secret, leak.rule) for leak in _leaks(search, f"TOKEN={token}\n".encode())] == [("T", "")]


def test_there_is_no_finding_in_a_million_clean_lines(search: Search) -> None:
    clean = islice(lines(seed=20261126), 1_000_000)
    assert list(search.find(clean)) == []


@pytest.mark.parametrize(
    ("assignment", "alphabet", "length"),
    [("password=", "alnum", 16), ("password=", "alpha", 16), ("--password ", "alnum", 16), ("token: ", "alnum", 24)],
)
def test_most_random_values_that_are_given_to_a_name_are_found(
    search: Search, assignment: str, alphabet: str, length: int
) -> None:
    log = "".join(f"x {assignment}{filled(f'{{{alphabet}:{length}}}', seed)} y\n" for seed in range(200)).encode()
    assert len(_leaks(search, log)) >= 190


def test_words_that_a_mask_cut_are_told(search: Search) -> None:
    found = list(search.find([b"ok\nde***y started\ntoken=*** is fine\n" + b"-" * 50 + b"pro*** x\n"]))
    assert found == [OverMasked(2, "de", "y"), OverMasked(4, "pro", "")]


def test_lines_are_counted_over_pieces_and_columns_within_them(search: Search) -> None:
    clean = f"{STAMP}nothing to see here\n".encode() * 60_000
    (leak,) = _leaks(search, clean + f"{STAMP}out {_token()}\n".encode())
    assert (leak.line, leak.column) == (60_001, len(STAMP) + 5)


def test_a_log_of_nothing_but_leaks_takes_no_longer_than_it_is_long(search: Search) -> None:
    log = "".join(f"{STAMP}{_token(seed)}\n" for seed in range(6_000)).encode()
    assert len(_leaks(search, log)) == 6_000
    source = random.Random(2)
    joined = " ".join(filled("ghp_{alnum:36}", source.randrange(1 << 30)) for _ in range(6_000))
    assert len(_leaks(search, joined.encode())) == 6_000


def test_a_long_line_and_hostile_bytes_are_searched_in_pieces(search: Search) -> None:
    token = _token().encode()
    for filler in (
        b"a",
        b"\0",
        b"\r",
        b"\x1b",
        b"eyJ",
        b"Z2hwX",
        b"://a:b",
        b"password=",
        b"-----BEGIN ",
        b"0000000: 6161 ",
    ):
        log = (filler * (1_200_000 // len(filler)), b"\n", token, b"\n")
        assert "github-token" in [leak.rule for leak in search.find(log) if isinstance(leak, Leak)], filler
