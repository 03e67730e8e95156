import json

import msgspec
import pytest

from deploy_actions.core.input_types import SecretNames
from deploy_actions.core.json_text import json_text
from deploy_actions.core.span import Span


class SecretName(str):
    pass


class Age(msgspec.Struct):
    name: SecretName
    most: Span


def test_a_value_of_an_inputs_type_is_written_as_what_it_is() -> None:
    value = {"names": SecretNames(["A", "B"]), "age": Age(SecretName("DEPLOY_TOKEN"), Span(60))}
    assert json.loads(json_text(value)) == {"names": ["A", "B"], "age": {"name": "DEPLOY_TOKEN", "most": 60.0}}


def test_what_json_has_no_form_for_is_an_error() -> None:
    with pytest.raises(TypeError):
        json_text(object())
