"""What moves in a running world: props and mocap bodies on their paths, and things on joints.

Walkers are moved at every step while something that moves is near the car, else every 10 ms.
Where one is depends on the physics' steps alone, never on how a caller cuts up the time.

A person's step: one foot stands while the other swings past it to the next footprint. The length
of a step follows from the speed by the walk ratio, step length over cadence, which is 0.39 m s
(0.0065 m per step/min) for adults at any speed: Sekiya and Nagasaki, "Reproducibility of the
walking patterns of normal young adults", Gait & Posture 7 (1998).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np

from patrolcar.errors import PatrolError
from patrolcar_sim.world import car
from patrolcar_sim.world.paths import Path, Point, Walk, check_speed
from patrolcar_sim.world.props import HIP, LEG_NAMES, Prop

WALK_RATIO = 0.39
"""Step length (m) over steps a second."""
_SWING = 3.0
"""The fastest that a swinging foot gets, in walking speeds."""
_JOINTED_SPEED = 3.0
"""What a thing on joints is taken to move at most, m/s, pushed by the car."""
_WAIT_ROOM = 0.25
"""A walker that waits keeps so much floor between its feet and the car, m."""
_WAIT_COS = math.cos(math.radians(50))
_AWAY = -100.0
"""Height at which a thing is that is not there, m."""


@dataclass
class _Mover:
    """One prop or mocap body. `parts` are mocap numbers: its own, and a person's two legs."""

    name: str
    parts: list[int]
    rest: tuple[float, list[float]]
    """Height and quaternion of the body as the file has it."""
    radius: float
    """Of the circle that its solid geoms stay in, m."""
    turns: bool
    waits: bool = True
    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    here: bool = False
    path: Path | None = None
    speed: float = 0.0
    stride: float = 0.0
    gone: float = 0.0
    """How far it had walked at `since`, a step of the physics; it walks on if `going`."""
    since: int = 0
    going: bool = False
    reach: float = field(default=0.0)


