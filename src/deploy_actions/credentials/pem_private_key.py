"""Private keys in PEM: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) and SEC 1 (RFC 5915); encrypted or not, too weak or not."""

import re
from typing import TYPE_CHECKING

from deploy_actions.credentials.credential import Credential, Kind, Part, Unreadable, part
from deploy_actions.credentials.keys import described, faults_of, weaknesses_of
from deploy_actions.credentials.reading import (
    base64_bytes,
    concerns_about_lines,
    hint_at_line_ends,
    is_whole_der,
    pem_blocks,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_BEGIN = re.compile(r"-----BEGIN (?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY-----")
_ENCRYPTED = re.compile(r"-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED")


def recognises(value: str) -> bool:
    """A PEM private key that is not OpenSSH's own."""
    return bool(_BEGIN.search(value))


def read(value: str) -> Credential:
    """Whether the key can be used, and how strong it is. Raises Unreadable."""
    if not recognises(value):
        raise Unreadable("it holds no `-----BEGIN … PRIVATE KEY-----`")
    if _ENCRYPTED.search(value):
        return _encrypted(value)
    key = load(value)
    public = key.public_key()
    return Credential(
        kind=f"PEM private key, {described(public)}",
        weaknesses=weaknesses_of(public) + faults_of(key),
        concerns=concerns_about_lines(value),
        parts=parts_of(value),
    )


def load(value: str) -> "PrivateKeyTypes":
    """The key. Raises Unreadable."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    start = _BEGIN.search(value)
    try:
        return load_pem_private_key(
            value[start.start() if start else 0 :].encode(), None, unsafe_skip_rsa_key_validation=True
        )
    except UnsupportedAlgorithm:
        raise Unreadable("its algorithm or curve is unknown") from None
    except (ValueError, TypeError):
        raise Unreadable(f"no private key can be read from it{hint_at_line_ends(value)}") from None


def _encrypted(value: str) -> Credential:
    found = [(label, body) for label, body in pem_blocks(value) if label.endswith("PRIVATE KEY")]
    if not found or not all(_is_whole(label, base64_bytes(body, "its body")) for label, body in found):
        raise Unreadable(f"it is cut off, or no PEM{hint_at_line_ends(value)}")
    return Credential(
        kind="PEM private key, encrypted",
        note="It is encrypted: whether its passphrase opens it, and how strong the key is, was not checked.",
        concerns=concerns_about_lines(value),
        parts=parts_of(value),
    )


def _is_whole(label: str, data: bytes) -> bool:
    """A body whose PEM itself is encrypted (RFC 1421) shows nothing of its form."""
    return is_whole_der(data) if label.startswith("ENCRYPTED") else bool(data)


def parts_of(value: str) -> tuple[Part, ...]:
    """The body of each private key on one line, as tools print it."""
    return tuple(
        part("its PEM body on one line", body) for label, body in pem_blocks(value) if label.endswith("PRIVATE KEY")
    )


KIND = Kind(
    name="pem-private-key",
    title="Private key in PEM (PKCS#8, PKCS#1, SEC 1)",
    checked=(
        "it can be loaded; encrypted or not; RSA under 2048 bits, DSA and curves under 224 bits fail; `p` "
        "times `q` is `n`"
    ),
    not_checked="the primality of its numbers; what is inside an encrypted key",
    source="https://www.rfc-editor.org/rfc/rfc5958",
    recognises=recognises,
    read=read,
)
