"""Faults of the world around the car: somebody carries it, steps in front of it, shuts a door."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig

PROPS = {"world.person": "person", "world.door": "door"}
"""Kinds of faults that bring something along, and what it is."""
SUN_KLX = 100.0
"""What the world calls a light of 1."""
MARGIN = 0.05
ACROSS = 1.5
"""A person who walks comes from so far beside the car's way and goes as far, m."""


def prop_name(number: int, fault: Fault) -> str:
    """What the thing is called in the world that the n-th fault of a timeline brings."""
    return f"{PROPS[fault.kind]} of fault {number + 1}"


def kidnap(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """Somebody picks the car up and puts it down elsewhere."""
    x, y = _free_place(rig.world, chance)
    yaw = chance.uniform(-180, 180)
    given = fault.values
    rig.world.teleport(given.get("x", x), given.get("y", y), math.radians(given.get("yaw", yaw)))


def _free_place(world: Any, chance: random.Random) -> tuple[float, float]:
    """Somewhere that the car could have driven to; where it is, if there is hardly any room."""
    x, y, _ = world.pose()
    grid = world.info.grid
    free = np.argwhere(grid.flood(world.info.start[:2], world.parts.chassis.radius + MARGIN))
    if not len(free):
        return x, y
    i, j = free[chance.randrange(len(free))].tolist()
    return float(grid.xs[i]), float(grid.ys[j])


def person(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Somebody steps in front of the car and stands there, or walks across and back."""
    name, world = prop_name(rig.number, fault), rig.world
    x, y, yaw = _ahead(world, fault["distance"])
    if fault["speed"]:
        side = chance.choice((-1, 1)) * ACROSS
        dx, dy = -side * math.sin(yaw), side * math.cos(yaw)
        world.walk(name, [(x + dx, y + dy), (x - dx, y - dy)], fault["speed"])
    else:
        world.place(name, x, y, yaw + math.pi)
    return lambda: world.remove(name)


def door(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """A glass door closes across the car's way."""
    name, world = prop_name(rig.number, fault), rig.world
    x, y, yaw = _ahead(world, fault["distance"])
    world.place(name, x, y, yaw + math.pi / 2)
    return lambda: world.remove(name)


def ramp(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The floor is a ramp."""
    rig.world.tilt(math.radians(fault["pitch"]), math.radians(fault["roll"]))
    return lambda: rig.world.tilt(0.0, 0.0)


def sun(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The sun comes in."""
    world = rig.world
    before = world.light
    world.light = fault["light"] / SUN_KLX

    def end() -> None:
        world.light = before

    return end


def _ahead(world: Any, distance: float) -> tuple[float, float, float]:
    """A place so far in front of the car's body, and where it faces."""
    x, y, yaw = world.pose()
    way = world.parts.chassis.radius + distance
    return x + way * math.cos(yaw), y + way * math.sin(yaw), yaw
