"""How the car's parts are wired to a board's pins: the harness, as data.

A pin is port * 16 + number (port A = 0), as in rom/pinout.py. A test holds this against the
firmware's board files: two people wired the same car.
"""

from __future__ import annotations

from dataclasses import dataclass

A, B, C, D = 0, 16, 32, 48


@dataclass(frozen=True)
class MotorPins:
    """One channel of the TB6612FNG."""

    pwm: int
    in1: int
    in2: int


@dataclass(frozen=True)
class EncoderPins:
    """A quadrature encoder, on channels 1 and 2 of a timer."""

    timer: int
    a: int
    b: int


@dataclass(frozen=True)
class SonarPins:
    """One HC-SR04; the echo comes through a 5 V divider. Two may share a trigger."""

    trigger: int
    echo: int


@dataclass(frozen=True)
class Wiring:
    """Every part of the car, left before front before right.

    `floor_adc` are the converter channels of the reflectance sensors: the cliffs' left and right
    one, the line's left, middle and right one; or none. `tof_xshut` is the right ToF sensor's.
    """

    motors: tuple[MotorPins, MotorPins]
    standby: int
    encoders: tuple[EncoderPins, EncoderPins]
    sonars: tuple[SonarPins, SonarPins, SonarPins]
    battery_adc: int  # converter channel
    current_adc: int
    bumper: int
    button: int
    uart: int
    i2c: int
    tof_xshut: int
    floor_adc: tuple[int, ...] = ()
    buzzer: int | None = None
    battery_divider: float = 4.3  # 33k over 10k
    current_mv_per_a: float = 1000.0  # 50 mohm and 20 V/V
    imu_address: int = 0x68
    scl: int = B + 6  # of the bus; on all three boards
    sda: int = B + 7


PYBOARD_V11 = Wiring(
    motors=(
        MotorPins(pwm=B + 8, in1=B + 12, in2=B + 13),
        MotorPins(pwm=B + 9, in1=B + 14, in2=B + 15),
    ),
    standby=B + 0,
    encoders=(EncoderPins(timer=2, a=A + 0, b=A + 1), EncoderPins(timer=3, a=A + 6, b=A + 7)),
    sonars=(
        SonarPins(trigger=A + 4, echo=A + 2),
        SonarPins(trigger=A + 5, echo=A + 3),
        SonarPins(trigger=A + 4, echo=B + 10),
    ),
    battery_adc=10,
    current_adc=11,
    bumper=C + 13,
    button=B + 3,
    uart=6,
    i2c=1,
    tof_xshut=B + 11,
    floor_adc=(12, 13, 14, 15, 9),  # C2, C3, C4, C5, B1
)

BLACKPILL_F411 = Wiring(
    motors=(
        MotorPins(pwm=B + 8, in1=B + 12, in2=B + 13),
        MotorPins(pwm=B + 9, in1=B + 14, in2=B + 15),
    ),
    standby=B + 2,
    encoders=(EncoderPins(timer=2, a=A + 15, b=B + 3), EncoderPins(timer=3, a=B + 4, b=B + 5)),
    sonars=(
        SonarPins(trigger=A + 4, echo=A + 5),
        SonarPins(trigger=A + 6, echo=A + 7),
        SonarPins(trigger=A + 4, echo=A + 1),
    ),
    battery_adc=8,
    current_adc=9,
    bumper=A + 8,
    button=A + 0,
    uart=2,
    i2c=1,
    tof_xshut=B + 10,
)

NUCLEO_F446RE = Wiring(
    motors=(
        MotorPins(pwm=B + 8, in1=B + 12, in2=B + 13),
        MotorPins(pwm=B + 9, in1=B + 14, in2=B + 15),
    ),
    standby=B + 0,
    encoders=(EncoderPins(timer=2, a=A + 0, b=A + 1), EncoderPins(timer=3, a=A + 6, b=A + 7)),
    sonars=(
        SonarPins(trigger=A + 9, echo=A + 8),
        SonarPins(trigger=B + 5, echo=B + 10),
        SonarPins(trigger=C + 8, echo=C + 9),
    ),
    battery_adc=10,
    current_adc=11,
    bumper=B + 4,
    button=C + 13,
    uart=6,
    i2c=1,
    tof_xshut=C + 10,
    buzzer=C + 11,
    floor_adc=(12, 13, 14, 15, 9),  # C2, C3, C4, C5, B1
)
