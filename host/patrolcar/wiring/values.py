"""The values of resistors, capacitors and the rest, and what comes of them. Data and sums.

Limits of the processor: STM32F405 data sheet DS8626, section 5.3.16 (I/O ports): an input reads
high from 0.7 VDD, an internal pull-down has 30 to 50 kohm.
"""

from __future__ import annotations

import ast
from pathlib import Path

ECHO = (1_000, 2_000)  # ohm: in the line, to ground
BATTERY = (33_000, 10_000)
PULL_DOWN = 10_000
SHUNT = 0.05
AMPLIFIER = 20  # V/V: INA180A1

FUSE = "5 A"
SWITCH = "5 A"
BULK = "470 µF, 16 V"
BUCK = "5 V, 2 A"
FIVE_BULK = "100 µF"
DIODE = "1N5817"

DIVIDERS = {"echo divider": ECHO, "battery divider": BATTERY}

VDD = 3.3
INPUT_HIGH = 0.7 * VDD
STRONGEST_PULL_DOWN = 30_000


def divide(volts: float, divider: tuple[float, float], load: float = float("inf")) -> float:
    """What a divider makes of `volts`, with `load` (ohm) in parallel to its lower resistor."""
    top, bottom = divider
    lower = bottom if load == float("inf") else bottom * load / (bottom + load)
    return volts * lower / (top + lower)


def short(ohm: float) -> str:
    """A resistor's value as it is written on a drawing: 10k, 470."""
    return f"{ohm / 1000:g}k" if ohm >= 1000 else f"{ohm:g}"


def constants(path: Path) -> dict[str, int]:
    """The integers that a firmware file sets by NAME = const(NUMBER)."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
        ):
            found[node.targets[0].id] = int(ast.literal_eval(node.value.args[0]))
    return found
