"""A black box for a person: a table of its ticks, a CSV file, and a picture."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from patrolcar.blackbox.box import Box, Tick
from patrolcar.errors import PatrolError
from patrolcar.view.palette import BLUE, FAINT, GREY, INK, SENSOR_COLOURS, VERMILLION
from patrolcar.view.snapshot import check_writable

if TYPE_CHECKING:
    from rich.table import Table

BEFORE, AFTER = 8, 4  # ticks around the stop that a short table shows
DRAWN = 4  # boxes in one picture
HEADING = "heading (degrees)"  # which goes on past half a turn
HEADER = (
    "box", "reason", "uptime_ms", "from_stop_ms", "state", "conditions",
    "speed_left_mm_s", "speed_right_mm_s", "duty_left_permille", "duty_right_permille",
    "want_speed_mm_s", "want_turn_mrad_s", "range_left_mm", "range_front_mm", "range_right_mm",
    "heading_mrad", "battery_mv", "tick_us",
)  # fmt: skip


def check_outputs(table: Path | None, picture: Path | None) -> None:
    """Raises PatrolError now when one of these files cannot be written later."""
    if table is not None:
        if table.suffix.lower() not in ("", ".csv"):
            raise PatrolError(f"{table} is no name for a table: let it end in .csv", code=2)
        check_writable(table, (".csv",))
    if picture is not None:
        check_writable(picture)


def title(box: Box) -> str:
    """What it is, in one line or two."""
    build = f", build {box.build}" if box.build else ""
    at = box.end_ms if box.stop_ms is None else box.stop_ms
    text = f"black box {box.sequence}: {box.reason}, {at / 1000:.2f} s after boot{build}"
    if box.missing:
        text += (
            f"\nincomplete: {box.missing} of {box.parts} parts are missing (the power went while "
            "it was written, or a newer one took their room)"
        )
    return text


def ticks_shown(box: Box) -> tuple[Tick, ...]:
    """Those around the stop; of one whose stop is missing the last ones."""
    places = [i for i, tick in enumerate(box.ticks) if tick.at_ms == box.stop_ms]
    first = places[0] if places else len(box.ticks)
    return box.ticks[max(0, first - BEFORE) : first + AFTER]


def table(box: Box, *, every: bool = False) -> Table:
    """The ticks around the stop, or every one."""
    from rich.table import Table

    made = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("ms", "state", "speed", "want", "duty", "ranges", "heading", "V", "tick", ""):
        made.add_column(name, justify="left" if name in ("state", "") else "right", no_wrap=True)
    made.add_row(
        "", "", "mm/s", "mm/s mrad/s", "/1000", "mm: l f r", "mrad", "", "ms", "", style="dim"
    )
    for tick in box.ticks if every else ticks_shown(box):
        zero = box.end_ms if box.stop_ms is None else box.stop_ms
        ranges = (tick.range_left, tick.range_front, tick.range_right)
        made.add_row(
            f"{tick.at_ms - zero:+d}",
            tick.state,
            f"{tick.speed_left:4d} {tick.speed_right:4d}",
            f"{tick.want_speed:4d} {tick.want_turn:5d}",
            f"{tick.duty_left:4d} {tick.duty_right:4d}",
            " ".join(f"{'-' if mm is None else mm:>4}" for mm in ranges),
            str(tick.heading),
            f"{tick.battery_mv / 1000:.1f}",
            f"{tick.tick_us / 1000:.1f}",
            ", ".join(tick.conditions),
            style="bold" if tick.at_ms == box.stop_ms else None,
        )
    return made


def write_csv(found: Sequence[Box], path: Path) -> None:
    """Every tick of all boxes; empty where nothing was heard, or the stop's time is not known."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for box in found:
            for tick in box.ticks:
                since = None if box.stop_ms is None else tick.at_ms - box.stop_ms
                rows.writerow(
                    (
                        box.sequence,
                        box.reason,
                        tick.at_ms,
                        since,
                        tick.state,
                        "; ".join(tick.conditions),
                        tick.speed_left,
                        tick.speed_right,
                        tick.duty_left,
                        tick.duty_right,
                        tick.want_speed,
                        tick.want_turn,
                        tick.range_left,
                        tick.range_front,
                        tick.range_right,
                        tick.heading,
                        tick.battery_mv,
                        tick.tick_us,
                    )
                )


