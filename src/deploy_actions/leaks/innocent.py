"""Tells what looks like a secret and is none: masks, documented examples, variables, digests, identifiers, words."""

import re
from functools import lru_cache

from deploy_actions.credentials.placeholders import placeholder

_ALWAYS = re.compile(
    rb"(?i)\*\*\*|example|x{6}|0{12}|(?:abcd?efgh|12345678|deadbeef)|(.)\1{7}"
    rb"|redacted|placeholder|AWS4-HMAC|your[-_]|changeme|change[-_]me|dummy|<[a-z]|\.\.\.|\xe2\x80\xa6"
)
_VARIABLE = re.compile(rb"[$%#]?\{|\$[(A-Za-z_{]|%[A-Za-z_]+%|\$\$|<|\(|&[a-z]+;")
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGEST = re.compile(
    rb"(?:sha(?:1|224|256|384|512)|md5|blake2b|h1)[-:=].*|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}"
)
_HEX_DIGEST_NAMES = re.compile(rb"(?i)(?:sha|digest|commit|rev|hash|checksum|integrity|etag|md5|cache|fingerprint)")
_PATH_OR_ADDRESS = re.compile(
    rb"(?:[A-Za-z]:\\|~?/|\.{1,2}/)[\w./\\@+-]*|[a-z][a-z0-9+.-]*://.*|[\w.-]+@[\w-]+\.[\w.-]+|arn:.*"
)
_WORD = rb"(?:[a-z]+|[A-Z]{2,}|(?:[a-z]{2,}|[A-Z][a-z]+)(?:[A-Z][a-z]{2,})*)"
_WORDS = re.compile(_WORD + rb"(?:[-_./: ]" + _WORD + rb")*[0-9]{0,4}")
_PUBLIC_NAME = re.compile(rb"(?i)public[-_]?key")
_CODE = re.compile(rb"[A-Za-z_]{2,}\w*(?:\.[A-Za-z_]{2,}\w*)*(?:\(.*|\[.*|::.*)|[a-z_]\w*(?:\.[a-z_][a-z0-9_]*)+")
_VERSION_OR_TIME = re.compile(
    rb"v?[0-9]+(?:\.[0-9]+){1,3}[\w.+-]*|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.Z+-]*|[0-9._:,/-]+[a-zA-Z]{0,3}"
)
_FLAG = re.compile(rb"-{1,2}[a-z].*")
_FREE_FORM = (_UUID, _PATH_OR_ADDRESS, _VERSION_OR_TIME, _WORDS, _FLAG)


@lru_cache(4096)
def always(secret: bytes) -> bool:
    """Whether it is none whatever rule it matches."""
    return bool(_ALWAYS.search(secret))


@lru_cache(4096)
def of_free_form(secret: bytes) -> bool:
    """Whether a value that is given to a name is none: a variable, an identifier, a path, words, code, a version."""
    if any(pattern.fullmatch(secret) for pattern in _FREE_FORM) or _VARIABLE.match(secret) or _CODE.fullmatch(secret):
        return True
    return placeholder(secret.decode("utf-8", "replace")) is not None


def is_digest(secret: bytes, before: bytes) -> bool:
    """Whether it is a digest, by its length or its mark and the name before it; or what that name calls public."""
    if _PUBLIC_NAME.search(before):
        return True
    found = _DIGEST.fullmatch(secret)
    return bool(found) and (not secret.isalnum() or bool(_HEX_DIGEST_NAMES.search(before)))
