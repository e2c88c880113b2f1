"""QTR-1A reflectance sensors looking down: two for cliffs, three for a line.

Rays from each sensor's face over a spot of a few mm, against floor and paint. The collector's
current follows the reflectance, the distance (QRE1113 data sheet, figure "collector current over
distance", read off, recalled) and a little the daylight; it pulls the output down to saturation.
Where there is no floor the output stays up. Measured once in a tick of 10 ms, when asked for.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import mujoco
import numpy as np

from patrolcar_sim.world.car import FLOOR_GROUP, PAINT_GROUP
from patrolcar_sim.world.materials import Material
from patrolcar_sim.world.optics import Rays
from patrolcar_sim.world.parts import Reflectance

SENSORS = 5
"""0 and 1 are the cliff sensors left and right, 2 to 4 the line's left, middle and right."""
CLIFF_LEFT, CLIFF_RIGHT, LINE_LEFT, LINE_MIDDLE, LINE_RIGHT = range(SENSORS)

# Collector current over the distance in mm, against its greatest.
_DISTANCE_MM = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 25.0)
_CURRENT = (0.1, 0.85, 1.0, 0.63, 0.36, 0.23, 0.16, 0.115, 0.065, 0.04, 0.016, 0.0)

_REACH = 0.1
# The middle of the spot, and four points half-way out.
_SPOT = ((0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))
_SHARE = (1 / 3, 1 / 6, 1 / 6, 1 / 6, 1 / 6)
_SAME = 1e-3  # paint lies on the floor, m

Frame = tuple[float, ...]
"""The car's x, y, z and its rotation matrix by rows, 12 numbers."""


def current_at(metres: float) -> float:
    """The collector's current over a surface at a distance, against its greatest."""
    mm = metres * 1000
    if not 0.0 <= mm < _DISTANCE_MM[-1]:
        return 0.0
    i = bisect_right(_DISTANCE_MM, mm) - 1
    share = (mm - _DISTANCE_MM[i]) / (_DISTANCE_MM[i + 1] - _DISTANCE_MM[i])
    return _CURRENT[i] + share * (_CURRENT[i + 1] - _CURRENT[i])


class ReflectanceArray:
    """The five sensors. `tick` counts ticks, `frame` says where the car is, `light` how bright."""

    def __init__(
        self,
        spec: Reflectance,
        model: Any,
        data: Any,
        materials: Sequence[Material],
        seed: object,
        tick: Callable[[], int],
        frame: Callable[[], Frame],
        light: Callable[[], float],
    ) -> None:
        self._spec = spec
        self._model = model
        self._data = data
        self._white = [material.reflectance for material in materials]
        self._tick = tick
        self._frame = frame
        self._light = light
        self._random = random.Random(f"reflectance {seed}")
        self._gain = [self._random.gauss(1.0, spec.gain_spread) for _ in range(SENSORS)]
        c, s = math.cos(spec.cliff_angle), math.sin(spec.cliff_angle)
        r, x, y = spec.cliff_radius, spec.line_x, spec.line_y
        self._places = ((r * c, r * s), (r * c, -r * s), (x, y), (x, 0.0), (x, -y))
        fan = np.array([(dx * spec.spot, dy * spec.spot, -spec.height) for dx, dy in _SPOT])
        self._fan = fan / np.linalg.norm(fan, axis=1)[:, None]
        self._down: list[float] = (-self._fan[:, 2]).tolist()
        self._floor = Rays(model, data, len(_SPOT), (FLOOR_GROUP,))
        groups = model.geom_group.tolist()
        self._paint = None
        if PAINT_GROUP in groups:
            self._paint = Rays(model, data, len(_SPOT), (PAINT_GROUP,))
        floors = [i for i, group in enumerate(groups) if group == FLOOR_GROUP]
        # One endless floor without paint, as most worlds have, needs no rays.
        self._endless: int | None = None
        if self._paint is None and len(floors) == 1:
            at = floors[0]
            plane = model.geom_type[at] == mujoco.mjtGeom.mjGEOM_PLANE
            if plane and not model.geom_size[at][:2].any():
                self._endless = at
        self._unit = current_at(spec.height)
        self._measured = -1
        self._mv = [0.0] * SENSORS

    def mv(self) -> list[float]:
        """The outputs in mV, as of this tick: within one tick, the same list."""
        tick = self._tick()
        if tick != self._measured:
            self._measured = tick
            self._mv = self._measure()
        return self._mv

    def seen(self) -> list[tuple[float, float]]:
        """Per sensor: reflectance times current (1: white at the sensor's height), and the mean
        reflectance, by which daylight comes in. Without noise."""
        frame = self._frame()
        if self._endless is not None:
            return self._seen_endless(frame)
        x, y, z = frame[:3]
        matrix = np.array(frame[3:]).reshape(3, 3)
        ways = self._fan @ matrix.T
        result = []
        for px, py in self._places:
            offset = matrix @ (px, py, self._spec.height)
            result.append(self._look((x + offset[0], y + offset[1], z + offset[2]), ways))
        return result

    def _seen_endless(self, frame: Frame) -> list[tuple[float, float]]:
        level = self._data.geom_xpos[self._endless].item(2)
        white = self._white[self._endless or 0]
        z, (zx, zy, zz) = frame[2], frame[9:12]
        result = []
        for px, py in self._places:
            away = z + zx * px + zy * py + zz * self._spec.height - level
            result.append((white * current_at(away / max(zz, 0.1)) / self._unit, white))
        return result

    def _look(self, origin: tuple[float, float, float], ways: Any) -> tuple[float, float]:
        floor, paint = self._floor, self._paint
        floor.origin[:] = origin
        floor.ways[:] = ways
        floor.cast(_REACH)
        if paint is not None:
            paint.origin[:] = origin
            paint.ways[:] = ways
            paint.cast(_REACH)
        current = mean = 0.0
        for ray, share in enumerate(_SHARE):
            away, at = floor.dist[ray], floor.geom[ray]
            if paint is not None:
                over = paint.dist[ray]
                if over >= 0.0 and (away < 0.0 or over < away + _SAME):
                    away, at = over, paint.geom[ray]
            if away >= 0.0:
                white = self._white[at] * share
                mean += white
                current += white * current_at(away * self._down[ray])
        return current / self._unit, mean

    def _measure(self) -> list[float]:
        spec, gauss, sun = self._spec, self._random.gauss, self._spec.sun * self._light()
        result = []
        for (current, mean), gain in zip(self.seen(), self._gain, strict=True):
            volts = spec.supply - (spec.swing * current + sun * mean) * gain
            volts = max(volts, spec.saturation) + gauss(0.0, spec.noise)
            result.append(1000 * min(max(volts, 0.0), spec.supply))
        return result
