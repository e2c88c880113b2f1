"""What ground stations read about the parameters is what they expect."""

import json
import re
from pathlib import Path

import pytest
from lxml import objectify

from patrolcar.errors import PatrolError
from patrolcar.params.metadata import write_metadata
from patrolcar.params.table import known

# The kinds of values of mavlink/component_metadata/parameter.schema.json, draft 7; a name is all
# that it requires, and nothing else may be there.
SCHEMA = {
    "name": str,
    "type": str,
    "shortDesc": str,
    "longDesc": str,
    "units": str,
    "default": (int, float),
    "decimalPlaces": int,
    "min": (int, float),
    "max": (int, float),
    "increment": (int, float),
    "rebootRequired": bool,
    "group": str,
    "category": str,
    "values": list,
}
TYPES = ("Uint8", "Int8", "Uint16", "Int16", "Uint32", "Int32", "Float")


def help_tree(path: Path) -> dict[str, objectify.ObjectifiedElement]:
    """Parameters by name, found in the way of MAVProxy's `param help`: the vehicle's are named
    VEHICLE:NAME, those of each library NAME; it fails where either has none."""
    objectify.enable_recursive_str()
    tree = objectify.fromstring(path.read_bytes())
    found = {one.get("name").split(":")[1]: one for one in tree.vehicles.parameters.param}
    for library in tree.libraries.parameters:
        found |= {one.get("name"): one for one in library.param}
    return found


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    path = tmp_path / "apm.pdef.xml"
    write_metadata(path)
    return path


def test_mavproxy_finds_every_parameter(xml: Path) -> None:
    tree = help_tree(xml)
    assert sorted(tree) == sorted(known())
    for name, one in known().items():
        element = tree[name]
        assert element.get("humanName") == one.title
        assert element.get("documentation") == one.sentence
        fields = {field.get("name"): str(field) for field in element.field}
        assert fields["Range"] == f"{one.low} {one.high}"
        assert fields.get("Units", "") == one.shown_unit
        assert ("RebootRequired" in fields) == one.reboot


def test_mavproxy_finds_names_of_values(xml: Path) -> None:
    # It looks for a child whose text, written out recursively, begins with "values".
    for name, one in known().items():
        children = help_tree(xml)[name].getchildren()
        values = next((c.getchildren() for c in children if str(c).startswith("values")), [])
        assert {int(v.get("code")): str(v) for v in values} == one.choices


def test_the_json_is_what_the_schema_and_qgroundcontrol_ask_for(tmp_path: Path) -> None:
    path = tmp_path / "parameter.json"
    write_metadata(path)
    made = json.loads(path.read_text(encoding="utf-8"))
    assert set(made) == {"version", "parameters"}
    assert made["version"] == 1  # all that QGroundControl's CompInfoParam::setJson takes
    assert [row["name"] for row in made["parameters"]] == list(known())
    for row in made["parameters"]:
        for key, value in row.items():
            assert isinstance(value, SCHEMA[key]), (row["name"], key)
        assert re.fullmatch(r"[.\-a-zA-Z0-9_{}]{1,16}", row["name"])
        assert row["type"] in TYPES
        assert row["min"] <= row["default"] <= row["max"]
        for value in row.get("values", ()):
            assert set(value) == {"value", "description"}


def test_another_name_is_refused(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "a.txt", r"let it end in \.xml"),
        (tmp_path / "no" / "a.xml", "in a folder"),
    ):
        with pytest.raises(PatrolError, match=words) as caught:
            write_metadata(path)
        assert caught.value.code == 2
