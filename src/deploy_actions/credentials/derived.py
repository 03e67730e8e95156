"""The forms of a secret that the runner's own masks leave bare (actions/runner 2.336, `ValueEncoders`)."""

from binascii import b2a_base64
from collections.abc import Iterator

from deploy_actions.core.encodings import base64_cores, hexadecimal, url_encoded
from deploy_actions.credentials.placeholders import placeholder

LEAST_CHARACTERS = 6
"""Below this a piece of a credential is too short to be masked: it would blank what is no secret."""

MOST_CHARACTERS = 4_096
"""Above this a value is masked as it is only: nobody prints it in another form, and each mask costs the runner time."""


def is_maskable(text: str) -> bool:
    """Whether a piece of a credential is long and rare enough to be masked."""
    return len(text.strip()) >= LEAST_CHARACTERS and placeholder(text) is None


def forms_left_bare(value: str) -> tuple[str, ...]:
    """Hexadecimal, base64url, base64 without padding and twice, URL-encoded with `+` or in lower case; each once."""
    bare = value.strip()
    if len(bare) > MOST_CHARACTERS:
        return ()
    forms = dict.fromkeys(_forms(bare))
    return tuple(form for form in forms if form != bare and len(form) >= LEAST_CHARACTERS)


def _forms(text: str) -> Iterator[str]:
    data = text.encode()
    yield from hexadecimal(data)
    yield from base64_cores(data)
    for once in (b2a_base64(data, newline=False).rstrip(b"=").decode(), *base64_cores(data)):
        yield from base64_cores(once.encode())
    yield from url_encoded(data)
