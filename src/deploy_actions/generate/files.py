"""Writes the generated files, or says which of them differ. `make docs` and a test call it."""

from collections.abc import Callable
from pathlib import Path

from deploy_actions.generate import action_yml, credentials_page, readme, rule_document, schema, tables
from deploy_actions.runner import action_names, load_action

ROOT = Path(__file__).resolve().parents[3]


def generated(root: Path) -> dict[Path, str]:
    """What each generated file should hold, by path."""
    files: dict[Path, str] = {}
    for name in action_names():
        action, folder = load_action(name), root / "actions" / name
        files[folder / "action.yml"] = action_yml.text(name, action)
        files[folder / "README.md"] = readme.text(name, action)
        files[folder / "result.schema.json"] = schema.text(name, action)
        for document, form in action.documents.items():
            files[folder / f"{document}.schema.json"] = schema.of_document(name, document, form)
    files[root / "docs" / "credentials.md"] = credentials_page.text()
    files[root / rule_document.PATH] = rule_document.text()
    page = root / "README.md"
    example = (root / "examples" / "caller.yml").read_text()
    files[page] = tables.with_example(tables.with_table_of_actions(page.read_text()), example)
    return files


def write(*, check: bool, say: Callable[[str], object], root: Path = ROOT) -> int:
    """Writes the files that differ; with `check` writes none. Returns 1 if `check` found one that differs."""
    differing = [path for path, text in generated(root).items() if not path.exists() or path.read_text() != text]
    differing += _orphans(root)
    for path in differing:
        say(f"{'differs' if check else 'written'}: {path.relative_to(root)}")
    if check:
        return int(bool(differing))
    for path, text in generated(root).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


def _orphans(root: Path) -> list[Path]:
    """Folders of actions that no longer have a room; for a person to remove."""
    return [folder for folder in (root / "actions").glob("*") if folder.name not in action_names()]
