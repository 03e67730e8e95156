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
