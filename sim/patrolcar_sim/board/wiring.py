"""How the car's parts are wired to a board's pins: the harness, as data.

A pin is port * 16 + number (port A = 0), as in rom/pinout.py. A test holds this against the
firmware's board file: two people wired the same car.
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
class SonarPins:
    """One HC-SR04; the echo comes through a 5 V divider."""

    trigger: int
    echo: int


@dataclass(frozen=True)
class Wiring:
    """Every part of the car, left before front before right."""

    motors: tuple[MotorPins, MotorPins]
    standby: int
    encoder_timers: tuple[int, int]
    sonars: tuple[SonarPins, SonarPins, SonarPins]
    battery_adc: int  # converter channel
    current_adc: int
    battery_divider: float
    current_mv_per_a: float
    bumper: int
    button: int
    uart: int
    i2c: int
    imu_address: int


PYBOARD_V11 = Wiring(
    motors=(
        MotorPins(pwm=B + 8, in1=B + 12, in2=B + 13),
        MotorPins(pwm=B + 9, in1=B + 14, in2=B + 15),
    ),
    standby=B + 0,
    encoder_timers=(2, 3),
    sonars=(
        SonarPins(trigger=A + 4, echo=A + 2),
        SonarPins(trigger=A + 5, echo=A + 3),
        SonarPins(trigger=B + 11, echo=B + 10),
    ),
    battery_adc=10,
    current_adc=11,
    battery_divider=4.3,  # 33k over 10k
    current_mv_per_a=1000.0,  # 50 mohm and 20 V/V
    bumper=C + 13,
    button=B + 3,
    uart=6,
    i2c=1,
    imu_address=0x68,
)
