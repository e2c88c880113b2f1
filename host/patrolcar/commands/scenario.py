"""`patrol scenario`: drives described in files, run on the virtual car and judged."""

from pathlib import Path
from typing import Annotated

import typer

from patrolcar.commands.base import app, command

scenarios = typer.Typer(
    help="Run scenarios: drives of the virtual car, described in TOML files and judged.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.add_typer(scenarios, name="scenario")

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Scenario files (.toml), or folders of them."),
]
Pattern = Annotated[
    str | None,
    typer.Option(
        "--filter", metavar="NAME", help="Only those with this in their name, or by a glob."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=999_999_999, help="This seed alone, instead of what the files say."),
]


@command(group=scenarios)
def run(
    paths: Paths,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=256, help="So many at once.")
    ] = 1,
    seed: Seed = None,
    pattern: Pattern = None,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", "-x", help="Stop at the first that fails.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="OUT.xml", help="Write the results there as JUnit XML.")
    ] = None,
    artifacts: Annotated[
        Path,
        typer.Option(help="Folder for each run's recording, picture, result and report."),
    ] = Path("patrol-scenarios"),
    only_list: Annotated[
        bool, typer.Option("--list", help="Only list what would be run.")
    ] = False,
) -> None:
    """Run scenarios and judge them; every file is checked before the first one runs.

    The exit code is 0 when all came out as expected, 1 when some did not, 2 when a file is broken.

    Examples: [bold]patrol scenario run sim/scenarios/ --jobs 2 --junit out.xml[/] and
    [bold]patrol scenario run sim/scenarios/office.toml --seed 3[/].
    """
    from patrolcar_sim.scenario.problems import BrokenScenarios
    from patrolcar_sim.scenario.run import Options, chosen, run_scenarios
    from patrolcar_sim.scenario.show import console, list_jobs

    options = Options(paths, jobs, seed, pattern, fail_fast, artifacts, junit)
    try:
        if only_list:
            list_jobs(console(), chosen(options))
            return
        results = run_scenarios(options, console())
    except BrokenScenarios as error:
        _refuse(error)
    if not all(one.verdict.good for one in results):
        raise typer.Exit(1)


@command(group=scenarios)
def check(paths: Paths) -> None:
    """Check scenario files without running them; each problem is a line FILE:LINE: reason.

    Example: [bold]patrol scenario check sim/scenarios/[/].
    """
    from patrolcar_sim.scenario.load import load_files
    from patrolcar_sim.scenario.problems import BrokenScenarios

    try:
        found = load_files(paths)
    except BrokenScenarios as error:
        _refuse(error)
    runs = sum(len(one.seeds) for one in found)
    print(f"{len(found)} scenarios, {runs} runs: nothing is wrong with them")


@command(group=scenarios, name="list")
def list_(paths: Paths, pattern: Pattern = None, seed: Seed = None) -> None:
    """List scenarios: what each is about, its world, its seeds, and how long it takes.

    Example: [bold]patrol scenario list sim/scenarios/[/].
    """
    from patrolcar_sim.scenario.problems import BrokenScenarios
    from patrolcar_sim.scenario.run import Options, chosen
    from patrolcar_sim.scenario.show import console, list_jobs

    try:
        list_jobs(console(), chosen(Options(paths, pattern=pattern, seed=seed)))
    except BrokenScenarios as error:
        _refuse(error)


@command(group=scenarios)
def faults() -> None:
    """List the faults that a scenario can have, with their values.

    Example: [bold]patrol scenario faults[/].
    """
    from patrolcar_sim.scenario.reference import fault_rows
    from patrolcar_sim.scenario.show import console, show_table

    show_table(console(), *fault_rows())


def _refuse(error: Exception) -> None:
    """Prints each problem on its line, as editors take them, and ends with 2."""
    typer.echo(str(error), err=True)
    raise typer.Exit(2) from None
