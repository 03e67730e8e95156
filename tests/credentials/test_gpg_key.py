import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.credentials.makers import (
    END,
    START,
    armor,
    base64_of,
    gpg,
    gpg_key,
    openpgp,
    openpgp_key,
    packet,
    parts_of,
    run,
    seconds,
    signature,
    subpacket,
)

from deploy_actions.credentials import gpg_key as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import Unreadable

LASTS = seconds(END) - seconds(START)
KEY = openpgp_key()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A short path: the sockets of gpg's agent stand in it."""
    folder = Path(tempfile.mkdtemp(prefix="gpg-"))
    (folder / "gpg-agent.conf").write_text("s2k-count 65536\n")
    yield folder
    if shutil.which("gpgconf"):
        run("gpgconf", "--homedir", str(folder), "--kill", "all")
    shutil.rmtree(folder)


def fingerprint_of(name: str, home: Path) -> str:
    lines = gpg("--list-keys", "--with-colons", f"={name}", home=home).splitlines()
    return next(line.split(":")[9] for line in lines if line.startswith("fpr:"))


@pytest.mark.parametrize("algorithm", ["ed25519", "rsa2048", "nistp256", "dsa2048"])
@pytest.mark.parametrize("lasts", ["never", "30d"])
@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_what_gpg_exports_is_read(algorithm: str, lasts: str, passphrase: str, home: Path) -> None:
    value = gpg_key(home, algorithm, lasts, passphrase)
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.issued, credential.not_before) == (START, START)
    assert credential.expires == (START + timedelta(days=30) if lasts == "30d" else None)
    assert credential.subject == f"{algorithm} {lasts}{' locked' if passphrase else ''} <deploy@example.org>"
    assert ("encrypted" in credential.kind) == bool(passphrase)
    assert bool(credential.weaknesses) == algorithm.startswith("dsa")


def test_the_certification_of_another_key_does_not_hide_the_end(home: Path) -> None:
    mine = "mine <mine@example.org>"
    other = "other <other@example.org>"
    at = ("--faked-system-time", f"{START:%Y%m%dT%H%M%S}!")
    gpg(*at, "--quick-generate-key", mine, "ed25519", "sign", "30d", home=home)
    gpg(*at, "--quick-generate-key", other, "ed25519", "cert", "never", home=home)
    later = ("--faked-system-time", f"{START + timedelta(days=1):%Y%m%dT%H%M%S}!")
    fingerprint = fingerprint_of(mine, home)
    gpg(*later, "--yes", "--default-key", f"={other}", "--quick-sign-key", fingerprint, home=home)
    value = gpg("--armor", "--export-secret-keys", fingerprint, home=home)
    assert kind.read(value).expires == START + timedelta(days=30)


def test_an_end_that_was_moved_is_the_newest(home: Path) -> None:
    name = "moved <moved@example.org>"
    at, later = (("--faked-system-time", f"{START + timedelta(days=days):%Y%m%dT%H%M%S}!") for days in (0, 1))
    gpg(*at, "--quick-generate-key", name, "ed25519", "sign", "30d", home=home)
    fingerprint = fingerprint_of(name, home)
    gpg(*later, "--quick-set-expire", fingerprint, "60d", home=home)
    value = gpg("--armor", "--export-secret-keys", fingerprint, home=home)
    assert kind.read(value).expires == START + timedelta(days=61)


def test_a_primary_key_that_was_left_out_is_said(home: Path) -> None:
    name = "sub <sub@example.org>"
    gpg("--quick-generate-key", name, "ed25519", "cert", "never", home=home)
    fingerprint = fingerprint_of(name, home)
    gpg("--quick-add-key", fingerprint, "ed25519", "sign", "never", home=home)
    assert "left out" in kind.read(gpg("--armor", "--export-secret-subkeys", fingerprint, home=home)).note
    assert kind.read(gpg("--armor", "--export-secret-keys", fingerprint, home=home)).note == ""


@pytest.mark.parametrize("change", [str, lambda text: text.replace("\n", "\r\n"), lambda text: f"words\n{text}\n"])
def test_the_dates_are_those_of_the_key(change: Callable[[str], str]) -> None:
    credential = kind.read(change(openpgp()))
    assert (credential.issued, credential.expires) == (START, END)
    assert parts_of(credential) == ["".join(openpgp().splitlines()[2:-2])]


