import pytest
from tests.actions.verify_environment.room import outputs, verify, world

from deploy_actions.actions.verify_approval.policy import ApprovalPolicy
from deploy_actions.core.input_types import NotOfType


def test_what_the_gate_hands_over_is_read() -> None:
    handed = outputs(verify(world())).approval_policy
    assert ApprovalPolicy.parse(handed or "") == ApprovalPolicy(
        reviewers=True,
        self_approval="fail",
        administrator_bypass="fail",
        among=("ada", "grace", "acme/release-managers"),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "null", "[" * 50_000, "\udcff", '{"reviewers": true}'),
        '{"reviewers": 1, "self-approval": "fail", "administrator-bypass": "fail"}',
        '{"reviewers": true, "self-approval": "pass", "administrator-bypass": "fail"}',
        '{"reviewers": true, "self-approval": "fail", "administrator-bypass": "fail", "more": 1}',
    ],
    ids=lambda text: repr(text)[:30],
)
def test_what_is_no_such_policy_is_refused(text: str) -> None:
    with pytest.raises(NotOfType, match="verify-environment"):
        ApprovalPolicy.parse(text)
