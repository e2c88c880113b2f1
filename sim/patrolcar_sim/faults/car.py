"""The faulty car: it stands between the pins and the world, and lies as its faults say.

What is whole goes through as it is. Each list holds the faults of one sort that are on now; an
empty one is no fault. Sides are 0 left and 1 right, sonars 0 left, 1 front and 2 right.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from patrolcar_sim.board.pins import ADC_FULL_MV, Car, Movable, Slave
from patrolcar_sim.faults.slaves import FaultyMovable, FaultySlave

_MOST_MV = 100 * ADC_FULL_MV
LONGEST_US = 38_000  # an HC-SR04 that hears nothing (data sheet)
SHORTEST_US = 120  # 2 cm there and back


@dataclass(eq=False)
class Missing:
    """Edges that an encoder loses: each with this chance."""

    rate: float
    chance: random.Random


@dataclass(eq=False)
class Late:
    """An echo that comes so much later; 0: the one that comes is the previous ping's."""

    by_us: int


@dataclass(eq=False)
class Crosstalk:
    """Another car's bursts: a ping hears one with this chance."""

    rate: float
    chance: random.Random


class FaultyCar:
    """A car as the pins see it, with faults that come and go.

    Attributes:
        open, backward: sides whose motor has a lead off, or its leads exchanged.
        still, miscounting, missing: sides whose encoder stands, counts backward, loses edges.
        swapped: not empty: each encoder is in the other one's place.
        silent, late, crosstalk: by sonar.
        dividers: what the battery's divider makes of the voltage.
        floor: by reflectance sensor, what its output is stuck at, mV.
    """

    def __init__(self, car: Car, now_us: int) -> None:
        self._car = car
        self.open: tuple[list[object], ...] = ([], [])
        self.backward: tuple[list[object], ...] = ([], [])
        self.still: tuple[list[object], ...] = ([], [])
        self.miscounting: tuple[list[object], ...] = ([], [])
        self.missing: tuple[list[Missing], ...] = ([], [])
        self.swapped: list[object] = []
        self.silent: tuple[list[object], ...] = ([], [], [])
        self.late: tuple[list[Late], ...] = ([], [], [])
        self.crosstalk: tuple[list[Crosstalk], ...] = ([], [], [])
        self.dividers: list[float] = []
        self.floor: dict[int, list[float]] = {}
        self._seen = [car.encoder_count(side, now_us) for side in (0, 1)]
        self._told = list(self._seen)
        self._before: list[int | None] = [None] * 3
        self._imu = None if car.imu is None else FaultySlave(car.imu)
        self._tofs = [FaultyMovable(tof) for tof in car.tofs]

    # -- motors and encoders ---------------------------------------------------------------

    def set_motor(self, side: int, in1: bool, in2: bool, duty: float) -> None:
        if self.open[side]:
            in1 = in2 = False
        elif self.backward[side]:
            in1, in2 = in2, in1
        self._car.set_motor(side, in1, in2, duty)

    def set_standby(self, enabled: bool) -> None:
        self._car.set_standby(enabled)

    def encoder_count(self, side: int, at_us: int) -> int:
        self.count(at_us)
        return self._told[side]

    def count(self, at_us: int) -> None:
        """Takes in what the wheels have turned; call before a fault of an encoder changes."""
        new = [self._car.encoder_count(side, at_us) for side in (0, 1)]
        turned = [new[side] - self._seen[side] for side in (0, 1)]
        self._seen = new
        if self.swapped:
            turned.reverse()
        for side in (0, 1):
            edges = turned[side]
            if not edges or self.still[side]:
                continue
            for one in self.missing[side]:
                kept = sum(one.chance.random() >= one.rate for _ in range(abs(edges)))
                edges = kept if edges > 0 else -kept
            self._told[side] += -edges if self.miscounting[side] else edges

    # -- sonars ----------------------------------------------------------------------------

    def ping(self, sensor: int, at_us: int) -> int | None:
        true = self._car.ping(sensor, at_us)
        before, self._before[sensor] = self._before[sensor], true
        heard = true
        for late in self.late[sensor]:
            if not late.by_us:
                heard = before
            elif heard is not None:
                heard += late.by_us
                if heard >= LONGEST_US:
                    heard = None
        if self.silent[sensor]:
            heard = None
        for other in self.crosstalk[sensor]:
            met, share = other.chance.random() < other.rate, other.chance.random()
            if met:
                latest = LONGEST_US if heard is None else heard
                heard = SHORTEST_US + int(max(0, latest - SHORTEST_US) * share)
        return heard

    def overheard(self, sender: int, listener: int) -> int | None:
        return None if self.silent[listener] else self._car.overheard(sender, listener)

    # -- the bus ---------------------------------------------------------------------------

    @property
    def imu(self) -> Slave | None:
        return None if self._imu is None or self._imu.absent else self._imu

    @property
    def tofs(self) -> Sequence[Movable]:
        return self._tofs

    @property
    def imu_faults(self) -> list[FaultySlave]:
        """The IMU, if the car has one."""
        return [] if self._imu is None else [self._imu]

    @property
    def tof_faults(self) -> Sequence[FaultyMovable]:
        """The ToF sensors, the left one first."""
        return self._tofs

    def set_xshut(self, high: bool) -> None:
        self._car.set_xshut(high)

    def power_up(self) -> None:
        self._car.power_up()

    # -- what is read by the converter, and the switch ---------------------------------------

    def battery_mv(self) -> int:
        millivolt = float(self._car.battery_mv())
        for factor in self.dividers:
            millivolt *= factor
        return min(round(millivolt), _MOST_MV)

    def current_ma(self) -> int:
        return self._car.current_ma()

    def floor_mv(self) -> list[float]:
        millivolts = self._car.floor_mv()
        if any(self.floor.values()):
            millivolts = list(millivolts)
            for sensor, stuck in self.floor.items():
                if stuck:
                    millivolts[sensor] = stuck[-1]
        return millivolts

    def bumper(self) -> bool:
        return self._car.bumper()
