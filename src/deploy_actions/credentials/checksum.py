"""The checksum at the end of tokens of GitHub and npm: CRC-32 in base 62, six characters."""

from zlib import crc32

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 6


def has_checksum(body: str) -> bool:
    """Whether the last six characters are the checksum of those before them (GitHub blog, 2021-04-05)."""
    return body[-LENGTH:] == checksum(body[:-LENGTH])


def checksum(text: str) -> str:
    """The six characters for a text."""
    number, digits = crc32(text.encode()), ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(LENGTH, "0")
