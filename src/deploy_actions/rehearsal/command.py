"""The command `rehearse`."""

import signal
from pathlib import Path
from types import FrameType

import click

from deploy_actions.rehearsal import show
from deploy_actions.rehearsal.product import Product, find_product, sample_product, scenarios_of
from deploy_actions.rehearsal.rehearse import rehearse as run
from deploy_actions.rehearsal.scenario import SCENARIOS, Scenario, ScenarioError, load_scenarios

_INTERRUPTED = 130


@click.command()
@click.option(
    "--product",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Your own repository; its scenarios are in .github/rehearsal, else some are made from its call.",
)
@click.option("--scenario", "names", multiple=True, metavar="NAME", help="Only this scenario; can be given again.")
@click.option("--all", "everything", is_flag=True, help="Every scenario: so it is too when none is named.")
@click.option("--list", "listing", is_flag=True, help="List the scenarios and run none.")
@click.option("--keep", is_flag=True, help="Keep the folder in which the rehearsal took place, and name it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def rehearse(  # noqa: PLR0913  # one parameter a flag
    *, product: Path | None, names: tuple[str, ...], everything: bool, listing: bool, keep: bool, as_json: bool
) -> int:
    """Run the real workflow and the real actions on this machine, and see what stops a deploy.

    Needs no account, no Docker and no network. Exit code 0 if every scenario came out as it says, 1 if one did not,
    2 if a rehearsal could not be set up.
    """
    if everything and names:
        raise click.UsageError("--all and --scenario exclude each other.")
    try:
        found = find_product(product) if product else sample_product()
        scenarios = _chosen(scenarios_of(found) if product else load_scenarios(SCENARIOS), names)
        if listing:
            return _list(scenarios)
        screen = show.Screen(quiet=as_json, keep=keep)
        screen.introduce(_described(found), len(scenarios))
        signal.signal(signal.SIGTERM, _as_interrupt)
        outcomes = run(found, scenarios, screen, keep=keep)
    except ScenarioError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("Interrupted; everything that was started is stopped.", err=True)
        return _INTERRUPTED
    screen.table(outcomes)
    if as_json:
        click.echo(show.document(outcomes))
    return int(any(outcome.differences for outcome in outcomes))


def _described(product: Product) -> str:
    if product.is_sample:
        return "the sample product"
    return f"{product.folder}: its job {product.job_id} alone, without those it needs"


def _chosen(scenarios: list[Scenario], names: tuple[str, ...]) -> list[Scenario]:
    known = {scenario.name: scenario for scenario in scenarios}
    if unknown := [name for name in names if name not in known]:
        raise ScenarioError(f"There is no scenario {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [known[name] for name in names] or scenarios


def _list(scenarios: list[Scenario]) -> int:
    for scenario in scenarios:
        click.echo(f"{scenario.name:36} {scenario.title}")
    return 0


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
