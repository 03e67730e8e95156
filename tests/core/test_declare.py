import pytest

from deploy_actions.core.declare import Inputs, InvalidInput, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration, Names
from deploy_actions.core.secret import Secret


class SampleInputs(Inputs, frozen=True):
    the_names: Names = required("Names.")
    window: Duration = optional("60m", "A window.")
    api_token: Secret = optional("", "A token.")


class SampleOutputs(Outputs, frozen=True):
    exit_status: int | None = output("A number.")
    names: tuple[str, ...] | None = output("A list.")


def test_what_is_declared_is_known_by_its_outside_name() -> None:
    fields = SampleInputs.fields()
    assert [field.name for field in fields] == ["the-names", "window", "api-token"]
    assert [field.variable for field in fields] == ["INPUT_THE_NAMES", "INPUT_WINDOW", "INPUT_API_TOKEN"]
    assert [field.required for field in fields] == [True, False, False]
    assert [field.default for field in fields] == [None, "60m", ""]
    assert [field.is_secret for field in fields] == [False, False, True]
    assert [field.description for field in fields] == ["Names.", "A window.", "A token."]


def test_given_texts_and_defaults_are_read_alike() -> None:
    inputs = SampleInputs.from_texts({"the-names": "A,B", "window": ""})
    assert inputs == SampleInputs(the_names=Names(("A", "B")), window=Duration(3600), api_token=Secret(""))


def test_a_default_is_read_when_inputs_are_made_in_code() -> None:
    assert SampleInputs(the_names=Names()).window == Duration(3600)


def test_a_required_input_cannot_be_forgotten_in_code() -> None:
    with pytest.raises(TypeError, match="the_names is required"):
        SampleInputs()


@pytest.mark.parametrize(
    ("texts", "name", "problem"),
    [
        ({}, "the-names", "required"),
        ({}, "the-names", "by `--the-names` or the variable INPUT_THE_NAMES"),
        ({"the-names": ""}, "the-names", "required"),
        ({"the-names": "A B"}, "the-names", "no variable"),
        ({"the-names": "A", "window": "soon"}, "window", "duration"),
        ({"the-names": "A", "colour": "red"}, "colour", "not an input"),
    ],
)
def test_a_wrong_input_is_named(texts: dict[str, str], name: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as error:
        SampleInputs.from_texts(texts)
    assert error.value.input_name == name
    assert problem in error.value.problem


class KeyInputs(Inputs, frozen=True):
    api_key: Secret = required("A key.")


def test_a_secret_that_is_missing_is_asked_for_by_its_variable_and_by_no_flag() -> None:
    with pytest.raises(InvalidInput, match="give it by the variable INPUT_API_KEY"):
        KeyInputs.from_texts({})


def test_inputs_are_frozen() -> None:
    with pytest.raises(AttributeError):
        SampleInputs(the_names=Names()).window = Duration(1)  # type: ignore[misc]


def test_outputs_are_null_until_they_are_known() -> None:
    assert SampleOutputs().values() == {"exit-status": None, "names": None}
    assert SampleOutputs(exit_status=3).values() == {"exit-status": 3, "names": None}
