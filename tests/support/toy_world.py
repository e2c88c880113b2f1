"""The world of the toy board: a clock that only the program moves, a room and a car in it."""

from __future__ import annotations

import heapq
import math
import sys
import types
from collections.abc import Callable, Sequence

MASK = (1 << 30) - 1
HALF = 1 << 29
START_US = MASK - 3_000_000  # the clock wraps three seconds after boot


class Clock:
    """Microseconds that pass by sleeping, by a call (1 us each), and by what a task is charged."""

    def __init__(self) -> None:
        self.now = 0
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, time_us: int, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (time_us, self._count, action))

    def advance(self, to_us: int) -> None:
        while self._events and self._events[0][0] <= to_us:
            time_us, _, action = heapq.heappop(self._events)
            self.now = max(self.now, time_us)
            action()
        self.now = max(self.now, to_us)

    def ticks_us(self) -> int:
        self.advance(self.now + 1)
        return (self.now + START_US) & MASK

    def sleep_us(self, us: int) -> None:
        self.advance(self.now + max(1, us))

    def module(self) -> types.ModuleType:
        time = types.ModuleType("time")
        time.__dict__.update(vars(sys.modules["time"]))
        time.__dict__.update(
            ticks_us=self.ticks_us,
            ticks_ms=lambda: self.ticks_us() // 1000,
            ticks_diff=lambda a, b: ((a - b + HALF) & MASK) - HALF,
            ticks_add=lambda a, b: (a + b) & MASK,
            sleep_us=self.sleep_us,
            sleep_ms=lambda ms: self.sleep_us(ms * 1000),
        )
        return time


class Room:
    """A rectangle (m) around the origin with posts (x, y, radius)."""

    def __init__(
        self, width: float = 5.0, height: float = 4.0, posts: Sequence[tuple[float, ...]] = ()
    ) -> None:
        self.x, self.y = width / 2, height / 2
        self.posts = posts

    def clearance(self, x: float, y: float) -> float:
        walls = min(self.x - abs(x), self.y - abs(y))
        return min([walls, *(math.hypot(x - px, y - py) - r for px, py, r in self.posts)])

    def ray(self, x: float, y: float, angle: float) -> tuple[float, float]:
        """Distance to what a ray hits, and the slant at which it does (rad)."""
        c, s = math.cos(angle), math.sin(angle)
        hits = []
        if c:
            hits.append(((math.copysign(self.x, c) - x) / c, math.acos(min(1.0, abs(c)))))
        if s:
            hits.append(((math.copysign(self.y, s) - y) / s, math.acos(min(1.0, abs(s)))))
        for px, py, r in self.posts:
            along = (px - x) * c + (py - y) * s
            off = abs(-(px - x) * s + (py - y) * c)
            if along > 0 and off < r:
                hits.append((along - math.sqrt(r * r - off * off), math.asin(off / r)))
        return min(hits)

    def echo_us(self, x: float, y: float, facing: float) -> int | None:
        """A fan of rays; one that hits at a slant of 35 degrees or more is not heard."""
        best = None
        for i in range(-6, 7):
            r, slant = self.ray(x, y, facing + i * 0.08)
            if slant < 0.6 and r < 4.0 and (best is None or r < best):
                best = r
        return None if best is None else round(best * 2e6 / 343)


class Body:
    """A round differential-drive car: first-order motors, no slip. y and yaw to the right."""

    RADIUS, TRACK, COUNT_M = 0.085, 0.130, 156_501e-9
    STEP_US = 2_000

    def __init__(self, room: Room) -> None:
        self.room = room
        self.x = self.y = self.yaw = 0.0
        self.speed = [0.0, 0.0]
        self.way = [0.0, 0.0]
        self.bridge = [[0, 0, 0.0], [0, 0, 0.0]]  # IN1, IN2, PWM's share
        self.powered = False
        self.jammed = False
        self.volts = 7.6
        self.touched = False
        self.distance = 0.0
        self.cells: set[tuple[int, int]] = set()
        self._done_us = 0

    def advance(self, to_us: int) -> None:
        dt = self.STEP_US * 1e-6
        while self._done_us + self.STEP_US <= to_us:
            self._done_us += self.STEP_US
            for side in (0, 1):
                in1, in2, duty = self.bridge[side]
                volts = self.volts * duty * (in1 - in2)
                closed = self.powered and (in1 or in2)
                # 5.2 V for 1 m/s, the car's mass and the rotor's take 0.2 s. Friction of 0.68 V
                # slows what turns, and holds what stands.
                was = self.speed[side]
                friction = math.copysign(0.68, was or volts)
                goal = ((volts if closed else was * 5.2) - friction) / 5.2
                now = was + (goal - was) * dt / 0.2
                held = abs(volts) < 0.68 and (was == 0 or (now > 0) != (was > 0))
                self.speed[side] = 0.0 if held else now
                if self.jammed:
                    self.speed[side] = 0.0
                self.way[side] += self.speed[side] * dt
            v = sum(self.speed) / 2
            self.yaw += (self.speed[0] - self.speed[1]) / self.TRACK * dt
            self.x += v * math.cos(self.yaw) * dt
            self.y += v * math.sin(self.yaw) * dt
            self.distance += abs(v) * dt
            if self.room.clearance(self.x, self.y) < self.RADIUS:
                self.touched = True
        self.cells.add((math.floor(self.x), math.floor(self.y)))

    def echo_us(self, sensor: int) -> int | None:
        facing = self.yaw + (sensor - 1) * math.pi / 4
        return self.room.echo_us(
            self.x + 0.08 * math.cos(facing), self.y + 0.08 * math.sin(facing), facing
        )
