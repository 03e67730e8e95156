"""Reads what a step writes as the runner does, written after its source and independently of ours.

Source: actions/runner 2.336.0, `ActionCommand.cs` (TryParseV2, TryParse), `ActionCommandManager.cs`,
`FileCommandManager.cs` (EnvFileKeyValuePairs). Process output is split as .NET's StreamReader.ReadLine does.
"""

import re
from typing import NamedTuple

REGISTERED = frozenset(
    [
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "notice",
        "remove-matcher",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    ]  # one paragraph of names
)


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def output_lines(text: str) -> list[str]:
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if lines[-1] == "" else lines


def commands_in(text: str) -> list[Command]:
    found = (parse_current(line) or parse_legacy(line) for line in output_lines(text))
    return [command for command in found if command]


def parse_current(line: str) -> Command | None:
    """`::name key=value,key=value::data`, after white space."""
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, properties = line[2:end].partition(" ")
    if name not in REGISTERED:
        return None
    data = unescape(line[end + 2 :], {"%0D": "\r", "%0A": "\n", "%25": "%"})
    return Command(name, dict(pairs(properties.strip(), ",")), data)


def parse_legacy(line: str) -> Command | None:
    """`##[name key=value;key=value]data`, anywhere in a line."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, properties = line[start + 3 : end].partition(" ")
    return Command(name, dict(pairs(properties, ";")), line[end + 1 :]) if name in REGISTERED else None


def pairs(text: str, separator: str) -> list[tuple[str, str]]:
    found = []
    for each in filter(None, text.split(separator)):
        key, equals, value = each.partition("=")
        if key and equals and value:
            found.append((key, unescape(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"})))
    return found


def unescape(text: str, table: dict[str, str]) -> str:
    for escape, character in table.items():
        text = text.replace(escape, character)
    return text


def read_key_values(text: str) -> dict[str, str]:
    """An output file. Raises ValueError where the runner would fail the job."""
    values: dict[str, str] = {}
    rest = text
    while rest:
        line, _, rest = rest.partition("\n")
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            key, _, values[key] = line.partition("=")
        elif heredoc >= 0:
            name, _, delimiter = line.partition("<<")
            if not name or not delimiter:
                raise ValueError("empty name or delimiter")
            values[name], rest = read_here_document(rest, delimiter)
        else:
            raise ValueError("neither name=value nor name<<delimiter")
    return values


def read_here_document(rest: str, delimiter: str) -> tuple[str, str]:
    taken: list[str] = []
    while rest:
        line, newline, rest = rest.partition("\n")
        if line == delimiter:
            return "\n".join(taken), rest
        if not newline:
            raise ValueError("end marker without a line end")
        taken.append(line)
    raise ValueError("end marker not found")
