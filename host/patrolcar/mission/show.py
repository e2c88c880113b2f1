"""How a mission is shown: a table, and how long its way is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from patrolcar.mission.check import FOR_EVER, command_name, frame_name
from patrolcar.mission.item import (
    CHANGE_SPEED,
    COMMANDS,
    DEGREE,
    JUMP,
    Item,
    coordinate_text,
    text_of,
)

EARTH_M = 6_378_137.0  # WGS 84's equatorial radius, as firmware/patrol/link/home.py has it


def distance(one: Item, other: Item) -> float | None:
    """Metres from a place to another; None where one counts from elsewhere than the other."""
    if one.is_local != other.is_local:
        return None
    x, y = ((b - a) / one.scale for a, b in ((one.x, other.x), (one.y, other.y)))
    if one.is_local:
        return math.hypot(x, y)
    latitude = math.radians((one.x + other.x) / 2 / DEGREE)
    return EARTH_M * math.hypot(
        math.radians(x), math.radians(math.remainder(y, 360.0)) * math.cos(latitude)
    )


def legs(items: Sequence[Item]) -> list[float | None]:
    """For each item the way there from the place before it; None where that is not known."""
    found: list[float | None] = []
    last: Item | None = None
    for one in items:
        found.append(distance(last, one) if one.is_place and last is not None else None)
        if one.is_place:
            last = one
    return found


def listing(items: Sequence[Item]) -> Table:
    """A row for each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right")
    table.add_column("command", no_wrap=True)
    table.add_column("latitude, x", justify="right", no_wrap=True)
    table.add_column("longitude, y", justify="right", no_wrap=True)
    table.add_column("from the last", justify="right", no_wrap=True)
    table.add_column("frame")
    table.add_column("what it does", ratio=1)
    for number, (one, leg) in enumerate(zip(items, legs(items), strict=True)):
        row = [str(number), escape(command_name(one.command))]
        if one.is_place:
            unit = " m" if one.is_local else ""
            row += [coordinate_text(value, one.scale) + unit for value in (one.x, one.y)]
            row += ["" if leg is None else f"{leg:.2f} m", escape(frame_name(one.frame))]
        else:
            row += [""] * 4
        table.add_row(*row, escape(_words(one)))
    return table


def _words(one: Item) -> str:
    if one.command not in COMMANDS:
        return "the car does not know it"
    first, second = one.params[:2]
    if one.is_place:
        return f"stay {text_of(first)} s" if first else ""
    if one.command == JUMP:
        times = "for ever" if second == FOR_EVER else f"{text_of(second)} times"
        return f"go on with item {text_of(first)}, {times}"
    if one.command == CHANGE_SPEED:
        return f"drive {text_of(second)} m/s" if second > 0 else "drive as fast as usual"
    return "drive back to where it began"


def counted(count: int) -> str:
    """A number of items in words."""
    return f"{count} item" if count == 1 else f"{count} items"


def summary(items: Sequence[Item]) -> str:
    """How many items there are, and how long the way is from the first place to the last."""
    count = counted(len(items))
    places = sum(one.is_place for one in items)
    known = [leg for leg in legs(items) if leg is not None]
    if places < 2:
        return count
    jumps = ", jumps not counted" if any(one.command == JUMP for one in items) else ""
    gaps = ", without those between frames" if len(known) < places - 1 else ""
    return f"{count}, {sum(known):.1f} m from the first place to the last{jumps}{gaps}"
