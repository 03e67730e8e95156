import io

from tests.workflow.runner_protocol import commands_in

from deploy_actions.core.ports import Masks
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World
from deploy_actions.services.masks import connect
from deploy_actions.workflow.log import Log


class Runner:
    """The masks of a step, and what it wrote to its log."""

    def __init__(self, *, in_workflow: bool = True) -> None:
        self.stream, self.redactor = io.StringIO(newline=""), Redactor()
        self.log = Log(self.stream, self.redactor, in_workflow=in_workflow)
        self.masks: Masks = connect(World({}, self.redactor, self.log.text, self.log.mask))

    def register(self, *values: str) -> int:
        return self.masks.register("KEY", [Secret(value) for value in values])

    @property
    def masked(self) -> list[str]:
        commands = commands_in(self.stream.getvalue())
        assert {command.name for command in commands} <= {"add-mask"}
        return [command.data for command in commands]


def test_each_value_is_masked_once_and_in_order() -> None:
    runner = Runner()
    assert runner.register("canary-2", "canary-1", "canary-2") == 2
    assert runner.register("canary-1", "canary-3") == 1
    assert runner.masked == ["canary-2", "canary-1", "canary-3"]


def test_a_value_of_several_lines_is_masked_line_by_line() -> None:
    runner = Runner()
    assert runner.register("canary-1\r\n\r\n  canary-2\rabc\n") == 2
    assert runner.masked == ["canary-1", "canary-2"]


def test_what_the_runner_would_unescape_reaches_it_as_it_is() -> None:
    runner = Runner()
    runner.register("%0A%25::error::x,y:z", "ä→😀 canary")
    assert runner.masked == ["%0A%25::error::x,y:z", "ä→😀 canary"]


def test_where_no_runner_reads_nothing_is_written() -> None:
    runner = Runner(in_workflow=False)
    assert runner.register("canary-1") == 0
    assert runner.stream.getvalue() == ""
    assert runner.redactor.redact("canary-1") == "***"


def test_what_is_masked_is_redacted_here_too_under_its_name() -> None:
    runner = Runner()
    runner.register("canary-1")
    assert runner.redactor.secret_in("a canary-1 sings") == "KEY"
    runner.log.text("a canary-1 sings")
    assert runner.stream.getvalue().endswith("a *** sings\n")


def test_a_value_that_is_known_keeps_its_name() -> None:
    runner = Runner()
    runner.redactor.add("FIRST", "canary-1")
    runner.register("canary-1", b"canary-1".hex())
    assert runner.redactor.secret_in("canary-1") == "FIRST"
    assert runner.masked == ["canary-1", b"canary-1".hex()]


def test_nothing_to_mask_is_nothing_written() -> None:
    runner = Runner()
    assert (runner.register(), runner.register("", "  \n")) == (0, 0)
    assert runner.stream.getvalue() == ""
