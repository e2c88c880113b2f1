"""What the car would refuse of a mission, and why; its own words are in firmware/patrol/link/
upload.py."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from patrolcar.link import dialect
from patrolcar.mission.item import (
    CHANGE_SPEED,
    COMMANDS,
    FRAMES,
    JUMP,
    MOST_ITEMS,
    Item,
    coordinate_text,
    text_of,
)

LATITUDE = 84.99  # degrees; near a pole a plane is none
LONGITUDE = 179.99
LOCAL = 9_990.0  # m
LONGEST_S = 86_400.0
MOST_JUMPS = 32_767
FOR_EVER = -1
_AS_IT_IS = (-1.0, -2.0)  # speeds: the present one, the usual one


def problems(items: Sequence[Item]) -> list[tuple[int, str]]:
    """What is wrong: the number of the item, -1 for the mission as a whole, and a text."""
    found = [
        (number, text) for number, one in enumerate(items) for text in _of(number, one, len(items))
    ]
    if len(items) > MOST_ITEMS:
        found.insert(
            0, (-1, f"{len(items)} items are more than the {MOST_ITEMS} that the car keeps")
        )
    return found


def command_name(number: int) -> str:
    """A command as persons write it."""
    if number in COMMANDS:
        return COMMANDS[number]
    known: Any = dialect.load().enums["MAV_CMD"].get(number)
    return f"{number}" if known is None else known.name.removeprefix("MAV_CMD_")


def frame_name(number: int) -> str:
    """A frame as persons write it."""
    if number in FRAMES:
        return FRAMES[number]
    known: Any = dialect.load().enums["MAV_FRAME"].get(number)
    return f"{number}" if known is None else known.name.removeprefix("MAV_FRAME_")


def _of(number: int, one: Item, count: int) -> Iterator[str]:
    name = command_name(one.command)
    if one.command not in COMMANDS:
        code = "" if name == str(one.command) else f" ({one.command})"
        yield f"command {name}{code} is not known to the car: use {', '.join(COMMANDS.values())}"
    elif one.is_place:
        yield from _of_place(one, name)
    elif one.command == JUMP:
        yield from _of_jump(number, one, count)
    elif one.command == CHANGE_SPEED:
        speed = one.params[1]
        if not speed > 0 and speed not in _AS_IT_IS:
            yield (
                f"{name} has the speed {text_of(speed)}: parameter 2 is in m/s, above 0, or "
                "-2 for the usual one"
            )


def _of_place(one: Item, name: str) -> Iterator[str]:
    stay = one.params[0]
    if not 0 <= stay <= LONGEST_S:
        yield f"{name} stays {text_of(stay)} s: parameter 1 is from 0 to {LONGEST_S:.0f} s"
    if one.frame not in FRAMES:
        known = ", ".join(f"{number} {text}" for number, text in FRAMES.items())
        yield f"frame {frame_name(one.frame)} ({one.frame}) is not known to the car: use {known}"
        return
    if one.is_local:
        names, most, unit = ("x", "y"), (LOCAL, LOCAL), "m"
    else:
        names, most, unit = ("latitude", "longitude"), (LATITUDE, LONGITUDE), "degrees"
    for what, value, limit in zip(names, (one.x, one.y), most, strict=True):
        if abs(value) > limit * one.scale:
            shown = coordinate_text(value, one.scale)
            yield f"{what} is {shown}: the car takes {-limit:g} to {limit:g} {unit}"


def _of_jump(number: int, one: Item, count: int) -> Iterator[str]:
    target, times = one.params[:2]
    if not _whole(target) or not 0 <= target < count:
        yield f"jumps to item {text_of(target)}: the mission has 0 to {count - 1}"
    elif target == number:
        yield "jumps to itself: parameter 1 is the item to go on with"
    if not _whole(times) or not FOR_EVER <= times <= MOST_JUMPS:
        yield (
            f"jumps {text_of(times)} times: parameter 2 is a whole number up to {MOST_JUMPS}, "
            f"or {FOR_EVER} for ever"
        )


def _whole(value: float) -> bool:
    return math.isfinite(value) and value == int(value)
