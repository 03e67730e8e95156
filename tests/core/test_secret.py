import copy
import pickle

import pytest

from deploy_actions.core.secret import Secret


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("canary")
    assert f"{secret} {secret!r} {secret!s} {[secret]} {secret:>9}" == "*** *** *** [***] ***"
    assert secret.reveal() == "canary"


def test_secrets_compare_by_value() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


@pytest.mark.parametrize("serialise", [pickle.dumps, copy.copy])
def test_a_secret_cannot_be_serialised(serialise: object) -> None:
    with pytest.raises(TypeError, match="not to be serialised"):
        serialise(Secret("canary"))  # type: ignore[operator]
