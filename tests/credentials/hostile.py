"""Values of 48 KB, the most that GitHub stores, that were written to cost time or memory; each at run time."""

from collections.abc import Iterator

from tests.credentials.makers import (
    PLAIN_KEY,
    aws_key_id,
    base64_of,
    base64url_of,
    bech32,
    der,
    integer,
    mac_data,
    macaroon,
    octets,
    oid,
    packet,
    pbkdf2,
    pem,
    pfx,
    rsa_private_numbers,
    scrypt,
    sequence,
    service_bus_sas,
    shrouded,
    ssh_certificate,
    ssh_string,
    tbs_with_key,
    text_of,
)

SIZE = 48 * 1024
LABELS = ("CERTIFICATE", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "ENCRYPTED PRIVATE KEY")
LINES = ("\n", " \n", "a = \n", "a=" + "\n" * 100, "export ", "a", "=", "[a]\n", "'", "aws_secret_access_key=a\n")
BYTES = SIZE * 3 // 4
LONG_MODULUS_BITS = 100_000


def values() -> Iterator[tuple[str, str]]:
    """Name and value of each; no value is longer than GitHub allows."""
    for group in (_plain, _texts, _yaml, _json, _tokens, _addresses, _aws, _pem, _asn1, _keys, _openpgp):
        for name, value in group():
            yield name, value[:SIZE]


def _plain() -> Iterator[tuple[str, str]]:
    for character in " \n\tA=-.:@/\\\0\ud800é9":
        yield f"{character!r} repeated", character * SIZE
    for start in ("MII", "MIIB", "ey", "{", "[", "pypi-AgE", "github_pat_", "ghs_", "npm_"):
        yield f"{start} and A repeated", start + "A" * SIZE


def _texts() -> Iterator[tuple[str, str]]:
    for label in LABELS:
        begin, end = f"-----BEGIN {label}-----", f"-----END {label}-----"
        yield f"many begins of {label}", begin * 2000
        yield f"many ends of {label}", begin + end[:-1] * 3000
        yield f"many empty blocks of {label}", (begin + "\n" + end + "\n") * 1500
        yield f"colons in {label}", f"{begin}\n{':' * 20_000}{chr(10) * 20_000}{end}"
        yield f"white space in {label}", f"{begin}\n{' ' * 48_000}\n{end}"
    yield "begins of many labels", "".join(f"-----BEGIN A{number}-----" for number in range(2500))
    yield "many identities", f"{'AGE-SECRET' + '-KEY-1'}{'Q' * 58}\n" * 700
    yield "a long identity", "AGE-SECRET" + "-KEY-1" + "Q" * SIZE
    yield "many good identities", f"{bech32('age-secret-key-', bytes(32)).upper()}\n" * 700
    yield "a long type of a certificate", f"ssh-{'a' * SIZE}-cert-v01@openssh.com"
    yield "a long certificate", f"ssh-ed25519-cert-v01@openssh.com {'A' * SIZE}"


