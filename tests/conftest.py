import os

import pytest
from hypothesis import settings

PREFIXES = ("GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "DEPLOY_ACTIONS_")

settings.register_profile("deploy-actions", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("deploy-actions")


@pytest.fixture(autouse=True)
def _environment_of_no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a CI job the suite must say the same as on a laptop."""
    for name in os.environ:
        if name.startswith(PREFIXES):
            monkeypatch.delenv(name)


_LONGEST_WORD, _LONGEST_NAME = 15, 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names a value that may be a secret made at run time by its place: each worker must know a test by one name."""
    if not isinstance(val, str | bytes):
        return None
    longest = max(map(len, val.split()), default=0)
    return argname if longest > _LONGEST_WORD or len(val) > _LONGEST_NAME else None


_LONGEST = ("scenarios", "conformance")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes longest, so that no worker is left alone with it in the end."""
    items.sort(key=lambda item: item.path.parent.name not in _LONGEST)
