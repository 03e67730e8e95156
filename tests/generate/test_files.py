import shutil
from pathlib import Path

import pytest
import yaml

from deploy_actions.generate import rule_document
from deploy_actions.generate.files import ROOT, generated, write
from deploy_actions.runner import action_names, load_action


def test_every_generated_file_is_what_the_declarations_say() -> None:
    said: list[str] = []
    assert write(check=True, say=said.append) == 0, f"{said}: run `make docs`"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "actions", tmp_path / "actions")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "README.md", tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    document = rule_document.PATH
    (tmp_path / document).parent.mkdir(parents=True)
    shutil.copy(ROOT / document, tmp_path / document)
    return tmp_path


@pytest.mark.parametrize("name", ["action.yml", "README.md", "result.schema.json"])
def test_a_file_changed_by_hand_is_found_and_written_again(copy: Path, name: str) -> None:
    file = copy / "actions" / action_names()[0] / name
    file.write_text(file.read_text() + "\nby hand\n")
    said: list[str] = []
    assert write(check=True, say=said.append, root=copy) == 1
    assert said == [f"differs: {file.relative_to(copy)}"]
    assert write(check=False, say=said.append, root=copy) == 0
    assert write(check=True, say=said.append, root=copy) == 0


def test_a_folder_without_a_room_is_found(copy: Path) -> None:
    (copy / "actions" / "no-such-action").mkdir()
    said: list[str] = []
    assert write(check=True, say=said.append, root=copy) == 1
    assert said == ["differs: actions/no-such-action"]


@pytest.mark.parametrize("name", action_names())
class TestActionYml:
    def read(self, name: str) -> dict[str, dict[str, dict[str, object]]]:
        document: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
            (ROOT / "actions" / name / "action.yml").read_text()
        )
        return document

    def test_inputs_and_outputs_are_those_declared(self, name: str) -> None:
        document, action = self.read(name), load_action(name)
        assert list(document["inputs"]) == [field.name for field in action.inputs.fields()]
        declared = [field.name for field in action.outputs.fields()]
        assert list(document["outputs"]) == ["decision", "reason-code", "result", *declared]

    def test_it_is_one_step_whose_shell_reads_no_expression(self, name: str) -> None:
        [step] = yaml.safe_load((ROOT / "actions" / name / "action.yml").read_text())["runs"]["steps"]
        assert "${{" not in step["run"]
        assert step["run"] == f'exec "$GITHUB_ACTION_PATH/../../bin/deploy-actions" {name}'

    def test_each_input_is_handed_on_under_its_own_variable(self, name: str) -> None:
        [step] = yaml.safe_load((ROOT / "actions" / name / "action.yml").read_text())["runs"]["steps"]
        fields = load_action(name).inputs.fields()
        assert step["env"] == {field.variable: f"${{{{ inputs.{field.name} }}}}" for field in fields}


def test_every_room_has_its_generated_files() -> None:
    expected = {ROOT / "actions" / name / file for name in action_names() for file in ("action.yml", "README.md")}
    assert expected <= set(generated(ROOT))
