"""The rules of the house, each seen to fail when it is broken."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "deploy_actions"
MODULES = sorted(SOURCE.rglob("*.py"))
FORBIDDEN_BUILTINS = {"open", "print", "eval", "exec", "compile", "__import__", "input", "breakpoint"}


def forbidden_names(source: str) -> list[str]:
    """Builtins that do input or output, or make code, and that no linter of imports can see."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    return [f"{node.id} in line {node.lineno}" for node in names if node.id in FORBIDDEN_BUILTINS]


@pytest.mark.parametrize(
    "room", sorted((SOURCE / "actions").rglob("*.py")), ids=lambda room: str(room.relative_to(SOURCE))
)
def test_a_room_uses_no_builtin_that_reaches_outside(room: Path) -> None:
    assert forbidden_names(room.read_text()) == []


@pytest.mark.parametrize("name", sorted(FORBIDDEN_BUILTINS))
def test_a_room_that_does_is_caught(name: str) -> None:
    assert forbidden_names(f"def run():\n    return {name}('x')\n") == [f"{name} in line 2"]


def lint_imports(root: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environ = {**os.environ, "PYTHONPATH": str(root / "src")}
    return subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_of_imports_are_kept(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("actions/run_deploy/__init__.py", "import os", "A room does no input and no output BROKEN"),
        ("actions/preflight_secrets/judge.py", "import importlib", "A room does no input and no output BROKEN"),
        ("credentials/jwt.py", "import urllib3", "A room does no input and no output BROKEN"),
        ("core/verdict.py", "import subprocess", "A room does no input and no output BROKEN"),
        (
            "actions/run_deploy/__init__.py",
            "from deploy_actions.actions import preflight_secrets",
            "A room is independent of every other room BROKEN",
        ),
        (
            "actions/run_deploy/__init__.py",
            "from deploy_actions.services import clock",
            "Imports run downwards only BROKEN",
        ),
        ("core/redact.py", "from deploy_actions.workflow import masks", "Imports run downwards only BROKEN"),
        ("render/summary.py", "from deploy_actions import runner", "Imports run downwards only BROKEN"),
        ("services/clock.py", "from deploy_actions.render import summary", "Imports run downwards only BROKEN"),
        ("runner.py", "import socket", "Only services open sockets and start processes BROKEN"),
    ],
)
def test_an_import_that_breaks_a_contract_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    file = copy / "src" / "deploy_actions" / module
    file.write_text(f"{file.read_text()}\n{line}\n")
    done = lint_imports(copy)
    assert done.returncode == 1
    assert contract in done.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_rooms_are_small(module: Path) -> None:
    source = module.read_text()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    too_long = [f.name for f in functions if f.end_lineno and f.end_lineno - f.lineno + 1 > 40]
    assert len(source.splitlines()) <= 250
    assert too_long == []


def test_only_one_package_writes_the_runners_protocol() -> None:
    protocol = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", '"::', "'::", 'f"::')
    writers = {
        module.relative_to(SOURCE).parts[0]
        for module in MODULES
        if any(
            word in line for line in module.read_text().splitlines() for word in protocol if "GITHUB_ENV" not in line
        )
    }
    assert writers == {"workflow"}


def test_every_module_and_every_public_name_says_what_it_is() -> None:
    undocumented = [
        str(module.relative_to(SOURCE)) for module in MODULES if not ast.get_docstring(ast.parse(module.read_text()))
    ]
    assert undocumented == []
