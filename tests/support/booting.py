"""Whether a virtual car has booted, and how; and booting it again."""

from __future__ import annotations

from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.car import VirtualCar

EMERGENCY = 6  # MAV_STATE of safe mode


def heartbeat(car: VirtualCar, most_s: float = 10.0) -> int:
    """The state in the first heartbeat from now on."""
    start = len(car.station.messages)

    def beats() -> list[int]:
        new = car.station.messages[start:]
        return [m.system_status for _, m in new if m.get_type() == "HEARTBEAT"]

    car.until(lambda: bool(beats()), most_s)
    return beats()[0]


def running(car: VirtualCar) -> None:
    """It comes, or has come, to its own program."""
    assert heartbeat(car) != EMERGENCY, car.station.texts
    car.run(0.5)


def reset(car: VirtualCar, cause: Cause = Cause.HARD) -> None:
    """Resets it; what it has said is forgotten."""
    car.station.messages.clear()
    car.console.clear()
    car.board.reset(cause)
