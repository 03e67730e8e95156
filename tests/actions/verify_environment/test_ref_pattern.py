"""Held against Ruby 3.1's `File.fnmatch(pattern, name, File::FNM_PATHNAME)`, which gave each row of the table."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.verify_environment.ref_pattern import meets

MEETS = [
    ("main", "main"),
    ("release/*", "release/1"),
    ("release/*", "release/"),
    ("*", "main"),
    ("**", "ab"),
    ("**/*", "a/b/c"),
    ("**/*", "a"),
    ("release/**/*", "release/1"),
    ("release/**/*", "release/1/2/3"),
    ("**/main", "main"),
    ("**/main", "a/b/main"),
    ("a/**/b/**/c", "a/b/c"),
    ("a/**/b/**/c", "a/x/b/y/z/c"),
    ("a/**/b/**/c", "a/b/b/c/c"),
    ("a**/b", "ax/b"),
    ("qa**/**/*", "qa/foo/bar"),
    ("qa**/**/*", "qa2/x"),
    ("v?", "v1"),
    ("v[0-9]", "v7"),
    ("v[!0-9]", "vx"),
    ("v[^0-9]", "vx"),
    ("v[0-9]*.[0-9]*", "v1.20"),
    ("[!]a]", "xa]"),
    ("[a-]", "-"),
    ("[z-a]", "z"),
    ("{a,b}", "{a,b}"),
    ("\\*", "*"),
    ("a\\b", "ab"),
    ("[\\]]", "]"),
    ("*a*b*c", "xaybzc"),
    ("é*", "éa"),
    ("release/*/*", "release/1/2"),
    ("*.*", "a.b"),
    ("***", "abc"),
    ("*?", "a"),
    ("refs/pull/*/merge", "refs/pull/7/merge"),
]
MEETS_NOT = [
    ("main", "Main"),
    ("main", "main2"),
    ("release/*", "release/1/2"),
    ("release/*", "release"),
    ("*", "a/b"),
    ("**", "a/b"),
    ("release/**/*", "release"),
    ("release/**/*", "prerelease/1"),
    ("**/main", "a/bmain"),
    ("a/**/b/**/c", "a/x/c"),
    ("a**/b", "a/x/b"),
    ("v?", "v"),
    ("v?", "v12"),
    ("a?b", "a/b"),
    ("v[0-9]", "vx"),
    ("v[^0-9]", "v7"),
    ("a[!x]b", "a/b"),
    ("v[0-9]*.[0-9]*", "v1"),
    ("[]a]", "]a]"),
    ("[]a]", "a"),
    ("[z-a]", "m"),
    ("[ab", "[ab"),
    ("[ab", "a"),
    ("{a,b}", "a"),
    ("\\*", "a"),
    ("*a*b*c", "xaybz"),
    ("", "a"),
    ("a", "a/"),
    ("release/*/*", "release/1"),
    ("*?", "ab/c"),
]


@pytest.mark.parametrize(("pattern", "name"), MEETS)
def test_a_pattern_meets_what_ruby_says(pattern: str, name: str) -> None:
    assert meets(pattern, name)


@pytest.mark.parametrize(("pattern", "name"), MEETS_NOT)
def test_a_pattern_meets_nothing_else(pattern: str, name: str) -> None:
    assert not meets(pattern, name)


NAMES = st.text("ab/-.", min_size=1, max_size=12)


@given(NAMES)
def test_a_name_meets_itself_and_a_star_crosses_no_slash(name: str) -> None:
    assert meets(name, name)
    assert meets("*", name) is ("/" not in name)
    assert meets("**/*", name)


@given(NAMES, NAMES)
def test_stars_stand_for_whole_parts(before: str, name: str) -> None:
    assert meets(f"**/{name}", f"{before}/{name}")
    assert meets(f"{before}/**/{name}", f"{before}/{name}")


def test_a_set_across_a_slash_is_on_the_safe_side() -> None:
    assert not meets("[a/b]", "a")


@pytest.mark.parametrize(("pattern", "name"), [("*a" * 120, "a" * 119 + "b"), ("**/a/" * 50 + "b", "a/" * 100 + "c")])
def test_no_pattern_takes_long(pattern: str, name: str) -> None:
    started = time.monotonic()
    assert not meets(pattern, name)
    assert time.monotonic() - started < 1
