"""What can be done to a running world from outside: props come and go, the car is carried off,
the floor tilts. Everything happens at the physics' last step, at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import mujoco
import numpy as np

from patrolcar.errors import PatrolError
from patrolcar_sim.world.floors import floor_under
from patrolcar_sim.world.footprint import distance
from patrolcar_sim.world.loader import WorldInfo
from patrolcar_sim.world.movers import Movers
from patrolcar_sim.world.parts import Parts
from patrolcar_sim.world.paths import Point

MAX_TILT = math.radians(60)


Rest = tuple[float, float, float, float, float]
"""Height over the floor, and quaternion at yaw 0, of the car at rest."""


def at_rest(model: Any, data: Any, q: int) -> Rest:
    """How the car rests now; `q` is where its free joint begins in qpos."""
    x, y, z, w, i, j, k = data.qpos[q : q + 7].tolist()
    turn = math.atan2(2 * (w * k + i * j), 1 - 2 * (j * j + k * k))
    c, s = math.cos(turn / 2), -math.sin(turn / 2)
    floor = floor_under(model, data, x, y) or 0.0
    return z - floor, c * w - s * k, c * i - s * j, c * j + s * i, c * k + s * w


class Staging:
    """The part of World that changes it from outside; World has the state."""

    parts: Parts
    model: Any
    data: Any
    info: WorldInfo
    _step: int
    _q: int
    _v: int
    _wheel_v: list[int]
    _gravity: list[float]
    _movers: Movers | None
    _rest: Rest

    def _moved(self, x: float, y: float) -> None:
        """Note that the car or something else is suddenly elsewhere; the car is at x, y."""
        raise NotImplementedError

    def pose(self) -> tuple[float, float, float]:
        """The car's x, y and yaw."""
        raise NotImplementedError

    @property
    def props(self) -> Movers:
        """The people, doors and things that can be moved."""
        if self._movers is None:
            raise PatrolError(f"nothing in world {self.info.name!r} can move: give it props", 2)
        return self._movers

    def place(self, name: str, x: float, y: float, yaw: float = 0.0) -> None:
        """Stand a prop or mocap body somewhere (m, rad); one that walks stops.

        Raises PatrolError (code 2) for a name that is not in this world.
        """
        self.props.place(name, x, y, yaw)
        self._moved(*self.pose()[:2])

    def remove(self, name: str) -> None:
        """Take a prop or mocap body away; it can be placed again."""
        self.props.remove(name)
        self._moved(*self.pose()[:2])

    def walk(self, name: str, path: Iterable[Point], speed: float) -> None:
        """Send a prop or mocap body along a path from its first point, at `speed` m/s: there and
        back, or round if the last point is the first."""
        self.props.walk(name, path, speed, self._step)
        self._moved(*self.pose()[:2])

    def teleport(self, x: float, y: float, yaw: float) -> None:
        """Put the car somewhere else, at rest; its wheels have not turned and it has not driven.

        Raises PatrolError where there is no floor or no room for it.
        """
        if not all(math.isfinite(v) for v in (x, y, yaw)):
            raise PatrolError(f"the car cannot be put at ({x}, {y}, {yaw}): not finite", 2)
        floor = floor_under(self.model, self.data, x, y)
        if floor is None:
            raise PatrolError(f"the car cannot be put at ({x:.2f}, {y:.2f}): no floor is there", 2)
        radius = self.parts.chassis.radius
        for obstacle in self.info.obstacles:
            gap = float(distance(obstacle.polygon, np.array([[x, y]]))[0]) - radius
            if gap < 0:
                raise PatrolError(
                    f"the car cannot be put at ({x:.2f}, {y:.2f}): {obstacle.name!r} is there", 2
                )
        height, w, i, j, k = self._rest
        c, s = math.cos(yaw / 2), math.sin(yaw / 2)
        self.data.qpos[self._q : self._q + 7] = (
            x, y, floor + height, c * w - s * k, c * i - s * j, c * j + s * i, c * k + s * w
        )  # fmt: skip
        self.data.qvel[self._v : self._v + 6] = 0
        for dof in self._wheel_v:
            self.data.qvel[dof] = 0
        mujoco.mj_forward(self.model, self.data)
        self._moved(x, y)

    def tilt(self, pitch: float, roll: float = 0.0) -> None:
        """Make all the floor a ramp that rises along x by `pitch` and along y by `roll` (rad).

        It is gravity that turns; a tilt replaces the one before, and tilt(0, 0) ends it.
        """
        if not (abs(pitch) <= MAX_TILT and abs(roll) <= MAX_TILT):
            raise PatrolError(
                f"a tilt of {pitch}, {roll} rad cannot be: give up to {MAX_TILT:.2f} either way", 2
            )
        down = (
            -math.sin(pitch),
            -math.sin(roll) * math.cos(pitch),
            -math.cos(roll) * math.cos(pitch),
        )
        strength = math.hypot(*self.model.opt.gravity.tolist())
        self.model.opt.gravity[:] = [strength * d for d in down]
        self._gravity[:] = [-strength * d for d in down]
