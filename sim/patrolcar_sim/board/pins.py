"""The pin bus: what the chip's pins do to the car's parts, and what the parts do to the pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from patrolcar_sim.board.echoes import Ears, EchoWires
from patrolcar_sim.board.lockstep import CHANNELS, COUNTERS, ENCODER_PLACE, Output
from patrolcar_sim.board.wiring import Wiring

# Plain numbers, as in board.py.
LEVEL, MODE, IRQ = int(Output.LEVEL), int(Output.MODE), int(Output.IRQ)
PWM, LED = int(Output.PWM), int(Output.LED)
RISING, FALLING = 1, 2

ADC_FULL_MV = 3300
ADC_MAX = 4095
PWM_FULL = 65536


class Slave(Protocol):
    """An I2C device at register level."""

    def write(self, data: bytes) -> None: ...
    def read(self, n: int) -> bytes: ...


class Movable(Slave, Protocol):
    """A slave that says itself where it answers now, or None."""

    @property
    def address(self) -> int | None: ...


class Car(Ears, Protocol):
    """What of the world the pins reach (patrolcar_sim.world.world.World)."""

    def set_motor(self, side: int, in1: bool, in2: bool, duty: float) -> None: ...
    def set_standby(self, enabled: bool) -> None: ...
    def encoder_count(self, side: int, at_us: int) -> int: ...
    def set_xshut(self, high: bool) -> None: ...
    def floor_mv(self) -> list[float]: ...
    def power_up(self) -> None: ...
    def battery_mv(self) -> int: ...
    def current_ma(self) -> int: ...
    def bumper(self) -> bool: ...

    @property
    def imu(self) -> Slave | None: ...
    @property
    def tofs(self) -> Sequence[Movable]: ...


@dataclass(eq=False)
class SdaHold:
    """A slave that holds SDA low in the middle of a byte.

    After so many clocks it has got rid of it; -1: it does not let go.
    """

    clocks: int = -1


AnyCar = TypeVar("AnyCar", bound=Car)


class PinBus:
    """Pins of one board, wired to one car.

    Levels are 64 bits, pin n being bit n. An edge that an interrupt waits for is an event with its
    time; everything else is read from the levels.

    Attributes:
        echoes: the sonars' wires.
        stuck_high, stuck_low: inputs that are shorted, as bits.
        holds: who holds SDA low.
    """

    def __init__(self, wiring: Wiring, car: Car) -> None:
        self._wiring = wiring
        self._car = car
        self._motor_of: dict[int, int] = {}
        for side, motor in enumerate(wiring.motors):
            for pin in (motor.pwm, motor.in1, motor.in2):
                self._motor_of[pin] = side
        self.echoes = EchoWires(wiring.sonars, car)
        # Switches and the bus are pulled up, the bus on the sensors' boards.
        self._idle_levels = (
            1 << wiring.bumper | 1 << wiring.button | 1 << wiring.scl | 1 << wiring.sda
        )
        self._floor_mv: list[float] = []
        self._floor_codes: list[int] = []
        self.stuck_high = self.stuck_low = 0
        self.holds: list[SdaHold] = []
        self.leds = [0] * 5
        self.button_pressed = False
        self.reset()

    def reset(self) -> None:
        """Every pin is an input again; the harness's pull-downs hold the motors off."""
        self._driven: dict[int, int] = {}
        self._output: set[int] = set()
        self._duty: dict[int, int] = {}
        self._edges = [0] * 64
        self._scl_low = False
        self.echoes.reset()
        self._car.set_xshut(True)
        self._car.set_standby(False)
        for side in (0, 1):
            self._car.set_motor(side, False, False, 0.0)

    def power_up(self) -> None:
        """Power comes, or comes back."""
        self._car.power_up()
        self.holds.clear()
        self.reset()

    def soft_reset(self) -> None:
        """Timers and PWM stop, interrupts are off, pin modes stay."""
        self._duty.clear()
        self._edges = [0] * 64
        self.drive()

    def rewire(self, car: AnyCar) -> AnyCar:
        """Puts another car behind the pins, as they are; gives it back."""
        self._car = car
        self.echoes.rewire(car)
        self.drive()
        return car

    def drive(self) -> None:
        """Tells the motors' inputs anew."""
        for side in (0, 1):
            self._drive(side)

    # -- from the chip ---------------------------------------------------------------------

    def output(self, kind: int, index: int, small: int, value: int, at_us: int) -> None:
        """One output record of the chip, at its time."""
        if kind == LEVEL:
            self._driven[index] = value
            self._settle(index, at_us)
        elif kind == PWM:
            self._duty[index] = value
            self._settle(index, at_us)
        elif kind == MODE:
            if small & 3 == 1:
                self._output.add(index)
                self._driven[index] = value
            else:
                self._output.discard(index)
            self._settle(index, at_us)
        elif kind == IRQ:
            self._edges[index] = small
        elif kind == LED:
            self.leds[index] = value

    def _level(self, pin: int) -> bool:
        return pin in self._output and bool(self._driven.get(pin, 0))

    def _settle(self, pin: int, at_us: int) -> None:
        side = self._motor_of.get(pin)
        if side is not None:
            self._drive(side)
        elif pin in self.echoes.triggers:
            self.echoes.trigger(pin, self._level(pin), at_us)
        elif pin == self._wiring.standby:
            self._car.set_standby(self._level(pin))
        elif pin == self._wiring.tof_xshut:
            # Pulled up on the sensor's board.
            self._car.set_xshut(pin not in self._output or self._level(pin))
        elif pin == self._wiring.scl:
            self._clock(pin not in self._output or self._level(pin))

    def _clock(self, high: bool) -> None:
        """The level of SCL, where a program makes it: its rises are clocks for who holds SDA."""
        if high and self._scl_low:
            for hold in self.holds:
                hold.clocks -= 1
            self.holds = [hold for hold in self.holds if hold.clocks]
        self._scl_low = not high

    def _drive(self, side: int) -> None:
        motor = self._wiring.motors[side]
        duty = self._duty.get(motor.pwm)
        if duty is None:
            duty = PWM_FULL if self._level(motor.pwm) else 0
        self._car.set_motor(side, self._level(motor.in1), self._level(motor.in2), duty / PWM_FULL)

    @property
    def buzzer(self) -> bool:
        """Whether the buzzer sounds; never where the board has none."""
        return self._wiring.buzzer is not None and self._level(self._wiring.buzzer)

    # -- to the chip -----------------------------------------------------------------------

    @property
    def next_event_us(self) -> int:
        """When the next level changes by itself."""
        return self.echoes.next_us

    def take_event(self, until_us: int) -> int | None:
        """Carries out level changes up to `until_us`; stops at the first that interrupts.

        Returns:
            The pin of an edge whose interrupt is enabled, or None.
        """
        while (change := self.echoes.take(until_us)) is not None:
            pin, level = change
            if (self.stuck_high | self.stuck_low) >> pin & 1:
                continue
            if self._edges[pin] & (RISING if level else FALLING):
                return pin
        return None

    def levels(self) -> int:
        """The 64 pins as bits, the pulled-up switches included."""
        levels = self.echoes.levels | self._idle_levels
        if self._car.bumper():
            levels &= ~(1 << self._wiring.bumper)
        if self.button_pressed:
            levels &= ~(1 << self._wiring.button)
        if self.holds:
            levels &= ~(1 << self._wiring.sda)
        return (levels | self.stuck_high) & ~self.stuck_low

    def adc(self) -> list[int]:
        """The converter's codes by channel; 0 where nothing is wired."""
        wiring = self._wiring
        codes = [0] * CHANNELS
        codes[wiring.battery_adc] = _code(self._car.battery_mv() / wiring.battery_divider)
        current_mv = self._car.current_ma() * wiring.current_mv_per_a / 1000
        codes[wiring.current_adc] = _code(current_mv)
        if wiring.floor_adc:
            floor_mv = self._car.floor_mv()
            if floor_mv is not self._floor_mv:
                self._floor_mv = floor_mv
                self._floor_codes = [_code(mv) for mv in floor_mv]
            for channel, code in zip(wiring.floor_adc, self._floor_codes, strict=True):
                codes[channel] = code
        return codes

    def counts(self, at_us: int) -> list[int]:
        """The encoder timers' quadrature counts, as 32 bits each."""
        counts = [0] * COUNTERS
        for side, encoder in enumerate(self._wiring.encoders):
            count = self._car.encoder_count(side, at_us) & 0xFFFFFFFF
            counts[ENCODER_PLACE[encoder.timer]] = count
        return counts

    def i2c(self, bus: int, address: int, data: bytes, n: int) -> bytes | None:
        """One transfer, `data` written and then n bytes read; None where nobody answers.

        Raises:
            TimeoutError: somebody holds SDA low, so that the transfer cannot begin.
        """
        if bus != self._wiring.i2c:
            return None
        if self.holds:
            raise TimeoutError
        slaves: list[Slave] = [tof for tof in self._car.tofs if tof.address == address]
        imu = self._car.imu if address == self._wiring.imu_address else None
        if imu is not None:
            slaves.append(imu)
        if not slaves:
            return None
        if data:
            for slave in slaves:
                slave.write(data)
        if not n:
            return b""
        # On an open-drain bus the one that pulls low wins.
        answer = slaves[0].read(n)
        for slave in slaves[1:]:
            answer = bytes(a & b for a, b in zip(answer, slave.read(n), strict=True))
        return answer


def _code(millivolt: float) -> int:
    code = round(millivolt * ADC_MAX / ADC_FULL_MV)
    return 0 if code < 0 else code if code < ADC_MAX else ADC_MAX