@pytest.mark.parametrize("headers", ["", "Version: GnuPG v2\n", "Comment: a\nHash: SHA256\n"])
def test_armor_may_have_headers_and_lack_its_checksum(headers: str) -> None:
    value = armor(KEY + signature(seconds(START), LASTS), checksum=False)
    assert kind.read(value.replace("-----\n\n", f"-----\n{headers}\n", 1)).expires == END


@pytest.mark.parametrize("place", range(0, 160, 9))
def test_a_character_that_was_changed_is_noticed_by_the_checksum(place: int) -> None:
    value = openpgp()
    start = value.index("\n\n") + 2
    at = start + place + place // 64
    changed = f"{value[:at]}{'b' if value[at] == 'a' else 'a'}{value[at + 1 :]}"
    with pytest.raises(Unreadable, match="checksum"):
        kind.read(changed)


@pytest.mark.parametrize(
    ("packets", "ends"),
    [
        ((), None),
        ((signature(1),), None),
        ((signature(1, LASTS), signature(2, LASTS + 9)), END + timedelta(seconds=9)),
        ((signature(2, LASTS + 9), signature(1, LASTS)), END + timedelta(seconds=9)),
        ((signature(1, LASTS), signature(2)), None),
        ((signature(1, LASTS), signature(2, issuer=b"stranger")), END),
        ((signature(1, LASTS), packet(7, KEY[6:]), signature(2, 5)), END),
        ((signature(1, LASTS), packet(2, b"\3\5\x10")), END),
        ((signature(1, LASTS), packet(60, b"unknown"), packet(17, bytes(9))), END),
    ],
)
def test_the_end_is_that_of_the_newest_signature_of_the_key_on_itself(packets: tuple[bytes, ...], ends: object) -> None:
    assert kind.read(armor(KEY + b"".join(packets))).expires == ends


def test_the_end_of_a_key_of_version_6_is_read() -> None:
    key = packet(5, b"\x06" + seconds(START).to_bytes(4, "big") + b"\x1b" + (32).to_bytes(4, "big") + bytes(67))
    hashed = subpacket(2, bytes(4)) + subpacket(9, LASTS.to_bytes(4, "big"))
    direct = packet(2, b"\x06\x1f\x1b\x08" + len(hashed).to_bytes(4, "big") + hashed + bytes(40))
    assert kind.read(armor(key + direct)).expires == END


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        packet(6, KEY[6:]),
        packet(5, b""),
        packet(5, b"\x03" + bytes(20)),
        packet(5, b"\x06" + bytes(4) + b"\x16" + bytes(2)),
        packet(5, b"\x04" + bytes(4) + b"\x16" + b"\xff" * 4),
        packet(5, b"\x04" + bytes(4) + b"\x01" + b"\xff" * 40),
        packet(5, KEY[6:40]),
        KEY[:-1],
        KEY + b"\xc2",
        KEY + b"\xc2\xe5" + bytes(40),
        KEY + b"\x8b" + bytes(10),
        KEY + b"\x40",
        KEY + packet(2, b"\x04\x13\x16\x08\x00\x05\x00\x00\x00\x00\x00"),
        KEY + packet(2, b"\x04\x13\x16\x08\x00\x02\x09\x09"),
    ],
)
def test_packets_that_are_none_are_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        kind.read(armor(data))


@pytest.mark.parametrize("cut", [40, 100, 200, -1, -10])
def test_a_key_that_was_cut_off_is_unreadable(cut: int) -> None:
    assert kind.recognises(openpgp()[:cut])
    with pytest.raises(Unreadable, match="BEGIN to END"):
        kind.read(openpgp()[:cut])


def test_literal_line_ends_are_named() -> None:
    with pytest.raises(Unreadable, match="two characters"):
        kind.read(openpgp().replace("\n", "\\n"))


def test_a_public_key_is_none() -> None:
    assert not kind.recognises(openpgp().replace("PRIVATE", "PUBLIC"))
    assert not kind.recognises(base64_of(KEY))
