"""Random rooms: an MJCF world from a seed.

Obstacles stand at least PASSAGE from each other, from the walls and from the start, or touch a
wall; so every gap lets the car through and every free place can be reached. Extras (see
room_extras.py) come on top: the room stays the same.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection

from patrolcar_sim.world.room_extras import EXTRAS, WALL, Layout

PASSAGE = 0.65
"""Clear width that is kept everywhere, m."""
_HEIGHT = 0.3
_TRIES = 60

_KINDS = ("furniture", "furniture", "cloth", "post", "glass")

_COLOURS = {
    "wall": "0.82 0.80 0.76 1",
    "furniture": "0.62 0.45 0.28 1",
    "cloth": "0.35 0.40 0.55 1",
    "post": "0.55 0.57 0.60 1",
    "glass": "0.55 0.75 0.80 0.5",
}
_FLOOR = '<geom name="floor" type="plane" size="0 0 0.1" rgba="0.9 0.9 0.88 1"/>'


def room_mjcf(seed: int, extras: Collection[str] = ()) -> str:
    """A room of 3.5 to 7 m by 3.5 to 6 m with up to 9 obstacles; its start is the origin.

    `extras` are names in EXTRAS.
    """
    rng = random.Random(f"room {seed}")
    width, depth = rng.uniform(3.5, 7.0), rng.uniform(3.5, 6.0)
    # Where the start lies in the room.
    left, near = rng.uniform(0.6, width - 0.6), rng.uniform(0.6, depth - 0.6)
    x0, x1, y0, y1 = -left, width - left, -near, depth - near
    walls = [
        _box("wall south", "wall", (x0 + x1) / 2, y0 - WALL, width / 2 + 2 * WALL, WALL, 0.0),
        _box("wall north", "wall", (x0 + x1) / 2, y1 + WALL, width / 2 + 2 * WALL, WALL, 0.0),
        _box("wall west", "wall", x0 - WALL, (y0 + y1) / 2, WALL, depth / 2, 0.0),
        _box("wall east", "wall", x1 + WALL, (y0 + y1) / 2, WALL, depth / 2, 0.0),
    ]
    geoms = []
    # Each obstacle stays inside a circle; circles (x, y, r) keep their distance.
    placed = [(0.0, 0.0, 0.0)]
    for i in range(rng.randint(4, 9)):
        kind = rng.choice(_KINDS)
        half_x, half_y = rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.35)
        round_ = kind == "post" or rng.random() < 0.2
        if round_:
            half_x = half_y = rng.uniform(0.04, 0.12) if kind == "post" else rng.uniform(0.1, 0.3)
        at_wall = not round_ and rng.random() < 0.4
        turn = 0.0 if at_wall else rng.uniform(0, math.pi)
        r = half_x if round_ else math.hypot(half_x, half_y)
        for _ in range(_TRIES):
            x = rng.uniform(x0 + r + PASSAGE, max(x1 - r - PASSAGE, x0 + r + PASSAGE))
            y = rng.uniform(y0 + r + PASSAGE, max(y1 - r - PASSAGE, y0 + r + PASSAGE))
            if at_wall:
                y = rng.choice((y0 + half_y, y1 - half_y))
            elif x + r + PASSAGE > x1 or y + r + PASSAGE > y1:
                continue
            if all(math.hypot(x - px, y - py) >= r + pr + PASSAGE for px, py, pr in placed):
                placed.append((x, y, r))
                name = f"{kind} {i}"
                geoms.append(
                    _post(name, kind, x, y, half_x)
                    if round_
                    else _box(name, kind, x, y, half_x, half_y, turn)
                )
                break
    materials = "\n    ".join(
        f'<material name="{name}" rgba="{rgba}"/>' for name, rgba in _COLOURS.items()
    )
    layout = Layout(x0, x1, y0, y1, placed)
    floor, outside, people = [_FLOOR], [materials], ""
    for extra in sorted(extras):
        change = EXTRAS[extra](layout, random.Random(f"room {extra} {seed}"))
        geoms += change.geoms
        outside += change.materials
        floor = change.floor or floor
        people += "".join(change.texts)
        walls = [
            wall for wall in walls if change.open_wall is None or change.open_wall not in wall
        ]
    body = "\n    ".join([*floor, '<site name="start"/>', *walls, *geoms])
    assets = "\n    ".join(outside)
    return f"""<mujoco model="room {seed}">
  <asset>
    {assets}
  </asset>
  <custom>
    {people}
  </custom>
  <worldbody>
    <light pos="0 0 4" dir="0 0 -1"/>
    {body}
  </worldbody>
</mujoco>
"""


def _box(name: str, kind: str, x: float, y: float, hx: float, hy: float, turn: float) -> str:
    quat = f"{math.cos(turn / 2):.6f} 0 0 {math.sin(turn / 2):.6f}"
    return (
        f'<geom name="{name}" type="box" material="{kind}" pos="{x:.4f} {y:.4f} {_HEIGHT / 2}" '
        f'size="{hx:.4f} {hy:.4f} {_HEIGHT / 2}" quat="{quat}"/>'
    )


def _post(name: str, kind: str, x: float, y: float, r: float) -> str:
    return (
        f'<geom name="{name}" type="cylinder" material="{kind}" '
        f'pos="{x:.4f} {y:.4f} {_HEIGHT / 2}" size="{r:.4f} {_HEIGHT / 2}"/>'
    )
