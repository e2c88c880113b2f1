"""`[[prop]]` and `[[fault]]`: what stands and walks in the world, and what goes wrong in it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar_sim.scenario.format import Happening
from patrolcar_sim.scenario.table import Table
from patrolcar_sim.world.materials import load_materials
from patrolcar_sim.world.props import KINDS, Prop

POSE = ("m", "m", "rad")
POINT = ("m", "m")
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*")


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def catalogue() -> dict[str, Any]:
    """Every kind of fault, by name."""
    package = _package("patrolcar_sim.faults")
    return {} if package is None else package.CATALOGUE


def read_faults(tables: Sequence[Table], duration_us: int | None) -> tuple[Happening, ...]:
    """The faults, in the order of the file."""
    kinds = catalogue()
    found: list[Happening] = []
    for table in tables:
        name = table.choice("kind", kinds, required=True, word="fault")
        at_us = table.time_us("at", required=True)
        label = table.text("name")
        if label is not None:
            if not _LABEL.fullmatch(label):
                table.refuse("name", f"name = {label!r} has to begin with a letter")
            elif any(label == other.label for other in found):
                table.refuse("name", f"two faults are named {label}")
        if name is None:
            table.forget_rest()
            continue
        one = _read_fault(table, kinds[name], name, at_us, label or "")
        table.done()
        if duration_us is not None and at_us is not None and at_us >= duration_us:
            end = f"{duration_us / 1e6:g} s"
            table.refuse("at", f"at = {at_us / 1e6:g} s: the scenario ends at {end}")
        if one is not None:
            found.append(one)
    return tuple(found)


def _read_fault(
    table: Table, kind: Any, name: str, at_us: int | None, label: str
) -> Happening | None:
    for_us = table.time_us("for") if kind.lasts else None
    where = table.choice("where", kind.where) if kind.where else None
    values = {}
    for parameter in kind.parameters:
        value = table.quantity(parameter.name, parameter.unit, parameter.lowest, parameter.highest)
        if value is not None:
            values[parameter.name] = value
    if at_us is None:
        return None
    made = Happening(label, name, at_us, for_us, where, values)
    faults = _package("patrolcar_sim.faults")
    try:
        faults.check(fault_of(made))
    except faults.FaultError as error:
        key = {"at_us": "at", "for_us": "for"}.get(error.key, error.key)
        table.refuse(key if table.has(key) else "", f"{name}: {error.reason}")
        return None
    return made


def fault_of(happening: Happening) -> Any:
    """The fault as the board takes it."""
    return _package("patrolcar_sim.faults").Fault(
        happening.kind, happening.at_us, happening.for_us, happening.where, happening.values
    )


def read_props(tables: Sequence[Table]) -> tuple[Prop, ...]:
    """The props."""
    found: list[Prop] = []
    for table in tables:
        prop = _read_prop(table)
        if prop is not None and any(prop.name == other.name for other in found):
            table.refuse("name", f"two props are named {prop.name}")
        elif prop is not None:
            found.append(prop)
    return tuple(found)


def _read_prop(table: Table) -> Prop | None:
    name = table.text("name", required=True)
    kind = table.choice("kind", KINDS, required=True)
    material = table.choice("material", load_materials())
    pose = table.quantities("pose", POSE)
    path = [table.as_quantities("path", point, POINT) for point in table.texts("path") or ()]
    speed = table.quantity("speed", "m/s", 0.0) or 0.0
    waits = table.typed("waits", bool, "true or false")
    size = None
    if kind is not None:
        size = table.quantities("size", ["m"] * len(KINDS[kind].size))
    else:
        table.known("size")
    table.done()
    if name is None or kind is None or None in path:
        return None
    points = tuple((point[0], point[1]) for point in path if point is not None)
    if points and not speed:
        table.refuse("path", f"prop {name} has a path but no speed")
    stands = None if pose is None else (pose[0], pose[1], pose[2])
    made = Prop(name, kind, size, material, stands, points, speed, waits is not False)
    try:
        made.check()
    except PatrolError as error:
        table.refuse("", str(error))
        return None
    return made