Curve = tuple[str, str, str, Callable[[Tick], float | None]]
# What each is called, the least span that its axis shows, its curves.
_STRIPS: tuple[tuple[str, float, tuple[Curve, ...]], ...] = (
    (
        "wheel speed (mm/s)",
        100,
        (
            ("left", BLUE, "-", lambda tick: tick.speed_left),
            ("right", VERMILLION, "-", lambda tick: tick.speed_right),
            ("wanted", GREY, ":", lambda tick: tick.want_speed),
        ),
    ),
    (
        "duty (of 1000)",
        200,
        (
            ("left", BLUE, "-", lambda tick: tick.duty_left),
            ("right", VERMILLION, "-", lambda tick: tick.duty_right),
        ),
    ),
    (
        "sonar range (mm)",
        200,
        (
            ("left", SENSOR_COLOURS[0], "-", lambda tick: tick.range_left),
            ("front", SENSOR_COLOURS[1], "-", lambda tick: tick.range_front),
            ("right", SENSOR_COLOURS[2], "-", lambda tick: tick.range_right),
        ),
    ),
    (HEADING, 10, (("", INK, "-", lambda tick: tick.heading),)),
)


def _limits(values: Sequence[float], least: float) -> tuple[float, float]:
    """Of an axis: room for a legend above them, and noise is not made large."""
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    span = max(high - low, least)
    middle = (low + high) / 2
    return middle - 0.55 * span, middle + 0.8 * span


def _heights(box: Box, value: Callable[[Tick], float | None], angle: bool) -> list[float]:
    """A curve over the ticks, NaN where nothing was heard; an angle in degrees without leaps."""
    values = [value(tick) for tick in box.ticks]
    heights = [math.nan if one is None else float(one) for one in values]
    if angle:
        for i in range(1, len(heights)):
            turned = math.remainder(heights[i] - heights[i - 1], 2_000 * math.pi)
            heights[i] = heights[i - 1] + turned
        heights = [math.degrees(one / 1_000) for one in heights]
    return heights


def draw(found: Sequence[Box], path: Path) -> None:
    """A picture of the last boxes, each a column over the time from its stop."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = found[-DRAWN:]
    figure = Figure(figsize=(1 + 5.5 * len(shown), 9), layout="constrained")
    axes = figure.subplots(len(_STRIPS), len(shown), squeeze=False, sharex="col")
    for column, box in enumerate(shown):
        zero = box.end_ms if box.stop_ms is None else box.stop_ms
        times = [(tick.at_ms - zero) / 1000 for tick in box.ticks]
        axes[0][column].set_title(
            f"box {box.sequence}: {box.reason}\n{zero / 1000:.2f} s after boot"
            + (f", {box.missing} of {box.parts} parts missing" if box.missing else ""),
            fontsize=10,
        )
        for row, (name, least, curves) in enumerate(_STRIPS):
            axis = axes[row][column]
            axis.grid(color=FAINT, linewidth=0.6)
            lines = [_heights(box, value, name == HEADING) for _, _, _, value in curves]
            drawn = [one for line in lines for one in line if not math.isnan(one)]
            axis.set_ylim(*_limits(drawn, least))
            if not drawn:
                axis.text(0.5, 0.4, "nothing heard", transform=axis.transAxes, ha="center")
            if box.stop_ms is not None:
                axis.axvline(0.0, color=INK, linewidth=1.2, linestyle="--")
            for (label, colour, style, _), heights in zip(curves, lines, strict=True):
                axis.plot(times, heights, style, color=colour, label=label, linewidth=1.4)
            if len(curves) > 1:
                axis.legend(loc="upper left", fontsize=8, ncols=len(curves), framealpha=0.8)
            if column == 0:
                axis.set_ylabel(name)
        known = "from the stop" if box.stop_ms is not None else "from the last tick"
        axes[-1][column].set_xlabel(f"s {known} (dashed)" if box.stop_ms else f"s {known}")
    try:
        FigureCanvasAgg(figure).print_png(path)
    except OSError as error:
        raise PatrolError(f"{path} cannot be written: {error.strerror or error}") from error
