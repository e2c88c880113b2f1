"""`[parameters]`: settings of the firmware, values of car.toml and the light; read, and put in.

Settings go into the flash image as `patrol calibrate` would have left them there; the record's
format is firmware/patrol/store/log.py's.
"""

from __future__ import annotations

import functools
import runpy
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastcrc.crc16 import mcrf4xx

from patrolcar.flash.build import board_data, firmware_dir
from patrolcar.flash.preserve import MAGIC
from patrolcar_sim.board.image import BASE
from patrolcar_sim.scenario.format import Parameters
from patrolcar_sim.scenario.table import Table
from patrolcar_sim.scenario.units import said
from patrolcar_sim.words import nearest
from patrolcar_sim.world import parts as car_parts
from patrolcar_sim.world.parts import Parts, load_parts

LIGHT = "light"
FULL_SUN_KLX = 100.0  # light 1 in the world
SETTINGS_RECORD = 1  # the type of a record in the log
MOST_TIMES = 100.0
"""A value of car.toml can be so many times the usual one; beyond, the physics only breaks."""
NEVER_ZERO = {
    "chassis": ("radius", "top", "mass", "mass_radius", "mass_height"),
    "wheel": ("diameter", "width", "mass", "track"),
    "caster": ("radius",),
    "motor": ("no_load_speed", "stall_current"),
    "battery": ("capacity",),
    "sonar": ("sound_speed", "beam_loss"),
    "tof": ("field_of_view", "spads"),
    "reflectance": ("height",),
}
"""Those by which something is divided: at least the usual one by MOST_TIMES."""
SHARES = {("battery", "charge"), ("battery", "charge_spread"), ("sonar", "dropout")}
"""Those that are a part of a whole: 1 at most."""


@functools.cache
def settings_table() -> tuple[int, dict[str, tuple[str, int, int, int]]]:
    """The layout, and each setting's unit, lowest, highest and default, from the firmware."""
    made = runpy.run_path(str(firmware_dir() / "patrol/store/table.py"))
    return made["LAYOUT"], {row[0]: row[1:5] for row in made["TABLE"]}


@functools.cache
def part_units() -> dict[str, dict[str, str]]:
    """The unit of each value of car.toml, by section and key."""
    data: dict[str, Any] = car_parts._tomllib.loads(car_parts.CAR_FILE.read_text("utf-8"))
    return {
        section: {key: entry["unit"] for key, entry in table.items()}
        for section, table in data.items()
    }


def read_parameters(table: Table | None) -> Parameters:
    """The table, checked; nothing without one."""
    if table is None:
        return Parameters()
    settings, found = settings_table()[1], Parameters()
    for key, value in table.data.items():
        table.known(key)
        if key in settings:
            _setting(table, key, settings[key], found)
        elif key == LIGHT:
            klx = table.quantity(key, "klx", 0.0, 2 * FULL_SUN_KLX)
            found = replace(found, light=None if klx is None else klx / FULL_SUN_KLX)
        elif key in part_units():
            inner = table.table(key)
            for name in () if inner is None else inner.data:
                assert inner is not None
                inner.known(name)
                _part(inner, name, key, name, found)
        elif isinstance(value, dict):
            table.refuse(key, f"part {key} is not known: {nearest(key, part_units())}")
        elif "." in key and key.partition(".")[0] in part_units():
            section, _, name = key.partition(".")
            _part(table, key, section, name, found)
        else:
            known = [*settings, LIGHT, *part_units()]
            table.refuse(key, f"parameter {key} is not known: {nearest(key, known)}")
    return found


def _setting(table: Table, key: str, row: tuple[str, int, int, int], found: Parameters) -> None:
    unit, lowest, highest, _ = row
    value = table.quantity(key, unit, lowest, highest)
    if value is None:
        return
    if value != int(value):
        table.refuse(key, f"{key} = {said(table.raw(key))} is no whole number of {unit}")
        return
    found.settings[key] = int(value)


def _part(table: Table, key: str, section: str, name: str, found: Parameters) -> None:
    units = part_units()[section]
    if name not in units:
        table.refuse(key, f"part {section} has no {name}: {nearest(name, units)}")
        return
    one = car_parts.UNITS[units[name]]
    usual = getattr(getattr(load_parts(), section), name) / one
    highest = float(f"{abs(usual) * MOST_TIMES:.6g}")
    lowest = 0.0 if usual >= 0 else -highest
    if (section, name) in SHARES:
        highest = 1.0
    if name in NEVER_ZERO.get(section, ()):
        lowest = float(f"{usual / MOST_TIMES:.6g}")
    value = table.quantity(key, units[name], lowest, highest)
    if value is not None:
        found.parts[section, name] = value * one


def changed_parts(parameters: Parameters) -> Parts:
    """The car with these values."""
    parts = load_parts()
    for (section, name), value in parameters.parts.items():
        changed = replace(getattr(parts, section), **{name: value})
        parts = replace(parts, **{section: changed})
    return parts


def store_settings(image: Path, board: str, settings: dict[str, int]) -> None:
    """Writes settings into the image of a board that has stored none yet."""
    if not settings:
        return
    layout, table = settings_table()
    payload = b"".join(
        struct.pack("<i", settings.get(name, default)) for name, (*_, default) in table.items()
    )
    half_words = len(payload) // 2
    record = struct.pack("<BBBBH", half_words ^ 0xFF, half_words, SETTINGS_RECORD, layout, 0)
    record += payload
    record += struct.pack("<H", mcrf4xx(record))
    generation = 1
    head = struct.pack("<HHH", MAGIC, generation, generation ^ 0xFFFF)
    address = board_data(board)["SETTINGS"][0][0]
    with image.open("r+b") as file:
        file.seek(address - BASE)
        file.write(head + record)
