"""A policy that is wrong is refused with the file, the place and the trouble."""

from datetime import date

import msgspec
import pytest
from tests.fakes import FakeFiles

from deploy_actions.core import policy_document
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.service_errors import NotFound, Refused
from deploy_actions.core.span import Span


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    labels: tuple[str, ...]
    until: date
    max_age: Span | None = None
    strict: bool = False


def test_texts_of_yaml_become_what_the_form_says() -> None:
    text = "{labels: [no, 012], until: 2027-01-31, max-age: 2m, strict: true}"
    assert policy_document.parsed(text, Rule) == Rule(("no", "012"), date(2027, 1, 31), Span(120), strict=True)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"labels: [a]", "missing required field `until`"),
        (b"{labels: [a], until: 2027-13-31}", "until"),
        (b"{labels: [a], until: 2027-01-31, max-age: soon}", "is not a length of time such as .* at `\\$.max-age`"),
        (b"{labels: [a], until: 2027-01-31, max-age: [2m]}", "is not a length of time such as .* at `\\$.max-age`"),
        (b"{labels: [a], until: 2027-01-31, extra: 1}", "unknown field `extra`"),
        (b"{labels: [a], until: 2027-01-31, max-age: null}", "`null` at `\\$.max-age`; leave it out"),
        (b"[{a: {b: Null}}]", "`null` at `\\$.a.b`"),
        (b"{labels: [a], labels: [b], until: 2027-01-31}", "the same name twice"),
        (b"", "Expected `object`"),
        (b"[" * 5000, "nested too deeply"),
        (b"labels: [a", "no valid YAML in line 1"),
        (b"\xff", "is not UTF-8 text"),
    ],
)
def test_a_policy_that_is_wrong_is_refused_by_input_file_and_place(content: bytes, trouble: str) -> None:
    with pytest.raises(InvalidInput, match=trouble) as refused:
        policy_document.read(FakeFiles(content), "rules.yml", Rule, input_name="policy")
    assert refused.value.input_name == "policy"
    assert "rules.yml" in refused.value.problem


def test_a_policy_that_is_not_there_is_none() -> None:
    files = FakeFiles(error=NotFound("file", "reading", "x"))
    assert policy_document.read(files, "a.yml", Rule, input_name="policy") is None


def test_a_policy_that_may_not_be_read_is_the_hosts_affair() -> None:
    with pytest.raises(Refused):
        policy_document.read(FakeFiles(error=Refused("file", "reading", "x")), "a.yml", Rule, input_name="policy")


def test_the_schema_says_of_an_input_type_what_it_expects() -> None:
    properties = policy_document.schema(Rule)["$defs"]["Rule"]["properties"]
    assert properties["max-age"]["anyOf"][0] == {"type": "string", "description": Span.expects}
