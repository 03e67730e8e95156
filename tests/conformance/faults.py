"""Every way in which each outside world can fail, by port. A port without an entry fails the suite."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
from tests.conformance.good_http import GoodHttp
from tests.fakes import (
    GOOD_BODY,
    FakeClock,
    FakeDownloads,
    FakeFiles,
    FakeIdTokens,
    FakeLeakScanning,
    FakeLogFiles,
    FakeLogins,
    FakeMasks,
    FakeProbes,
    FakeProcesses,
    FakeProgress,
    FakeSecrets,
    FakeTasks,
    always,
)

from deploy_actions.core import log_ports, ports
from deploy_actions.core.action import Action
from deploy_actions.core.log_ports import Downloads, LeakScanning, LogFiles
from deploy_actions.core.ports import (
    Clock,
    Files,
    Http,
    HttpRequest,
    HttpResponse,
    IdTokens,
    Masks,
    Postgres,
    Probes,
    Processes,
    Progress,
    Redis,
    Secrets,
    Ssh,
    Tasks,
    Tls,
)
from deploy_actions.core.probing import MOST_BODY_BYTES, Answer, NoAnswer
from deploy_actions.core.program import ProcessEnd
from deploy_actions.core.service_errors import (
    Malformed,
    NotFound,
    NotInstalled,
    RateLimited,
    Refused,
    ServiceError,
    Unreachable,
)
from deploy_actions.services.http import HttpServers

HTTP_FAULTS = (
    *("401", "403", "404", "429", "500", "truncated", "html", "no-json", "endless", "slow", "huge", "no-http"),
    *("redirect", "refused"),
)


CUT_JSON = GOOD_BODY.ljust(MOST_BODY_BYTES)
"""As much as is read of a longer body: what was read is good, and the rest nobody saw."""

BAD_OUTCOMES: dict[str, dict[str, Answer | NoAnswer]] = {
    "no outcome": {},
    "every answer is a 500": {"": Answer(seconds=0.1, status=500)},
    "garbage for JSON": {"": Answer(seconds=0.1, status=200, body=b"\xff\x00{")},
    "JSON that is cut": {"": Answer(seconds=0.1, status=200, body=CUT_JSON, is_cut=True)},
    "status 0 and garbage": {"": Answer(seconds=0.1, body=b"\xff\x00{", is_cut=True)},
    "the credential is refused": {"": Answer(seconds=0.1, status=401)},
    "one instance of two is down": {"a:1": Answer(seconds=0.1, status=200), "b:1": NoAnswer("refused")},
    "the target is down": {"": NoAnswer("the connection was refused")},
    "no question can be put": {"": NoAnswer("there is no route", is_ours=True)},
}

CONTENTS: dict[str, bytes] = {"empty": b"", "blank": b" \n\n", "no text": b"\xff\xfe"}
"""What a file may hold in place of what it should."""

JIRA_ONLY = "Jira only"


def concerns(fault: str, action: Action[Any, Any], port: type) -> bool:
    """Whether a fault can make a difference to the action.

    Some ask Jira; the date decides something for some; and to who asks whether a file is there, its absence is an
    answer.
    """
    if port is Files and fault in CONTENTS and any(field.name == "evidence-file" for field in action.inputs.fields()):
        return False  # it writes a file and reads none
    if port is Files and fault == NotFound.__name__:
        return not any(field.name == "no-rollback-file" for field in action.inputs.fields())
    if fault.startswith("year"):
        return any(reason.code == "clock-implausible" for reason in action.reasons)
    return not fault.startswith(JIRA_ONLY) or any(field.name == "jira-url" for field in action.inputs.fields())


class FaultyHttp:
    """The real service, led to a server that fails: whatever is asked for, one fault is the answer."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = HttpServers(limit_seconds=0.3)

    def send(self, request: HttpRequest) -> HttpResponse:
        return self._http.send(msgspec.structs.replace(request, url=self._address, method="GET", body=None))


class FaultyJira(FaultyHttp):
    """As bad, but for requests to Jira only: all others are answered well."""

    def send(self, request: HttpRequest) -> HttpResponse:
        return super().send(request) if "/rest/api/" in request.url else GoodHttp(()).send(request)


