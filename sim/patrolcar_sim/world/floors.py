"""Floors: how high they are where, and where they end.

Seen from above the highest floor is the floor. Most worlds are one level plane, and then nothing
here costs anything.
"""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from patrolcar_sim.world import car

_ABOVE = 100.0
_DOWN = np.array([0.0, 0.0, -1.0])
_GROUPS = np.array([g == car.FLOOR_GROUP for g in range(6)], np.uint8)


def floor_under(model: Any, data: Any, x: float, y: float) -> float | None:
    """Height of the highest floor at a place, m; None where there is none."""
    hit = np.zeros(1, np.int32)
    above = np.array([x, y, _ABOVE])
    away = mujoco.mj_ray(model, data, above, _DOWN, _GROUPS, 1, -1, hit)
    return _ABOVE - float(away) if hit[0] >= 0 else None
