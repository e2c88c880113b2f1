"""HC-SR04: an echo's range from a fan of rays.

Each ray has a budget of decibels and loses some by the beam's pattern (both ways), the
material, the slant at which it hits, and the way there and back (1/r^2 in amplitude). The
nearest ray with anything left is heard. The other sensors hear a ping's rays too, each by the way
to itself: half of the beam's loss is the sender's, half the listener's. Not modelled: corners as
reflectors, paths over several walls.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from patrolcar_sim.world.car import OBSTACLE_GROUP
from patrolcar_sim.world.materials import Material
from patrolcar_sim.world.optics import Rays
from patrolcar_sim.world.parts import Sonar

# 2 degrees apart: a table leg (5 cm) at 1 m is never between two rays.
RAYS = 29


class _Ping(NamedTuple):
    """Where a ping's rays went from: pose and origin, and per ray what it hit."""

    pose: tuple[float, float, float]
    origin: tuple[float, float]
    dist: list[float]
    geom: list[int]
    rays: list[list[float]]
    normals: list[list[float]]


class SonarArray:
    """The three sensors: 0 left, 1 front, 2 right."""

    def __init__(
        self, spec: Sonar, model: Any, data: Any, materials: Sequence[Material], seed: object
    ) -> None:
        self._spec = spec
        self._random = [random.Random(f"sonar {i} {seed}") for i in range(3)]
        self._mount = [spec.angle, 0.0, -spec.angle]
        fan = np.linspace(-spec.beam_half_angle, spec.beam_half_angle, RAYS)
        self._fan = np.exp(1j * fan)
        steps = np.degrees(fan) / 15
        self._left: list[float] = (spec.budget - spec.beam_loss * steps**2).tolist()
        self._loss = [m.loss_db for m in materials]
        # The tables are per 10 degrees; the loop below has radians.
        self._slant = [m.slant_db / math.radians(10) ** 2 for m in materials]
        self._rays = Rays(model, data, RAYS, (OBSTACLE_GROUP,))
        self._reach = spec.range_max + 6 * spec.noise
        # Farther off its axis, its half of the loss alone is more than there is.
        self._deaf_cos = math.cos(math.radians(15 * math.sqrt(2 * spec.budget / spec.beam_loss)))
        # What each sensor's last ping hit, kept for the others.
        self._pings: list[_Ping | None] = [None] * 3

    def heard(self, sensor: int, x: float, y: float, yaw: float, z: float = 0.0) -> float | None:
        """The range (m) that an ideal one of these sensors hears from a pose, without noise; `z`
        is the floor's height."""
        facing = yaw + self._mount[sensor]
        c, s = math.cos(facing), math.sin(facing)
        rays = self._rays
        rays.origin[0] = x + self._spec.mount_radius * c
        rays.origin[1] = y + self._spec.mount_radius * s
        rays.origin[2] = z + self._spec.height
        rays.turn(self._fan, c, s)
        rays.cast(self._reach)
        dist, geom, straight = rays.dist, rays.geom, rays.straight()
        for ray in sorted(range(RAYS), key=dist.__getitem__):
            r = dist[ray]
            if r < 0 or r > self._reach:
                continue
            at = geom[ray]
            slant = math.acos(min(abs(straight[ray]), 1.0))
            left = self._left[ray] - self._loss[at] - self._slant[at] * slant * slant
            if left > 40 * math.log10(max(r, 0.01)):
                return r
        return None

    def overheard(self, sender: int, listener: int) -> int | None:
        """When a listener hears the sender's last ping, in us after its burst; None: it does not.

        The car has hardly moved since.
        """
        ping = self._pings[sender]
        if ping is None:
            return None
        x, y, yaw = ping.pose
        facing = yaw + self._mount[listener]
        c, s = math.cos(facing), math.sin(facing)
        here_x, here_y = x + self._spec.mount_radius * c, y + self._spec.mount_radius * s
        from_x, from_y = ping.origin
        nearest = 2 * self._spec.range_max
        heard = False
        for ray, r in enumerate(ping.dist):
            if r < 0 or r >= nearest:
                continue
            way_x, way_y, _ = ping.rays[ray]
            back_x, back_y = here_x - from_x - r * way_x, here_y - from_y - r * way_y
            back = math.sqrt(back_x * back_x + back_y * back_y) + 1e-6
            aside = -(back_x * c + back_y * s) / back
            if aside < self._deaf_cos or r + back >= nearest:
                continue
            at = ping.geom[ray]
            left = (self._left[ray] + self._spec.budget) / 2 - self._loss[at]
            need = 20 * math.log10(max(r, 0.01) * max(back, 0.01))
            if left <= need:
                continue  # whatever the angles
            # The slant at which the surface would mirror the sender's ray to the listener.
            half_x, half_y = back_x / back - way_x, back_y / back - way_y
            half = math.sqrt(half_x * half_x + half_y * half_y) + 1e-6
            normal_x, normal_y, _ = ping.normals[ray]
            slant = math.acos(min(abs(normal_x * half_x + normal_y * half_y) / half, 1.0))
            off = math.degrees(math.acos(min(aside, 1.0))) / 15
            left -= self._spec.beam_loss * off * off / 2 + self._slant[at] * slant * slant
            if left > need:
                nearest = r + back
                heard = True
        return round(1e6 * nearest / self._spec.sound_speed) if heard else None

    def ping(self, sensor: int, x: float, y: float, yaw: float, z: float = 0.0) -> int | None:
        """Length of the echo pulse in us, or None when nothing is heard."""
        rng = self._random[sensor]
        noise = rng.gauss(0.0, self._spec.noise)
        lost = rng.random() < self._spec.dropout
        r = self.heard(sensor, x, y, yaw, z)
        rays = self._rays
        self._pings[sensor] = _Ping(
            (x, y, yaw),
            (rays.origin.item(0), rays.origin.item(1)),
            rays.dist,
            rays.geom,
            rays.ways.tolist(),
            rays.normals.tolist(),
        )
        if r is None or lost:
            return None
        r = max(r + noise, self._spec.range_min)
        if r > self._spec.range_max:
            return None
        return round(2e6 * r / self._spec.sound_speed)
