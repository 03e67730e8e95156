"""The contract of every action, as checks that say which rule a run or a declaration broke."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
from tests.conformance.harness import Seen

from deploy_actions.core.action import Action
from deploy_actions.core.verdict import Decision, Reason

COMMON_OUTPUTS = ("decision", "reason-code", "result")
MILD = (Decision.PASS, Decision.SKIP)
EXIT_CODES = {"pass": 0, "warn": 0, "skip": 0, "fail": 1, "cannot-verify": 2}


def workflow_violations(action: Action[Any, Any], seen: Seen, schema: Mapping[str, Any]) -> Iterator[str]:
    """What a run in a workflow wrote that is not as declared."""
    declared = [*COMMON_OUTPUTS, *(field.name for field in action.outputs.fields())]
    written = re.findall(r"^([\w-]+)<<end-[0-9a-f]{32}$", seen.outputs, re.MULTILINE)
    if sorted(written) != sorted(declared):
        yield f"outputs written are {written}, declared {declared}"
        return
    result = json.loads(seen.values["result"])
    yield from document_violations(result, schema, seen.exit_code)
    if (result["decision"], result["reason_code"]) != (seen.values["decision"], seen.values["reason-code"]):
        yield "the outputs and their result differ"
    if not re.match(rf"### . \S+: {result['decision']}\n", seen.summary):
        yield "the summary's first line is not the verdict"


def document_violations(document: Any, schema: Mapping[str, Any], exit_code: int) -> Iterator[str]:
    """What is wrong with a result document, and whether the exit code is the one its decision has."""
    yield from (
        f"the schema: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(document)
    )
    expected = EXIT_CODES[document["decision"]]
    program = (document["outputs"] or {}).get("exit-status") if expected else None
    if exit_code != (program or expected):
        yield f"exit code {exit_code} after {document['decision']}"


def terminal_violations(seen: Seen) -> Iterator[str]:
    """What a person at a terminal would miss, and what belongs to a workflow only."""
    verdict = re.match(r". \S+: ([a-z-]+)\n", seen.stdout)
    if not verdict:
        yield "the first line is not the verdict"
    elif bool(EXIT_CODES.get(verdict[1], 2)) != bool(seen.exit_code):
        yield f"exit code {seen.exit_code} after {verdict[1]}"
    if seen.outputs or seen.summary:
        yield "a runner's file was written"


def declaration_violations(action: Action[Any, Any]) -> Iterator[str]:
    """What a reader of the declaration would miss."""
    codes = [reason.code for reason in action.reasons]
    yield from (f"reason code {code} stands twice" for code in {code for code in codes if codes.count(code) > 1})
    for reason in action.reasons:
        yield from _reason_violations(reason)
    for field in (*action.inputs.fields(), *action.outputs.fields()):
        if not re.fullmatch(r"[A-Z][^\n]{8,}\.", field.description):
            yield f"{field.name} is not described in a sentence"
        if field.is_secret and field.default:
            yield f"secret input {field.name} has a default"
    yield from (f"permission {name} has no reason" for name, why in action.permissions.items() if not why)


def _reason_violations(reason: Reason) -> Iterator[str]:
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", reason.code):
        yield f"reason code {reason.code} is not in kebab-case"
    if reason.decision not in MILD and not reason.remedy:
        yield f"{reason.code} blocks or warns and says not what to do"


def pattern_violations(source: str) -> Iterator[str]:
    """Each call of `match`, which judges only the beginning of a text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "match":
            yield f"line {node.lineno}: use fullmatch"
