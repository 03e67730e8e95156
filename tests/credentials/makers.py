"""Makes a credential of every kind at run time, by computations of its own and by the real tools.

Prefixes are put together here, so that nothing in the repository looks like a live secret.
"""

import base64
import json
import random
import shutil
import string
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    SSHCertificateBuilder,
    SSHCertificateType,
    pkcs12,
)

from deploy_actions.credentials.credential import Credential

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
END = datetime(2027, 6, 7, 8, 9, 10, tzinfo=UTC)
PASSPHRASE = "correct horse battery staple"
TOOL_SECONDS = 20
TOO_MANY_ROUNDS = 2**31


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """The same nonsense every time."""
    return "".join(random.Random(count).choices(alphabet, k=count))


def base64_of(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def base64url_of(data: bytes | str) -> str:
    return base64_of(data).replace("+", "-").replace("/", "_").rstrip("=")


def parts_of(credential: Credential) -> list[str]:
    return [part.value.reveal() for part in credential.parts]


# Tools


def run(tool: str, *arguments: str, stdin: str = "", environ: Mapping[str, str] | None = None) -> str:
    """What a tool of the machine prints; skips the test where the tool is missing."""
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} is not on the PATH")
    done = subprocess.run(
        [path, *arguments],
        input=stdin.encode(),
        capture_output=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C", **(environ or {})},
        timeout=TOOL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}: {done.stderr.decode()}"
    return done.stdout.decode("latin-1")


def run_for_bytes(tool: str, *arguments: str, stdin: str = "") -> bytes:
    return run(tool, *arguments, stdin=stdin).encode("latin-1")


# Keys and certificates


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def pem_key(
    key: Any = None, form: PrivateFormat = PrivateFormat.PKCS8, encryption: KeySerializationEncryption | None = None
) -> str:
    made = (key or ec_key()).private_bytes(Encoding.PEM, form, encryption or NoEncryption())
    return str(made.decode().strip())


def encrypted(passphrase: str = PASSPHRASE) -> BestAvailableEncryption:
    return BestAvailableEncryption(passphrase.encode())


def certificate(expires: datetime = END, starts: datetime = START, key: Any = None) -> x509.Certificate:
    holder = key or ec_key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "service.example")])
    return (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=holder.public_key())
        .serial_number(4711)
        .not_valid_before(starts)
        .not_valid_after(expires)
        .sign(ec_key(), hashes.SHA256())
    )


def pem_certificate(expires: datetime = END, starts: datetime = START, key: Any = None) -> str:
    return certificate(expires, starts, key).public_bytes(Encoding.PEM).decode().strip()


def der_certificate(expires: datetime = END, starts: datetime = START) -> bytes:
    return certificate(expires, starts).public_bytes(Encoding.DER)


def archive(password: str | None = PASSPHRASE, *others: datetime, key: Any = None, of: Any = None) -> str:
    """A PKCS#12 archive; the certificate is that of the key `of`."""
    chain = [certificate(end) for end in others]
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    holder = key or ec_key()
    return base64_of(
        pkcs12.serialize_key_and_certificates(b"name", holder, certificate(key=of or holder), chain, encryption)
    )


def ssh_key(key: Any = None, encryption: KeySerializationEncryption | None = None) -> str:
    return pem_key(key or ed25519_key(), PrivateFormat.OpenSSH, encryption)


def ssh_certificate(
    after: int = seconds(START), before: int = seconds(END), principals: tuple[bytes, ...] = (b"deploy",)
) -> str:
    builder = (
        SSHCertificateBuilder()
        .public_key(ed25519_key().public_key())
        .type(SSHCertificateType.USER)
        .key_id(b"of the tests")
        .serial(1)
        .valid_after(after)
        .valid_before(before)
    )
    for_all: Any = builder.valid_for_all_principals
    named = builder.valid_principals(list(principals)) if principals else for_all()
    return str(named.sign(ec_key()).public_bytes().decode())


# Tokens


def jwt(claims: Mapping[str, Any] | str, header: Mapping[str, Any] | str | None = None, signature: str = "") -> str:
    """A token with a signature of nonsense; `claims` may be JSON text that no encoder would write."""
    head, payload = (
        part if isinstance(part, str) else json.dumps(part) for part in (header or {"alg": "RS256"}, claims)
    )
    return f"{base64url_of(head)}.{base64url_of(payload)}.{signature or letters(43)}"


