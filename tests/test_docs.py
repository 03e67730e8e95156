"""What the documentation says holds: its paths exist, its YAML keeps the rules of our own workflows."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / name
    for name in subprocess.check_output(["git", "-C", str(ROOT), "ls-files", "*.md"], text=True).splitlines()
]
EXAMPLES = sorted((ROOT / "examples").glob("*.yml"))


def yaml_of(page: Path) -> list[Any]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)]


def violations(workflow: Any) -> list[str]:
    """What a security reviewer would refuse in a workflow or a piece of one."""
    found = []
    for step in steps_of(workflow):
        if "${{" in str(step.get("run", "")):
            found.append("an expression in what a shell reads")
        if (
            "actions/checkout@" in str(step.get("uses", ""))
            and step.get("with", {}).get("persist-credentials") is not False
        ):
            found.append("a checkout that leaves credentials")
    for uses in re.findall(r"'uses': '([^']*)'", str(workflow)):
        if not uses.startswith("$/") and not re.search(r"@[0-9a-f]{40}$", uses):
            found.append(f"{uses} is not pinned by commit")
    if "toJSON(secrets)" in str(workflow):
        found.append("all secrets at once")
    return found


def steps_of(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [*node.get("steps", []), *(step for value in node.values() for step in steps_of(value))]
    return [step for value in node for step in steps_of(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_links_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", page.read_text())) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_yaml_in_a_page_keeps_our_own_rules(page: Path) -> None:
    assert [violation for workflow in yaml_of(page) for violation in violations(workflow)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_keeps_our_own_rules(example: Path) -> None:
    assert violations(yaml.safe_load(example.read_text())) == []


@pytest.mark.parametrize(
    "workflow",
    [
        {"steps": [{"run": "echo ${{ github.ref }}"}]},
        {"jobs": {"a": {"steps": [{"uses": "actions/checkout@" + "0" * 40}]}}},
        {"steps": [{"uses": "actions/cache@v4"}]},
        {"env": {"ALL": "${{ toJSON(secrets) }}"}},
    ],
)
def test_a_rule_that_is_broken_is_seen(workflow: Any) -> None:
    assert len(violations(workflow)) == 1


def test_the_index_of_decisions_names_each_with_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    titles = {page.name: page.read_text().partition("\n")[0].removeprefix("# ") for page in folder.glob("0*.md")}
    rows = re.findall(r"^\| \[\d+\]\(([^)]+)\) \| (.*) \|$", (folder / "README.md").read_text(), re.MULTILINE)
    assert dict(rows) == titles


def test_the_lock_names_no_index_and_every_package_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        assert "--index" not in text
        packages = re.findall(r"^[a-z0-9][^\n]*(?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)*", text, re.MULTILINE)
        assert packages
        assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_satisfies_the_declared_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [re.split(r"[<>=]", each)[0] for each in project["project"]["dependencies"]]
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "runtime.txt").read_text(), re.MULTILINE)
    assert set(declared) <= set(locked)
    for each in (ROOT / "requirements" / "runtime.txt").read_text().splitlines():
        if "==" in each:
            assert each.split(" ")[0] in (ROOT / "requirements" / "dev.txt").read_text()


def test_the_changelog_has_an_unreleased_section() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


def test_no_file_of_the_repository_names_a_path_of_a_machine() -> None:
    command = ["git", "-C", str(ROOT), "grep", "-nE", "/(root|home|Users)/[a-z]+/|/work/"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert [line for line in found.splitlines() if "tests/test_docs.py" not in line] == []


def test_the_job_in_the_page_on_openid_connect_is_the_example() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "oidc.md").read_text(), re.DOTALL)
    example = (ROOT / "examples" / "oidc-aws.yml").read_text()
    assert [line for line in example.splitlines() if not line.startswith("#")] in [text.splitlines() for text in blocks]
