"""Loading a world: its geoms are sorted, and the car and props put in.

A world file is plain MJCF. The site `start` is the car's start pose (else the origin).

- A plane that lies flat and every geom whose name begins with `floor` is floor, which only the
  car's wheels meet; where floor ends or makes a step is an edge (see floors.py).
- A geom whose name begins with `paint` is paint on the floor, for the sensors that look down.
- Other geoms that collide with nothing (contype = conaffinity = 0) are scenery.
- All others are obstacles. What a surface does to the sensors: see materials.py.
- `<custom><text name="walk NAME" data="0,0 2,0 2,1 speed=0.8"/></custom>` lets the mocap body NAME
  walk a path (m, m/s), there and back, or round if the last point is the first; where the file
  has no body of that name, a person does (see props.py).

Where worlds come from otherwise, random rooms and ROS's maps: see sources.py.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np

from patrolcar.errors import PatrolError
from patrolcar_sim.world import car
from patrolcar_sim.world.coverage import DistanceGrid
from patrolcar_sim.world.floors import floor_under, survey
from patrolcar_sim.world.footprint import Points, distance, footprint
from patrolcar_sim.world.materials import Material, material_of
from patrolcar_sim.world.optics import ambient_light
from patrolcar_sim.world.parts import Parts, load_parts
from patrolcar_sim.world.paths import Walk
from patrolcar_sim.world.props import Prop, add_props, read_walks
from patrolcar_sim.world.sources import open_world, world_names

__all__ = ["CLEARANCE", "PREFIX", "STEP_US", "Obstacle", "WorldInfo", "load_world", "world_names"]

STEP_US = 2000
"""Length of a physics step."""
PREFIX = "car/"
"""Names of the car's parts in the compiled model begin with this."""
CLEARANCE = 0.01
"""Air around the car's circle where it is said to fit, m."""

_FARTHEST = 1e6
"""Where a world ends, m."""
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
    paint: list[Obstacle]
    """What is painted on the floor; nothing to bump into."""
    floors: list[Obstacle]
    """The pieces of the floor that are not planes: a table's top, a ramp."""
    edges: list[Points]
    """Places beside the floor, or below it, where the car's centre cannot be."""
    materials: list[Material]
    """One per geom of the model."""
    floor: frozenset[int]
    """The geoms that are floor."""
    moving: bool
    """Things other than the car can move."""
    props: tuple[Prop, ...]
    """The world's own people, and what was added."""
    walks: dict[str, Walk]
    """Where the world's mocap bodies walk, by name."""
    grid: DistanceGrid = field(repr=False)


def load_world(
    name_or_path: str,
    seed: int = 1,
    parts: Parts | None = None,
    props: Sequence[Prop] = (),
) -> tuple[Any, WorldInfo]:
    """Compile a world with the car and further props in it.

    Returns the MjModel, whose `qpos0` has the car at its start, varied by the seed by up to 3 cm
    and 3 degrees, and what is known of it. Raises PatrolError: code 2 for an unknown world, code
    1 with the file and the reason for one that cannot be used.
    """
    spec, label = open_world(name_or_path, load_parts().chassis.radius + CLEARANCE)
    try:
        floor, moving = _prepare(spec)
        people, walks = read_walks(spec)
        all_props = (*people, *props)
        add_props(spec, all_props)
        has_start = any(site.name == "start" for site in spec.sites)
        body = mujoco.MjSpec.from_string(car.car_mjcf(parts or load_parts()))
        spec.attach(body, prefix=PREFIX, frame=spec.worldbody.add_frame())
        _set_options(spec.option)
        spec.memory = -1
        model = spec.compile()
        moving = moving or bool(all_props)
        ambient_light(model)  # refuses one that cannot be
        info = _describe(model, name_or_path, has_start, floor, moving, all_props, walks)
        _place_car(model, info, seed)
    except (ValueError, mujoco.FatalError) as error:
        raise PatrolError(f"{label}: {error}") from None
    except PatrolError as error:
        raise PatrolError(f"{label}: {error}", error.code) from None
    return model, info


def _prepare(spec: Any) -> tuple[set[str], bool]:
    """Sort a world's geoms into floor, obstacles and scenery.

    Returns the names of the floor's geoms, and whether any obstacle can move. The file is
    compiled alone first: that settles every pose, and its faults are told without the car's.
    """
    for number, geom in enumerate(spec.geoms):
        geom.name = geom.name or f"geom {number}"
    # Keyframes lack the car's state.
    for key in list(spec.keys):
        spec.delete(key)
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    floor, any_moves = set(), False
    for geom in spec.geoms:
        at = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM, geom.name)
        if at < 0:
            continue
        flat = geom.type == mujoco.mjtGeom.mjGEOM_PLANE and data.geom_xmat[at][8] > 0.99
        if geom.name.startswith("paint"):
            geom.contype = geom.conaffinity = 0
            geom.group = car.PAINT_GROUP
        elif geom.contype == 0 and geom.conaffinity == 0:
            geom.group = car.SCENERY_GROUP
        elif flat or geom.name.startswith("floor"):
            geom.contype, geom.conaffinity = 0, car.FLOOR_BIT
            geom.group = car.FLOOR_GROUP
            floor.add(geom.name)
        else:
            moves = _moves(model, int(model.geom_bodyid[at]))
            any_moves |= moves
            # Movable things also lie on the floor and hit each other.
            geom.contype = car.FLOOR_BIT | car.OBSTACLE_BIT if moves else 0
            geom.conaffinity = car.OBSTACLE_BIT
            geom.group = car.OBSTACLE_GROUP
    if not floor:
        spec.worldbody.add_geom(
            name="floor",
            type=mujoco.mjtGeom.mjGEOM_PLANE,
            size=[0, 0, 0.1],
            contype=0,
            conaffinity=car.FLOOR_BIT,
            group=car.FLOOR_GROUP,
        )
        floor.add("floor")
    return floor, any_moves


