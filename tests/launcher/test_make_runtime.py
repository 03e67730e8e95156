"""What the launcher's installer says of what goes wrong, where the fault itself cannot be had here."""

import errno
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_runtime", ROOT / "bin" / "make-runtime.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EACCES, "cannot be written"),
        (errno.EROFS, "cannot be written"),
        (errno.EPERM, "cannot be written"),
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_an_error_of_the_system_is_said_with_what_to_do(installer: ModuleType, number: int, says: str) -> None:
    import os

    said = installer.explained(OSError(number, os.strerror(number)), Path("/cache/deploy-actions/x"))
    assert says in said
    assert "/cache/deploy-actions" in said


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("The virtual environment was not created because ensurepip is not available.", "python3-venv"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "Do not deploy"),
        ("ERROR: Could not find a version that satisfies the requirement", "No package index"),
        ("", "No package index"),
    ],
)
def test_what_a_tool_printed_is_turned_into_what_to_do(installer: ModuleType, printed: str, says: str) -> None:
    assert says in installer.remedy(printed)


def test_a_python_without_venv_is_refused_by_name(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(installer.CannotMake, match=r"has no venv module\. Install it \(Debian, Ubuntu: python3-venv\)"):
        installer.install_by_pip(tmp_path, tmp_path / "lock")
