"""`patrol params`: the car's parameters, over any connection or in files."""

from pathlib import Path
from typing import Annotated

import typer

from patrolcar.commands.base import app, command, guarded
from patrolcar.errors import PatrolError

params = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
app.add_typer(params, name="params")


@guarded()
def _write_metadata(path: Path) -> None:
    from patrolcar.params.metadata import write_metadata

    write_metadata(path)
    print(path)


def _metadata(path: Path | None) -> None:
    """Writes it and ends: no car is needed for that."""
    if path is not None:
        _write_metadata(path)
        raise typer.Exit


def _source(text: str) -> str:
    """Refuses what is no source but a command that came first."""
    commands = (
        one.name or getattr(one.callback, "__name__", "") for one in params.registered_commands
    )
    if text in commands:
        raise typer.BadParameter(f"the port comes first: patrol params PORT {text} ...")
    return text


@params.callback()
def params_of(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="The telemetry port: /dev/pts/3, /dev/ttyACM0?baud=57600, COM5, "
            "socket://host:port, udp:host:port; or, to look at, a file of parameters.",
            callback=_source,
        ),
    ],
    metadata: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            is_eager=True,
            callback=_metadata,
            help="Write what ground stations read about the parameters, and end: FILE.xml as "
            "ArduPilot's apm.pdef.xml (MAVProxy), FILE.json as component metadata "
            "(QGroundControl).",
        ),
    ] = None,
) -> None:
    """Read and set the car's parameters: what differs from car to car, or from owner to owner.

    A change acts in RAM; the car stores it 2 s after the last one, as soon as it is disarmed.
    Names may be in small letters. [bold]patrol params SOURCE COMMAND --help[/] tells more.

    Examples: [bold]patrol params /dev/pts/3 list[/], [bold]patrol params /dev/ttyUSB0?baud=57600
    set LOG_LEVEL 7[/], [bold]patrol params COM5 save car.param[/],
    [bold]patrol params --metadata apm.pdef.xml[/].
    """
    context.obj = source


AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON, for a program.")]


@command(group=params, name="list")
def list_(
    context: typer.Context,
    pattern: Annotated[
        str | None,
        typer.Option("--filter", metavar="TEXT", help="Only those with this text in them."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List them: value, unit, range, default, and what each is; changed ones are marked.

    Examples: [bold]patrol params /dev/pts/3 list --filter battery[/] and
    [bold]patrol params car.param list --json[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.params import show
    from patrolcar.params.session import values_of

    with progress() as (say, _):
        values = show.chosen(values_of(context.obj, say), pattern)
    if as_json:
        print(show.as_records(values))
    elif not values and pattern is not None:
        raise PatrolError(f"no parameter has {pattern!r:.60} in it")
    else:
        show.console().print(show.listing(values))
        print(show.summary(values))


@command(group=params)
def get(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Their names.")],
    as_json: AsJson = False,
) -> None:
    """Print some of them, one a line: NAME value.

    Example: [bold]patrol params /dev/pts/3 get TRACK WHEEL_LEFT[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.params import show
    from patrolcar.params.session import get as get_values

    with progress() as (say, _):
        values = get_values(context.obj, names, say)
    if as_json:
        print(show.as_records(values))
    else:
        print("\n".join(f"{name} {value}" for name, value in values.items()))


# What looks like an option may be a negative value.
@command(group=params, name="set", context_settings={"ignore_unknown_options": True})
def set_(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="NAME VALUE...", help="Names, each with its value.")
    ],
) -> None:
    """Set some of them; the car confirms each, or says what it takes.

    Example: [bold]patrol params /dev/pts/3 set GYRO_BIAS_Z -77 TRACK 13040[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.params.session import STORED, set_line, set_values

    with progress() as (say, _):
        done = set_values(context.obj, words, say)
    for one in done:
        print(set_line(*one))
    print(STORED)


@command(group=params)
def save(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE if it exists.")] = False,
) -> None:
    """Write all of them to a file, which MAVProxy and Mission Planner read as well.

    Example: [bold]patrol params /dev/pts/3 save car.param[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.params.session import save as save_to

    with progress() as (say, _):
        count = save_to(context.obj, out, force=force, say=say)
    print(f"{out}: {count} parameters")


@command(group=params)
def load(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="As saved here, by MAVProxy or QGroundControl.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Set what a file says: it is checked as a whole, what will change is shown, then asked.

    Example: [bold]patrol params /dev/pts/3 load car.param[/].
    """
    from patrolcar.doctor.person import AtTerminal, progress
    from patrolcar.params import show
    from patrolcar.params.compare import Difference
    from patrolcar.params.file import BrokenFile
    from patrolcar.params.session import STORED
    from patrolcar.params.session import load as load_from

    try:
        with progress() as (say, pause):

            def tell(found: list[Difference]) -> None:
                with pause():
                    show.console().print(show.comparison(found, "now", "new"))

            changed, same = load_from(context.obj, file, AtTerminal(yes, pause), tell, say)
    except BrokenFile as error:
        _refuse(error)
    if changed:
        print(f"{file}: {changed} set, {same} as they were\n{STORED}")
    else:
        print(f"{file}: all {same} as they were" if same else "nothing was set")


@command(group=params)
def diff(
    context: typer.Context,
    other: Annotated[
        str | None,
        typer.Argument(
            metavar="[OTHER]", help="A file, or another car's port; without it, the defaults."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two cars or files, as diff does: 0 the same, 1 different, 2 trouble.

    Examples: [bold]patrol params /dev/pts/3 diff car.param[/] and
    [bold]patrol params old.param diff new.param[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.params import show
    from patrolcar.params.compare import defaults, differences
    from patrolcar.params.file import BrokenFile
    from patrolcar.params.session import values_of

    try:
        with progress() as (say, _):
            left = values_of(context.obj, say)
            right = defaults() if other is None else values_of(other, say)
    except BrokenFile as error:
        _refuse(error)
    except PatrolError as error:  # 1 would say that they differ
        raise PatrolError(str(error), 2) from None
    found = differences(left, right)
    if as_json:
        print(show.differences_as_records(found))
    elif found:
        show.console().print(show.comparison(found, context.obj, other or "default"))
    if found:
        raise typer.Exit(1)


def _refuse(error: Exception) -> None:
    """Prints each line that is wrong, as editors take them, and ends with 2."""
    from patrolcar.params.file import BrokenFile

    assert isinstance(error, BrokenFile)
    typer.echo("\n".join(error.lines), err=True)
    raise typer.Exit(2) from None
