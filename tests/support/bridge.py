"""What the motors' bridge is told, seen at its pins; and a ground station that falls silent."""

from __future__ import annotations

from patrolcar_sim.car import VirtualCar


class Bridge:
    """What the bridge's pins say: the changes of `driven` and of `powered`, by time."""

    def __init__(self, car: VirtualCar) -> None:
        self._board, world = car.board, car.world
        self._power = False
        self._sides = [(False, False, 0.0)] * 2
        self.driven: list[tuple[int, bool]] = [(0, False)]
        self.powered: list[tuple[int, bool]] = [(0, False)]
        standby, motor = world.set_standby, world.set_motor

        def set_standby(enabled: bool) -> None:
            self._power = enabled
            self._note()
            standby(enabled)

        def set_motor(side: int, in1: bool, in2: bool, duty: float) -> None:
            self._sides[side] = (in1, in2, duty)
            self._note()
            motor(side, in1, in2, duty)

        world.set_standby = set_standby  # type: ignore[method-assign]
        world.set_motor = set_motor  # type: ignore[method-assign]

    def _note(self) -> None:
        driven = self._power and any(in1 != in2 and duty > 0 for in1, in2, duty in self._sides)
        for changes, now in ((self.driven, driven), (self.powered, self._power)):
            if changes[-1][1] != now:
                changes.append((self._board.now_us, now))

    @staticmethod
    def off_us(changes: list[tuple[int, bool]], from_us: int) -> int | None:
        """When it was first off, from then on."""
        if not [on for at, on in changes if at <= from_us][-1]:
            return from_us
        return next((at for at, on in changes if at > from_us and not on), None)


def silence(car: VirtualCar) -> None:
    car.station._next_heartbeat = 1 << 60
