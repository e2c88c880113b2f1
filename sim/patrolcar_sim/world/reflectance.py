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
_SHARE = np.array((1 / 3, 1 / 6, 1 / 6, 1 / 6, 1 / 6))
# Paint is looked up from a point far above: one bundle of rays does for all spots.
_ABOVE = 10.0
_SAME = 2e-3  # paint lies on the floor, m

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
        self._geom_places = data.geom_xpos
        self._white = np.array([material.reflectance for material in materials])
        self._tick = tick
        self._frame = frame
        self._light = light
        self._random = random.Random(f"reflectance {seed}")
        self._gain = [self._random.gauss(1.0, spec.gain_spread) for _ in range(SENSORS)]
        c, s = math.cos(spec.cliff_angle), math.sin(spec.cliff_angle)
        r, x, y = spec.cliff_radius, spec.line_x, spec.line_y
        self._flat_places = ((r * c, r * s), (r * c, -r * s), (x, y), (x, 0.0), (x, -y))
        self._places = np.array([(*place, spec.height) for place in self._flat_places])
        fan = np.array([(dx * spec.spot, dy * spec.spot, -spec.height) for dx, dy in _SPOT])
        self._fan = fan / np.linalg.norm(fan, axis=1)[:, None]
        groups = model.geom_group.tolist()
        self._floor = Rays(model, data, len(_SPOT), (FLOOR_GROUP,))
        self._paint = Rays(model, data, SENSORS * len(_SPOT), (PAINT_GROUP,))
        self._painted = [i for i, group in enumerate(groups) if group == PAINT_GROUP]
        self._near = model.geom_rbound[self._painted] + spec.cliff_radius + _REACH
        floors = [i for i, group in enumerate(groups) if group == FLOOR_GROUP]
        # An endless floor, as most worlds have, needs no rays.
        self._endless: int | None = None
        if len(floors) == 1 and model.geom_type[floors[0]] == mujoco.mjtGeom.mjGEOM_PLANE:
            endless = not model.geom_size[floors[0]][:2].any()
            self._endless = floors[0] if endless else None
        self._unit = current_at(spec.height)
        if not self._unit:
            raise ValueError(
                f"reflectance sensors {spec.height * 1000:g} mm above the floor see nothing of it:"
                f" give a height below {_DISTANCE_MM[-1]:g} mm"
            )
        self._measured = -1
        self._mv = [0.0] * SENSORS

    def mv(self) -> list[float]:
        """The outputs in mV, as of this tick: within one tick, the same list."""
        tick = self._tick()
        if tick != self._measured:
            self._measured = tick
            self._mv = self._measure()
        return self._mv

    def seen(self) -> tuple[list[float], list[float]]:
        """Per sensor: reflectance times current (1: white at the sensor's height), and the mean
        reflectance, by which daylight comes in. Without noise."""
        frame = self._frame()
        painted = self._is_near_paint(frame[0], frame[1])
        if self._endless is not None and not painted:
            return self._seen_endless(self._endless, frame)
        matrix = np.array(frame[3:]).reshape(3, 3)
        faces = self._places @ matrix.T + frame[:3]
        ways = self._fan @ matrix.T
        depths, white = self._look(faces, ways)
        if painted:
            self._paint_over(faces, ways, depths, white)
        share = white * (depths >= 0.0) * _SHARE
        away_mm = 1000 * depths * -self._fan[:, 2]
        currents = np.interp(away_mm, _DISTANCE_MM, _CURRENT, left=0.0)
        seen = (share * currents).sum(axis=1) / self._unit
        return seen.tolist(), share.sum(axis=1).tolist()

    def _seen_endless(self, floor: int, frame: Frame) -> tuple[list[float], list[float]]:
        # Without numpy: five numbers are fewer than its calls are worth (5 us against 14).
        x, y, up = frame[9:]
        level = frame[2] + up * self._spec.height - self._geom_places.item(floor, 2)
        white, slope = self._white.item(floor), max(up, 0.1)
        seen = [current_at((level + x * px + y * py) / slope) for px, py in self._flat_places]
        return [white * current / self._unit for current in seen], [white] * SENSORS

    def _is_near_paint(self, x: float, y: float) -> bool:
        if not self._painted:
            return False
        away = self._geom_places[self._painted, :2] - (x, y)
        return bool((np.hypot(away[:, 0], away[:, 1]) < self._near).any())

    def _look(self, faces: Any, ways: Any) -> tuple[Any, Any]:
        """How far each sensor's rays reach to the floor (m, -1: no floor), and how white it is."""
        endless = self._endless
        if endless is not None:
            level = self._geom_places.item(endless, 2)
            depths = (level - faces[:, 2:]) / np.minimum(ways[:, 2], -0.1)
            return depths, np.full(depths.shape, self._white.item(endless))
        floor = self._floor
        floor.ways[:] = ways
        depths, hits = [], []
        for face in faces:
            floor.origin[:] = face
            floor.cast(_REACH)
            depths.append(floor.dist)
            hits.append(floor.geom)
        return np.array(depths), self._white[hits]

    def _paint_over(self, faces: Any, ways: Any, depths: Any, white: Any) -> None:
        """Put the paint's whiteness where there is some on the floor."""
        paint = self._paint
        points = (faces[:, None, :] + depths[:, :, None] * ways).reshape(-1, 3)
        paint.origin[:] = faces[0]
        paint.origin[2] += _ABOVE
        down = points - paint.origin
        lengths = np.sqrt(np.einsum("ij,ij->i", down, down))
        paint.ways[:] = down / lengths[:, None]
        paint.cast(2 * _ABOVE)
        over = np.abs(np.array(paint.dist) - lengths) < _SAME
        flat = white.reshape(-1)
        flat[over] = self._white[np.array(paint.geom)[over]]

    def _measure(self) -> list[float]:
        spec, gauss, sun = self._spec, self._random.gauss, self._spec.sun * self._light()
        result = []
        for current, mean, gain in zip(*self.seen(), self._gain, strict=True):
            volts = spec.supply - (spec.swing * current + sun * mean) * gain
            volts = max(volts, spec.saturation) + gauss(0.0, spec.noise)
            result.append(1000 * min(max(volts, 0.0), spec.supply))
        return result
