"""Parts that are broken on purpose: what `patrol sim --break PART` does, as data and two wrappers.

A break is in the harness (a wire that is off, a pin that is shorted: `PinBus`), in a part of the
car (`BrokenCar` stands between the pins and the world) or a jammed wheel. The world itself knows
of none of it but the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from patrolcar.errors import PatrolError
from patrolcar_sim.board.pins import ADC_FULL_MV, Car, Movable, Slave
from patrolcar_sim.board.wiring import Wiring

if TYPE_CHECKING:
    from patrolcar_sim.board.pins import PinBus

LEFT, FRONT, RIGHT = 0, 1, 2  # sonars
WHEEL_LEFT, WHEEL_RIGHT = 0, 1
OTHER_IDENTITY = 0x71  # what an MPU-9250 says (register map RM-MPU-9250A)

# MPU-6050 registers (register map RM-MPU-6000A).
_WHO_AM_I = 0x75
_TURNED_OVER = (0x3D, 0x3F, 0x45, 0x47)  # accelerations and rates about y and z, high bytes


class Jammable(Car, Protocol):
    """A car of which a wheel can be jammed."""

    def jam(self, side: int) -> None: ...


@dataclass(frozen=True)
class Breakage:
    """What one break does; of `wheel` and `sensor`, 0 is left.

    Attributes:
        text: what a person would see of it.
        cut_trigger, stuck_echo: the sonars of which a wire is off, or shorted to 3.3 V.
        grounded: attributes of Wiring that name a pin shorted to ground.
        open_motor, blocked, reversed_motor, dead_encoder, reversed_encoder: the wheel.
        swapped_encoders: each encoder's cable is in the other one's place.
        divider: what the battery's divider makes of the voltage; None: as it should.
        imu: "absent", "identity" or "turned over".
    """

    text: str
    cut_trigger: int | None = None
    stuck_echo: int | None = None
    grounded: str | None = None
    open_motor: int | None = None
    blocked: int | None = None
    reversed_motor: int | None = None
    dead_encoder: int | None = None
    reversed_encoder: int | None = None
    swapped_encoders: bool = False
    divider: float | None = None
    imu: str | None = None


BREAKAGES: dict[str, Breakage] = {
    "sonar-left": Breakage("the left sonar's trigger wire is off", cut_trigger=LEFT),
    "sonar-front": Breakage("the front sonar's trigger wire is off", cut_trigger=FRONT),
    "sonar-right": Breakage("the right sonar's trigger wire is off", cut_trigger=RIGHT),
    "sonar-left-stuck": Breakage("the left sonar's echo is shorted high", stuck_echo=LEFT),
    "sonar-front-stuck": Breakage("the front sonar's echo is shorted high", stuck_echo=FRONT),
    "sonar-right-stuck": Breakage("the right sonar's echo is shorted high", stuck_echo=RIGHT),
    "imu": Breakage("no IMU answers", imu="absent"),
    "imu-identity": Breakage("the chip at the IMU's address is another one", imu="identity"),
    "gyro-reversed": Breakage("the IMU is mounted upside down", imu="turned over"),
    "motor-left": Breakage("a lead of the left motor is off", open_motor=WHEEL_LEFT),
    "motor-right": Breakage("a lead of the right motor is off", open_motor=WHEEL_RIGHT),
    "motor-left-blocked": Breakage("the left wheel is jammed", blocked=WHEEL_LEFT),
    "motor-right-blocked": Breakage("the right wheel is jammed", blocked=WHEEL_RIGHT),
    "motor-left-reversed": Breakage(
        "the left motor's leads are exchanged", reversed_motor=WHEEL_LEFT
    ),
    "motor-right-reversed": Breakage(
        "the right motor's leads are exchanged", reversed_motor=WHEEL_RIGHT
    ),
    "encoder-left": Breakage("the left encoder counts nothing", dead_encoder=WHEEL_LEFT),
    "encoder-right": Breakage("the right encoder counts nothing", dead_encoder=WHEEL_RIGHT),
    "encoder-left-reversed": Breakage(
        "the left encoder's A and B are exchanged", reversed_encoder=WHEEL_LEFT
    ),
    "encoder-right-reversed": Breakage(
        "the right encoder's A and B are exchanged", reversed_encoder=WHEEL_RIGHT
    ),
    "encoders-swapped": Breakage(
        "each encoder is plugged in the other one's place", swapped_encoders=True
    ),
    "battery-divider": Breakage("the battery's divider gives 0 V", divider=0.0),
    "battery-divider-full": Breakage("the battery's divider divides nothing", divider=1e3),
    "bumper-stuck": Breakage("the bumper's switch is shorted", grounded="bumper"),
    "button-stuck": Breakage("the start button is shorted", grounded="button"),
}


def find_breakages(names: Sequence[str]) -> list[Breakage]:
    """The breaks of these names. PatrolError (code 2) for a name that is none."""
    for name in names:
        if name not in BREAKAGES:
            raise PatrolError(f"--break {name} is not known: pass {', '.join(BREAKAGES)}", 2)
    return [BREAKAGES[name] for name in names]


def break_harness(pins: PinBus, wiring: Wiring, breakages: Sequence[Breakage]) -> None:
    """Cuts and shorts what the harness has broken."""
    for one in breakages:
        if one.cut_trigger is not None:
            pins.echoes.cut.add(one.cut_trigger)
        if one.stuck_echo is not None:
            pins.stuck_high |= 1 << wiring.sonars[one.stuck_echo].echo
        if one.grounded is not None:
            pins.stuck_low |= 1 << getattr(wiring, one.grounded)


class BrokenCar:
    """A car as the pins see it, with parts broken. What is whole goes through as it is."""

    def __init__(self, car: Jammable, breakages: Sequence[Breakage]) -> None:
        self._car = car
        self._open = {one.open_motor for one in breakages}
        self._backward = {one.reversed_motor for one in breakages}
        self._dead = {one.dead_encoder for one in breakages}
        self._miscounting = {one.reversed_encoder for one in breakages}
        self._swapped = any(one.swapped_encoders for one in breakages)
        self._divider = next((one.divider for one in breakages if one.divider is not None), 1.0)
        kinds = {one.imu for one in breakages}
        self.imu: Slave | None = car.imu
        if "absent" in kinds:
            self.imu = None
        elif kinds & {"identity", "turned over"} and car.imu is not None:
            self.imu = BrokenImu(car.imu, "identity" in kinds, "turned over" in kinds)
        for one in breakages:
            if one.blocked is not None:
                car.jam(one.blocked)

    def set_motor(self, side: int, in1: bool, in2: bool, duty: float) -> None:
        if side in self._open:
            return
        if side in self._backward:
            in1, in2 = in2, in1
        self._car.set_motor(side, in1, in2, duty)

    def set_standby(self, enabled: bool) -> None:
        self._car.set_standby(enabled)

    def encoder_count(self, side: int, at_us: int) -> int:
        if side in self._dead:
            return 0
        count = self._car.encoder_count(1 - side if self._swapped else side, at_us)
        return -count if side in self._miscounting else count

    def ping(self, sensor: int, at_us: int) -> int | None:
        return self._car.ping(sensor, at_us)

    def overheard(self, sender: int, listener: int) -> int | None:
        return self._car.overheard(sender, listener)

    @property
    def tofs(self) -> Sequence[Movable]:
        return self._car.tofs

    def set_xshut(self, high: bool) -> None:
        self._car.set_xshut(high)

    def floor_mv(self) -> list[float]:
        return self._car.floor_mv()

    def power_up(self) -> None:
        self._car.power_up()

    def battery_mv(self) -> int:
        return min(round(self._car.battery_mv() * self._divider), 100 * ADC_FULL_MV)

    def current_ma(self) -> int:
        return self._car.current_ma()

    def bumper(self) -> bool:
        return self._car.bumper()


class BrokenImu:
    """An IMU that is another chip, or mounted upside down: turned about its x axis."""

    def __init__(self, imu: Slave, other: bool, turned: bool) -> None:
        self._imu = imu
        self._other = other
        self._turned = turned
        self._pointer = 0

    def write(self, data: bytes) -> None:
        if data:
            self._pointer = data[0]
        self._imu.write(data)

    def read(self, n: int) -> bytes:
        data = bytearray(self._imu.read(n))
        at = _WHO_AM_I - self._pointer
        if self._other and 0 <= at < n:
            data[at] = OTHER_IDENTITY
        for register in _TURNED_OVER if self._turned else ():
            at = register - self._pointer
            if 0 <= at < n - 1:
                value = -int.from_bytes(data[at : at + 2], "big", signed=True)
                data[at : at + 2] = min(value, 32767).to_bytes(2, "big", signed=True)
        self._pointer += n
        return bytes(data)
