"""Rays from one point, and the light that the world itself sends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mujoco
import numpy as np

from patrolcar.errors import PatrolError

OFFICE_LIGHT = 0.005
"""Infrared of daylight (1 = 100 klx) in a room with lamps and curtains: as of 500 lx."""


def ambient_light(model: Any) -> float:
    """The world's <custom><numeric name="light">: 0 a dark room to 1 full sun, or an office's.

    Raises PatrolError for a value that is neither.
    """
    at = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_NUMERIC, "light")
    light = OFFICE_LIGHT if at < 0 else float(model.numeric_data[model.numeric_adr[at]])
    if not 0.0 <= light <= 1.0:
        raise PatrolError(f"numeric light = {light:g}: give 0 (a dark room) to 1 (full sun)")
    return light


class Rays:
    """A bundle of `n` rays from `origin` along `ways` (rows of unit length), against groups.

    `turn` sets the ways anew. After `cast`: `dist` (m, negative where nothing is hit), `geom`,
    `normals`, and `straight`, the cosine of the slant (its sign does not matter).
    """

    def __init__(self, model: Any, data: Any, n: int, groups: Iterable[int]) -> None:
        self._model = model
        self._data = data
        self._n = n
        self._group = np.zeros(6, np.uint8)
        for group in groups:
            self._group[group] = 1
        self.origin = np.zeros(3)
        self.ways = np.zeros((n, 3))
        self._flat = self.ways.reshape(-1)
        # The ways seen from above, x and y as one complex number each.
        self._level = np.ndarray(n, np.complex128, self.ways, strides=(self.ways.strides[0],))
        self._geom = np.zeros(n, np.int32)
        self._dist = np.zeros(n)
        self._normal = np.zeros(3 * n)
        self.normals = self._normal.reshape(n, 3)
        self.dist: list[float] = []
        self.geom: list[int] = []

    def turn(self, fan: Any, c: float, s: float) -> None:
        """Turn the ways to a yaw of that cosine and sine; `fan` has each way at yaw 0, seen from
        above, as x + iy."""
        np.multiply(fan, complex(c, s), out=self._level)

    def cast(self, reach: float) -> None:
        mujoco.mj_multiRay(
            self._model, self._data, self.origin, self._flat, self._group, True, -1,
            self._geom, self._dist, self._normal, self._n, reach,
        )  # fmt: skip
        self.dist = self._dist.tolist()
        self.geom = self._geom.tolist()

    def straight(self) -> list[float]:
        """The cosines of the slants at which the rays hit."""
        straight: list[float] = np.vecdot(self.normals, self.ways).tolist()
        return straight