def _yaml() -> Iterator[tuple[str, str]]:
    head = "apiVersion: v1\nclusters: []\ncontexts: []\nusers: "
    traps = ("[", "{a: ", "- ", "? ", "a,", "!", "&a ", "*a ", "|\n ", '"\\x41', "'", "a: b, ", "\t", "%", "[],")
    for trap in traps:
        yield f"YAML of {trap!r}", head + trap * (SIZE // len(trap))
        yield f"YAML of {trap!r} in a list", f"{head}[{trap * ((SIZE - 60) // len(trap))}]"
    yield "YAML aliases", head + "&a [" + "*a," * 10_000 + "]"
    yield "YAML lines", head + "\n" + "- a\n" * 12_000
    yield "YAML mapping", head + "\n" + "".join(f"  k{number}: v\n" for number in range(4000))


def _json() -> Iterator[tuple[str, str]]:
    for start in ('{"auths":', '{"type":"service_account","private_key":', '{"secret":', "{"):
        for trap in ("[", '{"a":', "1", '"\\u0041', "[],", "-", "1e5"):
            yield f"JSON of {start} {trap}", start + trap * (SIZE // len(trap))
    registries = ",".join(f'"{number}":{{"auth":"YTpi"}}' for number in range(2000))
    yield "many registries", f'{{"auths":{{{registries}}}}}'
    yield "a nested password", f'{{"auths":{{"a":{{"password":"{base64_of("[" * 35_000)}"}}}}}}'


def _tokens() -> Iterator[tuple[str, str]]:
    yield "a long header", f"{base64url_of('{' + chr(34) + 'alg' + chr(34) + ':1')}{'A' * SIZE}.a.a"
    yield "nested claims", f"{base64url_of('{' + chr(34) + 'alg' + chr(34) + ':1}')}.{base64url_of('{' * 35_000)}.a"
    yield "many parts", "ey" + ".a" * 24_000
    yield "many fields", "pypi" + f"-{base64url_of(macaroon(*[b'[0,1,2]'] * 2500))}"
    yield "nested caveats", "pypi" + f"-{base64url_of(macaroon(b'[' * 35_000))}"
    yield "a long webhook", "https://hooks.slack.com/services/" + "A/" * 24_000
    yield "a long rotating token", "xox" + "e.xoxb-1-" + "a" * SIZE
    yield "a long API token", "ATATT3" + "=" * SIZE


def _addresses() -> Iterator[tuple[str, str]]:
    for trap in (":", "@", ":@", "%41", ",", "h,", "%", ";password=a", "&password=a", "?", "["):
        yield f"an address of {trap}", f"postgres://u:p@{trap * (SIZE // len(trap))}"
        yield f"a login of {trap}", f"postgres://{trap * ((SIZE - 20) // len(trap))}@h"
        yield f"a query of {trap}", f"https://h/?X-Amz-Signature={trap * (SIZE // len(trap))}"
        yield f"a signature of {trap}", f"sv=2022-11-02&se=1&sig={trap * (SIZE // len(trap))}"
    yield "a long scheme", "a" * SIZE + "://"
    yield "a long end", f"{service_bus_sas('1' * SIZE)}"
    yield "many signatures", "SharedAccessSignature=sig=a&se=1;" * 1400
    yield "a long fraction", f"sig=a&se=2027-01-01T00:00:00.{'1' * SIZE}"


def _aws() -> Iterator[tuple[str, str]]:
    head = f"secret {aws_key_id()}\n"
    for trap in LINES:
        yield f"lines of {trap!r}", head + trap * (SIZE // len(trap))


def _pem() -> Iterator[tuple[str, str]]:
    for label in ("CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"):
        for name, data in _bombs():
            yield f"{name} as {label}", pem(label, data[:BYTES])


def _asn1() -> Iterator[tuple[str, str]]:
    for name, data in (*_bombs(), *_archives()):
        yield name, base64_of(data[:BYTES])


def _bombs() -> Iterator[tuple[str, bytes]]:
    for tag in (0x30, 0x04, 0x24, 0xA0):
        nested = b""
        while len(nested) < BYTES - 200:
            nested = der(tag, nested)
        yield f"nested {tag:x}", nested
        yield f"an archive of nested {tag:x}", sequence(integer(3), nested)
    yield "indefinite lengths", bytes.fromhex("3080020103") + b"\x30\x80" * 20_000
    yield "huge lengths", bytes.fromhex("3084ffffffff020103") + b"\x04\x84\xff\xff\xff\xff" * 6000
    yield "many numbers", sequence(integer(3), integer(1) * 11_000)
    yield "many salts", sequence(integer(3), (octets(b"") + integer(1)) * 7000)
    yield "a long number", sequence(integer(3), integer((1 << 280_000) - 1))
    yield "a long modulus in a certificate", tbs_with_key(LONG_MODULUS_BITS)
    yield "a long modulus in a key", rsa_private_numbers(LONG_MODULUS_BITS // 2)
    yield "a modulus of 16384 bits in a key", rsa_private_numbers(16_384)


def _archives() -> Iterator[tuple[str, bytes]]:
    """Archives whose opening costs hours, or hundreds of megabytes."""
    yield "2^31 rounds of PBKDF2", pfx(shrouded(pbkdf2(2**31 - 1)))
    yield "2^31 rounds of a MAC", pfx(shrouded(pbkdf2(1)), mac=mac_data(2**31 - 1))
    yield "a costly scrypt", pfx(shrouded(scrypt(2**20, 8, 1)))
    yield "a parallel scrypt", pfx(shrouded(scrypt(1024, 8, 2**20)))
    yield "rounds just below the limit", pfx(shrouded(pbkdf2(199_000)))
    yield "many stretched keys", pfx(*[shrouded(pbkdf2(100_000))] * 150)
    key = sequence(integer(0), sequence(oid("1.2.840.113549.1.1.1"), b"\5\0"), octets(rsa_private_numbers(16_384)))
    yield "a long key in the clear", pfx(sequence(oid(PLAIN_KEY), der(0xA0, key)))
    pieces = der(0x24, octets(bytes(4)), octets(bytes(4)))
    yield "rounds behind pieces", pfx(shrouded(pbkdf2(2**31 - 1, pieces)))


def _keys() -> Iterator[tuple[str, str]]:
    modulus = (1 << LONG_MODULUS_BITS) - 1
    public = text_of("ssh-rsa", 65_537, modulus)
    head = b"openssh-key-v1\0" + ssh_string(b"none") * 2 + ssh_string(b"") + b"\0\0\0\1"
    key = head + ssh_string(public) + ssh_string(bytes(8))
    yield "a long modulus of OpenSSH", pem("OPENSSH PRIVATE KEY", key)
    huge = b"openssh-key-v1\0" + b"\xff" * BYTES
    yield "huge strings of OpenSSH", pem("OPENSSH PRIVATE KEY", huge[:BYTES])
    kind = "ssh-rsa-cert-v01@openssh.com"
    body = text_of(kind) + ssh_string(bytes(32)) + text_of("", 65_537, modulus)[4:] + bytes(4000)
    yield "a certificate with a long modulus", f"{kind} {base64_of(body)}"
    plain = ssh_certificate(principals=tuple(f"user-{number}".encode() for number in range(250)))
    yield "a certificate with many principals", plain


def _openpgp() -> Iterator[tuple[str, str]]:
    key = packet(5, b"\x04" + bytes(4) + b"\x1b" + bytes(32) + b"\0" + bytes(34))
    yield "many empty signatures", pem("PGP PRIVATE KEY BLOCK", key + b"\xc2\x00" * 17_000)
    signature = b"\x04\x13\x16\x08" + (32_000).to_bytes(2, "big") + b"\x02\x10" * 16_000 + b"\0\0"
    yield "many fields in a signature", pem("PGP PRIVATE KEY BLOCK", key + packet(2, signature))
    yield "a packet beyond the end", pem("PGP PRIVATE KEY BLOCK", packet(5, b"")[:-4] + b"\xff" * BYTES)
    numbers = b"\x04" + bytes(4) + b"\x01" + b"\xff" * 34_000
    yield "long numbers", pem("PGP PRIVATE KEY BLOCK", packet(5, numbers))
    yield "equals signs", f"-----BEGIN {'PGP PRIVATE KEY BLOCK'}-----\n\n" + "\n=AAAA" * 8000
