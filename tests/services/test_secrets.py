import json

import pytest

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.core.world import World
from deploy_actions.services import secrets


def world(**environ: str) -> World:
    return World(environ, Redactor(), lambda line: None)


def test_a_value_is_read_under_its_own_name() -> None:
    assert secrets.connect(world(KEY="canary")).value("KEY") == Secret("canary")


@pytest.mark.parametrize("environ", [{}, {"KEY": ""}])
def test_unset_and_empty_are_the_same(environ: dict[str, str]) -> None:
    assert secrets.connect(world(**environ)).value("KEY") is None


def test_a_value_read_is_known_to_the_redactor() -> None:
    here = world(KEY="canary-1")
    secrets.connect(here).value("KEY")
    assert here.redactor.secret_in("canary-1") == "KEY"


def test_slots_give_values_their_names_back() -> None:
    here = world(DEPLOY_ACTIONS_SECRET_NAMES='["A", "B"]', DEPLOY_ACTIONS_SECRET_1="canary-1", A="not this")
    connected = secrets.connect(here)
    assert connected.slot_names() == ("A", "B")
    assert connected.value("A") == Secret("canary-1")
    assert connected.value("B") is None


def test_every_slot_is_known_to_the_redactor_before_anything_is_read() -> None:
    here = world(DEPLOY_ACTIONS_SECRET_NAMES='["A"]', DEPLOY_ACTIONS_SECRET_1="canary-1")
    secrets.connect(here)
    assert here.redactor.secret_in("canary-1") == "A"


def test_twelve_slots_are_enough_and_thirteen_names_are_refused() -> None:
    names = [f"S{number}" for number in range(13)]
    secrets.connect(world(DEPLOY_ACTIONS_SECRET_NAMES=json.dumps(names[:12])))
    with pytest.raises(InvalidInput, match=r"secrets: names 13 secrets, but the workflow hands over 12 at most\."):
        secrets.connect(world(DEPLOY_ACTIONS_SECRET_NAMES=json.dumps(names)))


def test_a_list_that_cannot_be_read_is_refused_as_the_input_it_came_from() -> None:
    with pytest.raises(InvalidInput, match="secrets: holds a name that is no secret name"):
        secrets.connect(world(DEPLOY_ACTIONS_SECRET_NAMES='["A"'))


def test_a_value_that_is_no_text_cannot_be_judged() -> None:
    with pytest.raises(Malformed, match="reading KEY: the value is not UTF-8 text"):
        secrets.connect(world(KEY="a\udcff")).value("KEY")
