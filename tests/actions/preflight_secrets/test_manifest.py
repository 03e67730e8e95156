import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.preflight_secrets.manifest import Manifest, Rule
from deploy_actions.core.input_types import Duration, NotOfType

FULL = """
DEPLOY_TOKEN:
  kind: jwt
  pattern: "ey.*"
  min-length: 20
  min-remaining: 14d
  optional: true
  same-as: OTHER
OTHER:
"""


@pytest.mark.parametrize(
    "text",
    [
        "A\nB\nC",
        "A, B, C",
        "# the secrets\nA\n\n  B  ,\nC\n",
        '["A", "B", "C"]',
        "- A\n- B\n- C",
        "A:\nB: {}\nC: ",
        "- A\n- B: {}\n- C: {}",
        "{A: {}, B: {}, C: {}}",
    ],
)
def test_names_may_be_written_in_many_ways(text: str) -> None:
    assert Manifest.parse(text) == (Rule(name="A"), Rule(name="B"), Rule(name="C"))


def test_every_rule_is_read() -> None:
    rule, other = Manifest.parse(FULL)
    assert other == Rule(name="OTHER")
    assert (rule.kind, rule.min_length, rule.optional, rule.same_as) == ("jwt", 20, True, "OTHER")
    assert rule.min_remaining == Duration.parse("14d")
    assert rule.pattern == re.compile("ey.*")


def test_an_empty_list_declares_that_there_are_none() -> None:
    assert Manifest.parse("[]") == ()


def test_names_that_yaml_takes_for_something_else_stay_names() -> None:
    assert [rule.name for rule in Manifest.parse("NO: {}\non: {}\nnull: {}\n_1: {}")] == ["NO", "on", "null", "_1"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# nothing", "names no secret"),
        ("A: {kind: jwt", "no valid YAML in line 1"),
        ("A: {}\nB: [", "no valid YAML in line 2"),
        ("A: {}\nA: {}", "same name twice"),
        ("A: {kind: jwt, kind: x509}", "same name twice"),
        ("A\na", "names `a` twice"),
        ("- A\n- A: {}", "names `A` twice"),
        ("A: &x {}\nB: *x", "alias"),
        ("A: [1]", "under `A` no mapping of rules"),
        ("A: jwt", "under `A` no mapping of rules"),
        ("A: {colour: red}", "under `A` an unknown rule"),
        ("A: {kind: glove}", "`kind` that is none of the kinds jwt, github-token, "),
        ("A: {pattern: '('}", "`pattern` that is no regular expression"),
        ("A: {pattern: {}}", "`pattern` that is not a single value"),
        ("A: {min-length: -1}", "`min-length` that is negative"),
        ("A: {min-length: many}", "`min-length` that is not a whole number"),
        ("A: {min-remaining: 14}", "`min-remaining` that is not a duration"),
        ("A: {optional: maybe}", "`optional` that is neither"),
        ("A: {same-as: 1 2}", "`same-as` that holds a name"),
        ("1A: {}", "no secret name"),
        ("PATH", "reserved"),
        ("- [A]", "a list in the place of a secret's name"),
        ("? [A]\n: {}", "in the place of a name"),
        ("text that is no list: of: names", "no valid YAML"),
        ("--- \nA: {}\n--- \nB: {}", "no valid YAML"),
        ("[" * 60_000, "nested too deeply"),
    ],
)
def test_what_is_no_manifest_is_refused_with_where_and_what(text: str, problem: str) -> None:
    with pytest.raises(NotOfType, match=problem):
        Manifest.parse(text)


def test_a_yaml_tag_makes_nothing() -> None:
    assert Manifest.parse("!!python/object/apply:os.system [ID]") == (Rule(name="ID"),)


def test_no_error_quotes_the_value_of_a_rule() -> None:
    for rule in ("kind", "pattern", "min-length", "min-remaining", "optional"):
        with pytest.raises(NotOfType) as error:
            Manifest.parse(f"A: {{{rule}: '(canary'}}")
        assert "canary" not in str(error.value)


@given(st.text() | st.text(alphabet="AB:{}[]-,&*!|>'\"#\n ?~"))
def test_any_text_is_a_manifest_or_refused(text: str) -> None:
    with contextlib.suppress(NotOfType):
        Manifest.parse(text)
