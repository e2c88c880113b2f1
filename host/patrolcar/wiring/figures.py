"""The tables of figures in firmware/README.md: the parts, the dividers, the motors' supply."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from patrolcar.wiring import values as v


def _ohm(value: float) -> str:
    return f"{value / 1000:g} kΩ" if value >= 1000 else f"{value:g} Ω"


# A part as one buys it, how many, and its entries in car.toml.
MECHANICS = (
    (2, "Pololu micro metal gearmotor 100:1 HPCB 6 V with 12 CPR encoder", "motor",
     ("voltage", "no_load_speed", "no_load_current", "stall_current", "gear_ratio",
      "encoder_counts")),
    (2, "wheel 60 × 8 mm for a 3 mm D shaft", "wheel", ("diameter", "width", "track")),
    (1, "ball caster, 3/4 inch", "caster", ("x", "radius")),
    (1, "round chassis plates and a front bumper", "chassis",
     ("radius", "bottom", "top", "mass", "bumper_half_angle")),
    (2, "Li-ion cell 18650 with protection, in series, and a holder", "battery",
     ("cells", "capacity", "resistance")),
    (3, "HC-SR04 ultrasonic sensor, 5 V", "sonar",
     ("height", "mount_radius", "angle", "range_min", "range_max")),
    (2, "VL53L0X module with regulator and pull-up at XSHUT (GY-VL53L0XV2, Pololu 2490)", "tof",
     ("height", "mount_radius", "angle", "field_of_view")),
    (5, "Pololu QTR-1A reflectance sensor: 2 for edges, 3 for a line", "reflectance",
     ("height", "cliff_radius", "cliff_angle", "line_x", "line_y")),
    (1, "MPU-6050 module (GY-521)", "imu", ("x", "z")),
    (1, "TB6612FNG carrier", "driver", ("resistance",)),
)  # fmt: skip

ELECTRONICS = (
    (1, f"buck converter from 6 to 9 V to {v.BUCK}"),
    (1, f"fuse {v.FUSE} with holder, and a switch for {v.SWITCH}"),
    (
        1,
        f"shunt {v.SHUNT * 1000:g} mΩ, 1 %, 1 W, and an INA180A1 ({v.AMPLIFIER} V/V) on a carrier",
    ),
    (1, f"Schottky diode {v.DIODE} and a two-pin jumper (not for the Nucleo)"),
    (3, f"echo divider: {_ohm(v.ECHO[0])} and {_ohm(v.ECHO[1])}"),
    (
        1,
        f"battery divider: {_ohm(v.BATTERY[0])} and {_ohm(v.BATTERY[1])}, 1 %, and 100 nF",
    ),
    (7, f"pull-down {_ohm(v.PULL_DOWN)} (or a network of 8)"),
    (1, f"electrolytic {v.BULK} with low resistance, at the driver's VM"),
    (1, f"electrolytic {v.FIVE_BULK}, 10 V, at the converter's output"),
    (14, "ceramic 100 nF: at every part's VCC, and across each motor"),
    (1, "telemetry radio, or USB adapter with 3.3 V levels"),
    (1, "microswitch or two behind the bumper; a push button if you like"),
)


def car() -> dict[str, Any]:
    """The car's parts list, car.toml, as it is."""
    from patrolcar_sim.world.parts import CAR_FILE

    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    found: dict[str, Any] = toml.loads(CAR_FILE.read_text(encoding="utf-8"))
    return found


def _entry(name: str, entry: dict[str, Any]) -> str:
    unit = "" if entry["unit"] == "1" else f" {entry['unit']}"
    unit = unit.replace("ohm", "Ω").replace("mΩ", " mΩ").replace("  ", " ").replace("deg", "°")
    return f"{name.replace('_', ' ')} {entry['value']:g}{unit}"


def parts_table(_tree: Path | None = None) -> list[str]:
    """What to buy; the figures are car.toml's."""
    toml = car()
    lines = [
        "| Number | Part | Figures that the firmware and the simulator count on |",
        "|---|---|---|",
    ]
    for number, name, table, keys in MECHANICS:
        figures = ", ".join(_entry(key, toml[table][key]) for key in keys)
        lines.append(f"| {number} | {name} | {figures} |")
    lines += [f"| {number} | {name} | |" for number, name in ELECTRONICS]
    return lines


def divider_table(_tree: Path | None = None) -> list[str]:
    """The two dividers and the current sensor, computed."""
    lines = ["| Divider | In | Out |", "|---|---|---|"]
    name = f"echo, {_ohm(v.ECHO[0])} over {_ohm(v.ECHO[1])}"
    pulled = f"with the chip's pull-down at its strongest ({_ohm(v.STRONGEST_PULL_DOWN)})"
    for volts, how, load in (
        (5.0, "", float("inf")),
        (5.25, "the supply at its highest", float("inf")),
        (4.75, f"the supply at its lowest, {pulled}", v.STRONGEST_PULL_DOWN),
    ):
        out = v.divide(volts, v.ECHO, load)
        lines.append(f"| {name} | {volts:.2f} V{', ' + how if how else ''} | {out:.2f} V |")
    name = f"battery, {_ohm(v.BATTERY[0])} over {_ohm(v.BATTERY[1])}"
    full = v.VDD / v.divide(1.0, v.BATTERY)
    for volts, how in ((8.4, "full pack"), (6.0, "empty"), (full, "the converter's end")):
        lines.append(f"| {name} | {volts:.2f} V, {how} | {v.divide(volts, v.BATTERY):.2f} V |")
    per_amp = v.SHUNT * v.AMPLIFIER
    lines.append(
        f"| current, {v.SHUNT * 1000:g} mΩ × {v.AMPLIFIER} | {v.VDD / per_amp:.2f} A, "
        f"the converter's end | {v.VDD:.2f} V |"
    )
    return [*lines, "", f"An input reads high from {v.INPUT_HIGH:.2f} V (0.7 VDD)."]


def motor_table(tree: Path | None = None) -> list[str]:
    """What the motors get from the pack, from the firmware's limits and car.toml."""
    from patrolcar.flash.build import firmware_dir

    toml = car()
    limits = v.constants((tree or firmware_dir()) / "patrol" / "car.py")
    full = limits["BATTERY_FULL_MV"] / 1000
    duty = limits["MAX_DUTY_PERMILLE"] / 1000
    rated = toml["motor"]["voltage"]["value"]
    winding = rated / toml["motor"]["stall_current"]["value"]
    bridge = toml["driver"]["resistance"]["value"]
    top = limits["MAX_SPEED_MM_S"]
    cruise = (top * limits["UV_PER_MM_S"] / 1000 + limits["FRICTION_MV"]) / 1000
    stall = full * duty / (winding + bridge)
    return [
        "| What the motors get | |",
        "|---|---|",
        f"| rated | {rated:g} V |",
        f"| full pack at the duty's limit of {duty:.0%} | {full * duty:.2f} V |".replace(
            "%", " %"
        ),
        f"| steady at the highest speed, {top} mm/s | {cruise:.1f} V, a duty of "
        f"{cruise / full:.0%} on a full pack |".replace("%", " %"),
        f"| current of a blocked motor at the duty's limit, full pack | {stall:.2f} A |",
        f"| of both | {2 * stall:.2f} A |",
    ]
