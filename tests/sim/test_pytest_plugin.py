"""The fixtures that the package brings for anyone's own tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.uart import FakeUart
from patrolcar_sim.world.props import Prop
from patrolcar_sim.world.world import World

CHANGED = "patrol/behaviour/manual.py"


@pytest.mark.car(world="corridor", seed=3)
def test_a_car_drives_in_the_world_of_its_marker(virtual_car: VirtualCar) -> None:
    virtual_car.patrol(5)
    assert virtual_car.world.outline() == World("corridor", 3).outline()
    assert virtual_car.world.distance_m > 0.5
    assert virtual_car.world.contacts == 0


@pytest.mark.car(world="empty", props=[Prop("box", "box", pose=(1.0, 0.0, 0.0))])
def test_what_stands_in_the_way_is_of_the_marker_too(virtual_car: VirtualCar) -> None:
    virtual_car.arm("MANUAL")
    virtual_car.steer(500, 0, 6)
    assert [name for _, name in virtual_car.world.contact_list] == ["box"]


@pytest.mark.car(world="empty", faults=["motor.stall@3:left", "world.person@100"])
def test_what_goes_wrong_is_of_the_marker_too(virtual_car: VirtualCar) -> None:
    virtual_car.patrol(4)
    assert "a wheel does not turn" in virtual_car.station.texts


@pytest.mark.car(world="empty")
class TestAllOfAClass:
    @pytest.mark.car(board="blackpill_f411", broken=["imu"])
    def test_the_nearer_marker_adds_to_the_farther_one(self, virtual_car: VirtualCar) -> None:
        virtual_car.until(lambda: virtual_car.station.last("HEARTBEAT") is not None)
        virtual_car.run(1)
        assert virtual_car.world.outline() == World("empty").outline()
        assert virtual_car.board.model.name == "blackpill_f411"
        assert any("no IMU" in text for text in virtual_car.station.texts)


def test_waiting_for_what_never_comes_fails(virtual_car: VirtualCar) -> None:
    with pytest.raises(TimeoutError, match=r"within 0\.5 virtual seconds"):
        virtual_car.until(lambda: virtual_car.world.distance_m > 1000, 0.5)


def test_a_mode_that_there_is_not_is_told(virtual_car: VirtualCar) -> None:
    with pytest.raises(ValueError, match="'FLY' is not known: use MANUAL"):
        virtual_car.arm("FLY")


def test_a_board_sends_telemetry_until_its_program_is_stopped(virtual_board: Bench) -> None:
    station = virtual_board.station
    assert station is not None
    virtual_board.wait(1)
    assert station.last("ATTITUDE") is not None
    assert virtual_board.run("from patrol.version import VERSION; print(VERSION)") == "(0, 1, 0)\n"
    heard = len(station.messages)
    virtual_board.wait(1)
    assert len(station.messages) == heard


def test_a_board_has_its_pins_on_a_car_that_stands_still(virtual_board: Bench) -> None:
    virtual_board.run(
        "import board; from machine import Pin; Pin(board.MOTOR_STANDBY, Pin.OUT).on()"
    )
    assert virtual_board.car.standby is True


class TestTheSharedOne:
    """In this order: what one leaves, the next does not find."""

    boards: list[int] = []  # noqa: RUF012

    def test_a_first_test_leaves_a_name_and_a_module(self, shared_board: Bench) -> None:
        self.boards.append(id(shared_board.board))
        shared_board.run("left = 1\nimport patrol.store.table")

    def test_a_second_one_has_the_same_board_without_them(self, shared_board: Bench) -> None:
        self.boards.append(id(shared_board.board))
        assert self.boards[0] == self.boards[1]
        assert "NameError" in shared_board.fails("left")
        assert shared_board.run("print('patrol.store.table' in sys.modules)") == "False\n"
        shared_board.run("open('mine.txt', 'w').close()")

    def test_a_third_one_has_another_board_after_a_file_was_left(
        self, shared_board: Bench
    ) -> None:
        assert "OSError" in shared_board.fails("open('mine.txt')")


@pytest.mark.uart(baud=9600, drop_rate=1.0)
def test_a_uart_has_the_faults_of_its_marker(fake_uart: FakeUart) -> None:
    fake_uart.send(b"lost", at_us=0)
    assert fake_uart.idle_at_us == 4167
    assert fake_uart.receive(until_us=10_000) == b""


# -- in a run of its own ---------------------------------------------------------------------


def _pytest(folder: Path, test: str, *options: str) -> tuple[int, str]:
    """Runs one file of tests there, as anyone would; exit code and output."""
    (folder / "test_mine.py").write_text("import pytest\n" + test)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "patrolcar_sim.pytest_plugin", *options],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("marker", "reason"),
    [
        ("wrold='office'", "marker car does not know wrold: it takes board=, firmware="),
        ("'office'", "marker car does not know 'office': it takes board=, firmware="),
        ("world='nowhere'", "unknown world 'nowhere'"),
        ("board='toaster'", "board toaster: pass one of"),
        ("firmware='away'", "is no firmware tree"),
        ("changes='away'", "there is no such folder"),
        ("broken=['wing']", "wing"),
        ("faults=['uart.bits,rate=2']", "rate"),
        ("faults='uart.cut@1'", "marker car: faults='uart.cut@1' is not a list"),
        ("faults=[3]", "marker car: 3 is neither a fault nor a prop"),
        ("world=None", "marker car: world=None is not a text"),
        ("seed=True", "marker car: seed=True is not a whole number"),
        ("speed=-1", "speed -1 cannot be"),
    ],
)
def test_what_a_marker_says_wrong_is_told_in_one_line(
    tmp_path: Path, marker: str, reason: str
) -> None:
    code, said = _pytest(tmp_path, f"@pytest.mark.car({marker})\ndef test_it(virtual_car): pass\n")
    assert code == 1
    assert reason in said
    assert "Traceback" not in said
    assert "pytest_plugin.py" not in said


def test_a_failure_tells_what_the_car_said(tmp_path: Path) -> None:
    test = "def test_it(virtual_car):\n    virtual_car.run(2)\n    assert virtual_car.now_s < 1\n"
    code, said = _pytest(tmp_path, test)
    assert code == 1
    assert "s of virtual time: 0.00 m driven, 0 contacts, resets ['POWER_ON']" in said
    assert "said: patrolcar 0.1.0 ready" in said
    assert "console: patrolcar 0.1.0 build" in said


def test_the_firmware_may_be_changed_for_a_whole_project(tmp_path: Path) -> None:
    changed = tmp_path / "changes" / CHANGED
    changed.parent.mkdir(parents=True)
    changed.write_text(
        "class Manual:\n    def __init__(self, *_):\n        raise ValueError('mine')\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\npatrolcar_changes = changes\n")
    test = (
        "def test_it(virtual_car):\n    virtual_car.run(2)\n"
        "    assert b'ValueError: mine' in virtual_car.console\n"
    )
    code, said = _pytest(tmp_path, test)
    assert code == 0, said


def test_it_costs_a_run_nothing_that_does_not_use_it(tmp_path: Path) -> None:
    test = (
        "import sys\ndef test_it():\n"
        "    assert not {'numpy', 'mujoco', 'patrolcar', 'patrolcar_sim.car'} & set(sys.modules)\n"
    )
    code, said = _pytest(tmp_path, test)
    assert code == 0, said
