from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, x25519
from cryptography.hazmat.primitives.serialization import PrivateFormat
from tests.credentials.makers import (
    ec_key,
    ed25519_key,
    encrypted,
    integer,
    octets,
    oid,
    parts_of,
    pem,
    pem_key,
    rsa_key,
    rsa_private_numbers,
    run,
    sequence,
)

from deploy_actions.credentials import kind_of
from deploy_actions.credentials import pem_private_key as kind
from deploy_actions.credentials.credential import Unreadable

TRADITIONAL = PrivateFormat.TraditionalOpenSSL
LABELS = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (pem_key(rsa_key()), "PEM private key, RSA of 2048 bits"),
        (pem_key(rsa_key(), TRADITIONAL), "PEM private key, RSA of 2048 bits"),
        (pem_key(ec_key()), "PEM private key, EC of 256 bits"),
        (pem_key(ec_key(), TRADITIONAL), "PEM private key, EC of 256 bits"),
        (pem_key(ed25519_key()), "PEM private key, Ed25519"),
        (pem_key(x25519.X25519PrivateKey.generate()), "PEM private key, X25519"),
        (pem_key(encryption=encrypted()), "PEM private key, encrypted"),
        (pem_key(rsa_key(), TRADITIONAL, encrypted()), "PEM private key, encrypted"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_key_is_read(value: str, words: str, ends: str) -> None:
    value = value.replace("\n", ends)
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.kind, credential.weaknesses, credential.expires) == (words, (), None)
    assert len(parts_of(credential)) == 1
    assert ":" not in parts_of(credential)[0]


@pytest.mark.parametrize(
    ("value", "weakness"),
    [
        (pem_key(rsa_key(1024)), "1024 bits"),
        (pem_key(dsa.generate_private_key(1024)), "DSA"),
        (pem_key(ec.generate_private_key(ec.SECP192R1())), "192 bits"),
        (pem("RSA PRIVATE KEY", rsa_private_numbers(20_000)), "more than any client"),
    ],
)
def test_a_weak_key_is_a_weakness(value: str, weakness: str) -> None:
    assert any(weakness in one for one in kind.read(value).weaknesses)


def test_numbers_that_do_not_belong_together_are_a_weakness() -> None:
    numbers = rsa_key().private_numbers()
    n, e = numbers.public_numbers.n, numbers.public_numbers.e
    listed = (0, n, e, numbers.d, numbers.p + 2, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    assert kind.read(pem("RSA PRIVATE KEY", sequence(*map(integer, listed)))).weaknesses


@pytest.mark.parametrize("key", [pem_key(), pem_key(rsa_key(), TRADITIONAL), pem_key(encryption=encrypted())])
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.rpartition("\n")[0],
        lambda text: text[:-1],
        lambda text: text.partition("\n")[0],
        lambda text: "\n".join([text.splitlines()[0], *text.splitlines()[2:]]),
        lambda text: text.replace("\n", "\n*", 2),
        lambda text: text.replace("\n", "\\n"),
    ],
)
def test_a_key_that_is_not_whole_is_unreadable(key: str, damage: Callable[[str], str]) -> None:
    value = damage(key)
    assert kind.recognises(value)
    with pytest.raises(Unreadable):
        kind.read(value)


@pytest.mark.parametrize("key", [pem_key(), pem_key(encryption=encrypted())])
def test_literal_line_ends_are_named(key: str) -> None:
    with pytest.raises(Unreadable):
        kind.read(key.replace("\n", "\\n"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff\x02\x01\x00",
        sequence(),
        sequence(integer(0), sequence(oid("1.2.3")), octets(b"")),
        sequence(integer(0), sequence(oid("1.2.840.10045.2.1"), oid("1.2.3")), octets(b"")),
        sequence(*[integer(0)] * 5),
        bytes(500),
    ],
)
@pytest.mark.parametrize("label", LABELS)
def test_a_body_of_nonsense_is_unreadable(label: str, data: bytes) -> None:
    if label == "ENCRYPTED PRIVATE KEY" and data[:1] == b"\x30":
        return
    with pytest.raises(Unreadable):
        kind.read(pem(label, data))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "RSA of 2048 bits"),
        (("genrsa", "-traditional", "2048"), "RSA of 2048 bits"),
        (("genrsa", "-traditional", "-aes256", "-passout", "pass:abcd", "2048"), "encrypted"),
        (("ecparam", "-name", "prime256v1", "-genkey"), "EC of 256 bits"),
        (("ecparam", "-name", "secp384r1", "-genkey", "-noout"), "EC of 384 bits"),
        (("genpkey", "-algorithm", "ED25519"), "Ed25519"),
        (("genpkey", "-algorithm", "X448"), "X448"),
        (("genpkey", "-algorithm", "ED25519", "-aes-256-cbc", "-pass", "pass:abcd"), "encrypted"),
        (("genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"), "RSA of 2048 bits"),
    ],
)
def test_what_openssl_writes_is_read(arguments: tuple[str, ...], words: str) -> None:
    value = run("openssl", *arguments)
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert credential.kind == f"PEM private key, {words}"
    assert bool(credential.note) == (words == "encrypted")


def test_a_key_in_a_text_without_its_first_line_is_none() -> None:
    assert not kind.recognises(pem_key().partition("\n")[2])
    with pytest.raises(Unreadable):
        kind.read("")


@pytest.mark.parametrize("ends", [" ", "", "\n  "])
def test_what_has_no_lines_of_its_own_is_a_concern_since_the_tools_refuse_it(ends: str) -> None:
    assert kind.read(pem_key()).concerns == ()
    assert any("lines of their own" in concern for concern in kind.read(pem_key().replace("\n", ends)).concerns)
