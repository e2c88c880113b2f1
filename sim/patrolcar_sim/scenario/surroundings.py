"""`[[prop]]` and `[[fault]]`: what stands and walks in the world, and what goes wrong in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patrolcar.errors import PatrolError
from patrolcar_sim.faults import CATALOGUE, Fault, FaultError, check
from patrolcar_sim.scenario.format import Happening
from patrolcar_sim.scenario.table import Table
from patrolcar_sim.world.materials import load_materials
from patrolcar_sim.world.props import KINDS, Prop

POSE = ("m", "m", "rad")
POINT = ("m", "m")
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*")


def read_faults(tables: Sequence[Table], duration_us: int | None) -> tuple[Happening, ...]:
    """The faults, in the order of the file."""
    found: list[Happening] = []
    for table in tables:
        name = table.choice("kind", CATALOGUE, required=True, word="fault")
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
        one = _read_fault(table, name, at_us, label or "")
        table.done()
        if duration_us is not None and at_us is not None and at_us >= duration_us:
            end = f"{duration_us / 1e6:g} s"
            table.refuse("at", f"at = {at_us / 1e6:g} s: the scenario ends at {end}")
        if one is not None:
            found.append(one)
    return tuple(found)


def _read_fault(table: Table, name: str, at_us: int | None, label: str) -> Happening | None:
    kind = CATALOGUE[name]
    for_us = table.time_us("for") if table.has("for") else None
    where = table.text("where")
    values = {}
    for parameter in kind.parameters:
        value = table.quantity(parameter.name, parameter.unit)
        if value is not None:
            values[parameter.name] = value
    if at_us is None:
        return None
    made = Happening(label, Fault(name, at_us, for_us, where, values))
    try:
        check(made.fault)
    except FaultError as error:
        key = {"at_us": "at", "for_us": "for"}.get(error.key, error.key)
        table.refuse(key if table.has(key) else "", f"{key}: {error.reason}")
        return None
    return made


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
