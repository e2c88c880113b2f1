"""`patrol mission`: what the car drives from place to place, over any connection or in files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrolcar.commands.base import app, command
from patrolcar.errors import PatrolError

if TYPE_CHECKING:
    from patrolcar.mission.item import Item, Mission

mission = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
app.add_typer(mission, name="mission")


@mission.callback()
def missions() -> None:
    """Send the car a mission, fetch it, clear it, or look at one in a file.

    A file is a plan of QGroundControl's (.plan), or waypoints as MAVProxy and Mission Planner
    have them (QGC WPL 110). A mission has up to 64 items: WAYPOINT, LOITER_TIME,
    RETURN_TO_LAUNCH, DO_JUMP and DO_CHANGE_SPEED. The car keeps it over power cuts; it takes one
    only when it is disarmed. AUTO does not drive it yet.

    Examples: [bold]patrol mission show round.plan[/], [bold]patrol mission upload /dev/pts/3
    round.plan[/], [bold]patrol mission download COM5 -o now.waypoints[/].
    """


Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="The telemetry port: /dev/pts/3, /dev/ttyACM0?baud=57600, COM5, "
        "socket://host:port, udp:host:port.",
    ),
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A .plan, or a file that begins with QGC WPL 110.")
]
NoHome = Annotated[
    bool,
    typer.Option(
        "--no-home",
        help="Drive to the first item of a waypoints file as well. Without it, a WAYPOINT in "
        "frame 0 there without parameters is taken for HOME, as ArduPilot's programs write it, "
        "and left out; jumps are counted anew then.",
    ),
]


@command(group=mission)
def upload(
    source: Source,
    file: File,
    no_home: NoHome = False,
    first: Annotated[
        int | None, typer.Option("--from", metavar="N", help="Only from this item on.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", metavar="M", help="Only up to this item.")
    ] = None,
) -> None:
    """Send a file's mission to the car: checked as a whole before, read back after.

    With --from or --to only these items take the place of the car's.

    Examples: [bold]patrol mission upload /dev/pts/3 round.plan[/] and
    [bold]patrol mission upload COM5 round.plan --from 3 --to 5[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.mission.file import BrokenMission
    from patrolcar.mission.session import checked
    from patrolcar.mission.session import upload as send
    from patrolcar.mission.show import counted

    try:
        found = checked(file, first_is_home=not no_home)
    except BrokenMission as error:
        _refuse(error.lines)
    _tell(file, found)
    with progress() as (say, _):
        numbers = send(source, found, first, last, say)
    which = "" if first is None and last is None else f" ({numbers.start} to {numbers.stop - 1})"
    print(f"{file}: {counted(len(numbers))}{which} stored and read back")


@command(group=mission)
def download(
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Make a .plan, or a .waypoints, which has no HOME in front. Without it, a table.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE if it exists.")] = False,
) -> None:
    """Fetch the car's mission: a table, or a file.

    Programs for ArduPilot take the first line of a waypoints file for HOME: give QGroundControl
    and Mission Planner a plan.

    Examples: [bold]patrol mission download /dev/pts/3[/] and
    [bold]patrol mission download /dev/pts/3 -o now.plan[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.mission.session import download as fetch
    from patrolcar.mission.session import save
    from patrolcar.mission.show import counted

    if out is not None:
        with progress() as (say, _):
            count = save(source, out, force=force, say=say)
        print(f"{out}: {counted(count)}")
        return
    with progress() as (say, _):
        items = fetch(source, say)
    if items:
        _show(items)
    else:
        print("the car has no mission")


@command(group=mission)
def clear(source: Source) -> None:
    """Empty the car's mission.

    Example: [bold]patrol mission clear /dev/pts/3[/].
    """
    from patrolcar.doctor.person import progress
    from patrolcar.mission.session import clear as empty

    with progress() as (say, _):
        empty(source, say)
    print("the car has no mission now")


@command(group=mission)
def show(file: File, no_home: NoHome = False) -> None:
    """Check a file without a car: its items, its way, and what the car would refuse and why.

    Exit code 1 where the car would refuse it.

    Example: [bold]patrol mission show round.plan[/].
    """
    from patrolcar.mission.file import BrokenMission, read_mission, refused

    try:
        found = read_mission(file, first_is_home=not no_home)
    except BrokenMission as error:
        _refuse(error.lines)
    if not found.items:
        raise PatrolError(f"{file} has no items", 1)
    _show(found.items)
    _tell(file, found)
    lines = refused(file, found)
    if lines:
        typer.echo("\n".join(lines), err=True)
        raise typer.Exit(1)


def _show(items: "list[Item]") -> None:
    from patrolcar.mission.show import listing, summary
    from patrolcar.params.show import console

    console().print(listing(items))
    print(summary(items))


def _tell(file: Path, found: "Mission") -> None:
    for note in found.notes:
        typer.echo(f"{file}: {note}", err=True)


def _refuse(lines: list[str]) -> None:
    """Prints each thing that is wrong, and ends with 2."""
    typer.echo("\n".join(lines), err=True)
    raise typer.Exit(2) from None