def _moves(model: Any, body: int) -> bool:
    """Whether a body, or one that it is part of, has a joint or is a mocap body."""
    while body:
        if model.body_dofnum[body] or model.body_mocapid[body] >= 0:
            return True
        body = int(model.body_parentid[body])
    return False


def _set_options(option: Any) -> None:
    """Physics settings are the car's, whatever the file says.

    Five steps took 39 us with Newton, 57 with CG, 149 with PGS (measured, same motion).
    """
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
    model: Any,
    name: str,
    has_start: bool,
    floor_names: set[str],
    moving: bool,
    props: tuple[Prop, ...],
    walks: dict[str, Walk],
) -> WorldInfo:
    chassis = load_parts().chassis
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    start = (0.0, 0.0, 0.0)
    if has_start:
        site = data.site("start")
        ahead = site.xmat.tolist()
        start = (float(site.xpos[0]), float(site.xpos[1]), math.atan2(ahead[3], ahead[0]))
    _check_reach(model, data, start)
    floor = {i for i in range(model.ngeom) if model.geom(i).name in floor_names}
    ground = survey(model, data, floor, start[:2])
    obstacles: list[Obstacle] = []
    paint: list[Obstacle] = []
    materials = []
    for i in range(model.ngeom):
        geom = model.geom(i)
        matid = int(model.geom_matid[i])
        material = material_of(geom.name, model.material(matid).name if matid >= 0 else "")
        materials.append(material)
        if model.geom_group[i] == car.PAINT_GROUP:
            found, low, high = paint, -np.inf, np.inf
        elif model.geom_group[i] == car.OBSTACLE_GROUP and not _moves(
            model, int(model.geom_bodyid[i])
        ):
            found, low, high = obstacles, ground.low + chassis.bottom, ground.high + chassis.top
        else:
            continue
        polygon = footprint(model, data, i, low, high)
        if polygon is not None and len(polygon) > 2:
            found.append(Obstacle(geom.name, material.name, polygon))
    grid = DistanceGrid([o.polygon for o in obstacles] + ground.edges, start[:2], ground.corners)
    return WorldInfo(
        name,
        start,
        obstacles,
        paint,
        [Obstacle(n, "floor", polygon) for n, polygon in ground.pieces],
        ground.edges,
        materials,
        frozenset(floor),
        moving,
        props,
        walks,
        grid,
    )


def _check_reach(model: Any, data: Any, start: tuple[float, float, float]) -> None:
    """Raises PatrolError for what is so far off or so large that numbers end there."""
    if not max(map(abs, start)) < _FARTHEST:
        raise PatrolError(f"the site `start` is over {_FARTHEST / 1000:g} km away: move it")
    reach = np.abs(np.column_stack([data.geom_xpos, model.geom_size])).max(axis=1)
    if not (reach < _FARTHEST).all():
        name = model.geom(int(np.argmin(reach < _FARTHEST))).name
        raise PatrolError(f"geom {name!r} is larger or farther away than {_FARTHEST / 1000:g} km")


def _place_car(model: Any, info: WorldInfo, seed: int) -> None:
    """Set qpos0 to the start, varied by the seed where the car then still fits."""
    rng = random.Random(f"start {seed}")
    need = load_parts().chassis.radius + CLEARANCE
    shift = need + 2 * _START_SHIFT
    closed = [o.polygon for o in info.obstacles] + info.edges
    beside = [p for p in closed if _within(p, info.start[:2], shift)]

    def fits(x: float, y: float) -> bool:
        return all(distance(p, np.array([[x, y]]))[0] > need for p in beside)

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
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    floor = floor_under(model, data, x, y) or 0.0
    model.qpos0[at : at + 7] = [x, y, floor, math.cos(yaw / 2), 0, 0, math.sin(yaw / 2)]


def _within(polygon: Points, point: tuple[float, float], margin: float) -> bool:
    """Whether a point lies in a polygon's upright rectangle, widened by a margin."""
    low, high = polygon.min(axis=0) - margin, polygon.max(axis=0) + margin
    return bool((low <= point).all() and (high >= point).all())
