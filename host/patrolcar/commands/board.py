"""Commands for a board at its REPL: flash it, keep it in step, examine and calibrate it."""

import functools
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from patrolcar.commands.base import AsSource, BoardName, Port, command
from patrolcar.errors import PatrolError


@command()
def flash(
    port: Port = None,
    board: BoardName = None,
    source: AsSource = False,
    littlefs: Annotated[
        bool,
        typer.Option(
            "--format",
            help="Make the filesystem anew first, littlefs 2 where MicroPython has it; asks.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    telemetry: Annotated[
        str | None,
        typer.Option(
            metavar="URI", help="The car's telemetry port: wait there for its first heartbeat."
        ),
    ] = None,
) -> None:
    """Put the firmware onto a board, simulated or real, and start it.

    Only what changed is sent. A flash that is cut off leaves a board in safe mode; running it
    again mends that.

    Examples: [bold]patrol flash[/] (the one board that is there), [bold]patrol flash
    /dev/ttyACM0 --telemetry /dev/ttyUSB0[/], [bold]patrol flash COM4 --format[/].
    """
    from patrolcar.flash.flash import Options
    from patrolcar.flash.flash import flash as flash_to
    from patrolcar.flash.terminal import ask, shown
    from patrolcar.link.ports import chosen_port

    port = chosen_port(port)
    options = Options(board, source, littlefs, telemetry)
    with shown() as (progress, pause):
        done, car = flash_to(port, options, progress, lambda text: yes or ask(text, pause))
    print(f"{port}: {done.line()}")
    if done.note:
        print(done.note)
    if car is None:
        raise PatrolError(
            f"the car at {port} was reset and printed nothing: patrol doctor {port} tells more"
        )
    if car.safe_mode:
        raise PatrolError(f"the car at {port} will not drive: {car.line()}")
    print(car.line())


@command(until_interrupted=True)
def dev(
    port: Port = None,
    board: BoardName = None,
    source: AsSource = False,
    tree: Annotated[
        Path | None, typer.Option(help="The firmware's tree, where it is not this package's own.")
    ] = None,
) -> None:
    """Keep a board in step with the firmware's tree: send on save, reset, show what it prints.

    Example: [bold]patrol dev /dev/ttyACM0[/], then save a file of firmware/. Ctrl-C ends it; the
    car goes on.
    """
    from patrolcar.flash.dev import develop
    from patrolcar.flash.flash import Options
    from patrolcar.flash.terminal import bar
    from patrolcar.link.ports import chosen_port

    develop(
        chosen_port(port),
        Options(board, source, tree=tree),
        bar,
        lambda text: print(f"-- {text}", flush=True),
        functools.partial(print, flush=True),
    )


@command()
def doctor(
    port: Port = None,
    floor: Annotated[
        bool,
        typer.Option(
            "--floor",
            help="The car stands on the floor with 30 cm around it: it turns there, so that the "
            "gyro's sign is proved too.",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask: the wheels are up, or --floor free.")
    ] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="Leave the board at its prompt, do not start the car.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Examine each part of the car, simulated or real, and say what to check on the wiring.

    The wheels turn for a moment: set the car up so that they are off the ground. The exit code is
    1 when a part failed.

    Examples: [bold]patrol doctor[/], [bold]patrol doctor /dev/ttyACM0 --floor[/],
    [bold]patrol doctor /dev/pts/2 --yes --json[/].
    """
    from rich.console import Console

    from patrolcar.doctor import table
    from patrolcar.doctor.doctor import Options, examine
    from patrolcar.doctor.person import AtTerminal, progress
    from patrolcar.doctor.result import Verdict
    from patrolcar.link.ports import chosen_port

    port = chosen_port(port)
    with progress() as (say, pause):
        results = examine(port, Options(floor, stay), AtTerminal(yes, pause), say)
    if as_json:
        print(table.as_json(port, results))
    else:
        Console().print(table.table(results))
        print(table.summary(port, results))
    if any(one.verdict == Verdict.FAIL for one in results):
        raise typer.Exit(1)


@command()
def calibrate(
    port: Port = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STEP", help="Only this step: gyro, wheels, track, battery, lines, cliffs."
        ),
    ] = None,
    measured_mm: Annotated[
        float | None, typer.Option(help="What the car went by the ruler.")
    ] = None,
    turned_deg: Annotated[
        float | None,
        typer.Option(help="What the car turned; without it the gyro counts."),
    ] = None,
    battery_volts: Annotated[float | None, typer.Option(help="What the multimeter says.")] = None,
    distance_mm: Annotated[int, typer.Option(help="How far the car drives.")] = 1000,
    rounds: Annotated[int, typer.Option(help="How often the car turns.")] = 3,
    push: Annotated[
        bool, typer.Option("--push", help="You move the car by hand, its motors stay off.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask: the way is free, store the result.")
    ] = False,
) -> None:
    """Measure what differs from car to car, step by step, and store it on the board.

    Steps: the gyro's bias, the wheels' diameter (along a ruler), their distance (by turning on the
    spot), the battery's divider (by a multimeter), the levels of line and cliff sensors.

    Examples: [bold]patrol calibrate[/], [bold]patrol calibrate /dev/ttyACM0 --only wheels
    --push[/], [bold]patrol calibrate COM4 --only battery --battery-volts 7.92 --yes[/].
    """
    from rich.console import Console
    from rich.table import Table

    from patrolcar.calibrate.calibrate import Change, check_steps
    from patrolcar.calibrate.calibrate import calibrate as calibrate_car
    from patrolcar.calibrate.steps import Given
    from patrolcar.doctor.person import AtTerminal, progress
    from patrolcar.link.ports import chosen_port

    check_steps(only or [])
    given = Given(measured_mm, turned_deg, battery_volts, distance_mm, rounds, push)
    port = chosen_port(port)

    def show(changes: list[Change]) -> None:
        table = Table("setting", "old -> new")
        for one in changes:
            table.add_row(one.name, one.shown)
        Console().print(table)

    with progress() as (say, pause):
        done = calibrate_car(port, only or [], given, AtTerminal(yes, pause), say, show)
    for name, reason in done.skipped.items():
        print(f"{name}: skipped: {reason}")
    if not done.changes:
        raise PatrolError(f"{port}: no step could be done, and nothing was stored")
    print(f"{port}: {'stored' if done.stored else 'nothing was stored'}")


@command()
def crash(
    port: Port = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Then count them as read: the car forgets them.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a record, for a program.")
    ] = False,
) -> None:
    """Show the crash records that a car has kept, oldest first.

    The car stops for that, disarmed, and is reset afterwards: do not ask a car that drives.
    After three crashes in a row a car stays in safe mode until they are cleared or it is flashed.

    Examples: [bold]patrol crash /dev/ttyACM0[/] and [bold]patrol crash --clear[/].
    """
    from patrolcar.crash import crashes
    from patrolcar.link.ports import chosen_port

    port = chosen_port(port)
    found = crashes(port, clear=clear)
    for record in found:
        print(json.dumps(record.record()) if as_json else "\n".join(record.lines()))
    if not found and not as_json:
        print(f"{port}: no crash records")


@command()
def blackbox(
    port: Port = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every tick, not only those around the stop.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write every tick there, as CSV.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Draw speeds, duties, ranges and heading there, a PNG; of four boxes at most."
        ),
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Then count them as read: the car forgets them.")
    ] = False,
) -> None:
    """Show what the car did in the ticks around the stops that no person asked for.

    The car keeps them (a bumper, an edge, a stall, an emergency stop, ...) and stores them when
    its motors are off. It stops for this command, disarmed, and is reset afterwards: do not ask
    one that drives.

    Examples: [bold]patrol blackbox /dev/ttyACM0[/],
    [bold]patrol blackbox --all -o ticks.csv --plot ticks.png[/].
    """
    from rich.console import Console

    from patrolcar.blackbox.fetch import fetch
    from patrolcar.blackbox.show import DRAWN, check_outputs, draw, table, title, write_csv
    from patrolcar.link.ports import chosen_port

    check_outputs(out, plot)
    port = chosen_port(port)
    found = fetch(port, clear=clear)
    if not found:
        print(f"{port}: no black box")
        return
    # A pipe has no width: rows stay whole there.
    console = Console(width=None if sys.stdout.isatty() else 200)
    for box in found:
        print(title(box))
        console.print(table(box, every=every))
    if out is not None:
        write_csv(found, out)
        print(f"{out}: {sum(len(box.ticks) for box in found)} ticks")
    if plot is not None:
        draw(found, plot)
        print(f"{plot}: {min(len(found), DRAWN)} of {len(found)} boxes")
    if clear:
        print("the car counts them as read")


@command()
def wiring(
    board: Annotated[
        str, typer.Argument(metavar="BOARD", help="The board's name, as in firmware/boards.")
    ] = "pyboard_v11",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Draw the picture there: a name in .svg or .png."),
    ] = None,
) -> None:
    """Print which wire goes where on a board, or draw it.

    Examples: [bold]patrol wiring blackpill_f411[/] and
    [bold]patrol wiring pyboard_v11 -o wiring.png[/].
    """
    from patrolcar.wiring.show import lines, save

    if out is None:
        print("\n".join(lines(board)))
    else:
        save(board, out)
        print(f"{out}: the wiring of {board}")
