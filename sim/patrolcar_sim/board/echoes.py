"""The sonars' wires: triggers in, echoes out, and what each sonar hears of the others' pings."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Protocol

from patrolcar_sim.board.lockstep import NEVER
from patrolcar_sim.board.wiring import SonarPins

# HC-SR04 (data sheet): a trigger of at least 10 us, eight cycles of 40 kHz, then the echo pin
# rises; unanswered it falls again after about 38 ms.
TRIGGER_US = 10
BURST_US = 460
NO_ECHO_US = 38_000


class Ears(Protocol):
    """What of the world the sonars reach."""

    def ping(self, sensor: int, at_us: int) -> int | None: ...
    def overheard(self, sender: int, listener: int) -> int | None: ...


class EchoWires:
    """Several sonars, of which some may share a trigger pin.

    A sonar cannot tell whose burst it hears: of all that arrive while its echo pin is high, the
    first ends the pulse.

    Attributes:
        cut: sonars whose own trigger wire is off.
        next_us: when the next level changes by itself.
        levels: the echo pins that are high, as bits.
    """

    def __init__(self, sonars: Sequence[SonarPins], car: Ears) -> None:
        self._sonars = sonars
        self._car = car
        self.triggers = frozenset(sonar.trigger for sonar in sonars)
        self.cut: list[int] = []
        self.reset()

    def rewire(self, car: Ears) -> None:
        """The sonars hear another car's world."""
        self._car = car

    def reset(self) -> None:
        """Nothing is under way."""
        self.levels = 0
        self._raised_at: dict[int, int] = {}
        self._events: list[tuple[int, int, int]] = []
        self.next_us = NEVER
        self._pulse: dict[int, tuple[int, int]] = {}  # each sonar's last rise and fall

    def trigger(self, pin: int, high: bool, at_us: int) -> None:
        """The level of a trigger pin; at the end of a pulse its sonars ping."""
        if high:
            self._raised_at.setdefault(pin, at_us)
            return
        raised = self._raised_at.pop(pin, None)
        if raised is None or at_us - raised < TRIGGER_US:
            return
        for sensor, sonar in enumerate(self._sonars):
            if sonar.trigger == pin and sensor not in self.cut:
                self._ping(sensor, at_us)

    def _ping(self, sensor: int, at_us: int) -> None:
        rise = at_us + BURST_US
        if sensor in self._pulse and at_us < self._pulse[sensor][1]:
            return  # a sensor that is still listening ignores its trigger
        length = self._car.ping(sensor, at_us)
        fall = rise + (NO_ECHO_US if length is None else length)
        heard = []
        for other, (burst, listens_until) in self._pulse.items():
            # Longer ago than a sensor listens, it is silent again.
            if other == sensor or rise > burst + NO_ECHO_US:
                continue
            foreign = self._car.overheard(other, sensor)
            if foreign is not None and rise < burst + foreign < fall:
                fall = burst + foreign
            if rise < listens_until:
                heard.append(other)
        echo = self._sonars[sensor].echo
        self._pulse[sensor] = (rise, fall)
        heapq.heappush(self._events, (rise, echo, 1))
        heapq.heappush(self._events, (fall, echo, 0))
        self.next_us = self._events[0][0]
        for other in heard:
            own = self._car.overheard(sensor, other)
            if own is not None:
                self._hears(other, rise + own)

    def _hears(self, sensor: int, at_us: int) -> None:
        """Another one's burst reaches a sonar: its pulse ends then, if it lasts still."""
        rise, fall = self._pulse[sensor]
        if not rise < at_us < fall:
            return
        echo = self._sonars[sensor].echo
        self._pulse[sensor] = (rise, at_us)
        self._events.remove((fall, echo, 0))
        heapq.heapify(self._events)
        heapq.heappush(self._events, (at_us, echo, 0))
        self.next_us = self._events[0][0]

    def take(self, until_us: int) -> tuple[int, int] | None:
        """The next change up to then, carried out: pin and level."""
        if not self._events or self.next_us > until_us:
            return None
        _, pin, level = heapq.heappop(self._events)
        self.next_us = self._events[0][0] if self._events else NEVER
        if level:
            self.levels |= 1 << pin
        else:
            self.levels &= ~(1 << pin)
        return pin, level
