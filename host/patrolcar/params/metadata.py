"""What ground stations read about parameters: ArduPilot's XML and MAVLink's component metadata.

`apm.pdef.xml` is what MAVProxy shows by `param help`: it takes the vehicle's parameters from
<vehicles> under VEHICLE:NAME and those of <libraries> under NAME, and wants some of both.
`parameter.json` is COMP_METADATA_TYPE_PARAMETER
(mavlink.io/en/services/component_information.html), the only one that QGroundControl takes for an
autopilot of its type generic, and only from the vehicle or where its COMPONENT_METADATA points.
Its version is 1: what QGroundControl's CompInfoParam takes, though MAVLink's schema says 3.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from patrolcar.errors import PatrolError
from patrolcar.params.table import UNITS, Parameter, grouped, parameters

VEHICLE = "Rover"  # MAVProxy's name for MAV_TYPE_GROUND_ROVER
JSON_VERSION = 1


def ardupilot_xml(rows: tuple[Parameter, ...]) -> str:
    """apm.pdef.xml: the first group as the vehicle's own, each other one as a library."""
    root = ET.Element("paramfile")
    vehicles = ET.SubElement(root, "vehicles")
    libraries = ET.SubElement(root, "libraries")
    for place, (title, members) in enumerate(grouped(rows).items()):
        parent, name = (libraries, title) if place else (vehicles, VEHICLE)
        group = ET.SubElement(parent, "parameters", name=name)
        for one in members:
            _parameter(group, one, f"{VEHICLE}:{one.id}" if not place else one.id)
    ET.indent(root, " ")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, 'unicode')}\n"


def _parameter(group: ET.Element, one: Parameter, name: str) -> None:
    attributes = {
        "humanName": one.title,
        "name": name,
        "documentation": one.sentence,
        "user": "Standard",
    }
    made = ET.SubElement(group, "param", attributes)
    fields = {"Range": f"{one.low} {one.high}", "Increment": "1", "Default": str(one.default)}
    if one.shown_unit:
        fields |= {"Units": one.unit, "UnitText": UNITS[one.unit]}
    if one.reboot:
        fields["RebootRequired"] = "True"
    for key, value in fields.items():
        ET.SubElement(made, "field", name=key).text = value
    if one.choices:
        values = ET.SubElement(made, "values")
        for code, word in one.choices.items():
            ET.SubElement(values, "value", code=str(code)).text = word


def component_json(rows: tuple[Parameter, ...]) -> str:
    """parameter.json. The type is that of PARAM_VALUE, in which the car tells whole numbers."""
    made = {"version": JSON_VERSION, "parameters": [_component_row(one) for one in rows]}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _component_row(one: Parameter) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": one.id,
        "type": "Float",
        "shortDesc": one.title,
        "longDesc": one.sentence,
        "units": one.shown_unit,
        "default": one.default,
        "min": one.low,
        "max": one.high,
        "increment": 1,
        "decimalPlaces": 0,
        "rebootRequired": one.reboot,
        "group": one.group,
        "category": "Standard",
    }
    if one.choices:
        row["values"] = [
            {"value": value, "description": word} for value, word in one.choices.items()
        ]
    return row


KINDS = {".xml": ardupilot_xml, ".json": component_json}


def write_metadata(path: Path) -> None:
    """Writes the kind that the name's end says. PatrolError (2) for another name."""
    make = KINDS.get(path.suffix.lower())
    if make is None:
        raise PatrolError(
            f"{path}: let it end in .xml (for MAVProxy) or .json (for QGroundControl)", 2
        )
    if not path.parent.is_dir() or path.is_dir():
        raise PatrolError(f"{path} cannot be written: pass the name of a file in a folder", 2)
    path.write_text(make(parameters()), encoding="utf-8")