class Movers:
    """Everything in a world that can move but the car."""

    def __init__(
        self, model: Any, data: Any, props: Sequence[Prop], walks: Mapping[str, Walk]
    ) -> None:
        """`walks` gives paths to mocap bodies that are no props."""
        mujoco.mj_kinematics(model, data)
        self._model, self._data = model, data
        self._dt = float(model.opt.timestep)
        self._movers: dict[str, _Mover] = {}
        self._walking: list[_Mover] = []
        self.owner: dict[int, str] = {}
        """The name of the thing that a geom is part of, by the geom's number."""
        jointed = []
        for geom in range(model.ngeom):
            if model.geom_group[geom] == car.OBSTACLE_GROUP:
                body = int(model.geom_bodyid[geom])
                while body and not model.body_dofnum[body]:
                    body = int(model.body_parentid[body])
                if body:
                    jointed.append(geom)
        self._jointed = np.array(jointed, dtype=np.int32)
        self._rbound = model.geom_rbound[self._jointed]
        kinds = {prop.name: prop for prop in props}
        legs = {f"{p.name} {leg}" for p in props if p.kind == "person" for leg in LEG_NAMES}
        for body in range(1, model.nbody):
            name = model.body(body).name
            if model.body_mocapid[body] >= 0 and name not in legs:
                self._add(body, name, kinds.get(name))
        for prop in props:
            if prop.path and prop.speed:
                self.walk(prop.name, prop.path, prop.speed, 0)
            elif prop.pose is not None:
                self.place(prop.name, *prop.pose)
        for name, walk in walks.items():
            self.walk(name, walk.points, walk.speed, 0)

    def _add(self, body: int, name: str, prop: Prop | None) -> None:
        model, data = self._model, self._data
        bodies = [body]
        if prop is not None and prop.kind == "person":
            bodies += [int(model.body(f"{name} {leg}").id) for leg in LEG_NAMES]
        parts = [int(model.body_mocapid[b]) for b in bodies]
        radius = 0.0
        for geom in range(model.ngeom):
            root = int(model.body_weldid[model.geom_bodyid[geom]])
            if root in bodies:
                self.owner[geom] = name
                if model.geom_group[geom] == car.OBSTACLE_GROUP:
                    away = data.geom_xpos[geom] - data.xpos[root]
                    flat = math.hypot(float(away[0]), float(away[1]))
                    radius = max(radius, flat + self._wide(geom))
        pos, quat = data.mocap_pos[parts[0]].tolist(), data.mocap_quat[parts[0]].tolist()
        mover = _Mover(name, parts, (pos[2], quat), radius, prop is None or prop.kind == "person")
        self._movers[name] = mover
        if prop is None:
            mover.x, mover.y, mover.here = pos[0], pos[1], True
            mover.reach = radius
        else:
            mover.waits = prop.waits
            self._hide(mover)

    def _wide(self, geom: int) -> float:
        """Radius of an upright circle around a geom, m."""
        size, kind = self._model.geom_size[geom], self._model.geom_type[geom]
        if abs(self._data.geom_xmat[geom][8]) > 0.999:
            if kind in (mujoco.mjtGeom.mjGEOM_CYLINDER, mujoco.mjtGeom.mjGEOM_CAPSULE):
                return float(size[0])
            if kind == mujoco.mjtGeom.mjGEOM_BOX:
                return math.hypot(float(size[0]), float(size[1]))
        return float(self._model.geom_rbound[geom])

    # -- Commands -----------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The things that can be placed, removed and sent for a walk."""
        return sorted(self._movers)

    def place(self, name: str, x: float, y: float, yaw: float) -> None:
        """Stand a thing somewhere; one that walked stops."""
        mover = self._find(name)
        if not all(math.isfinite(v) for v in (x, y, yaw)):
            raise PatrolError(f"{name!r} cannot be placed at ({x}, {y}, {yaw}): not finite", 2)
        self._stop(mover)
        mover.here, mover.reach = True, mover.radius + (HIP if len(mover.parts) > 1 else 0.0)
        self._stand(mover, x, y, yaw)
        self._show()

    def remove(self, name: str) -> None:
        """Take a thing away, until it is placed or walks again."""
        mover = self._find(name)
        self._stop(mover)
        self._hide(mover)
        self._show()

    def walk(self, name: str, path: Iterable[Point], speed: float, step: int) -> None:
        """Send a thing along a path from its first point; `step` is the physics' step now."""
        mover = self._find(name)
        try:
            route = Path(list(path))
            check_speed(speed)
        except PatrolError as error:
            raise PatrolError(f"{name!r} cannot walk: {error}", 2) from None
        self._stop(mover)
        mover.path, mover.speed, mover.gone, mover.since = route, speed, 0.0, step
        mover.here, mover.going = True, True
        mover.stride = max(math.sqrt(WALK_RATIO * speed), 0.05)
        mover.reach = mover.radius
        if len(mover.parts) > 1:
            mover.reach += HIP + mover.stride / 2
        self._walking.append(mover)
        self._move(mover, step)
        self._show()

    def where(self, name: str) -> tuple[float, float, float] | None:
        """x, y and yaw of a thing; None when it is not there."""
        mover = self._find(name)
        return (mover.x, mover.y, mover.yaw) if mover.here else None

    def _find(self, name: str) -> _Mover:
        if name not in self._movers:
            known = ", ".join(self.names) or "nothing"
            raise PatrolError(f"nothing called {name!r} can move in this world: it has {known}", 2)
        return self._movers[name]

    # -- Time ---------------------------------------------------------------------------------

    def tick(self, step: int, x: float, y: float, room: float) -> None:
        """What is done every 10 ms; the car's centre is at x, y, and `room` its circle's radius
        plus what it can drive until the next tick."""
        for mover in self._walking:
            self._pause(mover, step, x, y, room)
            self._move(mover, step)

    def move(self, step: int) -> None:
        """Move what walks to where it is at a step."""
        for mover in self._walking:
            if mover.going:
                self._move(mover, step)

    def near(self, x: float, y: float, room: float) -> bool:
        """Whether something that moves could touch the car within 10 ms."""
        for mover in self._movers.values():
            if mover.here:
                could = room + mover.reach + (mover.speed * _SWING * 0.01 if mover.going else 0.0)
                dx, dy = x - mover.x, y - mover.y
                if dx * dx + dy * dy < could * could:
                    return True
        if len(self._jointed):
            away = self._data.geom_xpos[self._jointed, :2] - (x, y)
            gap = np.hypot(away[:, 0], away[:, 1]) - self._rbound
            return bool(gap.min() < room + _JOINTED_SPEED * 0.01)
        return False

    def _pause(self, mover: _Mover, step: int, x: float, y: float, room: float) -> None:
        """Let a walker stop before the car, or go on when that has gone."""
        assert mover.path is not None
        gone = self._gone(mover, step)
        mx, my, c, s = mover.path.at(gone)
        dx, dy = x - mx, y - my
        away = math.hypot(dx, dy)
        ahead = dx * c + dy * s
        blocked = (
            mover.waits and away < mover.reach + room + _WAIT_ROOM and ahead > _WAIT_COS * away
        )
        if mover.going == blocked:
            mover.gone, mover.since, mover.going = gone, step, not blocked

    def _gone(self, mover: _Mover, step: int) -> float:
        if not mover.going:
            return mover.gone
        return mover.gone + mover.speed * self._dt * (step - mover.since)

    # -- Poses --------------------------------------------------------------------------------

    def _move(self, mover: _Mover, step: int) -> None:
        path = mover.path
        assert path is not None
        gone = self._gone(mover, step)
        x, y, c, s = path.at(gone)
        yaw = math.atan2(s, c) if mover.turns else mover.yaw
        if len(mover.parts) == 1:
            self._stand(mover, x, y, yaw)
            return
        mover.x, mover.y, mover.yaw = x, y, yaw
        self._set(mover, 0, x, y, yaw)
        # During pace n the body goes from n to n + 1 strides; foot n % 2 swings from its
        # footprint at n - 0.5 to the one at n + 1.5, the other stands at n + 0.5.
        pace = int(gone // mover.stride)
        part = gone / mover.stride - pace
        ease = part * part * (3 - 2 * part)
        swings, stands = 1 + pace % 2, 2 - pace % 2
        ax, ay = self._footprint(mover, path, pace - 1, swings)
        bx, by = self._footprint(mover, path, pace + 1, swings)
        self._set(mover, swings, ax + (bx - ax) * ease, ay + (by - ay) * ease, yaw)
        self._set(mover, stands, *self._footprint(mover, path, pace, stands), yaw)

    def _footprint(self, mover: _Mover, path: Path, pace: int, foot: int) -> Point:
        """Where foot 1 (left) or 2 (right) stands at a pace."""
        x, y, c, s = path.at(max((pace + 0.5) * mover.stride, 0.0))
        side = HIP if foot == 1 else -HIP
        return x - s * side, y + c * side

    def _stand(self, mover: _Mover, x: float, y: float, yaw: float) -> None:
        mover.x, mover.y, mover.yaw = x, y, yaw
        self._set(mover, 0, x, y, yaw)
        if len(mover.parts) > 1:
            dx, dy = -math.sin(yaw) * HIP, math.cos(yaw) * HIP
            self._set(mover, 1, x + dx, y + dy, yaw)
            self._set(mover, 2, x - dx, y - dy, yaw)

    def _set(self, mover: _Mover, part: int, x: float, y: float, yaw: float) -> None:
        z, (w, i, j, k) = mover.rest
        at = mover.parts[part]
        self._data.mocap_pos[at] = (x, y, z)
        c, s = math.cos(yaw / 2), math.sin(yaw / 2)
        self._data.mocap_quat[at] = (c * w - s * k, c * i - s * j, c * j + s * i, c * k + s * w)

    def _stop(self, mover: _Mover) -> None:
        if mover.path is not None:
            self._walking.remove(mover)
        mover.path, mover.speed, mover.going = None, 0.0, False

    def _hide(self, mover: _Mover) -> None:
        mover.here = False
        for part in mover.parts:
            self._data.mocap_pos[part] = (0.0, 0.0, _AWAY)

    def _show(self) -> None:
        """Let rays find things where they are now; the physics does it at its next step."""
        mujoco.mj_kinematics(self._model, self._data)
