"""Tells the texts with which every find of a pattern begins, as `ghp_` and `gho_` of `gh[po]_[A-Za-z0-9]{36}`."""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from itertools import product

LEAST_LENGTH = 4
"""Of a shorter text a log is too full."""

_MOST = 24
_BOUNDARY = re.compile(r"\\b|\(\?<![^()]*(?:\([^()]*\)[^()]*)*\)|\(\?:\^\|[^()]*\)|\(\?i\)|\(\?P<secret>")
_LITERAL = re.compile(r"\\([^A-Za-z0-9\s])|([A-Za-z0-9_\-/:@=,%~#&;!\"'<> ])")
_CLASS = re.compile(r"\[([A-Za-z0-9_]{1,8})\]")
_GROUP = re.compile(r"\((?:\?:)?((?:[A-Za-z0-9_|-]|\\[.\-])+)\)")
_QUANTIFIER = re.compile(r"[*+?{]")


def prefixes(pattern: str) -> tuple[bytes, ...]:
    """The beginnings, each as long as it is certain; none where one would be shorter than 4 bytes, or of any case."""
    if "(?i" in pattern:
        return ()
    at = 0
    while boundary := _BOUNDARY.match(pattern, at):
        at = boundary.end()
    texts = [""]
    for choices in _certain(pattern, at):
        texts = ["".join(pair) for pair in product(texts, choices)]
        if len(texts) > _MOST:
            return ()
    return tuple(text.encode() for text in texts) if min(map(len, texts)) >= LEAST_LENGTH else ()


def _certain(pattern: str, at: int) -> Iterator[tuple[str, ...]]:
    """For each place from the beginning on the texts that can stand there."""
    while at < len(pattern):
        choices, end = _choices(pattern, at)
        if not choices or _QUANTIFIER.match(pattern, end):
            return
        yield choices
        at = end


def _choices(pattern: str, at: int) -> tuple[tuple[str, ...], int]:
    if literal := _LITERAL.match(pattern, at):
        return (literal[1] or literal[2],), literal.end()
    if one_of := _CLASS.match(pattern, at):
        return tuple(one_of[1]), one_of.end()
    if group := _GROUP.match(pattern, at):
        return tuple(text.replace("\\", "") for text in group[1].split("|")), group.end()
    return (), at


def base64_beginnings(prefix: bytes) -> Iterator[tuple[bytes, int]]:
    """What a text that begins so looks like in base64, at each offset, and where in a group of four that begins."""
    for offset, first in enumerate((0, 2, 3)):
        last = (offset + len(prefix)) * 8 // 6
        yield b2a_base64(bytes(offset) + prefix, newline=False)[first:last], first % 4
