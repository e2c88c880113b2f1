"""All that one run leaves behind: the truth, what the car said, and what happened, by time."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from patrolcar.view.state import ARMED_FLAG, MODES

SAMPLE_US = 10_000
ANEW_S = 1.0  # a clock that falls by more than this is a board that has started anew

# The firmware's own words for its states (behaviour/faults.py), said when one is entered; a
# HEARTBEAT tells them only once a second.
STATE_TEXTS = {
    "disarmed": "DISARMED",
    "armed: HOLD": "HOLD",
    "MANUAL": "MANUAL",
    "AUTO": "AUTO",
    "FAULT: motors off, disarm to clear": "FAULT",
}
STATES = ("DISARMED", "FAULT")
_CRITICAL = 5  # MAV_STATE
# A car that moves and turns less than this from some moment on, for that long at least, stands.
_STILL_M, _STILL_RAD, _STILL_S = 0.002, math.radians(1), 0.2


class Sample(NamedTuple):
    """The world's truth at a time: s, m, rad; `distance` and `coverage` since the start."""

    time_s: float
    x: float
    y: float
    yaw: float
    distance: float
    coverage: float


class Said(NamedTuple):
    """A STATUSTEXT with the time at which it came."""

    time_s: float
    severity: int
    text: str


@dataclass
class Recording:
    """One run. Times are seconds of virtual time since power-on.

    `boots` are poses at each start of the firmware's odometry: time, x, y, yaw. `end_s` is where
    the run ended; `died` why it ended before its time.
    """

    samples: list[Sample] = field(default_factory=list)
    messages: list[tuple[float, Any]] = field(default_factory=list)
    contacts: list[tuple[float, str]] = field(default_factory=list)
    resets: list[tuple[float, str]] = field(default_factory=list)
    boots: list[tuple[float, float, float, float]] = field(default_factory=list)
    console: list[tuple[float, str]] = field(default_factory=list)
    lost: list[float] = field(default_factory=list)
    end_s: float = 0.0
    died: str | None = None

    def within(self, from_s: float, until_s: float) -> list[Sample]:
        """The samples of a window, both ends included."""
        first = bisect.bisect_left(self.samples, (from_s - 1e-9,))
        last = bisect.bisect_right(self.samples, (until_s + 1e-9, math.inf))
        return self.samples[first:last]

    def at(self, time_s: float) -> Sample:
        """The newest sample at a time."""
        index = bisect.bisect_right(self.samples, (time_s + 1e-9, math.inf)) - 1
        return self.samples[max(0, index)]

    def said_by(self, kind: str, from_s: float, until_s: float) -> list[tuple[float, Any]]:
        """The messages of that name within a window."""
        return [
            (at, message)
            for at, message in self.messages
            if from_s <= at <= until_s and message.get_type() == kind
        ]

    def texts(self) -> list[Said]:
        """Every STATUSTEXT."""
        return [
            Said(at, message.severity, message.text.rstrip("\0"))
            for at, message in self.messages
            if message.get_type() == "STATUSTEXT"
        ]

    def modes(self) -> list[tuple[float, str]]:
        """Each mode or state that the car went into, with the time at which it told."""
        found: list[tuple[float, str]] = []
        for at, message in self.messages:
            kind = message.get_type()
            if kind == "HEARTBEAT":
                state = MODES.get(message.custom_mode, str(message.custom_mode))
                if message.system_status == _CRITICAL:
                    state = "FAULT"
                elif not message.base_mode & ARMED_FLAG:
                    state = "DISARMED"
            elif kind == "STATUSTEXT" and message.text.rstrip("\0") in STATE_TEXTS:
                state = STATE_TEXTS[message.text.rstrip("\0")]
            else:
                continue
            if not found or found[-1][1] != state:
                found.append((at, state))
        return found

    def heading(self, yaw: float, time_s: float) -> float:
        """A yaw of the world as the car's odometry of that time would have it: clockwise."""
        return math.remainder(self._boot(time_s)[3] - yaw, math.tau)

    def _boot(self, time_s: float) -> tuple[float, float, float, float]:
        """The last boot by then."""
        boot = self.boots[0]
        for other in self.boots:
            if other[0] <= time_s:
                boot = other
        return boot

    def in_car_frame(self, x: float, y: float, time_s: float) -> tuple[float, float]:
        """A point of the world as the car's odometry of that time would have it: NED, from 0."""
        _, x0, y0, yaw = self._boot(time_s)
        dx, dy = x - x0, y - y0
        ahead = dx * math.cos(yaw) + dy * math.sin(yaw)
        left = dy * math.cos(yaw) - dx * math.sin(yaw)
        return ahead, -left

    def position_errors(self, from_s: float, until_s: float) -> list[tuple[float, float]]:
        """Time and distance between each LOCAL_POSITION_NED and the truth."""
        errors = []
        for at, message in self.said_by("LOCAL_POSITION_NED", from_s, until_s):
            truth = self.at(at)
            true_x, true_y = self.in_car_frame(truth.x, truth.y, at)
            errors.append((at, math.hypot(message.x - true_x, message.y - true_y)))
        return errors

    def standstill(self, from_s: float, until_s: float) -> Sample | None:
        """The first sample of a window from which the car stands still to the window's end.

        Standing still is moving less than 2 mm and turning less than a degree from then on.
        """
        samples = self.within(from_s, until_s)
        if not samples:
            return None
        last = samples[-1]
        still = last
        for sample in reversed(samples):
            turned = math.remainder(sample.yaw - last.yaw, math.tau)
            if math.hypot(sample.x - last.x, sample.y - last.y) > _STILL_M or (
                abs(turned) > _STILL_RAD
            ):
                break
            still = sample
        return still if last.time_s - still.time_s >= _STILL_S - 1e-9 else None

    def counted(self, field_name: str, from_s: float, until_s: float) -> list[tuple[float, int]]:
        """How much a count of LOOP_TIMING rose, each time that it did, through resets as well."""
        rises = []
        before, clock = 0, 0.0
        for at, message in self.messages:
            if message.get_type() != "LOOP_TIMING" or at > until_s:
                continue
            now_s, value = message.time_boot_ms / 1000, int(getattr(message, field_name))
            if now_s < clock - ANEW_S:
                before = 0
            if value > before and at >= from_s:
                rises.append((at, value - before))
            before, clock = value, now_s
        return rises
