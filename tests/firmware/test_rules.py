"""What every file of the firmware must keep to."""

import ast
import re
import sys
from pathlib import Path

import pytest
from patrol import car

import port_stubs

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
FILES = sorted(FIRMWARE.rglob("*.py"))
NAMES = [str(path.relative_to(FIRMWARE)) for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_nothing_asks_whether_it_is_simulated(path):
    assert not re.search(r"simulat|virtual|\blinux\b|sys\.platform", path.read_text(), re.I)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_says_its_subject_first_and_has_one(path):
    lines = path.read_text().splitlines()
    if path.name != "main.py":
        assert lines[0].startswith(('"""', "# "))
    assert len(lines) <= 400


def test_main_is_one_statement_that_boot_has_to_allow():
    (only,) = ast.parse((FIRMWARE / "main.py").read_text()).body
    assert isinstance(only, ast.If)
    assert ast.unparse(only.test) == "not unsafe"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_only_what_every_board_has_is_imported(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").partition(".")[0])
    own = {
        "patrol",
        "board",
        "pack",
        "safe",
        "profiler",
    }  # the last one where a board happens to have it
    assert imported - own <= set(port_stubs.reviewed()["modules"].split())


def test_boot_makes_exactly_the_motors_pins_safe():
    from boards import pyboard_v11 as board

    motor = {board.MOTOR_STANDBY, *board.MOTOR_LEFT[1:4], *board.MOTOR_RIGHT[1:4]}
    assert set(re.findall(r'"([XY]\d+)"', (FIRMWARE / "boot.py").read_text())) == motor


def test_the_cars_numbers_are_those_of_the_parts_file():
    text = (ROOT / "sim/patrolcar_sim/world/car.toml").read_text()
    parts = tomllib.loads(text)

    def value(section, name):
        return parts[section][name]["value"]

    assert value("chassis", "radius") == car.CHASSIS_RADIUS_MM
    assert value("wheel", "track") == car.TRACK_MM
    assert value("wheel", "diameter") == car.WHEEL_DIAMETER_MM
    rim = 3.14159265 * value("wheel", "diameter")
    counts = value("motor", "encoder_counts") * value("motor", "gear_ratio")
    assert pytest.approx(rim * 1e6 / counts, abs=1) == car.NM_PER_COUNT
    free = value("motor", "no_load_speed") / 60 * rim
    winding = value("motor", "voltage") / value("motor", "stall_current")
    back = value("motor", "voltage") - value("motor", "no_load_current") / 1000 * winding
    assert pytest.approx(back * 1e6 / free, rel=1e-3) == car.UV_PER_MM_S
    whole = winding + value("driver", "resistance")
    assert pytest.approx(value("motor", "no_load_current") * whole, abs=1) == car.FRICTION_MV
    rotor = value("motor", "rotor_inertia") * value("motor", "gear_ratio") ** 2
    mass = value("chassis", "mass") / 2000 + rotor / (value("wheel", "diameter") / 2000) ** 2
    amperes = value("motor", "stall_current") - value("motor", "no_load_current") / 1000
    torque = value("motor", "stall_torque") * 0.0980665 / amperes
    volts = mass * 0.1 * value("wheel", "diameter") / 2000 / torque * whole
    assert pytest.approx(volts * 1e6, rel=0.02) == car.INERTIA_UV
    assert value("battery", "capacity") == car.BATTERY_CAPACITY_MAH
    assert value("sonar", "range_max") == car.SONAR_MAX_MM
    bearing = value("sonar", "angle") * 17.4533
    assert (-int(bearing), 0, int(bearing)) == car.SONAR_BEARING_MRAD
