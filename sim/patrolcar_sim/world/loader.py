"""Worlds: by name, as `room:SEED`, or from an MJCF file; the car is put in at the start.

A world file is plain MJCF. The site `start` is the car's start pose (else the origin). A plane
that lies flat and every geom whose name begins with `floor` is floor; geoms that collide with
nothing (contype = conaffinity = 0) are scenery; all others are obstacles. What a surface does to
the sensors: see materials.py.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from patrolcar.errors import PatrolError
from patrolcar_sim.world import car
from patrolcar_sim.world.coverage import DistanceGrid
from patrolcar_sim.world.footprint import Points, distance, footprint
from patrolcar_sim.world.materials import Material, material_of
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.rooms import room_mjcf

WORLDS_DIR = Path(__file__).parent / "worlds"

STEP_US = 2000
"""Length of a physics step."""
PREFIX = "car/"
"""Names of the car's parts in the compiled model begin with this."""
CLEARANCE = 0.01
"""Air around the car's circle where it is said to fit, m."""

_START_SHIFT = 0.03
_START_TURN = math.radians(3)
_START_TRIES = 20


@dataclass(frozen=True)
class Obstacle:
    """A static thing at the car's height: outline anticlockwise, (n, 2) in metres."""

    name: str
    material: str
    polygon: Points


@dataclass(frozen=True)
class WorldInfo:
    """What is known of a world beside its MuJoCo model. Poses are (x, y, yaw), m and rad."""

    name: str
    start: tuple[float, float, float]
    obstacles: list[Obstacle]
    materials: list[Material]
    """One per geom of the model."""
    floor: frozenset[int]
    """The geoms that are floor."""
    moving: bool
    """Things other than the car can move."""
    grid: DistanceGrid = field(repr=False)


def world_names() -> list[str]:
    """The worlds that come with the project."""
    return sorted(p.stem for p in WORLDS_DIR.glob("*.xml"))


def load_world(name_or_path: str, seed: int = 1) -> tuple[Any, WorldInfo]:
    """Compile a world with the car in it.

    Returns the MjModel, whose `qpos0` has the car at its start, varied by the seed by up to 3 cm
    and 3 degrees, and what is known of it. Raises PatrolError: code 2 for an unknown world, code
    1 with the file and the reason for one that cannot be used.
    """
    spec, label = _open(name_or_path)
    floor_names = _prepare(spec)
    start = _start_site(spec)
    parts = load_parts()
    body = mujoco.MjSpec.from_string(car.car_mjcf(parts))
    spec.attach(body, prefix=PREFIX, frame=spec.worldbody.add_frame())
    _set_options(spec.option)
    try:
        model = spec.compile()
        data = mujoco.MjData(model)
        mujoco.mj_kinematics(model, data)
        info = _describe(model, data, name_or_path, start, floor_names)
        _place_car(model, info, seed)
    except (ValueError, mujoco.FatalError) as error:
        raise PatrolError(f"{label}: {error}") from None
    except PatrolError as error:
        raise PatrolError(f"{label}: {error}", error.code) from None
    return model, info


def _open(name_or_path: str) -> tuple[Any, str]:
    known = world_names()
    path = Path(name_or_path)
    if name_or_path in known:
        path = WORLDS_DIR / f"{name_or_path}.xml"
    elif name_or_path.startswith("room:"):
        seed = name_or_path.removeprefix("room:")
        if not seed.isdecimal():
            raise PatrolError(
                f"world {name_or_path!r}: the room's seed is not a whole number: try room:7", 2
            )
        return mujoco.MjSpec.from_string(room_mjcf(int(seed))), f"world {name_or_path}"
    elif not path.is_file():
        raise PatrolError(
            f"unknown world {name_or_path!r}: use {', '.join(known)}, room:SEED, "
            "or the path of an MJCF file",
            2,
        )
    label = f"world file {path}"
    try:
        return mujoco.MjSpec.from_file(str(path)), label
    except (ValueError, OSError, mujoco.FatalError) as error:
        raise PatrolError(f"{label}: {error}") from None


