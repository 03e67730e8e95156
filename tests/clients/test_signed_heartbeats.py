"""Whoever has no key can neither forge, nor alter, nor drop a heartbeat."""

import base64
import hmac
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import NOW, FakeClock, FakeFiles, FakeHttp

from deploy_actions.clients.patience import Patience
from deploy_actions.clients.runner_heartbeats import Heartbeat
from deploy_actions.clients.signed_heartbeats import (
    AUDIENCE,
    LONGEST_LINE,
    MOST_LINES,
    fetch_signed,
    read_signed,
    signed_heartbeats,
)
from deploy_actions.core.address_types import ExactUrl, Url
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, Unreachable

SHARED, OTHER = token_urlsafe(32), token_urlsafe(32)
RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
SIGNERS: dict[str, Any] = {"HS256": SHARED, "RS256": RSA, "ES256": P256, "EdDSA": ED25519}
HOSTILE = "words-of-an-attacker"
SENT = int(NOW.timestamp())


def pem(key: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    content: bytes = key.public_key().public_bytes(serialization.Encoding.PEM, form)
    return content.decode()


def verifier(algorithm: str) -> Secret:
    return Secret(SHARED if algorithm == "HS256" else pem(SIGNERS[algorithm]))


def claims(runner: object = "r1", **more: object) -> dict[str, Any]:
    return {"aud": AUDIENCE, "sub": runner, "iat": SENT, **more}


def signed(payload: object = None, algorithm: str = "HS256", key: Any = None, **header: Any) -> str:
    """A token of any payload, also of one that is no JSON object."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload or claims()).encode()
    return jwt.PyJWS().encode(content, key or SIGNERS[algorithm], algorithm, headers=header)


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def forged(header: object, sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    start = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims(HOSTILE)).encode())}"
    return f"{start}.{encoded(sign(start.encode()))}"


def mac(key: str) -> Callable[[bytes], bytes]:
    return lambda content: hmac.digest(key.encode(), content, "sha256")


FULL: dict[str, Any] = {
    "disk_free_bytes": 5 * 2**30,
    "disk_free_inodes": 100_000,
    "memory_available_bytes": 2**31,
    "egress": True,
    "service_active": False,
    "quarantined": True,
}


@pytest.mark.parametrize("algorithm", SIGNERS)
@pytest.mark.parametrize(
    ("payload", "heartbeat"),
    [
        (claims(), Heartbeat(runner="r1", sent_at=NOW)),
        (claims(**FULL), Heartbeat(runner="r1", sent_at=NOW, **FULL)),
        (claims(**dict.fromkeys(FULL)), Heartbeat(runner="r1", sent_at=NOW)),
        (claims(iat=SENT + 0.25), Heartbeat(runner="r1", sent_at=NOW + timedelta(seconds=0.25))),
        (claims(aud=["other", AUDIENCE]), Heartbeat(runner="r1", sent_at=NOW)),
        (claims("über-1", of_tomorrow=7, exp=None), Heartbeat(runner="über-1", sent_at=NOW)),
        (claims(iat=0), Heartbeat(runner="r1", sent_at=datetime(1970, 1, 1, tzinfo=UTC))),
    ],
)
def test_what_a_runner_signed_is_read(algorithm: str, payload: dict[str, Any], heartbeat: Heartbeat) -> None:
    assert signed_heartbeats(signed(payload, algorithm), verifier(algorithm)) == (heartbeat,)


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        ([], {}),
        ([claims(egress=False), claims(iat=SENT + 1, egress=True)], {"r1": (1, True)}),
        ([claims(iat=SENT + 1, egress=True), claims(egress=False)], {"r1": (1, True)}),
        ([claims(iat=SENT + 0.5), claims(egress=False)], {"r1": (0.5, None)}),
        ([claims(egress=True), claims(egress=False)], {"r1": (0, False)}),
        ([claims(egress=False), claims(egress=True)], {"r1": (0, False)}),
        ([claims(egress=True), claims(egress=True)], {"r1": (0, True)}),
        ([claims("r2"), claims("R1"), claims("r1")], {"r2": (0, None), "R1": (0, None), "r1": (0, None)}),
    ],
)
def test_of_several_heartbeats_of_a_runner_the_newest_counts(
    tokens: list[dict[str, Any]], found: dict[str, tuple[float, bool | None]]
) -> None:
    read = signed_heartbeats("\n".join(map(signed, tokens)), verifier("HS256"))
    assert {one.runner: ((one.sent_at - NOW).total_seconds(), one.egress) for one in read} == found


@pytest.mark.parametrize("text", ["", "\n", "\r\n\n", "{0}\n", "\n\n{0}\r\n\r\n", "{0}\n{0}\n{0}"])
def test_blank_lines_are_passed_over(text: str) -> None:
    assert len(signed_heartbeats(text.format(signed()), verifier("HS256"))) == (1 if "{0}" in text else 0)


NO_HEARTBEATS: dict[str, tuple[str, str]] = {
    "words": (HOSTILE, "it is no JWT"),
    "a comment": ("# " + HOSTILE, "it is no JWT"),
    "a space": (" ", "it is no JWT"),
    "indented": (" " + signed(), "it is no JWT"),
    "two on a line": (f"{signed()} {signed()}", "it is no JWT"),
    "joined": (signed() + signed(), "it is no JWT"),
    "padded": (signed() + "=", "it is no JWT"),
    "no signature": (signed().rpartition(".")[0] + ".", "it is no JWT"),
    "two parts": (signed().rpartition(".")[0], "it is no JWT"),
    "a line separator": (signed() + "\u2028" + signed(), "it is no JWT"),
    "no header": (f"{encoded(b'7')}.{encoded(b'{}')}.AAAA", "it is no JWT"),
    "deep header": (f"{encoded(b'[' * 4000)}.{encoded(b'{}')}.AAAA", "it is no JWT"),
    "no algorithm": (forged({}, mac(SHARED)), "it is not signed by HS256"),
    "an algorithm that is a list": (forged({"alg": ["HS256"]}, mac(SHARED)), "it is not signed by HS256"),
    "critical": (forged({"alg": "HS256", "crit": ["of-tomorrow"], "of-tomorrow": 1}, mac(SHARED)), "it is no JWT"),
    "detached": (forged({"alg": "HS256", "b64": False, "crit": ["b64"]}, mac(SHARED)), "it is no JWT"),
    "too long": (signed(claims(x="x" * 8_000)), "it is longer than 8192 characters"),
    "another key": (signed(key=OTHER), "its signature is not of the key"),
    "unsigned": (forged({"alg": "none"}, lambda _: b""), "it is no JWT"),
    "unsigned, with something": (forged({"alg": "none"}, lambda _: b"x"), "it is not signed by HS256"),
    "unsigned in capitals": (forged({"alg": "NONE"}, mac(SHARED)), "it is not signed by HS256"),
    "a shorter hash": (forged({"alg": "HS256"}, lambda content: mac(SHARED)(content)[:16]), "its signature is not"),
    "a longer hash": (signed(algorithm="HS512", key=SHARED * 2), "it is not signed by HS256"),
    "another family": (signed(algorithm="ES256"), "it is not signed by HS256"),
    "signed as another": (forged({"alg": "RS256"}, mac(SHARED)), "it is not signed by HS256"),
    "no JSON": (signed(b"\xff\xfe"), "its claims are not those of a heartbeat"),
    "no object": (signed(b"[]"), "its claims are not those of a heartbeat"),
    "nested": (signed(b"[" * 5_000), "its claims are not those of a heartbeat"),
}

TYPES = "its claims are not those of a heartbeat"
OTHER_AUDIENCES: list[Any] = ["", "x", [], AUDIENCE + "/", ["x", AUDIENCE.upper()]]
NO_CLAIMS: dict[str, list[Any]] = {
    "aud": [None, 7, {}, [7], [None]],
    "sub": ["", None, 7, ["r1"], "x" * 256],
    "iat": [None, "1", True, -1, 253_402_300_800, 10**400, float("nan"), float("inf")],
    "exp": [SENT + 60],
    "nbf": [SENT],
    **{name: ["5", -1, 1.5, True, []] for name in list(FULL)[:3]},
    **{name: ["true", 1, 0, []] for name in list(FULL)[3:]},
}
WRONG_CLAIMS: list[tuple[str, dict[str, Any], str]] = [
    *((f"no {absent}", {k: v for k, v in claims().items() if k != absent}, TYPES) for absent in claims()),
    *((f"aud {aud!r}", claims(aud=aud), f"its audience is not {AUDIENCE}") for aud in OTHER_AUDIENCES),
    *(
        (f"{name} {value!r}"[:40], claims() | {name: value}, TYPES)
        for name, values in NO_CLAIMS.items()
        for value in values
    ),
]
NO_HEARTBEATS |= {name: (signed(payload), cause) for name, payload, cause in WRONG_CLAIMS}


@pytest.mark.parametrize("name", NO_HEARTBEATS)
def test_a_line_that_is_no_heartbeat_spoils_the_whole_and_is_named_but_not_quoted(name: str) -> None:
    line, cause = NO_HEARTBEATS[name]
    with pytest.raises(Malformed) as spoiled:
        signed_heartbeats(f"{signed()}\n\n{line}\n{signed()}", verifier("HS256"))
    told = str(spoiled.value)
    assert told.startswith(f"reading line 3: {cause}"), told
    assert not any(words in told for words in (HOSTILE, SHARED, *(part for part in line.split(".") if len(part) > 3)))
    assert spoiled.value.__suppress_context__


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_public_key_is_never_a_shared_one(algorithm: str) -> None:
    public = pem(SIGNERS[algorithm])
    for secret in (public, public.strip(), "".join(public.splitlines()[1:-1])):
        for name in ("HS256", "HS384", algorithm):
            with pytest.raises(Malformed, match=r"reading line 1: (it is not signed by|its signature is not)"):
                signed_heartbeats(forged({"alg": name, "typ": "JWT"}, mac(secret)), Secret(public))


@pytest.mark.parametrize("algorithm", SIGNERS)
@pytest.mark.parametrize("other", ["HS256", "RS256", "RS512", "PS256", "ES256", "EdDSA"])
def test_a_token_of_another_algorithm_is_refused_whatever_its_header_says(algorithm: str, other: str) -> None:
    if algorithm != other:
        key = SIGNERS.get(other, RSA)
        with pytest.raises(Malformed, match=f"reading line 1: it is not signed by {algorithm}"):
            signed_heartbeats(signed(algorithm=other, key=key), verifier(algorithm))


def test_a_signature_by_another_padding_under_the_keys_own_name_is_refused() -> None:
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    token = forged({"alg": "RS256"}, lambda content: RSA.sign(content, pss, hashes.SHA256()))
    with pytest.raises(Malformed, match="its signature is not of the key"):
        signed_heartbeats(token, verifier("RS256"))


def test_a_key_that_is_not_fit_is_refused_though_there_is_nothing_to_verify() -> None:
    with pytest.raises(Malformed, match="shorter than 32 bytes"):
        signed_heartbeats("", Secret("k" * 31))


def test_as_many_lines_and_as_long_ones_as_allowed_are_read_and_no_more() -> None:
    assert signed_heartbeats("\n" * MOST_LINES, verifier("HS256")) == ()
    with pytest.raises(Malformed, match="more than 5000 lines"):
        signed_heartbeats("\n" * (MOST_LINES + 1), verifier("HS256"))
    most = (LONGEST_LINE - len(signed(claims(x="")))) // 4 * 3
    long = max((signed(claims(x="x" * (most - less))) for less in range(4)), key=len)
    assert LONGEST_LINE - 4 < len(long) <= LONGEST_LINE
    assert len(signed_heartbeats(long, verifier("HS256"))) == 1
    for length, cause in ((LONGEST_LINE, "it is no JWT"), (LONGEST_LINE + 1, "it is longer than 8192 characters")):
        with pytest.raises(Malformed, match=cause):
            signed_heartbeats("x" * length, verifier("HS256"))


FLEET = [claims(f"r{number}", **FULL, load=number) for number in range(3)]
EDITS = st.lists(
    st.tuples(st.sampled_from(["flip", "insert", "delete"]), st.integers(0, 10**6), st.integers(0, 255)),
    min_size=1,
    max_size=3,
)


def edited(content: bytes, edits: list[tuple[str, int, int]]) -> bytes:
    changed = bytearray(content)
    for kind, position, byte in edits:
        at = position % len(changed)
        if kind == "insert":
            changed.insert(at, byte)
        elif kind == "delete":
            del changed[at]
        else:
            changed[at] ^= byte
    return bytes(changed)


@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "EdDSA"])
def test_no_alteration_changes_or_drops_a_heartbeat(algorithm: str) -> None:
    key, original = verifier(algorithm), "\n".join(signed(each, algorithm) for each in FLEET).encode() + b"\n"
    expected = signed_heartbeats(original.decode(), key)
    outcomes = set()

    @given(EDITS)
    def altered(edits: list[tuple[str, int, int]]) -> None:
        try:
            read = read_signed(FakeFiles(edited(original, edits)), "heartbeats", key)
        except Malformed:
            outcomes.add("refused")
        else:
            outcomes.add("read")
            assert read == expected

    altered()
    assert "refused" in outcomes


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_no_heartbeats(content: bytes) -> None:
    try:
        assert read_signed(FakeFiles(content), "heartbeats", verifier("HS256")) == ()
    except Malformed:
        assert content.strip(b"\r\n")


@given(st.text(alphabet="abcdefgh.-_=Q0", max_size=80), st.binary(max_size=60), st.binary(max_size=60))
def test_parts_of_any_kind_are_no_heartbeats(text: str, header: bytes, payload: bytes) -> None:
    for line in (f"x{text}", f"{encoded(header)}.{encoded(payload)}.{text or 'x'}"):
        with pytest.raises(Malformed):
            signed_heartbeats(line, verifier("EdDSA"))


def test_a_file_is_read_and_its_trouble_told() -> None:
    files = FakeFiles(signed().encode(), contents={"of-bytes": b"\xff"}, absent=("absent",))
    assert [one.runner for one in read_signed(files, "heartbeats", verifier("HS256"))] == ["r1"]
    with pytest.raises(Malformed, match="no UTF-8 text"):
        read_signed(files, "of-bytes", verifier("HS256"))
    with pytest.raises(NotFound):
        read_signed(files, "absent", verifier("HS256"))


@pytest.mark.parametrize("token", [None, Secret("canary-in-the-mine")])
def test_an_address_is_asked_for_any_media_type_with_the_token_if_there_is_one(token: Secret | None) -> None:
    http, url = FakeHttp(signed().encode()), ExactUrl.parse("https://runners.acme.example/heartbeats?all=1")
    patience = Patience(http, FakeClock(), timedelta(seconds=60))
    assert [one.runner for one in fetch_signed(patience, url, verifier("HS256"), token)] == ["r1"]
    (request,) = http.requests
    assert (request.url, request.method, request.accept) == (url, "GET", "*/*")
    assert request.secret_headers == ({"Authorization": ("Bearer ", token)} if token else {})


def test_an_address_that_does_not_answer_or_answers_a_page_gives_no_heartbeats() -> None:
    url, key = Url.parse("https://runners.acme.example"), verifier("HS256")
    with pytest.raises(Unreachable):
        fetch_signed(FakeHttp(error=Unreachable("runners", "GET /", "status 503")), url, key)
    with pytest.raises(Malformed, match="reading line 1: it is no JWT"):
        fetch_signed(FakeHttp(b"<html>Log in</html>"), url, key)


@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA"])
def test_the_program_in_the_documentation_signs_what_is_read(algorithm: str, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "heartbeats.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "heartbeat.key").write_text(SHARED if algorithm == "HS256" else ED25519.private_bytes(*form).decode())
    command = [sys.executable, "-c", program, algorithm, "r1"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    (heartbeat,) = signed_heartbeats(printed, verifier(algorithm))
    assert heartbeat.runner == "r1"
    assert abs((datetime.now(UTC) - heartbeat.sent_at).total_seconds()) < 60
    assert heartbeat.disk_free_bytes
    assert heartbeat.memory_available_bytes
