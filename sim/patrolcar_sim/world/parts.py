"""The car's parts list (car.toml) as typed values in SI units."""

from __future__ import annotations

import importlib
import math
import sys
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from patrolcar.errors import PatrolError

_tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

CAR_FILE = Path(__file__).parent / "car.toml"

GRAVITY = 9.80665
"""Standard gravity, m/s^2."""

# What one of a unit is in SI (dB, degC and Mcps stay as they are).
UNITS: dict[str, float] = {
    "1": 1.0,
    "mm": 1e-3,
    "g": 1e-3,
    "ms": 1e-3,
    "deg": math.pi / 180,
    "rpm": math.tau / 60,
    "V": 1.0,
    "mV": 1e-3,
    "A": 1.0,
    "mA": 1e-3,
    "mAh": 3.6,
    "ohm": 1.0,
    "mohm": 1e-3,
    "kg*cm": GRAVITY * 1e-2,
    "kg*m2": 1.0,
    "m/s": 1.0,
    "dB": 1.0,
    "Mcps": 1.0,
    "Mcps*m2": 1.0,
    "mm*rtMcps": 1e-3,
    "degC": 1.0,
    "deg/s": math.pi / 180,
    "deg/s/rtHz": math.pi / 180,
    "mg": GRAVITY * 1e-3,
    "ug/rtHz": GRAVITY * 1e-6,
}


@dataclass(frozen=True)
class Chassis:
    """The round body (m, kg, rad, s)."""

    radius: float
    bottom: float
    top: float
    mass: float
    mass_x: float
    mass_z: float
    mass_radius: float
    mass_height: float
    bumper_half_angle: float
    bumper_release: float


@dataclass(frozen=True)
class Wheel:
    """One of the two driven wheels, and their distance (m, kg)."""

    diameter: float
    width: float
    mass: float
    track: float
    friction: float

    @property
    def radius(self) -> float:
        return self.diameter / 2


@dataclass(frozen=True)
class Caster:
    """The ball at the back and the skid at the front (m)."""

    x: float
    radius: float
    skid_x: float
    skid_clearance: float


@dataclass(frozen=True)
class Motor:
    """A gearmotor with encoder; speeds and torques at the output shaft (V, A, rad/s, N m)."""

    voltage: float
    no_load_speed: float
    no_load_current: float
    stall_torque: float
    stall_current: float
    gear_ratio: float
    encoder_counts: float
    rotor_inertia: float

    @property
    def resistance(self) -> float:
        """Of the winding, ohm: all the voltage at stall."""
        return self.voltage / self.stall_current

    @property
    def ke(self) -> float:
        """Back-EMF, V s/rad: what the winding leaves of the voltage at no load."""
        return (self.voltage - self.no_load_current * self.resistance) / self.no_load_speed

    @property
    def kt(self) -> float:
        """Torque after the gear's losses, N m/A; smaller than ke by the gear's efficiency."""
        return self.stall_torque / (self.stall_current - self.no_load_current)

    @property
    def friction(self) -> float:
        """Of brushes and gear, N m: what the no-load current overcomes."""
        return self.kt * self.no_load_current

    @property
    def inertia(self) -> float:
        """The rotor's, seen at the output shaft, kg m^2."""
        return self.rotor_inertia * self.gear_ratio**2

    @property
    def counts_per_turn(self) -> float:
        """Encoder edges of both channels per turn of the wheel."""
        return self.encoder_counts * self.gear_ratio


@dataclass(frozen=True)
class Driver:
    """The H-bridge (ohm)."""

    resistance: float


@dataclass(frozen=True)
class Battery:
    """The pack (A s, ohm, A, V; charges from 0 to 1)."""

    cells: float
    capacity: float
    resistance: float
    charge: float
    charge_spread: float
    electronics: float
    brownout: float


@dataclass(frozen=True)
class Sonar:
    """The three range finders (m, rad, m/s, dB)."""

    height: float
    mount_radius: float
    angle: float
    range_min: float
    range_max: float
    sound_speed: float
    beam_half_angle: float
    beam_loss: float
    budget: float
    noise: float
    dropout: float


@dataclass(frozen=True)
class Tof:
    """The two VL53L0X (m, rad, s; rates in millions of counts a second)."""

    height: float
    mount_radius: float
    angle: float
    field_of_view: float
    boot: float
    signal: float
    spads: float
    sun_rate: float
    dark_rate: float
    spread: float
    least_spread: float
    signal_noise: float
    least_contrast: float
    offset: float


@dataclass(frozen=True)
class Reflectance:
    """The two cliff and three line sensors (m, rad, V)."""

    height: float
    cliff_radius: float
    cliff_angle: float
    line_x: float
    line_y: float
    spot: float
    supply: float
    saturation: float
    swing: float
    sun: float
    gain_spread: float
    noise: float


@dataclass(frozen=True)
class Imu:
    """The MPU-6050 (m, rad/s, m/s^2, per root Hz, degC)."""

    x: float
    z: float
    gyro_bias: float
    gyro_scale_error: float
    gyro_noise: float
    accel_bias: float
    accel_scale_error: float
    accel_noise: float
    temperature: float


@dataclass(frozen=True)
class Parts:
    """The whole car."""

    chassis: Chassis
    wheel: Wheel
    caster: Caster
    motor: Motor
    driver: Driver
    battery: Battery
    sonar: Sonar
    tof: Tof
    reflectance: Reflectance
    imu: Imu


_T = TypeVar("_T")


def _section(kind: type[_T], name: str, table: dict[str, Any], path: Path) -> _T:
    wanted = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    if wanted != set(table):
        odd = ", ".join(sorted(wanted ^ set(table)))
        raise PatrolError(f"parts file {path}: [{name}] lacks or does not know: {odd}")
    values = {}
    for key, entry in table.items():
        if entry["unit"] not in UNITS:
            raise PatrolError(
                f"parts file {path}: [{name}] {key} has unit {entry['unit']!r}: "
                f"use one of {', '.join(UNITS)}"
            )
        if not entry["source"]:
            raise PatrolError(f"parts file {path}: [{name}] {key} has no source: say where from")
        values[key] = float(entry["value"]) * UNITS[entry["unit"]]
    return kind(**values)


def read_parts(path: Path) -> Parts:
    """Read a parts file; raises PatrolError when a value is missing, unknown or has no source."""
    table = _tomllib.loads(path.read_text(encoding="utf-8"))
    return Parts(
        chassis=_section(Chassis, "chassis", table["chassis"], path),
        wheel=_section(Wheel, "wheel", table["wheel"], path),
        caster=_section(Caster, "caster", table["caster"], path),
        motor=_section(Motor, "motor", table["motor"], path),
        driver=_section(Driver, "driver", table["driver"], path),
        battery=_section(Battery, "battery", table["battery"], path),
        sonar=_section(Sonar, "sonar", table["sonar"], path),
        tof=_section(Tof, "tof", table["tof"], path),
        reflectance=_section(Reflectance, "reflectance", table["reflectance"], path),
        imu=_section(Imu, "imu", table["imu"], path),
    )


@cache
def load_parts() -> Parts:
    """The project's car."""
    return read_parts(CAR_FILE)
