from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.credentials.makers import (
    END,
    PASSPHRASE,
    PLAIN_KEY,
    START,
    TOO_MANY_ROUNDS,
    archive,
    bags_in_the_clear,
    base64_of,
    certificate,
    der,
    der_certificate,
    ed25519_key,
    integer,
    mac_data,
    octets,
    oid,
    pbkdf2,
    pem_certificate,
    pem_key,
    pfx,
    rsa_key,
    rsa_private_numbers,
    run_for_bytes,
    scrypt,
    sequence,
    shrouded,
)

from deploy_actions.credentials import kind_of
from deploy_actions.credentials import pkcs12 as kind
from deploy_actions.credentials.credential import NoDate, Unreadable

COSTLY = {
    "PBKDF2": pfx(shrouded(pbkdf2(TOO_MANY_ROUNDS))),
    "PBKDF2 in 64 bits": pfx(shrouded(pbkdf2(2**62))),
    "PBKDF2 in 200 bits": pfx(shrouded(pbkdf2(2**200))),
    "MAC": pfx(shrouded(pbkdf2(1)), mac=mac_data(TOO_MANY_ROUNDS)),
    "memory of scrypt": pfx(shrouded(scrypt(2**20, 8, 1))),
    "threads of scrypt": pfx(shrouded(scrypt(1024, 8, 2**20))),
    "all together": pfx(*[shrouded(pbkdf2(90_000))] * 3),
    "salt in pieces": pfx(shrouded(pbkdf2(TOO_MANY_ROUNDS, bytes.fromhex("2480") + octets(bytes(4)) + bytes(2)))),
}


def test_an_archive_opens_with_its_password() -> None:
    assert kind_of(archive()) is kind.KIND
    credential = kind.unlock(archive(), PASSPHRASE)
    assert (credential.not_before, credential.expires) == (START, END)
    assert credential.weaknesses == credential.concerns == ()
    assert credential.kind == "PKCS#12 archive with one certificate"


def test_a_chain_ends_with_the_first_that_ends() -> None:
    credential = kind.unlock(archive(PASSPHRASE, END + timedelta(1), END - timedelta(1)), PASSPHRASE)
    assert credential.expires == END - timedelta(1)
    assert credential.kind == "PKCS#12 archive with 3 certificates"


def test_an_archive_without_a_password_opens_by_itself() -> None:
    assert kind.read(archive(None)).expires == END


def test_an_archive_with_a_password_asks_for_the_secret_that_holds_it() -> None:
    with pytest.raises(NoDate, match="password-secret"):
        kind.read(archive())


@pytest.mark.parametrize("password", ["wrong", "", "\ud800", "é" * 2000])
def test_a_password_that_is_not_its_own_opens_nothing(password: str) -> None:
    with pytest.raises(Unreadable, match="does not open"):
        kind.unlock(archive(), password)


@pytest.mark.parametrize("password", ["\0", f"{PASSPHRASE}\0"])
def test_a_password_with_a_nul_is_refused(password: str) -> None:
    """The library ends in a panic, which is no Exception."""
    with pytest.raises(Unreadable, match="NUL"):
        kind.unlock(archive(), password)


def test_a_key_of_another_certificate_is_a_weakness() -> None:
    key = ed25519_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = kind.read(base64_of(pfx(*bags_in_the_clear(key, der_certificate()))))
    assert credential.expires == END
    assert any("another certificate" in weakness for weakness in credential.weaknesses)


def test_a_key_of_few_bits_is_a_weakness() -> None:
    assert any("1024 bits" in weakness for weakness in kind.unlock(archive(key=rsa_key(1024)), PASSPHRASE).weaknesses)


@pytest.mark.parametrize("cut", [12, 100, 400, -4])
def test_an_archive_that_was_cut_off_is_unreadable_and_does_not_ask_for_a_password(cut: int) -> None:
    for value in (archive(None)[:cut], archive()[:cut]):
        with pytest.raises(Unreadable, match="cut off") as caught:
            kind.read(value)
        assert not isinstance(caught.value, NoDate)
        with pytest.raises(Unreadable):
            kind.unlock(value, PASSPHRASE)


def test_an_archive_with_one_character_changed_does_not_open() -> None:
    value = archive()
    for place in range(200, len(value) - 200, 97):
        with pytest.raises(Unreadable):
            kind.unlock(f"{value[:place]}{'b' if value[place] == 'a' else 'a'}{value[place + 1 :]}", PASSPHRASE)


@pytest.mark.parametrize("which", COSTLY)
def test_an_archive_that_would_cost_hours_or_gigabytes_is_not_opened(which: str) -> None:
    value = base64_of(COSTLY[which])
    assert kind.recognises(value)
    with pytest.raises(NoDate):
        kind.read(value)
    with pytest.raises(NoDate, match="rounds"):
        kind.unlock(value, "x")


def test_a_key_whose_primes_would_be_tested_for_minutes_is_not_opened() -> None:
    numbers = octets(rsa_private_numbers(16_384))
    key = sequence(integer(0), sequence(oid("1.2.840.113549.1.1.1"), b"\5\0"), numbers)
    value = base64_of(pfx(sequence(oid(PLAIN_KEY), der(0xA0, key))))
    with pytest.raises(NoDate, match="4096 bits"):
        kind.unlock(value, "x")


def test_a_serial_number_is_not_taken_for_rounds() -> None:
    """In an archive that encrypts nothing, certificates and keys stand in the clear."""
    assert kind.read(archive(None, END, END, END)).expires == END


@pytest.mark.parametrize("depth", [29, 40, 3000])
def test_what_is_nested_deeply_is_unreadable(depth: int) -> None:
    nested = b""
    for _ in range(depth):
        nested = sequence(nested)
    with pytest.raises(Unreadable):
        kind.read(base64_of(sequence(integer(3), nested)))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-legacy",),
        ("-certpbe", "AES-128-CBC", "-keypbe", "AES-256-CBC", "-macalg", "sha512"),
        ("-keypbe", "NONE", "-certpbe", "NONE"),
        ("-nomac",),
        ("-iter", "50000"),
        ("-nokeys",),
    ],
)
@pytest.mark.parametrize("password", [PASSPHRASE, "", "pässwört"])
def test_what_openssl_writes_is_opened(options: tuple[str, ...], password: str, tmp_path: Path) -> None:
    files = {"cert": pem_certificate(key=rsa_key()), "key": pem_key(rsa_key())}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    inputs = ("-in", str(tmp_path / "cert"), "-inkey", str(tmp_path / "key"))
    value = base64_of(run_for_bytes("openssl", "pkcs12", "-export", *inputs, *options, "-passout", f"pass:{password}"))
    assert kind_of(value) is kind.KIND
    credential = kind.unlock(value, password) if password else kind.read(value)
    assert (credential.expires, credential.weaknesses) == (END, ())
    assert bool(credential.concerns) == ("-nokeys" in options)


@pytest.mark.parametrize(
    "value",
    [
        "MI",
        "MII",
        "MIIB",
        base64_of(der_certificate()),
        base64_of(sequence(integer(0))),
        base64_of(sequence(octets(integer(3)))),
        "MI" + "!" * 20,
        pem_certificate(),
    ],
)
def test_what_does_not_begin_with_version_3_is_no_archive(value: str) -> None:
    assert not kind.recognises(value)
    for reader in (kind.read, lambda text: kind.unlock(text, "x")):
        with pytest.raises(Unreadable, match="no PKCS#12"):
            reader(value)


def test_the_maker_makes_what_it_says() -> None:
    assert certificate().not_valid_after_utc == END
