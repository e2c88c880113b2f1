"""An item of a mission as MISSION_ITEM_INT has it, and the commands and frames of this car.

Its numbers are those of the link: parameters 1 to 4 and z are single floats, x and y are integers
of 1e-7 degrees, or of 0.1 mm in a local frame. mavlink.io/en/services/mission.html
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_ITEMS = 64  # firmware/patrol/store/items.py

# MAV_CMD
WAYPOINT = 16
LOITER_TIME = 19
RETURN = 20
JUMP = 177
CHANGE_SPEED = 178
COMMANDS = {
    WAYPOINT: "WAYPOINT",
    LOITER_TIME: "LOITER_TIME",
    RETURN: "RETURN_TO_LAUNCH",
    JUMP: "DO_JUMP",
    CHANGE_SPEED: "DO_CHANGE_SPEED",
}
PLACES = (WAYPOINT, LOITER_TIME)  # their x and y are a place

# MAV_FRAME
GLOBAL = 0
MISSION = 2
FRAMES = {
    GLOBAL: "global",
    1: "local",
    MISSION: "local",
    3: "global, relative altitude",
    5: "global",
    6: "global, relative altitude",
}
LOCAL_FRAMES = (1, 2)

DEGREE = 10_000_000  # x and y of one
METRE = 10_000

_LAYOUT = "<4fiifHB?"
_LARGEST = (2 - 2**-23) * 2.0**127  # of single floats
_MOST = (1 << 31) - 1  # of x and y, either sign


@dataclass(frozen=True)
class Item:
    """One; made by `item_of` from what files have."""

    command: int
    frame: int
    params: tuple[float, float, float, float]
    x: int
    y: int
    z: float
    autocontinue: bool = True

    @property
    def is_place(self) -> bool:
        """Whether it is somewhere."""
        return self.command in PLACES

    @property
    def is_local(self) -> bool:
        """Whether x and y count in 0.1 mm from where the car began, to the north and east."""
        return self.frame in LOCAL_FRAMES

    @property
    def scale(self) -> int:
        """What x and y are of a degree, or of a metre."""
        return METRE if self.is_local else DEGREE

    def as_bytes(self) -> bytes:
        """All of it: equal where two items are the same, NaN included."""
        return struct.pack(
            _LAYOUT,
            *self.params,
            self.x,
            self.y,
            self.z,
            self.command,
            self.frame,
            self.autocontinue,
        )


@dataclass
class Mission:
    """What is in a file.

    Attributes:
        items: in their order; `lines[i]` is the line of the i-th, where the file goes by lines.
        home: latitude, longitude, altitude, where the file has it; it is not sent.
        notes: what is left out, a text each.
    """

    items: list[Item] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    home: tuple[float, float, float] | None = None
    notes: list[str] = field(default_factory=list)


def single(value: float) -> float:
    """The nearest single float, without the sign of a 0. ValueError where there is none."""
    try:
        found: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        raise ValueError(f"{value:g} is larger than any number of the link") from None
    return found + 0.0


def text_of(value: float) -> str:
    """The shortest decimal number that is this single float."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e9:
        return str(int(value))
    for digits in range(1, 9):
        text = f"{value:.{digits}g}"
        if abs(float(text)) <= _LARGEST and single(float(text)) == value:
            return text
    return f"{value:.9g}"


def coordinate_text(value: int, scale: int) -> str:
    """x or y in degrees or metres, to the last digit that the link has."""
    digits = len(str(scale)) - 1
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // scale}.{abs(value) % scale:0{digits}}"


def item_of(command: int, frame: int, values: Sequence[float], autocontinue: bool) -> Item:
    """An item from its seven parameters, in degrees or metres.

    NaN, which stands for "as usual", stays where the car does not read it; it is 0 for an
    altitude, and for how long a car stays. ValueError, with the reason, for what the link cannot
    carry.
    """
    if not 0 <= command <= 0xFFFF:
        raise ValueError(f"command {command} is not within 0 to 65535")
    if not 0 <= frame <= 0xFF:
        raise ValueError(f"frame {frame} is not within 0 to 255")
    for number, value in enumerate(values, 1):
        if math.isinf(value):
            raise ValueError(f"parameter {number} is {value}: write a number")
    params = [single(value) for value in values[:4]]
    if command in PLACES:
        params[0] = _or_zero(params[0])
    scale = METRE if frame in LOCAL_FRAMES else DEGREE
    x, y = (_fixed(values[i], i, scale, command) for i in (4, 5))
    return Item(
        command,
        frame,
        (params[0], params[1], params[2], params[3]),
        x,
        y,
        single(_or_zero(values[6])),
        autocontinue,
    )


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _fixed(value: float, index: int, scale: int, command: int) -> int:
    name = (("latitude", "longitude") if scale == DEGREE else ("x", "y"))[index - 4]
    if math.isnan(value):
        if command in PLACES:
            raise ValueError(f"{name} is missing: write a number")
        return 0
    found = round(value * scale)
    if abs(found) > _MOST:
        unit = "degrees" if scale == DEGREE else "m"
        raise ValueError(f"{name} is {value:g}, not within +-{_MOST / scale:.0f} {unit}")
    return found