def _prepare(spec: Any) -> set[str]:
    """Sort a world's geoms into floor, obstacles and scenery; returns the floor's names."""
    # Keyframes lack the car's state.
    for key in list(spec.keys):
        spec.delete(key)
    floor_names = set()
    for number, geom in enumerate(list(spec.geoms)):
        if not geom.name:
            geom.name = f"geom {number}"
        still = geom.parent.name == "world" or not _can_move(geom.parent)
        if geom.contype == 0 and geom.conaffinity == 0:
            geom.group = car.SCENERY_GROUP
        elif _is_floor(geom):
            geom.contype, geom.conaffinity = 0, car.FLOOR_BIT
            geom.group = car.FLOOR_GROUP
            floor_names.add(geom.name)
        else:
            # Movable things also lie on the floor and hit each other.
            geom.contype = 0 if still else car.FLOOR_BIT | car.OBSTACLE_BIT
            geom.conaffinity = car.OBSTACLE_BIT
            geom.group = car.OBSTACLE_GROUP
    if not floor_names:
        spec.worldbody.add_geom(
            name="floor",
            type=mujoco.mjtGeom.mjGEOM_PLANE,
            size=[0, 0, 0.1],
            contype=0,
            conaffinity=car.FLOOR_BIT,
            group=car.FLOOR_GROUP,
        )
        floor_names.add("floor")
    return floor_names


def _can_move(body: Any) -> bool:
    while body.name != "world":
        if body.mocap or len(body.joints):
            return True
        body = body.parent
    return False


def _is_floor(geom: Any) -> bool:
    if geom.name.startswith("floor"):
        return True
    if geom.type != mujoco.mjtGeom.mjGEOM_PLANE:
        return False
    w, x, y, z = geom.quat
    turned = any(not math.isnan(v) for v in (geom.alt.euler[0], geom.alt.axisangle[0]))
    upright = 1 - 2 * (x * x + y * y) > 0.99 * (w * w + x * x + y * y + z * z)
    return upright and not turned


def _start_site(spec: Any) -> str | None:
    return "start" if any(site.name == "start" for site in spec.sites) else None


def _set_options(option: Any) -> None:
    """Physics settings are the car's, whatever the file says (measured: see bench_world.py)."""
    option.timestep = STEP_US * 1e-6
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    option.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
    # Tyres grip: friction as stiff as the floor, and more.
    option.impratio = 10
    # The IMU's values come from qvel and qacc; MuJoCo's sensors would cost each step.
    option.disableflags |= mujoco.mjtDisableBit.mjDSBL_SENSOR


def _describe(
    model: Any, data: Any, name: str, start_site: str | None, floor_names: set[str]
) -> WorldInfo:
    chassis = load_parts().chassis
    start = (0.0, 0.0, 0.0)
    if start_site:
        site = data.site(start_site)
        start = (
            float(site.xpos[0]),
            float(site.xpos[1]),
            math.atan2(float(site.xmat[3]), float(site.xmat[0])),
        )
    obstacles, materials = [], []
    floor = set()
    moving = False
    for i in range(model.ngeom):
        geom = model.geom(i)
        matid = int(model.geom_matid[i])
        material = material_of(geom.name, model.material(matid).name if matid >= 0 else "")
        materials.append(material)
        if geom.name in floor_names:
            floor.add(i)
        elif model.geom_group[i] == car.OBSTACLE_GROUP:
            root = model.body_rootid[model.geom_bodyid[i]]
            if model.body_mocapid[root] >= 0 or model.body_dofnum[root] > 0:
                moving = True
                continue
            polygon = footprint(model, data, i, chassis.bottom, chassis.top)
            if polygon is not None and len(polygon) > 2:
                obstacles.append(Obstacle(geom.name, material.name, polygon))
    grid = DistanceGrid([o.polygon for o in obstacles], start[:2])
    return WorldInfo(name, start, obstacles, materials, frozenset(floor), moving, grid)


def _place_car(model: Any, info: WorldInfo, seed: int) -> None:
    """Set qpos0 to the start, varied by the seed where the car then still fits."""
    rng = random.Random(f"start {seed}")
    need = load_parts().chassis.radius + CLEARANCE

    def fits(x: float, y: float) -> bool:
        return all(distance(o.polygon, np.array([[x, y]]))[0] > need for o in info.obstacles)

    x, y, yaw = info.start
    if not fits(x, y):
        raise PatrolError(
            f"the car (radius {need * 1000:.0f} mm) does not fit at its start "
            f"({x:.2f}, {y:.2f}): move the site `start`"
        )
    for _ in range(_START_TRIES):
        x = info.start[0] + rng.uniform(-_START_SHIFT, _START_SHIFT)
        y = info.start[1] + rng.uniform(-_START_SHIFT, _START_SHIFT)
        if fits(x, y):
            break
    else:
        x, y = info.start[:2]
    yaw += rng.uniform(-_START_TURN, _START_TURN)
    at = model.joint(PREFIX + "car").qposadr[0]
    model.qpos0[at : at + 7] = [x, y, 0, math.cos(yaw / 2), 0, 0, math.sin(yaw / 2)]
