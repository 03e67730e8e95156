import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat
from tests.credentials.makers import (
    END,
    START,
    base64_of,
    der_certificate,
    ec_key,
    ed25519_key,
    encrypted,
    parts_of,
    pem,
    pem_certificate,
    pem_key,
    rsa_key,
    run,
    run_for_bytes,
    tbs_with_key,
)

from deploy_actions.credentials import kind_of
from deploy_actions.credentials import x509 as kind
from deploy_actions.credentials.credential import NoDate, Unreadable

PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("ends", [END, PAST + timedelta(days=400), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
@pytest.mark.parametrize("form", ["pem", "crlf", "der", "wrapped", "text before"])
def test_the_dates_are_those_of_the_certificate(ends: datetime, form: str) -> None:
    starts = min(START, ends - timedelta(days=1))
    text, in_base64 = pem_certificate(ends, starts), base64_of(der_certificate(ends, starts))
    wrapped = "\r\n".join(in_base64[at : at + 76] for at in range(0, len(in_base64), 76))
    forms = {"pem": text, "crlf": text.replace("\n", "\r\n"), "der": in_base64, "wrapped": wrapped}
    value = forms.get(form, f"Bag Attributes\n  friendlyName: a\n{text}")
    assert kind.recognises(value)
    credential = kind.read(value)
    assert (credential.not_before, credential.issued, credential.expires) == (starts, starts, ends)
    assert credential.subject == "CN=service.example"


def test_a_chain_ends_with_the_first_that_ends_and_starts_with_the_last_that_starts() -> None:
    early, late = pem_certificate(END, PAST), pem_certificate(END + timedelta(days=1), START)
    credential = kind.read(f"{late}\n{early}")
    assert (credential.not_before, credential.expires) == (START, END)
    assert credential.kind == "chain of 2 X.509 certificates"


def test_a_key_beside_the_certificate_belongs_to_it() -> None:
    credential = kind.read(f"{pem_certificate()}\n{pem_key()}")
    assert credential.weaknesses == ()
    assert parts_of(credential) == ["".join(pem_key().splitlines()[1:-1])]


@pytest.mark.parametrize("order", [1, -1])
def test_a_key_of_another_certificate_is_a_weakness(order: int) -> None:
    value = "\n".join([pem_certificate(), pem_key(rsa_key())][::order])
    assert kind_of(value) is kind.KIND
    assert any("another certificate" in weakness for weakness in kind.read(value).weaknesses)


def test_an_encrypted_key_beside_the_certificate_is_not_compared() -> None:
    credential = kind.read(f"{pem_certificate()}\n{pem_key(rsa_key(), encryption=encrypted())}")
    assert credential.weaknesses == ()
    assert "passphrase" in credential.note


def test_a_key_of_few_bits_is_a_weakness() -> None:
    assert any("1024 bits" in weakness for weakness in kind.read(pem_certificate(key=rsa_key(1024))).weaknesses)


@pytest.mark.parametrize("bits", [20_000, 100_000])
def test_a_modulus_that_no_client_takes_does_not_stop_the_reading(bits: int) -> None:
    value = base64_of(tbs_with_key(bits))
    assert kind.recognises(value)
    assert kind.read(value).expires == END
    kind.read(f"{pem('CERTIFICATE', tbs_with_key(bits))}\n{pem_key()}")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.rpartition("\n")[0],
        lambda text: text.replace("\n", "\\n"),
        lambda text: text + "\n" + text[:200],
        lambda text: text + "\n" + text.rpartition("\n")[0],
        lambda text: text.replace("MII", "MIJ", 1),
        lambda text: text.replace("\n", "\n!", 2),
        lambda text: f"-----BEGIN {'CERTIFICATE'}-----\n-----END CERTIFICATE-----",
    ],
)
def test_a_certificate_that_is_not_whole_is_unreadable(damage: Callable[[str], str]) -> None:
    value = damage(pem_certificate())
    assert kind.recognises(value)
    with pytest.raises(Unreadable):
        kind.read(value)


