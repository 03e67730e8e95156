"""Tells values that were never meant to reach production: placeholders, development defaults, unexpanded variables."""

import re

_WORDS = frozenset(
    """
    changeme changeit change-me change_me replaceme replace-me replace_me fixme todo tbd tba none null nil undefined
    nan empty unset missing default placeholder dummy example sample secret mysecret my-secret my_secret supersecret
    password passw0rd p@ssw0rd p@ssword mypassword my-password my_password passwd admin administrator root guest user
    test testing test123 tester foo bar baz foobar hunter2 letmein welcome qwerty abc123 abcd1234 token mytoken
    my-token my_token yourtoken your-token your_token your_token_here yourpassword your-password your_password
    apikey api-key api_key your-api-key your_api_key insert_token_here put-your-token-here redacted hidden
    1234 12345 123456 1234567 12345678 123456789 1234567890 password1 password123 admin123 secret123 true false
    """.split()  # noqa: SIM905  # a paragraph reads better than a column of 90 lines
)
_ASKED_FOR = r"(?<![a-z])(?:token|key|secret|password|value|credentials?|here)(?![a-z])"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_CHANGE = "change[-_ ]?me|replace[-_ ]?me"
_SHAPES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("<",), r"<[^<>]{1,100}>", "a text in brackets"),
    (("[",), rf"\[[^\[\]]{{0,60}}{_ASKED_FOR}[^\[\]]{{0,60}}\]", "a text in brackets"),
    (("${{",), r"\$\{\{.*\}\}", "an unexpanded `${{ … }}` expression"),
    (("$", "%"), rf"\${_NAME}|\$\{{{_NAME}(?::?[-=?+][^{{}}]*)?\}}|%{_NAME}%", "an unexpanded variable"),
    (("{{",), r"\{\{.*\}\}", "an unexpanded template"),
    (("todo", "fixme", "tbd", "change", "replace"), rf"(?:todo|fixme|tbd|{_CHANGE})[-_: ].*", "a note to its author"),
    (("insert", "enter", "put", "your"), rf"(?:insert|enter|put|your)[-_: ].*{_ASKED_FOR}.*", "a note to its author"),
)
"""What a text must begin with, in lower case; the pattern of the whole; what it is. Most values begin with none of
these, and compiling all the patterns would cost every step 2 ms."""

_MASKED = r"[a-z0-9]{1,12}[-_][x*]{6,}"
_LEAST_REPEATED = 3


def placeholder(value: str) -> str | None:
    """What kind of placeholder the whole value is, in words; None if it is none. Case and quotes do not count."""
    bare = value.strip().strip("\"'`").strip()
    if not bare:
        return "nothing but quotes"
    if bare.lower() in _WORDS:
        return "a common placeholder or development default"
    if len(bare) >= _LEAST_REPEATED and len(set(re.sub(r"[-_ .]", "", bare.lower()))) <= 1:
        return "one character repeated"
    if bare.endswith(("x", "X", "*")) and re.fullmatch(_MASKED, bare, re.IGNORECASE):
        return "one character repeated"
    return next((what for begins, shape, what in _SHAPES if _is_like(bare, begins, shape)), None)


def _is_like(bare: str, begins: tuple[str, ...], shape: str) -> bool:
    return bare.lower().startswith(begins) and bool(re.fullmatch(shape, bare, re.IGNORECASE | re.DOTALL))
