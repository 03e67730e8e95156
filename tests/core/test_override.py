from datetime import timedelta

import pytest
from tests.fakes import NOW

from deploy_actions.core.override import Override

GOOD = {"actor": "ada", "reason": "Login is broken, INC-4711", "until": f"{NOW + timedelta(hours=2):%Y-%m-%dT%H:%MZ}"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, ""),
        ({"actor": "ADA"}, ""),
        ({"until": f"{NOW + timedelta(hours=24):%Y-%m-%dT%H:%MZ}"}, ""),
        ({"actor": ""}, "the actor is not among `who-may`"),
        ({"actor": "mallory"}, "the actor is not among `who-may`"),
        ({"reason": "because"}, "its reason has fewer than 20 characters"),
        ({"reason": f"because{' ' * 30}"}, "its reason has fewer than 20 characters"),
        ({"until": ""}, "its end is no date and time, as in `2026-11-24T18:00Z`"),
        ({"until": "soon"}, "its end is no date and time, as in `2026-11-24T18:00Z`"),
        ({"until": "9999-12-31T23:59-01:00"}, "its end is no date and time, as in `2026-11-24T18:00Z`"),
        ({"until": f"{NOW:%Y-%m-%dT%H:%MZ}"}, "its end has passed"),
        ({"until": f"{NOW + timedelta(hours=24, minutes=1):%Y-%m-%dT%H:%MZ}"}, "its end is more than 24 hours away"),
    ],
)
def test_an_override_needs_an_actor_who_may_a_reason_and_an_end(changed: dict[str, str], problem: str) -> None:
    override = Override(**(GOOD | changed), allowed_actors=("grace", "Ada"), actors_input="who-may")
    assert override.problem(NOW) == problem


def test_without_allowed_actors_nobody_may() -> None:
    assert Override(**GOOD, allowed_actors=(), actors_input="who-may").problem(NOW)
