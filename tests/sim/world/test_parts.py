"""The parts list: every number has a unit and a source, and gives the car of the interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.world.parts import CAR_FILE, load_parts, read_parts


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = CAR_FILE.read_text()
    assert old in text
    path = tmp_path / "car.toml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_encoder_has_1204_counts_per_turn_of_the_wheel() -> None:
    parts = load_parts()
    assert parts.motor.counts_per_turn == pytest.approx(1204.44)
    counts_per_mm = parts.motor.counts_per_turn / (parts.wheel.diameter * 1000 * 3.14159265)
    assert counts_per_mm == pytest.approx(6.39, abs=0.005)


def test_motor_constants_give_back_the_data_sheet() -> None:
    motor = load_parts().motor
    stall = motor.voltage / motor.resistance
    assert stall == pytest.approx(motor.stall_current)
    assert motor.kt * stall - motor.friction == pytest.approx(motor.stall_torque)
    free = (motor.voltage - motor.no_load_current * motor.resistance) / motor.ke
    assert free == pytest.approx(motor.no_load_speed)
    assert motor.kt < motor.ke, "the gear cannot give more than it takes"


def test_parts_file_without_a_source_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, '"Pololu wheel 60x8 mm (item 1420 family)"', '""')
    with pytest.raises(PatrolError, match="diameter has no source"):
        read_parts(path)


def test_parts_file_with_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match="radius has unit 'inch'"):
        read_parts(edited(tmp_path, 'unit = "mm"', 'unit = "inch"'))


def test_parts_file_with_a_misspelt_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match=r"\[wheel\].*diametre"):
        read_parts(edited(tmp_path, "diameter =", "diametre ="))
