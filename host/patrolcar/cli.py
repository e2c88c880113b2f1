"""The command `patrol`: one thin function per command, no logic."""

import functools
import json
import math
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from patrolcar.errors import PatrolError
from patrolcar.flash.build import DEFAULT_BOARD

P = ParamSpec("P")

# Wrong usage of any kind: what BadParameter is one kind of. The class has no public name.
WrongUsage: type[Exception] = typer.BadParameter.__mro__[1]
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended

app = typer.Typer(
    help="Flash, watch, record and simulate the patrol car.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def complain(error: PatrolError) -> None:
    """Prints an error as the one line that a person sees."""
    print(f"patrol: {error}", file=sys.stderr)


def command(
    *, until_interrupted: bool = False
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Registers a command whose errors are one line and whose Ctrl-C is no traceback.

    `until_interrupted` marks a command that Ctrl-C is the ordinary end of: it exits with 0.
    """

    def register(function: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                function(*args, **kwargs)
            except PatrolError as error:
                complain(error)
                raise typer.Exit(error.code) from None
            except OSError as error:  # a name that the system cannot take, a disk that is full
                thing = f"{error.filename!s:.80}: " if error.filename else ""
                complain(PatrolError(f"{thing}{error.strerror or error}: check what was passed"))
                raise typer.Exit(1) from None
            except KeyboardInterrupt:
                raise typer.Exit(0 if until_interrupted else INTERRUPTED) from None

        app.command()(guarded)
        return guarded

    return register


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


Uri = Annotated[
    str,
    typer.Argument(
        metavar="URI",
        help="The telemetry port: /dev/pts/3, /dev/ttyACM0?baud=57600, COM5, "
        "socket://host:port, udp:host:port.",
    ),
]
Port = Annotated[
    str | None,
    typer.Argument(
        metavar="[PORT]",
        help="The board's REPL: /dev/ttyACM0, COM4, /dev/pts/2, socket://host:port. "
        "Without it, the one board that is found.",
    ),
]
BoardName = Annotated[
    str | None,
    typer.Option(
        help="Which board it is wired like: pyboard_v11, blackpill_f411, nucleo_f446re. "
        "Without it, what the board calls itself decides."
    ),
]
AsSource = Annotated[
    bool, typer.Option("--source", help="Send .py files instead of bytecode, to debug.")
]
World = Annotated[str, typer.Option(help="office, corridor, empty, room:SEED, or an MJCF file.")]
Seed = Annotated[int, typer.Option(help="Seed of the world's noise: same seed, same drive.")]
Board = Annotated[str, typer.Option(help="pyboard_v11, blackpill_f411 or nucleo_f446re.")]
Duration = Annotated[float | None, typer.Option(min=0.0, help="End after so many seconds.")]


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
) -> None:
    """Run the virtual board in a world, and print its ports.

    The flash is empty unless --flash names an image that is not: [bold]patrol flash PORT[/]
    with the REPL's port puts the car on it, [bold]patrol view PORT[/] with the UART's shows it.

    What [bold]--break[/] can break, once or more often, for [bold]patrol doctor[/] to find:
    sonar-left, sonar-front, sonar-right, sonar-left-stuck, sonar-front-stuck, sonar-right-stuck,
    imu, imu-identity, gyro-reversed, motor-left, motor-right, motor-left-blocked,
    motor-right-blocked, motor-left-reversed, motor-right-reversed, encoder-left, encoder-right,
    encoder-left-reversed, encoder-right-reversed, encoders-swapped, battery-divider,
    battery-divider-full, bumper-stuck, button-stuck.

    Example: [bold]patrol sim --world corridor --seed 3 --flash car.img[/].
    """
    from patrolcar_sim.server import serve

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
        announce=functools.partial(print, flush=True),
    )


@command()
def flash(
    port: Port = None,
    board: BoardName = None,
    source: AsSource = False,
    littlefs: Annotated[
        bool,
        typer.Option("--format", help="Make the filesystem an empty littlefs 2 first; asks."),
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
    from patrolcar.link.ports import find_port

    port = port or find_port()
    options = Options(board, source, littlefs, telemetry)
    with shown() as (progress, pause):
        done, car = flash_to(port, options, progress, lambda text: yes or ask(text, pause))
    print(f"{port}: {done.line()}")
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
    from patrolcar.flash.terminal import shown
    from patrolcar.link.ports import find_port

    port = port or find_port()
    options = Options(board, source, tree=tree)
    with shown() as (progress, _):
        develop(
            port,
            options,
            progress,
            lambda text: print(f"-- {text}", flush=True),
            functools.partial(print, flush=True),
        )


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
    from patrolcar.link.ports import find_port

    port = port or find_port()
    found = crashes(port, clear=clear)
    for record in found:
        print(json.dumps(record.record()) if as_json else "\n".join(record.lines()))
    if not found and not as_json:
        print(f"{port}: no crash records")


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
    from patrolcar.link.ports import find_port

    port = port or find_port()
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
    from patrolcar.link.ports import find_port

    check_steps(only or [])
    given = Given(measured_mm, turned_deg, battery_volts, distance_mm, rounds, push)
    port = port or find_port()

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


@command(until_interrupted=True)
def view(
    uri: Uri,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: the state in the terminal.")
    ] = False,
    snapshot: Annotated[
        Path | None, typer.Option(help="Save the picture as PNG at the end.")
    ] = None,
    duration: Duration = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Send nothing: no keys, no heartbeat.")
    ] = False,
) -> None:
    """Watch the car, and drive it by the keyboard.

    Keys: a arm, d disarm, 1 hold, 2 manual, 3 auto, q quit,
    arrows drive (in manual), space stop and disarm.

    Examples: [bold]patrol view /dev/pts/3[/] and
    [bold]patrol view /dev/pts/3 --headless --snapshot now.png[/].
    """
    from patrolcar.view.session import watch

    watch(
        uri,
        headless=headless,
        snapshot=snapshot,
        duration_s=duration,
        read_only=read_only,
    )


@command(until_interrupted=True)
def record(
    uri: Uri,
    out: Annotated[Path, typer.Argument(metavar="OUT.tlog", help="The recording to make.")],
    duration: Duration = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite OUT.tlog if it exists.")
    ] = False,
) -> None:
    """Record every frame that comes, until Ctrl-C.

    Example: [bold]patrol record /dev/pts/3 drive.tlog --duration 60[/].
    """
    from rich.console import Console

    from patrolcar.record import record as record_to
    from patrolcar.view.feed import no_frame

    with Console(stderr=True).status("waiting for frames, Ctrl-C ends") as status:
        frames, ended = record_to(
            uri,
            out,
            duration,
            force=force,
            progress=lambda n: status.update(f"{n} frames, Ctrl-C ends"),
        )
    print(f"{out}: {frames} frames")
    if ended is not None:
        raise ended
    if not frames:
        raise PatrolError(no_frame(uri))


@command()
def report(
    recording: Annotated[Path, typer.Argument(metavar="RUN.tlog", help="The recording.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to make (PNG).")] = Path(
        "report.png"
    ),
) -> None:
    """Draw a whole recording into one picture.

    Example: [bold]patrol report drive.tlog -o drive.png[/].
    """
    from patrolcar.view.report import write_report

    car = write_report(recording, out)
    print(
        f"{out}: {car.time_s - car.first_time_s:.1f} s, {car.distance_m:.1f} m driven, "
        f"{car.received} frames, {car.lost} lost"
    )


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


def _interrupt_on_termination() -> None:
    """Lets a polite kill, or a closed terminal, end a command as Ctrl-C does: in good order."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    # A child of a background shell starts with Ctrl-C ignored; a simulator is stopped by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def main() -> None:
    """The entry point of the command `patrol`."""
    _interrupt_on_termination()
    try:
        code = app(standalone_mode=False)
    except WrongUsage as error:
        context = getattr(error, "ctx", None)
        name = context.command_path if context is not None else "patrol"
        message = error.format_message().strip()  # type: ignore[attr-defined]
        if message:  # without one, the help has been shown
            complain(PatrolError(f"{message} (see {name} --help)", 2))
        code = 2
    sys.exit(code or 0)