def crc32(data: bytes) -> int:
    """Bit by bit, as ISO 3309 describes it."""
    register = 0xFFFFFFFF
    for octet in data:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ (0xEDB88320 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def base62(number: int) -> str:
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    return "".join(digits[number // 62**place % 62] for place in range(5, -1, -1))


def with_checksum(prefix: str, body: str = letters(30)) -> str:
    return f"{prefix}{body}{base62(crc32(body.encode()))}"


def github_token(kind: str = "p") -> str:
    return with_checksum("gh" + f"{kind}_")


def fine_grained_token() -> str:
    return "github" + f"_pat_{letters(22)}_{letters(59)}"


def long_installation_token() -> str:
    header, payload = {"alg": "ES256", "kid": letters(40)}, {"app": 4711, "exp": seconds(END), "of": letters(150)}
    return "gh" + f"s_4711_{jwt(payload, header, letters(86))}"


def npm_token() -> str:
    return with_checksum("np" + "m_")


def macaroon(*caveats: bytes, location: str = "pypi.org", signature: bytes = bytes(range(32))) -> bytes:
    """Binary version 2 (libmacaroons, doc/format.txt)."""
    head = b"\x02" + field(1, location.encode()) + field(2, b"identifier") + b"\0"
    return head + b"".join(field(2, caveat) + b"\0" for caveat in caveats) + b"\0" + field(6, signature)


def field(kind: int, content: bytes) -> bytes:
    size, length = b"", len(content)
    while length >= 0x80:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return bytes([kind]) + size + bytes([length]) + content


def pypi_token(*caveats: object, location: str = "pypi.org") -> str:
    encoded = (caveat if isinstance(caveat, bytes) else json.dumps(caveat).encode() for caveat in caveats)
    return "pypi" + f"-{base64url_of(macaroon(*encoded, location=location))}"


def slack_token(prefix: str = "b", body: str = f"{'1' * 12}-{'2' * 12}-{letters(24)}") -> str:
    return "xox" + f"{prefix}-{body}"


def slack_webhook(path: str = f"services/T{'0' * 8}/B{'1' * 10}/{letters(24)}", host: str = "hooks.slack.com") -> str:
    return f"https://{host}/{path}"


def atlassian_token(prefix: str = "ATATT") -> str:
    return f"{prefix}3xFf{letters(170)}={crc32(prefix.encode()):08X}"


def bitbucket_password() -> str:
    return "AT" + f"BB{letters(24)}{crc32(b'bitbucket'):08X}"


BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32(prefix: str, data: bytes) -> str:
    """BIP 173, by polynomial division over numbers of 5 bits."""
    bits = "".join(f"{octet:08b}" for octet in data)
    groups = [int(bits[at : at + 5].ljust(5, "0"), 2) for at in range(0, len(bits), 5)]
    expanded = [ord(letter) // 32 for letter in prefix] + [0] + [ord(letter) % 32 for letter in prefix]
    rest = 1
    for group in [*expanded, *groups, *[0] * 6]:
        top, rest = rest >> 25, (rest & 0x1FFFFFF) << 5 ^ group
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            rest ^= factor * (top >> bit & 1)
    checksum = [(rest ^ 1) >> shift & 31 for shift in (25, 20, 15, 10, 5, 0)]
    return f"{prefix}1{''.join(BECH32[group] for group in groups + checksum)}"


def age_identity(data: bytes = bytes(range(32)), infix: str = "") -> str:
    return bech32(f"age-secret-key-{infix}", data).upper()


def age_file(*identities: str, created: str = "2026-01-02T04:04:05+01:00") -> str:
    """As age-keygen writes it."""
    recipient = bech32("age", bytes(32))
    lines = [f"# created: {created}", f"# public key: {recipient}", *(identities or (age_identity(),))]
    return "\n".join(lines) + "\n"


# Files and addresses


def service_account(**changes: object) -> str:
    document = {
        "type": "service_account",
        "project_id": "project",
        "private_key_id": letters(40, "0123456789abcdef"),
        "private_key": pem_key(rsa_key()) + "\n",
        "client_email": "deploy@project.example",
        "client_id": "1" * 21,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps({**document, **changes}, indent=2)


def ecr_password(expires: object) -> str:
    """A password of Amazon's registry."""
    return base64_of(json.dumps({"payload": letters(200), "version": "2", "type": "DATA_KEY", "expiration": expires}))


def docker_auth(password: str, user: str = "AWS") -> dict[str, str]:
    return {"auth": base64_of(f"{user}:{password}")}


def docker_config(**changes: object) -> str:
    return json.dumps({"auths": {"registry.example": docker_auth(letters(20), "me")}, **changes})


def kubeconfig(user: object, cluster: Mapping[str, object] | None = None, **changes: object) -> str:
    """As `kubectl config view --raw` writes it."""
    document: dict[str, object] = {
        "apiVersion": "v1",
        "clusters": [
            {
                "cluster": cluster or {"certificate-authority-data": "YQ==", "server": "https://127.0.0.1:6443"},
                "name": "a",
            }
        ],
        "contexts": [{"context": {"cluster": "a", "user": "b"}, "name": "c"}],
        "current-context": "c",
        "kind": "Config",
        "preferences": {},
        "users": [{"name": "b", "user": user}],
    }
    return yaml.safe_dump({**document, **changes})


def certificate_user(expires: datetime = END, key: Any = None) -> dict[str, str]:
    return {
        "client-certificate-data": base64_of(pem_certificate(expires) + "\n"),
        "client-key-data": base64_of(pem_key(key, PrivateFormat.TraditionalOpenSSL) + "\n"),
    }


def aws_key_id(kind: str = "KIA") -> str:
    return f"A{kind}{letters(16, string.ascii_uppercase + '234567')}"


def aws_secret_key() -> str:
    return letters(40, string.ascii_letters + string.digits + "/+")


def aws_session(**changes: object) -> dict[str, object]:
    session = {
        "AccessKeyId": aws_key_id("SIA"),
        "SecretAccessKey": aws_secret_key(),
        "SessionToken": letters(300, string.ascii_letters + string.digits + "/+"),
        "Expiration": "2027-06-07T08:09:10+00:00",
    }
    return {**session, **changes}


def presigned(date: str = "20260102T030405Z", lasts: str = "3600", signature: str = "ab" * 32, more: str = "") -> str:
    return (
        f"https://bucket.s3.eu-west-1.amazonaws.com/file?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={'x' * 20}"
        f"&X-Amz-Date={date}&X-Amz-Expires={lasts}&X-Amz-SignedHeaders=host{more}&X-Amz-Signature={signature}"
    )


SAS_SIGNATURE = base64_of(bytes(range(200, 232)))


def quoted(text: str) -> str:
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def sas(more: str = "&se=2027-06-07T08:09:10Z&st=2026-01-02T03:04:05Z&spr=https", version: str = "2022-11-02") -> str:
    return f"sv={version}&ss=b&srt=sco&sp=rl{more}&sig={quoted(SAS_SIGNATURE)}"


def service_bus_sas(end: str = str(seconds(END))) -> str:
    resource = quoted("sb://name.servicebus.windows.net/queue").lower()
    return f"SharedAccessSignature sr={resource}&sig={quoted(SAS_SIGNATURE)}&se={end}&skn=policy"


# OpenPGP


def gpg(*arguments: str, home: Path, passphrase: str = "", stdin: str = "") -> str:
    options = ["--homedir", str(home), "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback"]
    return run("gpg", *options, "--passphrase", passphrase, *arguments, stdin=stdin, environ={"HOME": str(home)})


def gpg_key(home: Path, algorithm: str = "ed25519", lasts: str = "never", passphrase: str = "") -> str:
    """A secret key in armor, made by gpg at START."""
    at = ("--faked-system-time", f"{START:%Y%m%dT%H%M%S}!")
    name = f"{algorithm} {lasts}{' locked' if passphrase else ''} <deploy@example.org>"
    gpg(*at, "--quick-generate-key", name, algorithm, "sign", lasts, home=home, passphrase=passphrase)
    return gpg("--armor", "--export-secret-keys", f"={name}", home=home, passphrase=passphrase)


def crc24(data: bytes) -> bytes:
    """Bit by bit, as RFC 9580 shows it in C."""
    register = 0xB704CE
    for octet in data:
        register ^= octet << 16
        for _ in range(8):
            register <<= 1
            if register & 0x1000000:
                register ^= 0x1864CFB
    return (register & 0xFFFFFF).to_bytes(3, "big")


def armor(data: bytes, checksum: bool = True) -> str:
    label, body = "PGP PRIVATE KEY BLOCK", base64_of(data)
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    tail = [f"={base64_of(crc24(data))}"] if checksum else []
    return "\n".join([f"-----BEGIN {label}-----", "", *lines, *tail, f"-----END {label}-----"])


def packet(tag: int, content: bytes) -> bytes:
    """With a header of the new format (RFC 9580, section 4.2.1)."""
    return bytes([0xC0 | tag, 0xFF]) + len(content).to_bytes(4, "big") + content


def subpacket(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content


def signature(at: int, lasts: int | None = None, issuer: bytes = b"") -> bytes:
    """A certification of a user by a key, without the numbers of a signature."""
    hashed = subpacket(2, at.to_bytes(4, "big"))
    hashed += subpacket(9, lasts.to_bytes(4, "big")) if lasts is not None else b""
    unhashed = subpacket(16, issuer) if issuer else b""
    areas = b"".join(len(area).to_bytes(2, "big") + area for area in (hashed, unhashed))
    return packet(2, b"\x04\x13\x16\x08" + areas)


def openpgp_key(
    made: int = seconds(START), algorithm: int = 27, public: bytes = bytes(32), usage: bytes = b"\0"
) -> bytes:
    return packet(5, b"\x04" + made.to_bytes(4, "big") + bytes([algorithm]) + public + usage + bytes(34))


def openpgp(lasts: int = seconds(END) - seconds(START)) -> str:
    return armor(openpgp_key() + packet(13, b"Deploy <deploy@example.org>") + signature(seconds(START), lasts))


# ASN.1


def der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(number: int) -> bytes:
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def sequence(*contents: bytes) -> bytes:
    return der(0x30, *contents)


def octets(content: bytes) -> bytes:
    return der(4, content)


def oid(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    encoded = bytes([first * 40 + second])
    for arc in others:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        encoded += bytes(reversed(groups))
    return der(6, encoded)


DATA, SHROUDED_KEY, PLAIN_KEY = "1.2.840.113549.1.7.1", "1.2.840.113549.1.12.10.1.2", "1.2.840.113549.1.12.10.1.1"


def pfx(*bags: bytes, mac: bytes = b"") -> bytes:
    """An archive of bags in the clear."""
    safe = sequence(oid(DATA), der(0xA0, octets(sequence(*bags))))
    return sequence(integer(3), sequence(oid(DATA), der(0xA0, octets(sequence(safe)))), mac)


def mac_data(rounds: int) -> bytes:
    digest = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), b"\5\0"), octets(bytes(32)))
    return sequence(digest, octets(bytes(8)), integer(rounds))


def shrouded(stretching: bytes) -> bytes:
    """A bag with a key that is encrypted with AES under PBES2."""
    cipher = sequence(oid("2.16.840.1.101.3.4.1.42"), octets(bytes(16)))
    scheme = sequence(oid("1.2.840.113549.1.5.13"), sequence(stretching, cipher))
    return sequence(oid(SHROUDED_KEY), der(0xA0, sequence(scheme, octets(bytes(64)))))


def pbkdf2(rounds: int, salt: bytes = octets(bytes(8))) -> bytes:
    hashing = sequence(oid("1.2.840.113549.2.9"), b"\5\0")
    return sequence(oid("1.2.840.113549.1.5.12"), sequence(salt, integer(rounds), hashing))


def scrypt(cost: int, block: int, parallel: int) -> bytes:
    numbers = sequence(octets(bytes(8)), integer(cost), integer(block), integer(parallel))
    return sequence(oid("1.3.6.1.4.1.11591.4.11"), numbers)


def bags_in_the_clear(key: bytes, certificate_in_der: bytes) -> tuple[bytes, bytes]:
    """A key in PKCS#8 and a certificate, for an archive that encrypts nothing."""
    inside = sequence(oid("1.2.840.113549.1.9.22.1"), der(0xA0, octets(certificate_in_der)))
    bag_of_certificate = sequence(oid("1.2.840.113549.1.12.10.1.3"), der(0xA0, inside))
    return sequence(oid(PLAIN_KEY), der(0xA0, key)), bag_of_certificate


def rsa_private_numbers(bits: int) -> bytes:
    """PKCS#1 of numbers that are no primes."""
    half = (1 << bits // 2) - 1
    return sequence(*map(integer, (0, half * half, 65537, half * half - 2, half, half, half, half, half)))


def pem(label: str, data: bytes) -> str:
    body = base64_of(data)
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])


def tbs_with_key(bits: int) -> bytes:
    """A certificate with an RSA key of that many bits, and without a valid signature."""
    algorithm = sequence(oid("1.2.840.113549.1.1.11"), b"\5\0")
    name = sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0C, b"a"))))
    dates = sequence(der(0x17, b"260102030405Z"), der(0x17, b"270607080910Z"))
    key = sequence(integer((1 << bits) - 1), integer(65537))
    info = sequence(sequence(oid("1.2.840.113549.1.1.1"), b"\5\0"), der(3, b"\0" + key))
    body = sequence(der(0xA0, integer(2)), integer(1), algorithm, name, dates, name, info)
    return sequence(body, algorithm, der(3, b"\0" + bytes(32)))


