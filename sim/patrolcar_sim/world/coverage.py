"""Floor coverage: which square metres the car can reach, and which it has entered.

A grid of 5 cm holds the distance to the nearest obstacle. Where that is more than the car's
radius, the car's centre fits; a flood fill from the start finds where it can get.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from patrolcar_sim.world.cells import flood
from patrolcar_sim.world.footprint import Points, distance

STEP = 0.05
"""Edge of a grid square, m."""
CELL = 1.0
"""Edge of a coverage cell, m."""
SHARE = 0.25
"""A cell counts as reachable when the car's centre fits in this share of it."""
FAR = 0.5
"""Distances beyond this are not told apart, m."""
REACH = 30.0
"""The grid ends so far from the start, m; around it too when there are no walls (5 m)."""
_OPEN_FLOOR = 5.0


class DistanceGrid:
    """Distance (m) from each grid square's centre to the nearest obstacle, up to FAR.

    Places without a floor are obstacles too. The grid covers all obstacles, and `corners` (n, 2).
    """

    def __init__(
        self, polygons: Sequence[Points], start: tuple[float, float], corners: Points | None = None
    ) -> None:
        centre = np.array(start)
        within: list[Points] = [*polygons, centre[None]]
        if corners is not None:
            within.append(corners)
        elif not polygons:
            within.append(np.array([centre - _OPEN_FLOOR, centre + _OPEN_FLOOR]))
        all_ = np.concatenate(within)
        low = np.maximum(all_.min(axis=0), centre - REACH) - STEP
        high = np.minimum(all_.max(axis=0), centre + REACH) + STEP
        self.x0, self.y0 = float(low[0]), float(low[1])
        self.nx, self.ny = (int(n) for n in np.ceil((high - low) / STEP))
        self.xs = self.x0 + (np.arange(self.nx) + 0.5) * STEP
        self.ys = self.y0 + (np.arange(self.ny) + 0.5) * STEP
        self.values = np.full((self.nx, self.ny), FAR)
        for polygon in polygons:
            self._add(polygon)

    def _add(self, polygon: Points) -> None:
        low, high = polygon.min(axis=0) - FAR, polygon.max(axis=0) + FAR
        i0, i1 = np.searchsorted(self.xs, [low[0], high[0]])
        j0, j1 = np.searchsorted(self.ys, [low[1], high[1]])
        if i0 == i1 or j0 == j1:
            return
        x, y = np.meshgrid(self.xs[i0:i1], self.ys[j0:j1], indexing="ij")
        away = distance(polygon, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(x.shape)
        window = self.values[i0:i1, j0:j1]
        np.minimum(window, away, out=window)

    def index(self, x: float, y: float) -> int | None:
        """Flat index of the square that holds a point, or None outside."""
        i, j = int((x - self.x0) // STEP), int((y - self.y0) // STEP)
        return i * self.ny + j if 0 <= i < self.nx and 0 <= j < self.ny else None

    def flood(self, start: tuple[float, float], radius: float) -> npt.NDArray[np.bool_]:
        """The squares that a disc of this radius can get to from a point (its centre)."""
        first = self.index(*start)
        if first is None:
            return np.zeros((self.nx, self.ny), bool)
        return flood(self.values > radius, divmod(first, self.ny))


class Coverage:
    """Reachable cells of 1 m and the ones entered so far.

    `reachable` and `entered` are sets of (column, row); cell (0, 0) has its lower left corner at
    `origin`, the corner of the reachable floor with the smallest x and y.
    """

    def __init__(self, grid: DistanceGrid, start: tuple[float, float], radius: float) -> None:
        floor = grid.flood(start, radius)
        at = np.argwhere(floor)
        if len(at) == 0:
            at = np.array([[0, 0]])
        low = at.min(axis=0)
        self.origin = (
            round(float(grid.xs[low[0]]) - STEP / 2 - radius, 3),
            round(float(grid.ys[low[1]]) - STEP / 2 - radius, 3),
        )
        columns = ((grid.xs - self.origin[0]) // CELL).astype(int)
        rows = ((grid.ys - self.origin[1]) // CELL).astype(int)
        cells, counts = np.unique(
            np.stack([columns[at[:, 0]], rows[at[:, 1]]], axis=1), axis=0, return_counts=True
        )
        enough = SHARE * (CELL / STEP) ** 2
        self.reachable: set[tuple[int, int]] = {
            (int(c), int(r)) for (c, r), n in zip(cells, counts, strict=True) if n >= enough
        }
        self.entered: set[tuple[int, int]] = set()

    def visit(self, x: float, y: float) -> None:
        """The car's centre is here."""
        cell = (int((x - self.origin[0]) // CELL), int((y - self.origin[1]) // CELL))
        if cell in self.reachable:
            self.entered.add(cell)

    @property
    def fraction(self) -> float:
        """Entered share of the reachable cells, 0 to 1."""
        return len(self.entered) / len(self.reachable) if self.reachable else 0.0
