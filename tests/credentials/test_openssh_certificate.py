import base64
import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.credentials.makers import END, START, base64_of, run, seconds, ssh_certificate, ssh_string, text_of

from deploy_actions.credentials import kind_of
from deploy_actions.credentials import openssh_certificate as kind
from deploy_actions.credentials.credential import NoDate, Unreadable

FOREVER = 2**64 - 1


@pytest.mark.parametrize(
    ("after", "before", "starts", "ends"),
    [
        (seconds(START), seconds(END), START, END),
        (0, FOREVER, None, None),
        (seconds(START), FOREVER, START, None),
        (1, 2, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)),
        (0, 253_402_300_799, None, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_dates_are_those_of_the_certificate(
    after: int, before: int, starts: datetime | None, ends: datetime | None
) -> None:
    credential = kind.read(ssh_certificate(after, before))
    assert (credential.not_before, credential.issued, credential.expires) == (starts, starts, ends)


def test_an_end_of_zero_is_1970_and_not_forever() -> None:
    before = ssh_certificate(1, 7).split(" ")[1]
    blob = base64.b64decode(before)
    dates = (1).to_bytes(8, "big") + (7).to_bytes(8, "big")
    assert blob.count(dates) == 1
    value = f"ssh-ed25519-cert-v01@openssh.com {base64_of(blob.replace(dates, bytes(16)))}"
    assert kind.read(value).expires == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("after", "before"), [(0, FOREVER - 1), (0, 253_402_300_800), (2**63, FOREVER)])
def test_a_date_beyond_the_year_9999_is_none(after: int, before: int) -> None:
    with pytest.raises(NoDate):
        kind.read(ssh_certificate(after, before))


def test_a_certificate_that_names_nobody_is_a_concern() -> None:
    assert kind.read(ssh_certificate(principals=())).concerns
    assert kind.read(ssh_certificate(principals=(b"a", b"b"))).subject == "a, b"


def test_a_certificate_that_was_cut_off_is_unreadable() -> None:
    value = ssh_certificate()
    for length in range(60, len(value) - 4, 7):
        with pytest.raises(Unreadable):
            kind.read(value[:length])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        bytes(40),
        b"\xff" * 200,
        text_of("ssh-ed25519-cert-v01@openssh.com"),
        text_of("ssh-ed25519-cert-v01@openssh.com") + ssh_string(bytes(32)) * 2 + bytes(200),
        text_of("ssh-rsa-cert-v01@openssh.com", 1, 2, 3) + bytes(400),
    ],
)
@pytest.mark.parametrize(
    "name", ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519", "ssh-dss", "ssh-x"]
)
def test_a_body_of_nonsense_is_unreadable(name: str, body: bytes) -> None:
    with pytest.raises(Unreadable):
        kind.read(f"{name}-cert-v01@openssh.com {base64_of(body)} comment")


@pytest.mark.parametrize("algorithm", ["ed25519", "rsa", "ecdsa"])
@pytest.mark.parametrize(
    ("validity", "principals"),
    [
        ("20260102030405Z:20270607080910Z", ("-n", "deploy,root")),
        ("20260102030405Z:forever", ()),
        ("always:forever", ()),
        ("20900102030405Z:20910607080910Z", ("-n", "deploy", "-h")),
    ],
)
def test_what_ssh_keygen_signs_is_read(
    algorithm: str, validity: str, principals: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("ca", "key"):
        run(
            "ssh-keygen",
            "-q",
            "-t",
            algorithm,
            "-b",
            "2048" if algorithm == "rsa" else "256",
            "-N",
            "",
            "-f",
            str(tmp_path / name),
        )
    public = tmp_path / "key.pub"
    run("ssh-keygen", "-q", "-s", str(tmp_path / "ca"), "-I", "id", "-V", validity, *principals, str(public))
    value = (tmp_path / "key-cert.pub").read_text().strip()
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    shown = run("ssh-keygen", "-l", "-f", str(tmp_path / "ca.pub"))
    assert credential.issuer == shown.split()[1]
    year = {"2026": 2026, "alwa": None, "2090": 2090}[validity[:4]]
    assert (credential.not_before.year if credential.not_before else None) == year
    assert (credential.expires is None) == validity.endswith("forever")
    assert bool(credential.concerns) == (principals == ())


@pytest.mark.parametrize("octet", range(0, 300, 3))
def test_a_certificate_with_one_octet_changed_is_read_or_unreadable(octet: int) -> None:
    """The authority's key is read only when it is asked for, and by code that raises more than ValueError."""
    name, body = ssh_certificate().split(" ")
    blob = bytearray(base64.b64decode(body))
    for change in (1, 2, 0x80):
        changed = bytearray(blob)
        changed[-octet % len(blob)] ^= change
        with contextlib.suppress(Unreadable):
            kind.read(f"{name} {base64_of(bytes(changed))}")


@pytest.mark.parametrize("value", ["ssh-ed25519 AAAA", "x-cert-v01@openssh.com AAAA", f"{ssh_certificate()}\nsecond"])
def test_what_is_no_line_of_a_certificate_is_none(value: str) -> None:
    assert not kind.recognises(value)
