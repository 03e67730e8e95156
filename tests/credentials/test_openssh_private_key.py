from pathlib import Path

import pytest
from tests.credentials.makers import (
    ec_key,
    encrypted,
    parts_of,
    pem,
    rsa_key,
    run,
    ssh_key,
    ssh_string,
    text_of,
)

from deploy_actions.credentials import kind_of
from deploy_actions.credentials import openssh_private_key as kind
from deploy_actions.credentials.credential import Unreadable

LABEL = "OPENSSH PRIVATE KEY"
HEAD = b"openssh-key-v1\0" + ssh_string(b"none") * 2 + ssh_string(b"")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (ssh_key(), "OpenSSH private key, Ed25519"),
        (ssh_key(ec_key()), "OpenSSH private key, EC of 256 bits"),
        (ssh_key(rsa_key()), "OpenSSH private key, RSA of 2048 bits"),
        (ssh_key(encryption=encrypted()), "OpenSSH private key, Ed25519, encrypted"),
        (f"some words\n{ssh_key()}\n", "OpenSSH private key, Ed25519"),
    ],
)
def test_a_key_is_read(value: str, words: str) -> None:
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.kind, credential.weaknesses, credential.expires) == (words, (), None)
    assert bool(credential.note) == ("encrypted" in words)


def test_its_body_on_one_line_is_masked() -> None:
    key = ssh_key()
    assert parts_of(kind.read(key.replace("\n", "\r\n"))) == ["".join(key.splitlines()[1:-1])]


def test_windows_line_ends_are_a_concern() -> None:
    assert kind.read(ssh_key()).concerns == ()
    assert any("Windows" in concern for concern in kind.read(ssh_key().replace("\n", "\r\n")).concerns)


def test_literal_line_ends_are_named() -> None:
    with pytest.raises(Unreadable, match="two characters"):
        kind.read(ssh_key().replace("\n", "\\n"))


@pytest.mark.parametrize("key", [ssh_key(), ssh_key(encryption=encrypted())])
def test_a_key_that_lost_its_last_line_is_unreadable(key: str) -> None:
    for cut in (key[:60], key[: len(key) // 2], key.rpartition("\n")[0], key[:-1]):
        with pytest.raises(Unreadable, match="BEGIN to END"):
            kind.read(cut)


def test_a_key_that_lost_a_line_in_the_middle_is_unreadable() -> None:
    lines = ssh_key(rsa_key()).splitlines()
    for at in range(1, len(lines) - 1, 3):
        with pytest.raises(Unreadable):
            kind.read("\n".join(lines[:at] + lines[at + 1 :]))


def test_a_modulus_of_few_bits_is_a_weakness() -> None:
    assert any("1024 bits" in weakness for weakness in kind.read(ssh_key(rsa_key(1024))).weaknesses)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"openssh-key-v1\0",
        b"openssh-key-v1\0" + b"\xff" * 100,
        HEAD,
        HEAD + b"\0\0\0\0",
        HEAD + b"\0\0\0\2" + ssh_string(b"") * 4,
        HEAD + b"\0\0\0\1" + ssh_string(b""),
        HEAD + b"\0\0\0\1" + ssh_string(text_of("ssh-ed25519")) + ssh_string(b""),
        HEAD + b"\0\0\0\1" + ssh_string(text_of("ssh-rsa", 65_537, 2**100_000)) + ssh_string(bytes(64)),
        HEAD + b"\0\0\0\1" + ssh_string(text_of("ssh-rsa", 0, 0)) + ssh_string(bytes(64)),
        HEAD + b"\0\0\0\1" + ssh_string(text_of("ssh-dss", 1, 1, 1, 1)) + ssh_string(bytes(64)),
        HEAD + b"\0\0\0\1" + ssh_string(text_of("\n ssh", 1)) + ssh_string(bytes(64)),
    ],
)
def test_a_body_of_nonsense_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        kind.read(pem(LABEL, body))


@pytest.mark.parametrize("passphrase", ["", "correct horse"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("ed25519",), "Ed25519"),
        (("rsa", "-b", "2048"), "RSA of 2048 bits"),
        (("ecdsa", "-b", "256"), "EC of 256 bits"),
        (("ecdsa", "-b", "521"), "EC of 521 bits"),
        (("rsa", "-b", "1024"), "RSA of 1024 bits"),
    ],
)
def test_what_ssh_keygen_writes_is_read(options: tuple[str, ...], words: str, passphrase: str, tmp_path: Path) -> None:
    run("ssh-keygen", "-q", "-a", "1", "-t", *options, "-N", passphrase, "-f", str(tmp_path / "key"))
    value = (tmp_path / "key").read_text()
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert credential.kind == f"OpenSSH private key, {words}{', encrypted' if passphrase else ''}"
    assert bool(credential.weaknesses) == ("1024" in words)


@pytest.mark.parametrize("ends", [" ", "", "\n  "])
def test_what_has_no_lines_of_its_own_is_a_concern_since_the_tools_refuse_it(ends: str) -> None:
    assert kind.read(ssh_key()).concerns == ()
    assert any("lines of their own" in concern for concern in kind.read(ssh_key().replace("\n", ends)).concerns)