def service_errors() -> dict[str, ServiceError]:
    """Each leaf of ServiceError."""
    return {
        kind.__name__: kind("the service", "asking", "a fault")
        for kind in (Unreachable, Refused, NotFound, RateLimited, Malformed, NotInstalled)
    }


def ended(exit_status: int, signal: str | None = None) -> ProcessEnd:
    return ProcessEnd(exit_status=exit_status, signal=signal, seconds=0.1)


def faults(fault_server: str) -> Mapping[type, Mapping[str, Any]]:
    """Broken services by port and fault. `fault_server` is the address of a running tests.fault_server."""
    addresses = {fault: f"{fault_server}/{fault}" for fault in HTTP_FAULTS} | {"refused": "http://127.0.0.1:9/"}
    errors = service_errors()
    return {
        Http: {
            **{fault: FaultyHttp(address) for fault, address in addresses.items()},
            **{f"{JIRA_ONLY}, {fault}": FaultyJira(address) for fault, address in addresses.items()},
        },
        Clock: {
            **{name: FakeClock(error=error) for name, error in errors.items()},
            "year 9999": FakeClock(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
            "year 1970": FakeClock(datetime(1970, 1, 1, tzinfo=UTC)),
        },
        **{
            port: {name: FakeLogins(error=error) for name, error in errors.items()}
            for port in (Tls, Ssh, Postgres, Redis)
        },
        IdTokens: {
            **{name: FakeIdTokens(error=error) for name, error in errors.items()},
            "empty": FakeIdTokens(""),
            "garbage": FakeIdTokens("a.b.c"),
            "no claims": FakeIdTokens("e30.e30."),
        },
        Masks: {name: FakeMasks(error=error) for name, error in errors.items()},
        Probes: {
            **{name: FakeProbes(FakeClock(), error=error) for name, error in errors.items()},
            **{name: FakeProbes(FakeClock(), always(outcomes)) for name, outcomes in BAD_OUTCOMES.items()},
            "nobody ever answers": FakeProbes(FakeClock(), always({}, seconds=1e9)),
            "no attempt ever ends": FakeProbes(FakeClock(), always({}, seconds=math.inf)),
        },
        Progress: {name: FakeProgress(error=error) for name, error in errors.items()},
        Tasks: {name: FakeTasks(error=error) for name, error in errors.items()},
        Downloads: {
            **{name: FakeDownloads(error=error) for name, error in errors.items()},
            **{f"{name} half way": FakeDownloads([b"a line\n"], half_way=error) for name, error in errors.items()},
        },
        LogFiles: {
            **{name: FakeLogFiles(error=error) for name, error in errors.items()},
            **{f"{name} half way": FakeLogFiles(b"a line\n", half_way=error) for name, error in errors.items()},
            "no log there": FakeLogFiles(None),
        },
        LeakScanning: {
            **{name: FakeLeakScanning(error) for name, error in errors.items()},
            **{f"{name} half way": FakeLeakScanning(while_searching=error) for name, error in errors.items()},
        },
        Files: {
            **{name: FakeFiles(error=error) for name, error in errors.items()},
            **{name: FakeFiles(content) for name, content in CONTENTS.items()},
        },
        Secrets: {
            **{name: FakeSecrets(error=error) for name, error in errors.items()},
            "nothing there": FakeSecrets(),
        },
        Processes: {
            **{name: FakeProcesses(error=error) for name, error in errors.items()},
            "exit 1": FakeProcesses(ended(1)),
            "exit 2": FakeProcesses(ended(2)),
            "killed": FakeProcesses(ended(137, "SIGKILL")),
            "told to stop, and ended well": FakeProcesses(ProcessEnd(0, None, 0.1, stopped_by="SIGTERM")),
            "too slow, and ended well": FakeProcesses(ProcessEnd(0, None, 0.1, stopped_by="timeout")),
        },
    }


def all_ports() -> set[type]:
    """Every Protocol that core/ports.py and core/log_ports.py declare."""
    return {
        kind
        for module in (ports, log_ports)
        for kind in vars(module).values()
        if isinstance(kind, type) and Protocol in kind.__bases__ and kind.__module__ == module.__name__
    }