def text_of(kind: str, *values: int) -> bytes:
    """Strings of the SSH protocol (RFC 4251): a name and numbers."""
    return b"".join(map(ssh_string, (kind.encode(), *(n.to_bytes(n.bit_length() // 8 + 1, "big") for n in values))))


def ssh_string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


GOOD: Mapping[str, Callable[[], tuple[str, ...]]] = {
    "jwt": lambda: (jwt({"exp": seconds(END), "iat": seconds(START)}), jwt({"a": 1}, {"alg": "none"})),
    "github-token": lambda: (
        *map(github_token, "pousr"),
        fine_grained_token(),
        long_installation_token(),
    ),
    "npm-token": lambda: (npm_token(),),
    "pypi-token": lambda: (
        pypi_token(),
        pypi_token([0, seconds(END), seconds(START)], [1, ["project"]], location="test.pypi.org"),
    ),
    "slack-token": lambda: (slack_token(), slack_token("p", f"1-2-3-{letters(32)}"), slack_webhook()),
    "atlassian-token": lambda: (atlassian_token(), atlassian_token("ATCTT"), bitbucket_password()),
    "age-key": lambda: (age_identity(), age_file(), age_file(age_identity(), age_identity(bytes(32)))),
    "gpg-key": lambda: (openpgp(),),
    "openssh-certificate": lambda: (ssh_certificate(), ssh_certificate(0, 2**64 - 1, ())),
    "openssh-private-key": lambda: (ssh_key(), ssh_key(ec_key()), ssh_key(rsa_key())),
    "google-service-account": lambda: (service_account(),),
    "docker-config": lambda: (
        docker_config(),
        docker_config(auths={"a": docker_auth(ecr_password(seconds(END)))}),
        docker_config(auths={"a": docker_auth(jwt({"exp": seconds(END)}))}),
    ),
    "kubeconfig": lambda: (
        kubeconfig(certificate_user()),
        kubeconfig({"token": jwt({"exp": seconds(END)})}),
        kubeconfig({"exec": {"command": "aws", "args": ["eks", "get-token"]}}),
    ),
    "x509": lambda: (
        pem_certificate(),
        base64_of(der_certificate()),
        f"{pem_certificate()}\n{pem_certificate(END + timedelta(1))}\n{pem_key()}",
    ),
    "pem-private-key": lambda: (
        pem_key(),
        pem_key(rsa_key(), PrivateFormat.TraditionalOpenSSL),
        pem_key(encryption=encrypted()),
    ),
    "pkcs12": lambda: (archive(), archive(None), archive(PASSPHRASE, END)),
    "aws-presigned-url": lambda: (presigned(),),
    "aws-credentials": lambda: (
        json.dumps({"Credentials": aws_session()}),
        f"[default]\naws_access_key_id = {aws_key_id()}\naws_secret_access_key = {aws_secret_key()}\n",
    ),
    "azure-sas": lambda: (sas(), f"https://a.blob.core.windows.net/b?{sas()}", service_bus_sas()),
    "dsn": lambda: (
        f"postgres://user:{letters(20)}@db.example:5432/app",
        f"amqps://user:{letters(10)}%40{letters(9)}@broker.example/%2Fvhost",
        f"jdbc:postgresql://db.example/app?user=me&password={letters(20)}",
    ),
}


@cache
def good(kind: str) -> tuple[str, ...]:
    """Good values of a kind, at least one."""
    return GOOD[kind]()
