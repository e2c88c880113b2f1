"""Every kind of fault: what happens, where, and with which numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from patrolcar_sim.faults import (
    battery,
    bus,
    chip,
    encoder,
    flash,
    harness,
    motor,
    sonar,
    uart,
    world,
)
from patrolcar_sim.faults.fault import Fault, FaultError, Kind, Parameter
from patrolcar_sim.words import nearest

if TYPE_CHECKING:
    from patrolcar_sim.world.props import Prop

_WAYS = ("to", "from", "both")
_SIDES = ("left", "right", "both")
LONGEST_US = 1 << 52
"""Beyond it nothing has a time."""


def _rate(default: float, of: str) -> tuple[Parameter, ...]:
    return (Parameter("rate", "1", 0.0, 1.0, default, of),)


def _identity(value: int) -> tuple[Parameter, ...]:
    return (Parameter("value", "1", 0, 255, value, "what the identity register says", True),)


_CLOCKS = (
    Parameter(
        "clocks", "1", 0, 1, 0, "1: nine clocks on SCL free the bus, 0: they do not help", True
    ),
)
_DISTANCE = Parameter("distance", "m", 0.1, 10.0, 0.6, "so far in front of the car's body")

CATALOGUE: dict[str, Kind] = {
    "uart.bits": Kind(
        "bits of the telemetry line flip; to the car, from the car, or both",
        uart.bits, _WAYS, parameters=_rate(0.0005, "share of the data bits"),
    ),
    "uart.drop": Kind(
        "bytes of the telemetry line are lost",
        uart.drop, _WAYS, parameters=_rate(0.005, "share of the bytes"),
    ),
    "uart.duplicate": Kind(
        "bytes of the telemetry line come twice",
        uart.duplicate, _WAYS, parameters=_rate(0.005, "share of the bytes"),
    ),
    "uart.stall": Kind("the telemetry line stands: what is sent waits", uart.stall, _WAYS),
    "uart.cut": Kind("a wire of the telemetry line is off: what is sent is lost", uart.cut, _WAYS),
    "sonar.silent": Kind("a sonar hears nothing", sonar.silent, sonar.PLACES),
    "sonar.late": Kind(
        "a sonar's echo comes too late",
        sonar.late, sonar.PLACES,
        parameters=(
            Parameter("by", "ms", 0, 38, 0, "delay; 0: it hears the previous ping's echo"),
        ),
    ),
    "sonar.crosstalk": Kind(
        "a sonar hears another car's pings, at random times before its own echo",
        sonar.crosstalk, sonar.PLACES, parameters=_rate(0.3, "share of the pings"),
    ),
    "sonar.stuck": Kind("a sonar's echo wire is shorted to 3.3 V", sonar.stuck, sonar.PLACES),
    "sonar.wire": Kind("a sonar's trigger wire is off", sonar.wire, sonar.PLACES),
    "tof.hang": Kind(
        "a ToF sensor holds SDA low: no transfer on the bus begins", bus.hang, parameters=_CLOCKS
    ),
    "tof.nak": Kind("a ToF sensor does not answer", bus.nak, _SIDES),
    "tof.frozen": Kind("a ToF sensor always tells the same measurement", bus.frozen, _SIDES),
    "tof.identity": Kind(
        "a ToF sensor is another chip", bus.identity, _SIDES,
        parameters=_identity(bus.OTHER_TOF),
    ),
    "tof.reset": Kind(
        "a ToF sensor loses its power for a moment: it answers at 0x29 and measures nothing",
        bus.reset, _SIDES, lasts=False, needs_world=True,
    ),
    "imu.hang": Kind(
        "the IMU holds SDA low: no transfer on the bus begins", bus.hang, parameters=_CLOCKS
    ),
    "imu.nak": Kind("the IMU does not answer", bus.nak),
    "imu.frozen": Kind("the IMU always tells the same measurement", bus.frozen),
    "imu.identity": Kind(
        "the IMU is another chip", bus.identity, parameters=_identity(bus.OTHER_IMU)
    ),
    "imu.reset": Kind(
        "the IMU loses its power for a moment: it sleeps, with its default ranges",
        bus.reset, lasts=False, needs_world=True,
    ),
    "imu.turned": Kind("the IMU is mounted upside down", bus.turned),
    "encoder.missing": Kind(
        "an encoder loses edges",
        encoder.missing, _SIDES, parameters=_rate(0.1, "share of the edges"),
    ),
    "encoder.reversed": Kind("an encoder counts backward", encoder.reversed_, _SIDES),
    "encoder.stuck": Kind("an encoder counts nothing", encoder.stuck, _SIDES),
    "encoder.swapped": Kind("each encoder is plugged in the other one's place", encoder.swapped),
    "motor.stall": Kind("a wheel is jammed", motor.stall, _SIDES, needs_world=True),
    "motor.weak": Kind(
        "a motor has less torque", motor.weak, _SIDES, needs_world=True,
        parameters=(Parameter("factor", "1", 0.0, 1.0, 0.5, "share of its torque"),),
    ),
    "motor.runaway": Kind(
        "a bridge is shorted: its motor drives whatever the pins and STBY say",
        motor.runaway, _SIDES, needs_world=True,
        parameters=(Parameter("factor", "1", -1.0, 1.0, 1.0, "share of the pack's voltage"),),
    ),
    "motor.open": Kind("a lead of a motor is off", motor.open_, _SIDES),
    "motor.reversed": Kind("a motor's leads are exchanged", motor.reversed_, _SIDES),
    "battery.sag": Kind(
        "the pack's resistance is a multiple; too low a voltage resets the board",
        battery.sag, needs_world=True,
        parameters=(Parameter("factor", "1", 1.0, 100.0, 5.0, "of its resistance"),),
    ),
    "battery.brownout": Kind(
        "the supply dips: the board starts again as from a power-on",
        battery.brownout, lasts=False,
        parameters=(Parameter("off", "ms", 0, 60_000, 5, "how long it stays away"),),
    ),
    "battery.divider": Kind(
        "the battery's divider gives another share of the voltage",
        battery.divider,
        parameters=(Parameter("factor", "1", 0.0, 1000.0, 0.0, "of what it should give"),),
    ),
    "flash.cut": Kind(
        "power fails in the middle of a work of the flash: an erase, 4 KB programmed, a word",
        flash.cut,
        parameters=(
            Parameter("work", "1", 0, 1e6, 0, "which one from then on; 0: chance decides", True),
            Parameter("within", "1", 1, 1e6, 40, "of so many", True),
        ),
    ),
    "flash.rot": Kind(
        "bits of what is stored in the flash turn over",
        flash.rot, ("settings", "pack", "filesystem"), lasts=False,
        parameters=(Parameter("bits", "1", 1, 1e6, 8, "how many", True),),
    ),
    "flash.full": Kind(
        "no room is left: for settings at once, in the filesystem from the next boot on",
        flash.full, ("settings", "filesystem"), lasts=False,
    ),
    "clock.jump": Kind(
        "the chip's clock leaps ahead, or the chip stands still while the world goes on",
        chip.jump, lasts=False,
        parameters=(
            Parameter("by", "ms", -600_000, 600_000, 500, "ahead; negative: it stands so long"),
        ),
    ),
    "interpreter.kill": Kind(
        "the interpreter ends without a word, and the chip comes up again", chip.kill, lasts=False
    ),
    "memory.shortage": Kind(
        "a part of the board's heap is gone, also after a reset",
        chip.shortage, parameters=(Parameter("size", "KB", 1, 64, 20, "how much", True),),
    ),
    "switch.stuck": Kind(
        "a switch is shorted: pressed", harness.switch_stuck, ("button", "bumper")
    ),
    "floor.stuck": Kind(
        "a cliff or line sensor's output stands at one voltage",
        harness.floor_stuck, harness.FLOOR,
        parameters=(
            Parameter("voltage", "V", 0.0, 3.3, 0.0, "0: shorted, 3.3: the sensor is off"),
        ),
    ),
    "world.kidnap": Kind(
        "somebody puts the car down elsewhere; where it could have driven to, if not told",
        world.kidnap, lasts=False, needs_world=True,
        parameters=(
            Parameter("x", "m", -1000.0, 1000.0, None, "where"),
            Parameter("y", "m", -1000.0, 1000.0, None, "where"),
            Parameter("yaw", "deg", -360.0, 360.0, None, "which way it then faces"),
        ),
    ),
    "world.person": Kind(
        "a person steps in front of the car, or walks across its way",
        world.person, needs_world=True,
        parameters=(
            _DISTANCE,
            Parameter("speed", "m/s", 0.0, 3.0, 0.0, "across its way; 0: stands"),
        ),
    ),
    "world.door": Kind(
        "a glass door closes across the car's way",
        world.door, needs_world=True, parameters=(_DISTANCE,),
    ),
    "world.ramp": Kind(
        "the floor tilts",
        world.ramp, needs_world=True,
        parameters=(
            Parameter("pitch", "deg", -20.0, 20.0, 5.0, "it rises along the world's x"),
            Parameter("roll", "deg", -20.0, 20.0, 0.0, "and along its y"),
        ),
    ),
    "world.sun": Kind(
        "the sun shines in",
        world.sun, needs_world=True,
        parameters=(Parameter("light", "klx", 0.0, 100.0, 100.0, "how bright"),),
    ),
}  # fmt: skip


def check(fault: Fault) -> None:
    """Raises FaultError that names what of a fault cannot be: kind, at_us, for_us, where or the
    name of a value."""
    kind = CATALOGUE.get(fault.kind)
    if kind is None:
        raise FaultError(
            "kind", f"no fault is called {fault.kind}: {nearest(fault.kind, CATALOGUE)}"
        )
    if not 0 <= fault.at_us <= LONGEST_US:
        raise FaultError("at_us", f"{fault.at_us} us is no time after power-on")
    if fault.for_us is not None:
        if not kind.lasts:
            raise FaultError("for_us", f"{fault.kind} is over at once: leave it out")
        if not 0 < fault.for_us <= LONGEST_US:
            raise FaultError("for_us", f"it cannot last {fault.for_us} us: it has to be over 0")
    if fault.where is not None and fault.where not in kind.where:
        if not kind.where:
            raise FaultError("where", f"{fault.kind} has no place: leave {fault.where} out")
        raise FaultError(
            "where", f"{fault.kind} cannot be at {fault.where}: use {_names(kind.where)}"
        )
    known = {one.name: one for one in kind.parameters}
    for name, value in fault.values.items():
        if name not in known:
            takes = f"it takes {_names(known)}" if known else "it takes none"
            raise FaultError(name, f"{fault.kind} has no value of that name: {takes}")
        one = known[name]
        if not math.isfinite(value) or not one.lowest <= value <= one.highest:
            raise FaultError(name, f"{value:g} cannot be: use {span_of(one)}")
        if one.whole and value != int(value):
            raise FaultError(name, f"{value:g} is no whole number: use {span_of(one)}")
    if fault.kind == "clock.jump" and fault.values.get("by") == 0:
        raise FaultError("by", "0 ms is no jump: use more or less than 0")
    if fault.kind == "world.kidnap" and ("x" in fault.values) != ("y" in fault.values):
        raise FaultError("y" if "x" in fault.values else "x", "give both x and y, or neither")


def span_of(parameter: Parameter) -> str:
    """What a parameter may be, for a person."""
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    return f"{parameter.lowest:g} to {parameter.highest:g}{unit}"


def complete(fault: Fault) -> Fault:
    """The fault, checked, with every default in place."""
    check(fault)
    kind = CATALOGUE[fault.kind]
    values = {one.name: one.default for one in kind.parameters if one.default is not None}
    where = fault.where or (kind.where[-1] if kind.where else None)
    return replace(fault, where=where, values={**values, **fault.values})


def props_of(faults: Sequence[Fault]) -> list[Prop]:
    """What the world has to be made with for these faults to happen in it."""
    from patrolcar_sim.world.props import Prop

    return [
        Prop(world.prop_name(number, fault), world.PROPS[fault.kind], waits=False)
        for number, fault in enumerate(faults)
        if fault.kind in world.PROPS
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
