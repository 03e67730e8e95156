"""Holds who approved against who may: the environment's reviewers as they are, and those whom the policy names. Pure.

GitHub takes the approval of a listed reviewer only; but the list may have been changed before and changed back since.
"""

from collections.abc import Iterator, Sequence

from deploy_actions.actions.verify_approval.reasons import Reasons
from deploy_actions.core.verdict import Finding


def is_login(user: str) -> bool:
    """Whether it is an account's name, and not words for one that is gone."""
    return " " not in user


def may_review(user: str, listed: Sequence[str], among: Sequence[str] | None) -> bool | None:
    """Whether somebody is a reviewer; None where they may be one as a member of a team.

    `listed` are the environment's; `among`, where it is given, are those whom the policy allows.
    """
    allowed = {one.casefold() for one in listed}
    if among is not None:
        allowed &= {one.casefold() for one in among}
    if user.casefold() in allowed:
        return True
    return None if any("/" in one for one in allowed) else False


def outsiders(
    approving: Sequence[str], listed: Sequence[str], among: Sequence[str] | None, environment: str
) -> Iterator[Finding]:
    """Those who approved and are certainly no reviewers, or are not known any more."""
    known = [user for user in approving if is_login(user)]
    if others := [user for user in known if may_review(user, listed, among) is False]:
        yield Reasons.not_a_reviewer(
            who=", ".join(others),
            environment=environment,
            listed=", ".join(listed),
            among="" if among is None else f", and the policy allows {', '.join(among)}",
        )
    if len(known) < len(approving):
        yield Reasons.unknown_reviewer(environment=environment)


def perhaps_members(
    approving: Sequence[str], listed: Sequence[str], among: Sequence[str] | None, environment: str
) -> Iterator[Finding]:
    """Those who approved and are reviewers only if they are members of a team that is one."""
    if found := [user for user in approving if is_login(user) and may_review(user, listed, among) is None]:
        teams = ", ".join(one for one in listed if "/" in one)
        yield Reasons.perhaps_a_member(who=", ".join(found), environment=environment, teams=teams)
