"""Runs the probes side by side, each with the one secret that it is for."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from deploy_actions.actions.preflight_secrets.examine import Examined
from deploy_actions.actions.preflight_secrets.judge import is_out_of_the_question
from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.core.ports import Tasks
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import ServiceError


def probe_all(
    examined: Sequence[Examined], values: Mapping[str, Secret | None], worlds: Worlds, tasks: Tasks
) -> dict[str, Answer | ServiceError]:
    """What each probe came to, by the secret's name. Secrets that cannot be good are not sent anywhere."""
    asked = [one for one in examined if one.rule.probe and _is_worth_it(one)]
    companions = {name: value for name, value in values.items() if value}
    questions = [_question(one, companions, worlds) for one in asked]
    return dict(zip((one.name for one in asked), tasks.side_by_side(questions), strict=True))


def _is_worth_it(one: Examined) -> bool:
    return one.problem is None and not one.missing_companions and not is_out_of_the_question(one)


def _question(one: Examined, companions: Mapping[str, Secret], worlds: Worlds) -> Callable[[], Answer]:
    probe = one.rule.probe or Probe()
    needed = {name: companions[name] for name in probe.needs}
    return partial(probe.ask, Secret(one.value), replace(worlds, companions=needed))
