"""Where secrets live and how old they are: pure, but for who asks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests.actions.verify_environment.room import NOW, codes, repository, verify, world
from tests.fakes import FakeMasks
from tests.rehearsal.clients import rsa_key

from deploy_actions.actions.verify_environment import secret_places
from deploy_actions.actions.verify_environment.judged import Judged
from deploy_actions.actions.verify_environment.observation import Observed, SecretPlaces, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, SecretName, Secrets
from deploy_actions.clients.github_environments import Environment
from deploy_actions.core.service_errors import Refused
from deploy_actions.core.span import Span
from deploy_actions.core.verdict import Decision


def places(environment: Mapping[str, int], repository: str = "", organization: str = "") -> SecretPlaces:
    """Secrets by the days since they were written; elsewhere by name alone."""
    return {
        "environment": {name: NOW - timedelta(days=days) for name, days in environment.items()},
        "repository": dict.fromkeys(repository.split(), NOW),
        "organization": dict.fromkeys(organization.split(), NOW),
    }


def judged(names: str, found: SecretPlaces | Unread | None, max_age: str = "90d") -> Judged:
    wanted = Secrets(only_in_environment=tuple(map(SecretName, names.split())), max_age=Span.parse(max_age))
    seen = Observed(environment=Environment(name="production"), secrets=found, now=NOW)
    return secret_places.secrets(EnvironmentPolicy(secrets=wanted), seen)


MISSING, OUTSIDE, AGED = "secret-missing-in-environment", "secret-outside-environment", "secret-aged"


@pytest.mark.parametrize(
    ("names", "found", "expected"),
    [
        ("A B", places({"A": 1, "B": 90}), []),
        ("a", places({"A": 1}), []),
        ("A", places({"A": 1, "C": 200}, "D", "E"), []),
        ("A B", places({"A": 1}), [(MISSING, "B")]),
        ("A", places({"A": 1}, "A"), [(OUTSIDE, "A")]),
        ("a", places({"A": 1}, "A"), [(OUTSIDE, "a")]),
        ("A", places({"A": 1}, "", "A"), [(OUTSIDE, "A")]),
        ("A", places({"A": 1}, "A", "A"), [(OUTSIDE, "A"), (OUTSIDE, "A")]),
        ("A", places({}, "A"), [(MISSING, "A"), (OUTSIDE, "A")]),
        ("A", places({"A": 91}), [(AGED, "A")]),
        ("", places({"A": 91, "B": 1}), [(AGED, "A")]),
        ("", places({"A": 1}, "A", "B"), []),
    ],
)
def test_a_secret_lives_in_the_environment_and_nowhere_else(
    names: str, found: SecretPlaces, expected: list[tuple[str, str]]
) -> None:
    one = judged(names, found)
    assert [(finding.reason_code, finding.secret) for finding in one.findings] == expected
    assert one.row.state == ("differs" if expected else "same")


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (None, "rule-unverifiable"),
        (Unread("x", "y"), "rule-unverifiable"),
        (Unread("x", is_fault=True), "rule-not-read"),
    ],
)
def test_lists_that_were_not_read_prove_nothing(found: Unread | None, code: str) -> None:
    one = judged("A", found)
    assert ([finding.reason_code for finding in one.findings], one.row.state) == ([code], "unverifiable")


def test_without_the_rule_the_places_are_shown_where_they_are_known() -> None:
    for found, actual in ((places({"A": 1}, "B C"), "here: A; besides 2 of the repository, 0 of the organization"),):
        seen = Observed(environment=Environment(name="production"), secrets=found, now=NOW)
        one = secret_places.secrets(EnvironmentPolicy(protected_branches=True), seen)
        assert (one.row.actual, one.row.state, one.findings) == (actual, "not-in-policy", ())


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"app_id": "8"}, "rule-unverifiable"),
        ({"app_private_key": rsa_key("another").private}, "rule-not-read"),
        ({"app_private_key": "no key"}, "rule-not-read"),
    ],
)
def test_an_app_that_may_not_list_them_is_no_proof(texts: dict[str, Any], code: str) -> None:
    report = verify(world(), **texts)
    assert codes(report) == [code]
    assert report.decision is Decision.CANNOT_VERIFY
    mild = verify(world(), unverifiable="warn", **texts)
    assert mild.decision is (Decision.WARN if code == "rule-unverifiable" else Decision.CANNOT_VERIFY)


def test_an_app_without_a_permission_is_told_which() -> None:
    github = world()
    github.apps["7"].permissions.pop("environments")
    (finding,) = verify(github).findings
    assert "`environments: read`" in finding.message


def test_a_token_that_cannot_be_masked_is_not_used() -> None:
    report = verify(world(), masks=FakeMasks(error=Refused("the runner", "masking", "no")))
    assert codes(report) == ["rule-unverifiable"]


def test_every_page_counts() -> None:
    many = {f"KEY_{number}": NOW for number in range(250)}
    assert codes(verify(world(repository(secrets=many)))) == ["environment-as-approved"]
    assert codes(verify(world(repository(secrets={**many, "DEPLOY_TOKEN": NOW})))) == [OUTSIDE]
