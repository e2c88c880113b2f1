"""Paths over the floor: a polyline that is walked back and forth, or round when it is closed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from patrolcar.errors import PatrolError

Point = tuple[float, float]

MAX_SPEED = 10.0
"""Nothing on a path moves faster, m/s (a sprinter does)."""
_SAME = 1e-6


class Path:
    """Where something is that has gone so far along a polyline."""

    def __init__(self, points: Sequence[Point]) -> None:
        """Raises PatrolError for less than two different points, or one that is not finite."""
        if any(not math.isfinite(c) for point in points for c in point):
            raise PatrolError(f"path {_text(points)}: a coordinate is not a finite number", 2)
        kept = [p for i, p in enumerate(points) if i == 0 or math.dist(p, points[i - 1]) > _SAME]
        if len(kept) < 2:
            raise PatrolError(f"path {_text(points)}: give two different points or more", 2)
        self.points = [(float(x), float(y)) for x, y in kept]
        self.closed = len(kept) > 3 and math.dist(kept[0], kept[-1]) <= _SAME
        self._ends = [0.0]
        for a, b in pairwise(self.points):
            self._ends.append(self._ends[-1] + math.dist(a, b))
        self.length = self._ends[-1]

    def at(self, gone: float) -> tuple[float, float, float, float]:
        """x, y and the direction's cosine and sine after `gone` metres."""
        back = False
        if self.closed:
            gone %= self.length
        else:
            gone %= 2 * self.length
            back = gone > self.length
            if back:
                gone = 2 * self.length - gone
        leg = min(bisect_right(self._ends, gone), len(self.points) - 1)
        (ax, ay), (bx, by) = self.points[leg - 1], self.points[leg]
        long = self._ends[leg] - self._ends[leg - 1]
        c, s = (bx - ax) / long, (by - ay) / long
        along = gone - self._ends[leg - 1]
        sign = -1.0 if back else 1.0
        return ax + c * along, ay + s * along, sign * c, sign * s


@dataclass(frozen=True)
class Walk:
    """A path (m) and how fast it is walked (m/s)."""

    points: tuple[Point, ...]
    speed: float = 1.0


def parse_walk(text: str) -> Walk:
    """A walk from "0,0 2,0 2,1.5 speed=0.8" (1 m/s when no speed is given).

    Raises PatrolError for a word that is neither, and for a path or a speed that cannot be.
    """
    points: list[Point] = []
    speed = 1.0
    for word in text.split():
        try:
            if word.startswith("speed="):
                speed = float(word.removeprefix("speed="))
            else:
                x, y = word.split(",")
                points.append((float(x), float(y)))
        except ValueError:
            raise PatrolError(f"{word!r} is neither a point x,y nor speed=M/S") from None
    check_speed(speed)
    Path(points)
    return Walk(tuple(points), speed)


def check_speed(speed: float) -> None:
    """Raises PatrolError for a speed that nothing on the floor can have."""
    if not 0 <= speed <= MAX_SPEED:
        raise PatrolError(f"speed {speed} cannot be: give 0 to {MAX_SPEED:g} m/s", 2)


def _text(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points) or "''"
