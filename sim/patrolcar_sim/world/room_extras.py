"""What a random room can have besides: people who walk, paint on its floor, an edge for a wall.

Each extra draws from random numbers of its own, so that it changes nothing else of a room.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

WALL = 0.05
"""Half of the walls' thickness, m."""

DROP = 0.4
"""How deep the floor beyond the edge lies, m."""
_CLEAR = 0.3
"""A person's middle keeps so far from what stands about, and twice from the car's start, m."""
_LEAST_WALK = 1.0
_TRIES = 2000

Point = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """A room's inner walls, and circles (x, y, r) around what stands in it; the first is the
    car's start at 0, 0."""

    x0: float
    x1: float
    y0: float
    y1: float
    circles: list[tuple[float, float, float]]


@dataclass
class Change:
    """What an extra adds to a room's MJCF, and what it replaces."""

    geoms: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    floor: list[str] = field(default_factory=list)
    open_wall: str | None = None


def people(room: Layout, rng: random.Random) -> Change:
    """One to three people on straight ways between free places."""
    change = Change()
    for number in range(rng.randint(1, 3)):
        path = _way(room, rng)
        if path:
            data = " ".join(f"{x:.3f},{y:.3f}" for x, y in path)
            speed = rng.uniform(0.5, 1.2)
            change.texts.append(
                f'<text name="walk person {number + 1}" data="{data} speed={speed:.2f}"/>'
            )
    return change


def _way(room: Layout, rng: random.Random) -> list[Point]:
    """Two to four places, each seen from the one before; none when the room has no way."""
    for _ in range(_TRIES):
        path = [_place(room, rng) for _ in range(rng.randint(2, 4))]
        long = sum(math.dist(a, b) for a, b in pairwise(path))
        if long >= _LEAST_WALK and all(_free(room, a, b) for a, b in pairwise(path)):
            return path
    return []


def _place(room: Layout, rng: random.Random) -> Point:
    return (
        rng.uniform(room.x0 + _CLEAR, room.x1 - _CLEAR),
        rng.uniform(room.y0 + _CLEAR, room.y1 - _CLEAR),
    )


def _free(room: Layout, a: Point, b: Point) -> bool:
    """Whether a straight way keeps clear of everything."""
    for i, (x, y, r) in enumerate(room.circles):
        dx, dy = b[0] - a[0], b[1] - a[1]
        long = dx * dx + dy * dy
        along = ((x - a[0]) * dx + (y - a[1]) * dy) / long if long else 0.0
        along = min(max(along, 0.0), 1.0)
        away = math.hypot(a[0] + along * dx - x, a[1] + along * dy - y)
        if away < r + (2 * _CLEAR if i == 0 else _CLEAR):
            return False
    return True


def paint(room: Layout, rng: random.Random) -> Change:
    """Two to four lines of black tape, and one to three patches, dark or bright."""
    change = Change(
        materials=[
            '<material name="tape" rgba="0.06 0.06 0.06 1"/>',
            '<material name="plain" rgba="0.6 0.6 0.6 1"/>',
        ]
    )
    for number in range(rng.randint(1, 3)):
        material = rng.choice(("tape", "cloth", "plain"))
        half = rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.3)
        change.geoms.append(_mark(f"patch {number}", material, room, rng, half, 0.0002))
    for number in range(rng.randint(2, 4)):
        half = rng.uniform(0.2, 0.8), 0.0125
        change.geoms.append(_mark(f"tape {number}", "tape", room, rng, half, 0.0004))
    return change


def _mark(
    name: str, material: str, room: Layout, rng: random.Random, half: Point, height: float
) -> str:
    # It stays inside the walls, whichever way it is turned.
    long = math.hypot(*half)
    x = rng.uniform(room.x0 + long, room.x1 - long)
    y = rng.uniform(room.y0 + long, room.y1 - long)
    turn = rng.uniform(0, math.pi)
    return (
        f'<geom name="paint {name}" type="box" material="{material}" '
        f'pos="{x:.4f} {y:.4f} {height / 2}" size="{half[0]:.4f} {half[1]:.4f} {height / 2}" '
        f'quat="{math.cos(turn / 2):.6f} 0 0 {math.sin(turn / 2):.6f}"/>'
    )


def edge(room: Layout, rng: random.Random) -> Change:
    """In place of the west or the east wall the floor ends, DROP above another floor."""
    side = rng.choice(("west", "east"))
    x0 = room.x0 - (0 if side == "west" else 2 * WALL)
    x1 = room.x1 + (0 if side == "east" else 2 * WALL)
    y0, y1 = room.y0 - 2 * WALL, room.y1 + 2 * WALL
    return Change(
        floor=[
            f'<geom name="floor below" type="plane" size="0 0 0.1" pos="0 0 {-DROP}" '
            'rgba="0.6 0.6 0.6 1"/>',
            f'<geom name="floor" type="box" rgba="0.9 0.9 0.88 1" '
            f'pos="{(x0 + x1) / 2:.4f} {(y0 + y1) / 2:.4f} {-DROP / 2}" '
            f'size="{(x1 - x0) / 2:.4f} {(y1 - y0) / 2:.4f} {DROP / 2}"/>',
        ],
        open_wall=f'"wall {side}"',
    )


EXTRAS: dict[str, Callable[[Layout, random.Random], Change]] = {
    "people": people,
    "paint": paint,
    "edge": edge,
}
