"""Writes `actions/<name>/README.md`: inputs, outputs, reason codes, permissions and what the action can touch."""

from typing import Any

from deploy_actions.core.action import Action
from deploy_actions.core.input_types import expectation
from deploy_actions.core.verdict import Reason
from deploy_actions.generate.description import documentation, outputs_of, shown_default, source_of
from deploy_actions.generate.tables import table


def text(name: str, action: Action[Any, Any]) -> str:
    """The page."""
    return (
        f"<!-- Generated from {source_of(name)} by `make docs`; change it there. -->\n"
        f"# {name}\n\n{documentation(action)}\n\n"
        f"## Inputs\n\n{_inputs(action)}\n"
        f"## Outputs\n\n{table(('Output', 'What it holds'), _code_first(outputs_of(action).items()))}\n"
        f"## Reason codes\n\n{_reasons(action.own_reasons)}\n"
        f"Common to all actions:\n\n{_reasons(action.reasons[len(action.own_reasons) :])}\n"
        f"## Permissions\n\n{_permissions(action)}\n"
        f"## What it can touch\n\n{_ports(action)}\n"
        "## From a shell\n\n"
        f"```sh\nbin/deploy-actions {name} --help\n```\n\n"
        "The same inputs are flags, `--json` prints the `result` document ([schema](result.schema.json)), and the\n"
        "exit code is 0 for pass, warn and skip, 1 for fail, 2 for cannot-verify.\n"
    )


def _inputs(action: Action[Any, Any]) -> str:
    rows = [
        (f"`{field.name}`", shown_default(field), f"{field.description} Expects {expectation(field.kind)}.")
        for field in action.inputs.fields()
    ]
    return table(("Input", "Default", "What it is"), rows)


def _code_first(items: Any) -> list[tuple[str, str]]:
    return [(f"`{name}`", description) for name, description in items]


def _reasons(reasons: tuple[Reason, ...]) -> str:
    rows = [(f"`{r.code}`", r.decision.value, _words(r.message), _words(r.remedy)) for r in reasons]
    return table(("Reason code", "Decision", "What was found", "What to do"), rows)


def _words(template: str) -> str:
    """A template for readers: `{secret}` becomes *secret*."""
    return template.strip().replace("{", "*").replace("}", "*").replace("`*", "*").replace("*`", "*").strip()


def _permissions(action: Action[Any, Any]) -> str:
    if not action.permissions:
        return "None: it asks GitHub nothing, so the job's token may have no permission at all.\n"
    return table(("Permission", "Why"), _code_first(action.permissions.items()))


def _ports(action: Action[Any, Any]) -> str:
    rows = [(f"`{kind.__name__}`", (kind.__doc__ or "").partition("\n")[0]) for kind in action.ports.values()]
    return (
        table(("Outside world", "What it is"), rows)
        + "\nThe signature of `run` is this list; nothing else can be reached.\n"
    )
