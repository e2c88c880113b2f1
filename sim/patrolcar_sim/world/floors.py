"""Floors: how high they are where, and where they end.

Seen from above the highest floor is the floor. Most worlds are one level plane; then there is
nothing to find. Else the floor is looked at in squares of 5 cm: from the start the car gets from
square to square where one is at most CLIMB higher or lower than the other. All other squares, and
those at the foot of a step, are as closed to it as an obstacle.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np
import numpy.typing as npt

from patrolcar.errors import PatrolError
from patrolcar_sim.world import car
from patrolcar_sim.world.cells import Cells, rectangles
from patrolcar_sim.world.footprint import Points, distance, footprint

STEP = 0.05
"""Edge of a square, m."""
CLIMB = STEP * math.tan(math.radians(25))
"""The car gets up and down no more than this from a square to the next, m."""
_MARGIN = 10
_LEVEL = 1e-3
_LARGEST = 4_000_000
_ABOVE = 100.0
_DOWN = np.array([0.0, 0.0, -1.0])
_GROUPS = np.array([g == car.FLOOR_GROUP for g in range(6)], np.uint8)


@dataclass(frozen=True)
class Floor:
    """Where the car cannot be for want of floor, and the heights (m) of what it can get to."""

    edges: list[Points]
    """Rectangles, anticlockwise, of closed squares, in a band around the floor."""
    low: float = 0.0
    high: float = 0.0
    pieces: list[tuple[str, Points]] = field(default_factory=list)
    """Names and outlines of the floor's geoms that are not planes."""
    corners: Points | None = None
    """Two corners of the rectangle that was looked at."""


def floor_under(model: Any, data: Any, x: float, y: float) -> float | None:
    """Height of the highest floor at a place, m; None where there is none."""
    hit = np.zeros(1, np.int32)
    above = np.array([x, y, _ABOVE])
    away = mujoco.mj_ray(model, data, above, _DOWN, _GROUPS, 1, -1, hit)
    return _ABOVE - float(away) if hit[0] >= 0 else None


def survey(model: Any, data: Any, floor: Iterable[int], start: tuple[float, float]) -> Floor:
    """Look at the floor's geoms; raises PatrolError when there is no floor at the start."""
    geoms = sorted(floor)
    planes = [g for g in geoms if model.geom_type[g] == mujoco.mjtGeom.mjGEOM_PLANE]
    tops = [float(data.geom_xpos[g][2]) for g in planes]
    if len(planes) == len(geoms) and max(tops) - min(tops) < _LEVEL:
        return Floor([], max(tops), max(tops))
    beneath = floor_under(model, data, *start)
    if beneath is None:
        raise PatrolError(
            f"no floor is under the start ({start[0]:.2f}, {start[1]:.2f}): move the site `start`"
        )
    solids = [g for g in geoms if g not in planes]
    if not solids:
        return Floor([], beneath, beneath)
    pieces = {
        g: s for g in solids if (s := footprint(model, data, g, -np.inf, np.inf)) is not None
    }
    corners = np.concatenate(list(pieces.values()))
    low = corners.min(axis=0) - _MARGIN * STEP
    nx, ny = np.ceil((corners.max(axis=0) + _MARGIN * STEP - low) / STEP - 1e-6).astype(int)
    if nx * ny > _LARGEST:
        raise PatrolError(f"its floor is {nx * STEP:.0f} x {ny * STEP:.0f} m: too large")
    xs, ys = (low[0] + (np.arange(nx) + 0.5) * STEP), (low[1] + (np.arange(ny) + 0.5) * STEP)
    heights = np.full((nx, ny), max(tops, default=-np.inf))
    for geom, shape in pieces.items():
        _raise(model, data, geom, shape, heights, xs, ys)
    at = int((start[0] - low[0]) // STEP), int((start[1] - low[1]) // STEP)
    reached = _reach(heights, at, beneath)
    edges = [
        np.array([[a, b], [c, b], [c, d], [a, d]]) * STEP + low
        for a, b, c, d in rectangles(~reached | _below_a_step(heights, reached))
    ]
    found = heights[reached]
    return Floor(
        edges,
        float(found.min(initial=beneath)),
        float(found.max(initial=beneath)),
        [(model.geom(g).name, shape) for g, shape in pieces.items()],
        np.array([low, low + np.array([nx, ny]) * STEP]),
    )


def _raise(
    model: Any, data: Any, geom: int, shape: Points, heights: Points, xs: Points, ys: Points
) -> None:
    """Lift the squares whose centre lies over a geom to its top."""
    i0, i1 = np.searchsorted(xs, [shape[:, 0].min(), shape[:, 0].max()])
    j0, j1 = np.searchsorted(ys, [shape[:, 1].min(), shape[:, 1].max()])
    x, y = np.meshgrid(xs[i0:i1], ys[j0:j1], indexing="ij")
    over = distance(shape, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(x.shape) == 0
    window = heights[i0:i1, j0:j1]
    if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_BOX and data.geom_xmat[geom][8] > 1 - 1e-9:
        top = float(data.geom_xpos[geom][2] + model.geom_size[geom][2])
        window[over] = np.maximum(window[over], top)
        return
    for i, j in np.argwhere(over).tolist():
        height = floor_under(model, data, float(x[i, j]), float(y[i, j]))
        if height is not None:
            window[i, j] = height


def _reach(heights: Points, start: tuple[int, int], beneath: float) -> Cells:
    """The squares that can be got to; the rim's are joined by the plane around them, if any."""
    nx, ny = heights.shape
    rim = [(i, j) for i in range(nx) for j in range(ny) if i in (0, nx - 1) or j in (0, ny - 1)]
    level: list[list[float]] = heights.tolist()
    seen = np.zeros((nx, ny), bool)
    todo: deque[tuple[int, int]] = deque()

    def enter(i: int, j: int, from_height: float) -> None:
        if not seen[i, j] and abs(level[i][j] - from_height) <= CLIMB:
            seen[i, j] = True
            todo.append((i, j))

    if 0 <= start[0] < nx and 0 <= start[1] < ny:
        enter(*start, beneath)
    else:
        for i, j in rim:
            enter(i, j, beneath)
    around = False
    while todo:
        i, j = todo.popleft()
        if not around and (i in (0, nx - 1) or j in (0, ny - 1)):
            around = True
            for a, b in rim:
                enter(a, b, level[i][j])
        for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
            if 0 <= a < nx and 0 <= b < ny:
                enter(a, b, level[i][j])
    return seen


def _below_a_step(heights: Points, reached: Cells) -> Cells:
    """Squares that have a reached one beside them which is too high to climb."""
    high = np.where(reached, heights, -np.inf)
    padded: npt.NDArray[np.float64] = np.pad(high, 1, constant_values=-np.inf)
    highest = np.maximum.reduce(
        [padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
    )
    return np.asarray(highest > heights + CLIMB)
