"""VL53L0X: what its light sees. Rates and a range from a few rays through its cone.

Each ray has a like share of the cone. What it hits sends back rho cos(slant) / r^2 of its light
(Lambert), a mirror sends all of it back where it is hit head-on, and what is clear lets the rest
pass to what is behind. The sensor knows one phase: the mean range, weighted by the light. Its
noise comes from counting: the signal against the root of all counts, daylight's included (shot
noise; fitted to tables 11 and 12 of DocID029104). A ray that meets the floor is lost. Not
modelled: the wrap-around of the phase (2.5 m), cover glass, temperature.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from patrolcar_sim.world.car import OBSTACLE_GROUP
from patrolcar_sim.world.materials import DEFAULT, Material, load_materials
from patrolcar_sim.world.optics import Rays
from patrolcar_sim.world.parts import Tof

RAYS = 13
SENSORS = 2
NOTHING_MM = 8190
"""The range that stands for none."""

# Device range status (ST's API, VL53L0X_DEVICEERROR_*).
NO_TARGET = 4
PHASE_FAIL = 6
COMPLETE = 11

_REACH = 4.0
_NEAREST = 0.005
_FACES = 4  # clear ones that a ray goes through
_SKIN = 1e-4  # how far behind a face the ray goes on, m
# A mirror sends back a beam of the cone's width; head-on counts what is within half the rays'
# distance from each other, 6 degrees.
_HEAD_ON = math.radians(4)
# The device lowers the number of SPADs where the signal would be more, Mcps (estimated).
_MOST_SIGNAL = 20.0
_BUDGET_US = 33_000  # that of the tables
_GOLDEN = math.pi * (3 - math.sqrt(5))


class Sight(NamedTuple):
    """What an ideal sensor gets: signal in Mcps, the range in metres, and how white all that is
    which its cone sees (0 to 1), by which daylight comes in."""

    signal: float
    range: float
    white: float


class Shot(NamedTuple):
    """One measurement, as the device reports it (rates in Mcps)."""

    status: int
    range_mm: int
    signal: float
    ambient: float
    spads: float


class TofOptics:
    """The two sensors' light: 0 left, 1 right. `pose` gives the car's x, y, yaw and z, `light` the
    world's."""

    def __init__(
        self,
        spec: Tof,
        model: Any,
        data: Any,
        materials: Sequence[Material],
        seed: object,
        pose: Callable[[], tuple[float, float, float, float]],
        light: Callable[[], float],
    ) -> None:
        self._spec = spec
        self._materials = materials
        # The reflectance of what is neither clear nor a mirror, as nearly all is.
        self._plain = [None if m.clear or m.mirror else m.reflectance for m in materials]
        self._pose = pose
        self._light = light
        self._random = [random.Random(f"tof {i} {seed}") for i in range(SENSORS)]
        self._offset = [rng.gauss(0.0, spec.offset) for rng in self._random]
        self._mount = [spec.angle, -spec.angle]
        self._rays = Rays(model, data, RAYS, (OBSTACLE_GROUP,))
        self._behind = Rays(model, data, 1, (OBSTACLE_GROUP,))
        half = spec.field_of_view / 2
        # Evenly over the cone, no two above each other (Vogel's spiral).
        fan = []
        for k in range(RAYS):
            off, turn = half * math.sqrt((k + 0.5) / RAYS), k * _GOLDEN
            tangent = math.sin(off)
            way = (math.cos(off), tangent * math.cos(turn), tangent * math.sin(turn))
            fan.append(way)
        self._fan_ahead = [way[0] for way in fan]
        ahead, aside, self._rays.ways[:, 2] = np.array(fan).T
        self._fan = ahead + 1j * aside
        self._mirror_gain = math.pi / (4 * 2 * math.pi * (1 - math.cos(half)))
        self._nowhere = load_materials()[DEFAULT].reflectance

    def sight(self, sensor: int, x: float, y: float, yaw: float, z: float = 0.0) -> Sight:
        """What an ideal one of these sensors gets from a pose, without noise; `z` is the floor's
        height."""
        facing = yaw + self._mount[sensor]
        c, s = math.cos(facing), math.sin(facing)
        rays, spec = self._rays, self._spec
        rays.origin[0] = x + spec.mount_radius * c
        rays.origin[1] = y + spec.mount_radius * s
        rays.origin[2] = z + spec.height
        rays.turn(self._fan, c, s)
        rays.cast(_REACH)
        straight = rays.straight()
        light = moment = white = 0.0
        materials, nowhere, ahead = self._materials, self._nowhere, self._fan_ahead
        plains = self._plain
        for ray, (along, at, straightness) in enumerate(
            zip(rays.dist, rays.geom, straight, strict=True)
        ):
            plain = plains[at] if along >= _NEAREST else None
            if plain is not None:  # as below, in fewer steps
                cosine = abs(straightness)
                got = plain * (cosine if cosine < 1.0 else 1.0) / along**2
                light += got
                moment += got * along * ahead[ray]
                white += plain
                continue
            through = 1.0
            for _ in range(_FACES):
                if along < 0.0:
                    white += through * through * nowhere
                    break
                material = materials[at]
                near = along if along > _NEAREST else _NEAREST
                got = through * through * self._returned(material, straightness) / near**2
                light += got
                moment += got * along * ahead[ray]
                white += through * through * material.reflectance
                if not material.clear:
                    break
                through *= material.clear
                along, at, straightness = self._beyond(ray, along)
        signal = light * spec.signal / RAYS
        return Sight(signal, moment / light if light else 0.0, white / RAYS)

    def _returned(self, material: Material, straightness: float) -> float:
        """The share of a ray's light that comes back to the sensor, against white head-on."""
        cosine = abs(straightness)
        if cosine > 1.0:
            cosine = 1.0
        share = material.reflectance * cosine
        if material.mirror:
            slant = math.acos(cosine) / _HEAD_ON
            # A mirror's own beam is one ray's doing, not a share of all.
            share += material.mirror * self._mirror_gain * RAYS * math.exp(-slant * slant)
        return share

    def _beyond(self, ray: int, along: float) -> tuple[float, int, float]:
        """Where a ray that has passed a face hits next: way from the sensor, geom, cosine."""
        next_, way = self._behind, self._rays.ways[ray]
        next_.ways[0] = way
        next_.origin[:] = self._rays.origin + way * (along + _SKIN)
        next_.cast(_REACH)
        further = next_.dist[0]
        if further < 0.0 or along + further > _REACH:
            return -1.0, -1, 0.0
        return along + _SKIN + further, next_.geom[0], next_.straight()[0]

    def shot(self, sensor: int, budget_us: int, limit: float) -> Shot:
        """One measurement from where the car is, in that time; `limit` is the least signal."""
        spec, rng = self._spec, self._random[sensor]
        uneven, noise = rng.gauss(1.0, spec.signal_noise), rng.gauss(0.0, 1.0)
        more, other = rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)
        ideal = self.sight(sensor, *self._pose())
        signal = max(ideal.signal * uneven, 0.0)
        spads = spec.spads
        if signal > _MOST_SIGNAL:
            spads *= _MOST_SIGNAL / signal
            signal = _MOST_SIGNAL
        ambient = (spec.dark_rate + spec.sun_rate * spec.spads * self._light() * ideal.white) * (
            spads / spec.spads
        )
        # Both rates are counts of photons in the budget, a million a second for one Mcps.
        counted = max(signal + more * math.sqrt((signal + ambient) / budget_us), 0.0)
        ambient = max(ambient + other * math.sqrt(ambient / budget_us), 0.0)
        signal = min(counted, _MOST_SIGNAL)
        if signal <= 0.0 or signal < limit:
            return Shot(NO_TARGET, NOTHING_MM, signal, ambient, spads)
        contrast = signal / math.sqrt(signal + ambient) * math.sqrt(budget_us / _BUDGET_US)
        if contrast < spec.least_contrast:
            return Shot(PHASE_FAIL, NOTHING_MM, signal, ambient, spads)
        spread = math.hypot(spec.least_spread, spec.spread / contrast)
        range_mm = round((ideal.range + self._offset[sensor] + noise * spread) * 1000)
        return Shot(COMPLETE, max(0, min(NOTHING_MM - 1, range_mm)), signal, ambient, spads)
