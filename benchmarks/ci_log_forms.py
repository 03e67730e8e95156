"""The forms in which the benchmark writes a secret into a log, each in a line as a build would have it."""

import json
from base64 import b64encode
from urllib.parse import quote

FORMS = ("plain", "base64", "hex", "url-encoded", "json-escaped", "over-lines", "ansi", "reversed")
STAMP_LENGTH = len(b"2026-01-02T03:04:05.1234567Z ")


def written(form: str, value: str, like: bytes) -> list[bytes]:
    """The lines with a secret in a form; their timestamp is that of a clean line."""
    stamp = like[:STAMP_LENGTH]
    middle = len(value) // 2
    texts = {
        "plain": [f"+ deploy --token {value} --verbose"],
        "base64": [f"data: {b64encode(value.encode()).decode()}"],
        "hex": [f"payload bytes {value.encode().hex()} end"],
        "url-encoded": [f"GET https://api.example.com/v1/login?token={quote(value, safe='')}&page=1"],
        "json-escaped": [f'{{"level":"info","password":{json.dumps(value)},"ok":true}}'],
        "over-lines": [f"connecting with {value[:middle]}", value[middle:]],
        "ansi": [f"token: \x1b[36m{value[:middle]}\x1b[0m\x1b[1m{value[middle:]}\x1b[0m"],
        "reversed": [f"debug {value[::-1]}"],
    }
    return [stamp + text.encode() + b"\n" for text in texts[form]]
