"""Commands that watch the car by its telemetry."""

from pathlib import Path
from typing import Annotated

import typer

from patrolcar.commands.base import Duration, Uri, command
from patrolcar.errors import PatrolError


@command(until_interrupted=True)
def view(
    uri: Uri,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: the state in the terminal, and no keys.")
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

    Keys in the window: a arm, d disarm, 1 hold, 2 manual, 3 auto, q quit,
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
    tasks: Annotated[
        bool,
        typer.Option("--tasks", help="Also print what each task of the loop took, and the heap."),
    ] = False,
) -> None:
    """Draw a whole recording into one picture.

    Examples: [bold]patrol report drive.tlog -o drive.png[/], [bold]patrol report drive.tlog
    --tasks[/].
    """
    from patrolcar.view.report import write_report

    car = write_report(recording, out)
    print(
        f"{out}: {car.time_s - car.first_time_s:.1f} s, {car.distance_m:.1f} m driven, "
        f"{car.received} frames, {car.lost} lost"
    )
    if tasks:
        print("\n".join(car.health.lines()))
