"""Props: people, doors, boxes and posts that can be put into a world, moved and taken away.

Each is one mocap body, a person three: a torso, which is only for the eye, and two legs, which
are what a car meets. A mocap body goes where it is told and is not pushed away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mujoco

from patrolcar.errors import PatrolError
from patrolcar_sim.world import car
from patrolcar_sim.world.materials import load_materials
from patrolcar_sim.world.paths import Path, Point, Walk, check_speed, parse_walk

HIP = 0.09
"""Half the distance between a person's feet, m."""
LEG_DIAMETER = 0.11
"""A trouser leg above the shoe, m."""
LEG_NAMES = ("left leg", "right leg")
WALK = "walk "
_LARGEST = 20.0


@dataclass(frozen=True)
class _Kind:
    """A kind of prop: its usual size (m), what the numbers mean, and its usual material."""

    size: tuple[float, ...]
    means: str
    material: str


KINDS = {
    "person": _Kind((1.75,), "height", "cloth"),
    "door": _Kind((0.9, 0.04, 2.0), "width, thickness, height", "glass"),
    "box": _Kind((0.3, 0.3, 0.3), "length, width, height", "furniture"),
    "post": _Kind((0.08, 1.0), "diameter, height", "post"),
}

_COLOURS = {
    "wall": (0.82, 0.80, 0.76, 1),
    "furniture": (0.62, 0.45, 0.28, 1),
    "post": (0.55, 0.57, 0.60, 1),
    "cloth": (0.35, 0.40, 0.55, 1),
    "glass": (0.55, 0.75, 0.80, 0.5),
    "skin": (0.87, 0.67, 0.55, 1),
    "metal": (0.70, 0.71, 0.73, 1),
}


@dataclass(frozen=True)
class Prop:
    """A thing that is put into a world when it is loaded.

    `size` (m): a person's (height); a door's (width, thickness, height), a box's (length, width,
    height), a post's (diameter, height); None is the kind's usual one. `material` is one of
    materials.toml, of a person the trousers'. `pose` (x, y, yaw) is where it stands; with a
    `path` and a `speed` (m/s) it walks from the start instead; with neither it is not there until
    World.place or World.walk puts it somewhere. One that `waits` stops while the car is right
    before it, as people do; else it walks on into the car.
    """

    name: str
    kind: str
    size: tuple[float, ...] | None = None
    material: str | None = None
    pose: tuple[float, float, float] | None = None
    path: tuple[Point, ...] = ()
    speed: float = 0.0
    waits: bool = True

    def check(self) -> None:
        """Raises PatrolError (code 2) that names the prop and what is wrong with it."""
        try:
            self._check()
        except PatrolError as error:
            raise PatrolError(f"prop {self.name!r}: {error}", 2) from None

    def _check(self) -> None:
        if not self.name or self.name.startswith(("floor", "paint", "car/")):
            raise PatrolError("a name may not be empty or begin with floor, paint or car/")
        if self.kind not in KINDS:
            raise PatrolError(f"unknown kind {self.kind!r}: use {', '.join(KINDS)}")
        usual = KINDS[self.kind]
        if self.size is not None and (
            len(self.size) != len(usual.size) or not all(0 < s <= _LARGEST for s in self.size)
        ):
            raise PatrolError(
                f"size {self.size} cannot be: give {usual.means} in metres, over 0 and up to "
                f"{_LARGEST:g}"
            )
        if self.pose is not None and not all(math.isfinite(v) for v in self.pose):
            raise PatrolError(f"pose {self.pose} is not three finite numbers x, y, yaw")
        if self.material is not None and self.material not in load_materials():
            raise PatrolError(
                f"unknown material {self.material!r}: use {', '.join(load_materials())}"
            )
        check_speed(self.speed)
        if self.path:
            Path(self.path)


def read_walks(spec: Any) -> tuple[list[Prop], dict[str, Walk]]:
    """What walks in a world file by its <custom><text name="walk NAME" data="0,0 2,0 speed=0.8"/>.

    A mocap body NAME walks the path, looking along it; where the file has no such body, a person
    of that name does. Returns those people, and the walks of the file's bodies. Raises
    PatrolError for a path that cannot be read and a body that is not a mocap body.
    """
    people, walks = [], {}
    bodies = {body.name: body for body in spec.bodies}
    for text in spec.texts:
        if not text.name.startswith(WALK):
            continue
        name = text.name.removeprefix(WALK).strip()
        try:
            walk = parse_walk(text.data)
        except PatrolError as error:
            raise PatrolError(f"text {text.name!r}: {error}") from None
        if name not in bodies:
            people.append(Prop(name, "person", path=walk.points, speed=walk.speed))
        elif bodies[name].mocap:
            walks[name] = walk
        else:
            raise PatrolError(f"text {text.name!r}: body {name!r} is not a mocap body")
    return people, walks


def add_props(spec: Any, props: Sequence[Prop]) -> None:
    """Add the props' bodies to a model that is being built; raises PatrolError for a bad one."""
    taken = {body.name for body in spec.bodies} | {geom.name for geom in spec.geoms}
    for prop in props:
        prop.check()
        if prop.name in taken:
            raise PatrolError(f"prop {prop.name!r}: the world has a thing of that name already", 2)
        taken.add(prop.name)
        size = prop.size or KINDS[prop.kind].size
        material = _material(spec, prop.material or KINDS[prop.kind].material)
        if prop.kind == "person":
            _add_person(spec, prop.name, size[0], material)
            continue
        body = spec.worldbody.add_body(name=prop.name, mocap=True)
        types = mujoco.mjtGeom
        half = [s / 2 for s in size]
        body.add_geom(
            name=prop.name,
            type=types.mjGEOM_CYLINDER if prop.kind == "post" else types.mjGEOM_BOX,
            size=[*half, 0.0][:3],
            pos=[0, 0, half[-1]],
            material=material,
            **_solid(),
        )


def _add_person(spec: Any, name: str, height: float, trousers: str) -> None:
    hip = height / 2
    torso = spec.worldbody.add_body(name=name, mocap=True)
    skin, shirt = _material(spec, "skin"), _material(spec, "cloth")
    scenery = {"contype": 0, "conaffinity": 0, "group": car.SCENERY_GROUP}
    types = mujoco.mjtGeom
    torso.add_geom(
        name=f"{name} torso",
        type=types.mjGEOM_ELLIPSOID,
        size=[0.07 * height, 0.12 * height, 0.2 * height],
        pos=[0, 0, hip + 0.17 * height],
        material=shirt,
        **scenery,
    )
    torso.add_geom(
        name=f"{name} head",
        type=types.mjGEOM_SPHERE,
        size=[0.065 * height, 0, 0],
        pos=[0, 0, height * 0.935],
        material=skin,
        **scenery,
    )
    for leg in LEG_NAMES:
        body = spec.worldbody.add_body(name=f"{name} {leg}", mocap=True)
        body.add_geom(
            name=f"{name} {leg}",
            type=types.mjGEOM_CYLINDER,
            size=[LEG_DIAMETER / 2, hip / 2, 0],
            pos=[0, 0, hip / 2],
            material=trousers,
            **_solid(),
        )


def _solid() -> dict[str, int]:
    """Collision bits of what cars and movable things bump into."""
    return {"contype": 0, "conaffinity": car.OBSTACLE_BIT, "group": car.OBSTACLE_GROUP}


def _material(spec: Any, name: str) -> str:
    if all(material.name != name for material in spec.materials):
        spec.add_material(name=name, rgba=_COLOURS.get(name, (0.6, 0.6, 0.6, 1)))
    return name
