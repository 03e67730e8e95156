"""The rule on where secrets live, and the lists that it needs: no token of a job may read these, an app may."""

from collections.abc import Iterator
from datetime import datetime

from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.judged import Judged, compared, listed, shown_only, unread
from deploy_actions.actions.verify_environment.observation import Observed, SecretPlaces, Unread, attempt
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, Secrets
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.clients import github_secrets
from deploy_actions.clients.github_app import App, minted
from deploy_actions.clients.github_secrets import PERMISSIONS, Places
from deploy_actions.clients.patience import Patience
from deploy_actions.core.input_types import format_seconds
from deploy_actions.core.ports import Http, Masks
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Finding

_RULE = "secrets"
_ELSEWHERE = ("repository", "organization")
_NEEDS = "Give `app-id` and `app-private-key` of a GitHub App with `secrets: read` and `environments: read`."

NO_APP = Unread("no app is given, and GITHUB_TOKEN may not list secrets", _NEEDS, is_permission=True)


def read(  # noqa: PLR0913  # as whom, whom and when
    inputs: VerifyEnvironmentInputs, patience: Patience, http: Http, masks: Masks, now: datetime
) -> tuple[SecretPlaces | Unread, tuple[Finding, ...]]:
    """When each secret was last written, by place; and what is to be said of the token that was minted for it."""
    key = inputs.app_private_key
    if not inputs.app_id or key is None:
        return NO_APP, ()
    app = App(inputs.api_url, inputs.app_id, key, inputs.repository, PERMISSIONS)
    problems: list[str] = []

    def ask() -> SecretPlaces:
        with minted(app, http, masks, now) as holder:
            found = github_secrets.listed(_places(inputs, holder.token), patience.send)
        problems.append(holder.problem)
        return found

    found = attempt(ask, _NEEDS)
    return found, tuple(Reasons.not_revoked(rule=_RULE, problem=problem) for problem in problems if problem)


def _places(inputs: VerifyEnvironmentInputs, token: Secret) -> Places:
    return Places(api=inputs.api_url, repository=inputs.repository, environment=inputs.environment, token=token)


def secrets(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """The secrets that are named live in the environment and nowhere else, and none is too old."""
    wanted, places = policy.secrets, observed.secrets
    if wanted is None:
        return shown_only(_RULE, "" if places is None or isinstance(places, Unread) else _actual(places))
    if places is None or isinstance(places, Unread):
        return unread(_RULE, _words(wanted), places or Unread("nobody asked", _NEEDS))
    name = observed.environment.name
    found = [*_misplaced(wanted, places, name), *_aged(wanted, places, observed)]
    return compared(_RULE, _words(wanted), _actual(places), *found)


def _misplaced(wanted: Secrets, places: SecretPlaces, environment: str) -> Iterator[Finding]:
    for name in wanted.only_in_environment:
        if name.upper() not in places["environment"]:
            yield Reasons.secret_missing(secret=name, rule=_RULE, environment=environment)
        for place in _ELSEWHERE:
            if name.upper() in places[place]:
                yield Reasons.secret_outside(secret=name, rule=_RULE, place=place)


def _aged(wanted: Secrets, places: SecretPlaces, observed: Observed) -> Iterator[Finding]:
    if wanted.max_age is None:
        return
    for name in wanted.only_in_environment or places["environment"]:
        written = places["environment"].get(name.upper())
        if written is not None and (observed.now - written).total_seconds() > wanted.max_age:
            days = (observed.now - written).days
            yield Reasons.secret_aged(secret=name, rule=_RULE, days=days, most=format_seconds(wanted.max_age))


def _words(wanted: Secrets) -> str:
    only = f"only here: {listed(wanted.only_in_environment)}" if wanted.only_in_environment else ""
    age = "" if wanted.max_age is None else f"at most {format_seconds(wanted.max_age)} old"
    return f"{only}; {age}" if only and age else only or age


def _actual(places: SecretPlaces) -> str:
    """Those of the environment; of the others only how many, since their names are no affair of this policy."""
    others = ", ".join(f"{len(places[place])} of the {place}" for place in _ELSEWHERE)
    return f"here: {listed(sorted(places['environment']))}; besides {others}"
