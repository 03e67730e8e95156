"""Composition root: environment → inputs → services → run → surfaces → exit code. All that can go wrong ends here."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from types import FrameType
from typing import Any, TextIO

import msgspec

from deploy_actions.core.action import Action
from deploy_actions.core.common_reasons import CommonReasons, finding_for
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.redact import Redactor
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Finding, Report
from deploy_actions.core.world import World
from deploy_actions.render.outputs import refuse_unfit
from deploy_actions.render.presentable import presentable
from deploy_actions.surfaces import Surfaces
from deploy_actions.workflow.context import context
from deploy_actions.workflow.log import Log

_ROOMS = os.path.join(os.path.dirname(__file__), "actions")


class _Interrupted(BaseException):
    """A signal asked this process to stop."""


def action_names() -> tuple[str, ...]:
    """The names of all actions: the folders under `actions/`, in kebab-case. No list is kept."""
    with os.scandir(_ROOMS) as entries:
        rooms = [entry.name for entry in entries if os.path.isfile(os.path.join(entry.path, "__init__.py"))]
    return tuple(sorted(name.replace("_", "-") for name in rooms))


def load_action(name: str) -> Action[Any, Any]:
    """Imports one room. Raises ModuleNotFoundError for a name that is no action's."""
    action = import_module(f"deploy_actions.actions.{name.replace('-', '_')}").ACTION
    if not isinstance(action, Action):
        raise TypeError(f"the room of {name} declares no Action")
    return action


def run_action(  # noqa: PLR0913  # all that the composition root is given
    name: str,
    action: Action[Any, Any],
    texts: Mapping[str, str],
    environ: Mapping[str, str],
    *,
    stdout: TextIO,
    stderr: TextIO,
    as_json: bool = False,
) -> int:
    """Runs an action with the given input texts, else those of the environment; returns the exit code."""
    where, redactor = context(environ), Redactor()
    redactor.add_from_environment(environ)
    log = Log(stderr if as_json else stdout, redactor, in_workflow=where.in_workflow)
    report = _report(action, texts, World(environ, redactor, log.text, log.mask, log.stream), log)
    if not isinstance(report.outputs, action.outputs):
        report = msgspec.structs.replace(report, outputs=action.outputs())
    report = presentable(refuse_unfit(report, redactor), redactor)
    surfaces = Surfaces(name, where, redactor, log)
    exit_code = surfaces.to_files(report)  # before the log, which may take nothing any more
    if where.in_workflow:
        surfaces.to_log(report)
    elif not as_json:
        surfaces.to_terminal(report, stdout)
    return surfaces.to_json(report, stdout) or exit_code if as_json else exit_code


def _report(action: Action[Any, Any], texts: Mapping[str, str], world: World, log: Log) -> Report:
    """The action's report, or one that says what kept it from making one: never a pass."""
    try:
        with _interruptible():
            report: Report = _run(action, texts, world)
    except InvalidInput as error:
        return _only(CommonReasons.invalid_input(input=error.input_name, problem=error.problem))
    except ServiceError as error:
        return _only(finding_for(error))
    except _Interrupted as error:
        return _only(CommonReasons.interrupted(signal=str(error)))
    except Exception as error:
        _log_traceback(error, log)
        return _only(CommonReasons.internal_error(kind=type(error).__name__))
    return report if report.findings else _only(CommonReasons.nothing_checked())


def _run(action: Action[Any, Any], texts: Mapping[str, str], world: World) -> Report:
    fields = action.inputs.fields()
    given = {field.name: world.environ.get(field.variable, "") for field in fields} | dict(texts)
    for field in fields:
        if field.is_secret:
            world.redactor.add(field.name, given[field.name])
    inputs = action.inputs.from_texts(given)
    ports = {parameter: _OnFirstUse(partial(_connect, port, world)) for parameter, port in action.ports.items()}
    return action.run(inputs, **ports)


class _OnFirstUse:
    """A service that is connected when it is first asked something: what a run does not use costs it nothing."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = cache(connect)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connect(), name)


def _connect(port: type, world: World) -> Any:
    """The service behind a port: `services/` has a module of the port's name. Only what is asked for is imported."""
    return import_module(f"deploy_actions.services.{port.__name__.lower()}").connect(world)


def _only(finding: Finding) -> Report:
    return Report(findings=(finding,))


def _log_traceback(error: Exception, log: Log) -> None:
    import traceback  # only a fault pays for it

    log.command("group", "Traceback")
    log.text("".join(traceback.format_exception(error)))
    log.command("endgroup", "")


@contextmanager
def _interruptible() -> Iterator[None]:
    """While inside, SIGINT and SIGTERM end the action with a verdict instead of a traceback or nothing."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise _Interrupted(signal.Signals(number).name)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
