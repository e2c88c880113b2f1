"""Commands that need no board: the simulator and the demo."""

import functools
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrolcar.commands.base import command
from patrolcar.errors import PatrolError
from patrolcar.flash.build import DEFAULT_BOARD

if TYPE_CHECKING:
    from patrolcar_sim.faults import Fault

World = Annotated[
    str,
    typer.Option(
        help="office or another of `patrol world`, room:SEED, room:SEED+people+paint+edge, "
        "an MJCF file, or the YAML file of a ROS map."
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of the world's noise: same seed, same drive.")]
Board = Annotated[str, typer.Option(help="pyboard_v11, blackpill_f411 or nucleo_f446re.")]


def _speed(text: str) -> float:
    """A factor over 0, or infinity for `max`: as fast as it goes."""
    if text == "max":
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise PatrolError(f"--speed {text} cannot be: pass max, or a number over 0", code=2)
    return value


def _fault(text: str) -> "Fault":
    """The fault that a text tells of."""
    from patrolcar_sim.faults import FaultError, parse

    try:
        return parse(text)
    except FaultError as error:
        raise PatrolError(f"--fault {text}: {error}; see patrol sim --list-faults", 2) from None


@command(until_interrupted=True)
def sim(
    world: World = "office",
    seed: Seed = 1,
    board: Board = DEFAULT_BOARD,
    speed: Annotated[
        str | None,
        typer.Option(
            help="Simulated seconds per second: a number, or max. "
            "Without it real time while a client is on the UART, else max."
        ),
    ] = None,
    duration: Annotated[
        float | None, typer.Option(min=0.0, help="End after so many simulated seconds.")
    ] = None,
    flash: Annotated[
        Path | None, typer.Option(help="Flash image to boot from; kept and made if need be.")
    ] = None,
    filesystem_kb: Annotated[
        int | None,
        typer.Option(min=1, help="Another size of the filesystem than the board's build has."),
    ] = None,
    repl_tcp: Annotated[
        int, typer.Option(min=0, max=65535, help="TCP port of the REPL (0: any free one).")
    ] = 0,
    uart_tcp: Annotated[
        int, typer.Option(min=0, max=65535, help="TCP port of the UART (0: any free one).")
    ] = 0,
    summary: Annotated[
        Path | None, typer.Option(help="Write the drive's true figures there as JSON.")
    ] = None,
    broken: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="PART", help="A part that is broken; see below."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FAULT", help="What goes wrong, and when: KIND@START+FOR:WHERE,NAME=VALUE."
        ),
    ] = None,
    list_faults: Annotated[
        bool, typer.Option("--list-faults", help="Show every kind of fault, and end.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Tell at the end where the computing time went.")
    ] = False,
) -> None:
    """Run the virtual board in a world, and print its ports.

    The flash is empty unless --flash names an image that is not: [bold]patrol flash PORT[/]
    with the REPL's port puts the car on it, [bold]patrol view PORT[/] with the UART's shows it.

    What [bold]--break[/] can break, once or more often, for [bold]patrol doctor[/] to find:
    sonar-left, sonar-front, sonar-right, sonar-left-stuck, sonar-front-stuck, sonar-right-stuck,
    imu, imu-identity, gyro-reversed, tof-left, tof-right, motor-left, motor-right,
    motor-left-blocked, motor-right-blocked, motor-left-reversed, motor-right-reversed,
    encoder-left, encoder-right, encoder-left-reversed, encoder-right-reversed, encoders-swapped,
    battery-divider, battery-divider-full, cliff-left, cliff-right, line-left, line-middle,
    line-right, bumper-stuck, button-stuck.

    A [bold]--fault[/], once or more often, begins START seconds after power-on and lasts FOR
    seconds; all but its kind can be left out. [bold]--list-faults[/] shows kinds, places and
    numbers, each with its default.

    Example: [bold]patrol sim --world corridor --seed 3 --flash car.img[/].
    Example: [bold]patrol sim --flash car.img --fault sonar.silent@20+5:front[/].
    """
    from patrolcar_sim.faults.notation import listing
    from patrolcar_sim.server import serve

    if list_faults:
        print("\n".join(listing()))
        return
    serve(
        world=world,
        seed=seed,
        board=board,
        filesystem_kb=filesystem_kb,
        speed=None if speed is None else _speed(speed),
        duration=duration,
        flash=flash,
        repl_tcp=repl_tcp,
        uart_tcp=uart_tcp,
        summary=summary,
        broken=broken or [],
        faults=[_fault(text) for text in fault or []],
        profile=profile,
        announce=functools.partial(print, flush=True),
    )


@command()
def demo(
    seconds: Annotated[float, typer.Option(min=1.0, help="Simulated seconds of patrol.")] = 60.0,
    world: World = "office",
    seed: Seed = 1,
    board: Board = DEFAULT_BOARD,
    speed: Annotated[
        str | None,
        typer.Option(
            help="Simulated seconds per second, or max. Without it the drive is shown "
            "in real time."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the recording and the picture.")] = Path(
        "patrol-demo"
    ),
    window: Annotated[
        bool, typer.Option("--window/--no-window", help="A window, where there is a display.")
    ] = True,
) -> None:
    """Flash an empty virtual board and watch the car patrol; this is `make run`.

    Example: [bold]patrol demo --world corridor --seconds 30 --speed max[/].
    """
    from rich.console import Console

    from patrolcar.demo import Options, run_demo

    pace = None if speed is None else _speed(speed)
    run_demo(Options(seconds, world, seed, pace, out, window, board), Console())