def test_literal_line_ends_are_named() -> None:
    with pytest.raises(Unreadable, match="two characters"):
        kind.read(pem_certificate().replace("\n", "\\n"))


@pytest.mark.parametrize("cut", [10, 100, 300])
def test_base64_that_was_cut_off_is_no_certificate(cut: int) -> None:
    value = base64_of(der_certificate())[:cut]
    assert not kind.recognises(value)
    with pytest.raises(Unreadable):
        kind.read(value)


def test_a_date_without_sense_is_no_date() -> None:
    ends = datetime(2060, 1, 1, tzinfo=UTC)
    broken = der_certificate(ends).replace(b"20600101000000Z", b"20601301000000Z")
    with pytest.raises((NoDate, Unreadable)):
        kind.read(base64_of(broken))


@pytest.mark.parametrize(
    "arguments",
    [
        ("-newkey", "rsa:2048"),
        ("-newkey", "rsa:2048", "-sha1"),
        ("-newkey", "ed25519"),
        ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"),
        ("-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss"),
        ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-set_serial", "1"),
    ],
)
def test_what_openssl_writes_is_read(arguments: tuple[str, ...], tmp_path: Path) -> None:
    key = str(tmp_path / "key")
    text = run("openssl", "req", "-x509", *arguments, "-nodes", "-keyout", key, "-subj", "/CN=a", "-days", "30")
    in_base64 = base64_of(run_for_bytes("openssl", "x509", "-outform", "DER", stdin=text))
    dates = (
        run_for_bytes("openssl", "x509", "-noout", "-dates", "-dateopt", "iso_8601", stdin=text).decode().split("\n")
    )
    begins, ends = (datetime.fromisoformat(line.partition("=")[2]) for line in dates if line)
    for value in (text, in_base64):
        assert kind_of(value) is kind.KIND
        credential = kind.read(value)
        assert (credential.not_before, credential.expires) == (begins, ends)
    assert ends - begins in (timedelta(days=30), timedelta(days=30, seconds=1))  # openssl asks the clock twice
    assert kind.read(text + (tmp_path / "key").read_text()).weaknesses == ()
    assert bool(kind.read(text).concerns) == ("-sha1" in arguments)


@pytest.mark.parametrize("serial", ["0", "-1"])
def test_a_serial_number_that_the_standard_forbids_stops_nothing(serial: str, tmp_path: Path) -> None:
    arguments = ("-newkey", "ed25519", "-nodes", "-keyout", str(tmp_path / "key"), "-subj", "/CN=a")
    text = run("openssl", "req", "-x509", *arguments, "-set_serial", serial)
    try:
        assert kind.read(text).expires
    except Unreadable:
        assert serial == "-1"


@pytest.mark.parametrize(
    "value",
    [
        pem_key(),
        base64.b64encode(bytes(500)).decode(),
        "MIIB",
        pem_key(ec_key(), PrivateFormat.TraditionalOpenSSL),
        pem_key(ed25519_key()),
    ],
)
def test_what_holds_no_certificate_is_none(value: str) -> None:
    assert not kind.recognises(value)


@pytest.mark.parametrize("ends", [" ", "", "\n  "])
def test_what_has_no_lines_of_its_own_is_a_concern_since_the_tools_refuse_it(ends: str) -> None:
    assert kind.read(pem_certificate()).concerns == ()
    assert any("lines of their own" in concern for concern in kind.read(pem_certificate().replace("\n", ends)).concerns)


def test_a_certificate_of_a_version_that_there_is_not_is_unreadable() -> None:
    der = bytearray(der_certificate())
    der[der.index(bytes.fromhex("a003020102")) + 4] = 0x34
    value = base64.b64encode(bytes(der)).decode()
    assert not kind.recognises(value)
    with pytest.raises(Unreadable):
        kind.read(value)
