"""A car that stands still and remembers what the pins did to it, for a board without a world."""

from __future__ import annotations

from patrolcar_sim.board.pins import Movable


class SilentImu:
    """An I2C slave with 256 registers."""

    def __init__(self) -> None:
        self.registers = bytearray(256)
        self.registers[0x75] = 0x68
        self.pointer = 0

    def write(self, data: bytes) -> None:
        self.pointer = data[0]
        for byte in data[1:]:
            self.registers[self.pointer] = byte
            self.pointer += 1

    def read(self, n: int) -> bytes:
        return bytes(self.registers[self.pointer : self.pointer + n])


class StubCar:
    """What a VirtualBoard needs of a world, with nothing behind it.

    Attributes:
        motors: (in1, in2, duty of 0 to 1) by side; standby: whether the driver is enabled.
        counts: the encoders' counts, which a test may set; echo_us, pressed likewise.
        pings: (sensor, virtual time) of each.
        xshut: the level at the right ToF sensor's pin; tofs: its slaves, of which it has none.
        power_ups: how often the car was given power anew.
        floor: what the cliff and line sensors give, in mV.
        overheard_us: by (sender, listener), after how long a sonar hears another one's ping.
    """

    def __init__(self) -> None:
        self.imu = SilentImu()
        self.tofs: list[Movable] = []
        self.xshut: bool | None = None
        self.power_ups = 0
        self.floor = [300.0] * 5
        self.overheard_us: dict[tuple[int, int], int] = {}
        self.motors: dict[int, tuple[bool, bool, float]] = {}
        self.standby: bool | None = None
        self.counts = [0, 0]
        self.echo_us: int | None = 5800
        self.pings: list[tuple[int, int]] = []
        self.pressed = False
        self.time_us = 0

    def advance(self, to_us: int) -> None:
        assert to_us >= self.time_us, "time went backwards"
        self.time_us = to_us

    def set_motor(self, side: int, in1: bool, in2: bool, duty: float) -> None:
        self.motors[side] = (in1, in2, duty)

    def set_standby(self, enabled: bool) -> None:
        self.standby = enabled

    def encoder_count(self, side: int, at_us: int) -> int:
        return self.counts[side]

    def ping(self, sensor: int, at_us: int) -> int | None:
        self.pings.append((sensor, at_us))
        return self.echo_us

    def overheard(self, sender: int, listener: int) -> int | None:
        return self.overheard_us.get((sender, listener))

    def set_xshut(self, high: bool) -> None:
        self.xshut = high

    def floor_mv(self) -> list[float]:
        return self.floor

    def power_up(self) -> None:
        self.power_ups += 1

    def battery_mv(self) -> int:
        return 7400

    def current_ma(self) -> int:
        return 300

    def bumper(self) -> bool:
        return self.pressed
