"""`patrol sim`: a virtual board in a world, served on its ports until it is stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.link.ports import NamedPorts
from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, find_model
from patrolcar_sim.breakdown import Breakdown
from patrolcar_sim.faults import Fault, Timeline, props_of
from patrolcar_sim.faults.breaks import find_breaks
from patrolcar_sim.world.world import World

LONGEST_S = 1e9  # more than anybody waits for, and no more than the clock can hold


@contextlib.contextmanager
def _flash(path: Path | None) -> Iterator[Path]:
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="patrolcar-") as folder:
        yield Path(folder) / "flash.img"


def _cpu_s() -> float:
    """What this process and the interpreters that it has ended have computed, in seconds."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def truth(board: VirtualBoard, world: World, wall_s: float, cpu_s: float) -> dict[str, Any]:
    """What really happened, as the world knows it, for `--summary` and the verdict of a demo.

    `speed_possible` is simulated seconds per second of computing, whatever the pace was. Distances
    are in metres, times in seconds; `outline` is a list of polygons in NED.
    """
    simulated_s = board.now_us / 1e6
    coverage = world.coverage
    return {
        "simulated_s": round(simulated_s, 3),
        "wall_s": round(wall_s, 3),
        "speed_possible": round(simulated_s / max(1e-9, cpu_s), 2),
        "distance_m": round(world.distance_m, 3),
        "coverage": round(coverage.fraction, 4),
        "cells_entered": len(coverage.entered),
        "cells_reachable": len(coverage.reachable),
        "contacts": world.contacts,
        "resets": board.resets,
        "exchanges": board.exchanges,
        "outline": [[[x, -y] for x, y in polygon] for polygon in world.outline()],
    }


def serve(
    *,
    world: str = "office",
    seed: int = 1,
    board: str = DEFAULT_MODEL.name,
    filesystem_kb: int | None = None,
    speed: float | None = None,
    duration: float | None = None,
    flash: Path | None = None,
    repl_tcp: int = 0,
    uart_tcp: int = 0,
    summary: Path | None = None,
    broken: Sequence[str] = (),
    faults: Sequence[Fault] = (),
    profile: bool = False,
    announce: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Runs until Ctrl-C, SIGTERM or `duration` simulated seconds.

    Args:
        board: the name of a board; its filesystem may be of another size than the build's.
        speed: simulated seconds per second; None: real time while a client is on the UART and as
            fast as it goes without; infinity: as fast as it goes.
        flash: the flash image, made when it is not there; None: an erased one for this run.
        summary: a JSON file for the truth, written at the end.
        broken: names of parts that are broken (faults/breaks.py).
        faults: what goes wrong, and when.
        profile: tell at the end where the wall time went (breakdown.py).
        announce: is called with the two lines that name the ports, and those of the profile.

    Raises:
        PatrolError: unknown world, board or break, a fault that cannot be, port taken, no
            interpreter, unwritable image or summary.
    """
    if summary is not None and summary.is_dir():
        raise PatrolError(f"summary {summary} is a folder: give the name of a file", 2)
    if summary is not None and not summary.parent.is_dir():
        raise PatrolError(f"summary {summary}: the folder {summary.parent} does not exist", 2)
    model = find_model(board, filesystem_kb)
    wrong = find_breaks(broken)
    car_world = World(world, seed, props=props_of(faults))
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    with _flash(flash) as image:
        virtual = VirtualBoard(
            car_world,
            image,
            model=model,
            speed=speed,
            repl_tcp=repl_tcp,
            uart_tcp=uart_tcp,
        )
        Timeline([*faults, *wrong], seed).attach(virtual)
        breakdown = Breakdown(virtual) if profile else None
        old = {n: signal.signal(n, stop) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            started, computed = time.monotonic(), _cpu_s()
            with virtual:
                assert virtual.repl is not None
                assert virtual.uart is not None
                until = 1 << 60 if duration is None else int(min(duration, LONGEST_S) * 1e6)
                with NamedPorts(world, virtual.repl.pty, virtual.uart.pty):
                    announce(f"REPL  {virtual.repl.pty}  {virtual.repl.url}")
                    announce(f"UART  {virtual.uart.pty}  {virtual.uart.url}")
                    while not stopping and virtual.now_us < until:
                        virtual.run(until, lambda: stopping)
            wall_s, cpu_s = time.monotonic() - started, _cpu_s() - computed
            result = truth(virtual, car_world, wall_s, cpu_s)
            for line in breakdown.lines() if breakdown is not None else ():
                announce(line)
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
    if summary is not None:
        try:
            summary.write_text(json.dumps(result, indent=1) + "\n")
        except OSError as error:
            raise PatrolError(f"summary {summary} cannot be written: {error.strerror}") from error
    return result
