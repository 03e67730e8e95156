"""Asks Docker Compose whether each service runs and is healthy, and none was replaced or restarted meanwhile.

`docker compose ps` has no restart count. What stands for it: the container is the same as when all were first seen
well, and its `Status` ("Up 5 minutes") does not say that it began later than it was then seen to have begun. A restart
is not noticed where `Status` can mean both, as when a container is asked again minutes after two starts in a row.
Source: docker's documentation, `docker compose ps --format json` (an object a line, formerly one array), and
docker/go-units for the words of `Status`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.probing import Answer, CommandProbe

_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 30 * 86_400,
    "year": 365 * 86_400,
}
_UP = re.compile(rf"Up (Less than a|About an?|[0-9]{{1,9}}) ({'|'.join(_UNITS)})s?(?: .*)?")
_SLACK_SECONDS = 2.0
"""Docker's clock may differ so much from one attempt to the next without a restart."""
_ONE_OFF = "com.docker.compose.oneoff=True"


class _Container(msgspec.Struct):
    """One of Compose's containers; unknown fields are passed over."""

    Service: str
    State: str
    ID: str = ""
    Name: str = ""
    Health: str = ""
    Status: str = ""
    ExitCode: int = 0
    Labels: str = ""


class DockerCompose(msgspec.Struct, frozen=True, kw_only=True):
    """The services of a project; no names stand for all of them."""

    measures: ClassVar[Measures] = ""
    file: str
    project: str | None
    services: tuple[str, ...]

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        return cls(
            file=settings.text("docker-compose"),
            project=settings.optional_text("project"),
            services=settings.texts("services"),
        )

    @property
    def target(self) -> str:
        """See `Kind`."""
        return f"docker-compose {self.file}"

    def probe(self, means: Means) -> CommandProbe:  # noqa: ARG002  # it needs no secret
        """See `Kind`."""
        project = (f"--project-name={self.project}",) if self.project else ()
        return CommandProbe(
            command=("docker", "compose", f"--file={self.file}", *project, "ps", "--all", "--format", "json"),
            variables=("DOCKER_*", "COMPOSE_*", "XDG_RUNTIME_DIR"),
        )

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`."""
        return judge_each(outcomes, lambda answer: self._of(answer, memory))

    def _of(self, answer: Answer, memory: Memory) -> Result:
        containers = None if answer.is_cut else _containers(answer.body)
        if answer.status != 0 or containers is None:
            return Result(cause="check-not-made", words=f"docker compose could not tell (exit code {answer.status})")
        names = {container.Service for container in containers}
        absent = sorted(set(self.services) - names)
        if absent or not names:
            return Result(cause="unhealthy", words=f"no container of {', '.join(map(_plain, absent)) or 'any service'}")
        asked = [one for one in containers if not self.services or one.Service in self.services]
        ill = [problem for one in asked if (problem := _illness(one))]
        if ill:
            return Result(cause="unhealthy", words="; ".join(ill[:3]))
        changed = list(_changes(asked, memory, answer.seconds))
        return Result(cause="restarted", words="; ".join(changed[:3])) if changed else GOOD


def _containers(body: bytes) -> list[_Container] | None:
    """The containers of services, or None where the text is not what Compose prints."""
    text = body.strip()
    try:
        if text.startswith(b"["):
            found = msgspec.json.decode(text, type=list[_Container])
        else:
            found = [msgspec.json.decode(line, type=_Container) for line in text.splitlines() if line.strip()]
    except (msgspec.DecodeError, RecursionError):
        return None
    return [one for one in found if _ONE_OFF not in one.Labels.split(",")]


def _illness(container: _Container) -> str:
    service, health = _plain(container.Service), container.Health
    if container.State != "running":
        code = f" with exit code {container.ExitCode}" if container.State == "exited" else ""
        return f"service {service} is {_plain(container.State)}{code}, expected running"
    return f"service {service} is {_plain(health)}, expected healthy" if health not in ("", "healthy") else ""


def _changes(containers: Sequence[_Container], memory: Memory, took: float) -> Iterator[str]:
    """What differs from when the containers were first seen; the first time, remembers what is there."""
    for one in containers:
        key = one.Name or one.Service
        if memory.first.setdefault(f"id {key}", one.ID) != one.ID:
            yield f"service {_plain(one.Service)} has another container than at first"
        began = _began(one.Status, memory.now, took)
        if began is None:
            continue
        earliest, latest = began
        known = float(memory.first.get(f"began {key}", "inf"))
        if earliest > known + _SLACK_SECONDS:
            yield f"service {_plain(one.Service)} was started again ({_plain(one.Status)})"
        else:
            memory.first[f"began {key}"] = repr(min(known, latest))


def _began(status: str, now: datetime | None, took: float) -> tuple[float, float] | None:
    """Between which moments the container began, if `Status` is `Up …`, seen in the last `took` seconds."""
    found = _UP.fullmatch(status)
    if not found or now is None:
        return None
    unit = _UNITS[found[2]]
    count = int(found[1]) if found[1].isdecimal() else 0 if found[1].startswith("Less") else 1
    rounded = _UNITS["hour"] / 2 if unit >= _UNITS["hour"] else 0.0  # go-units rounds to hours, and cuts off all else
    shortest = count * unit - rounded
    return now.timestamp() - took - shortest - unit, now.timestamp() - shortest


def _plain(text: str) -> str:
    return text if re.fullmatch(r"[\w. ()-]{1,60}", text) else "?"


KIND = DockerCompose
