"""`patrol world`: the worlds that a simulation can have, and their plans as pictures."""

from pathlib import Path
from typing import Annotated

import typer

from patrolcar.commands.base import command
from patrolcar.errors import PatrolError


@command()
def world(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[WORLD]",
            help="office or another of the list, room:SEED, room:SEED+people+paint+edge, an MJCF "
            "file, or the YAML file of a ROS map. Without it, the list.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The picture to make (PNG, SVG, PDF).")
    ] = Path("world.png"),
    seed: Annotated[int, typer.Option(help="Seed of the car's start.")] = 1,
) -> None:
    """Draw the plan of a world: what stands where, paint, ways of people, what can be reached.

    Example: [bold]patrol world room:7+people -o room.png[/].
    """
    from patrolcar_sim.world.loader import load_world
    from patrolcar_sim.world.sources import world_summaries

    if name is None:
        for known, summary in world_summaries().items():
            print(f"{known:10} {summary}")
        print(f"{'room:SEED':10} A random room; +people, +paint and +edge add to it")
        return
    if out.is_dir():
        raise PatrolError(f"picture {out} is a folder: give the name of a file", 2)
    if not out.suffix:
        out = out.with_suffix(".png")  # as matplotlib does
    from patrolcar_sim.world.picture import draw_world

    _, info = load_world(name, seed)
    try:
        draw_world(info, out)
    except ValueError as error:  # an ending that matplotlib does not know
        raise PatrolError(f"picture {out}: {str(error).splitlines()[0]}", 2) from None
    print(out)
