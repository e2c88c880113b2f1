"""What users of such robots complain about: each complaint has a test that would have caught it.

`COMPLAINTS` is the table: the complaint, where it was made, and the tests. Those that fit nowhere
better are below.
"""

from __future__ import annotations

import ast
import itertools
import math
import random
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patrolcar.flash.build import firmware_dir
from patrolcar_sim.board.image import FILESYSTEM
from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from patrolcar_sim.ground_station import ScriptedStation
from slow_line import image_at

ROOT = Path(__file__).resolve().parents[2]
MakeCar = Callable[..., VirtualCar]

# (complaint, where, tests as file::name or, in this file, name)
COMPLAINTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "blocking sonar reads",
        "XRP #18, #19, #91",
        (
            "firmware/drivers/test_sonar.py::"
            "test_the_trigger_lasts_ten_microseconds_and_nothing_waits_for_the_echo",
            "test_sonars_that_hear_nothing_cost_the_loop_no_time",
        ),
    ),
    (
        "collections that make 5 ms loops last 15",
        "micropython #7933, pybricks support #1780",
        (
            "e2e/test_heap.py::test_ticks_of_auto_and_manual_run_under_heap_lock",
            "e2e/test_heap.py::test_a_steady_tick_never_collects",
            "test_no_tick_of_a_drive_is_late",
        ),
    ),
    (
        "motors that outlive the program",
        "pybricks support #245, XRP #24",
        (
            "e2e/test_guards.py::"
            "test_ctrl_c_stops_the_motors_and_the_watchdog_leaves_the_person_alone",
            "e2e/test_guards.py::test_a_soft_reset_stops_the_motors",
            "e2e/test_guards.py::test_a_loop_that_stands_still_loses_its_motors_within_100_ms",
            "e2e/test_guards.py::test_a_loop_that_computes_for_ever_is_ended_by_the_watchdog",
            "e2e/test_faults.py::test_a_car_whose_program_ends_stands_and_is_there_again",
            "firmware/test_app.py::test_an_exception_cuts_the_motors_before_it_is_printed",
        ),
    ),
    (
        "no command timeout: it drove off",
        "OpenCR #169",
        (
            "e2e/test_commands.py::test_manual_drives_as_the_sticks_say_and_stops_without_them",
            "e2e/test_commands.py::test_a_lost_ground_station_stops_the_car",
        ),
    ),
    (
        "a filesystem that is lost on re-plugging",
        "micropython #17828",
        (
            "test_power_cuts_at_any_moment_of_a_drive_leave_the_filesystem_as_it_was",
            "e2e/test_flash_cut.py::test_a_board_that_loses_its_power_boots_and_is_mended",
        ),
    ),
    (
        "characters lost at 115200",
        "micropython #1555, #8386",
        (
            "test_no_frame_of_a_full_line_at_115200_is_lost",
            "sim/test_uart.py::test_a_full_fifo_loses_what_comes_last_and_counts_it",
        ),
    ),
    (
        "could not enter raw repl",
        "micropython #16142",
        (
            "test_the_raw_repl_is_entered_at_any_moment_of_a_drive",
            "e2e/test_mpremote_repl.py::test_the_next_command_ends_an_endless_program",
            "e2e/test_mpremote_repl.py::test_ctrl_c_ends_what_another_session_left_running",
        ),
    ),
    (
        "a watchdog that fights development",
        "micropython #7766",
        (
            "e2e/test_guards.py::"
            "test_ctrl_c_stops_the_motors_and_the_watchdog_leaves_the_person_alone",
            "e2e/test_boot.py::test_a_watchdog_that_outlives_a_soft_reset_resets_nobody",
            "firmware/test_app.py::test_the_watchdog_starts_with_arming_and_not_before",
        ),
    ),
    (
        "cogging at low speed, and wind-up",
        "heard often",
        (
            "test_it_creeps_without_standing_still",
            "firmware/control/test_wheel_speed.py::"
            "test_a_wheel_that_was_held_hardly_races_when_let_go",
        ),
    ),
    (
        "an infinite encoder speed at dt = 0",
        "pimoroni-pico #579",
        ("firmware/drivers/test_encoder.py::test_no_time_at_all_is_no_speed",),
    ),
    (
        "a brown-out when the motors reverse",
        "RumiCar #5",
        (
            "test_reversing_at_full_stick_browns_out_no_pack_that_a_hard_reversal_does",
            "firmware/drivers/test_motor.py::test_between_two_directions_lies_a_tick_of_the_brake",
        ),
    ),
    (
        "simulators without IMU or sonar, unusable in CI",
        "pybricks support #990",
        (
            "sim/world/test_imu.py::test_left_turn_is_a_positive_rate_about_z",
            "sim/board/test_pins.py::test_echo_edges_are_interrupts_at_their_time",
            "e2e/test_ci.py::"
            "test_the_script_leaves_results_and_artifacts_and_tells_by_its_exit_code",
        ),
    ),
    (
        "simulators that the real host library cannot drive",
        "crazyflie-simulation #70",
        (
            "e2e/test_link.py::test_every_frame_arrives_though_both_cores_are_busy",  # mavutil
            "e2e/test_mpremote.py::test_a_session_prints_what_is_written",  # mpremote
        ),
    ),
    (
        "configuration that is silently ignored",
        "donkeycar #925",
        (
            "test_every_setting_is_read_by_the_firmware",
            "e2e/test_stored_settings.py::test_settings_reach_the_drivers",
            "firmware/store/test_settings.py::"
            "test_a_value_out_of_range_in_flash_is_said_and_the_others_are_used",
            "firmware/store/test_settings.py::test_a_wrong_value_is_refused_by_name",
            "sim/scenario/test_load.py::test_a_broken_file_is_refused_by_line_and_reason",
        ),
    ),
)


@pytest.mark.parametrize(
    ("where", "tests"), [row[1:] for row in COMPLAINTS], ids=[row[0] for row in COMPLAINTS]
)
def test_each_complaint_has_its_tests(where: str, tests: tuple[str, ...]) -> None:
    assert where
    assert tests
    for test in tests:
        file, _, name = test.rpartition("::")
        path = ROOT / "tests" / file if file else Path(__file__)
        functions = {
            node.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        assert name in functions, f"{file}: no {name}: it was renamed, so name the new one here"


def _tasks(car: VirtualCar, name: str) -> Any:
    """The figures of a task that were told last."""
    from patrolcar.view.health import task_name

    told = [m for m in car.station.all("TASK_TIMING") if task_name(m.task) == name]
    return told[-1]


def test_sonars_that_hear_nothing_cost_the_loop_no_time(make_car: MakeCar) -> None:
    car = make_car(world="empty", faults=[parse("sonar.silent@8:all")])
    car.arm("HOLD")
    car.run(5.0)
    heard = _tasks(car, "sonar")
    car.run(6.0)
    silent = _tasks(car, "sonar")
    print(f"sonar task: {heard.worst_us} us with echoes, {silent.worst_us} us without")
    assert silent.worst_us < heard.worst_us + 50  # an echo that is waited for takes 38,000
    assert silent.worst_us < 1_000
    assert car.station.last("LOOP_TIMING").overruns == 0


def test_no_tick_of_a_drive_is_late(make_car: MakeCar) -> None:
    car = make_car(world="office", seed=2)
    car.patrol(5.0)
    before = len(car.station.messages)
    car.run(20.0)
    told = [m for _, m in car.station.messages[before:] if m.get_type() == "LOOP_TIMING"]
    assert len(told) >= 39
    assert {m.overruns for m in told} == {told[0].overruns}
    assert max(m.worst_us for m in told) < 10_000
    for one, two in itertools.pairwise(told):
        assert abs((two.time_boot_ms - one.time_boot_ms) - 10 * (two.ticks - one.ticks)) <= 1
    print(f"worst tick {max(m.worst_us for m in told)} us of 10,000")


def test_power_cuts_at_any_moment_of_a_drive_leave_the_filesystem_as_it_was(
    make_car: MakeCar, image: Path
) -> None:
    car = make_car(world="empty", seed=1)
    rng = random.Random("re-plug 1")
    part = slice(FILESYSTEM, FILESYSTEM + car.board.model.flash.filesystem_bytes)
    car.until(lambda: car.station.last("HEARTBEAT") is not None)
    whole = image.read_bytes()[part]
    assert len(set(whole)) > 100
    for _ in range(6):
        car.station.messages.clear()
        car.board.cut_power(rng.randrange(1_000, 300_000))
        car.arm("MANUAL")
        car.steer(300, 0, rng.uniform(0.1, 1.2))
        car.run(rng.uniform(0.0, 0.01))
    car.board.cut_power(1_000)
    assert image.read_bytes()[part] == whole
    car.station.messages.clear()
    car.until(lambda: car.station.last("HEARTBEAT") is not None)
    assert car.station.last("HEARTBEAT").system_status == 3  # not safe mode
    assert "ready" in car.station.texts[0]


BAUD = 115_200


def test_no_frame_of_a_full_line_at_115200_is_lost(tmp_path: Path) -> None:
    image = image_at(BAUD, tmp_path)
    # A heartbeat by the station's own clock would come between numbers that are given already.
    with VirtualCar(image, "empty", station=ScriptedStation(heartbeat=False)) as car:
        car.arm("MANUAL")
        start = car.board.now_us + 100_000
        sent = 0
        for burst in range(100):  # of 384 bytes, 33.3 ms of the line, one after the other
            at_us = start + burst * 34_000
            for _ in range(8):
                car.station.command(31_000 + burst, 0.0, at_us=at_us)
                sent += 1
            car.station.manual(200, 0, at_us)
        car.station.messages.clear()
        car.run(6.0)
        loop = car.station.last("LOOP_TIMING")
        print(
            f"{sent} commands in 3.4 s: {loop.bad_crc} damaged, {loop.lost} lost, "
            f"{loop.frames_dropped} telemetry frames left out, {loop.overruns} overruns"
        )
        assert (loop.bad_crc, loop.lost, loop.overruns) == (0, 0, 0)
        kinds = {m.get_type() for _, m in car.station.messages}
        assert "BAD_DATA" not in kinds
        acks = {m.command for m in car.station.all("COMMAND_ACK")}
        assert acks >= {31_000 + burst for burst in range(100)}
        assert car.world.distance_m > 0.3


def test_the_raw_repl_is_entered_at_any_moment_of_a_drive(make_car: MakeCar) -> None:
    car = make_car(world="empty", seed=1)
    rng = random.Random("raw repl 1")
    for _ in range(8):
        car.station.messages.clear()
        car.arm("MANUAL")
        car.steer(300, 0, 0.3)
        car.run(rng.uniform(0.0, 0.02))
        car.console.clear()
        car.board.type(b"\r\x03")  # as mpremote does it
        car.board.type(b"\r\x01")
        car.until(lambda: b"raw REPL; CTRL-B to exit\r\n>" in car.console, 2.0)
        car.console.clear()
        car.board.type(b"\x04")  # and its soft reset, to the raw prompt again
        (
            car.until(
                lambda: (
                    b"soft reboot\r\n" in car.console
                    and b"raw REPL; CTRL-B to exit\r\n>" in car.console
                ),
                3.0,
            ),
            car.console,
        )
        car.board.type(b"print(6 * 7)\x04")
        car.until(lambda: b"OK42\r\n\x04\x04>" in car.console, 2.0)
        car.board.type(b"\x02")
        car.run(0.1)
        car.board.reset()
    assert Cause.WATCHDOG not in car.board.resets


CREEP_MM_S = 40


def test_it_creeps_without_standing_still(make_car: MakeCar) -> None:
    car = make_car(world="empty", seed=1)
    car.arm("MANUAL")
    car.steer(1_000 * CREEP_MM_S // 500, 0, 1.5)
    speeds = []
    for _ in range(30):  # windows of 100 ms, by where the car truly is
        x, y, _ = car.world.pose()
        car.steer(1_000 * CREEP_MM_S // 500, 0, 0.1)
        now = car.world.pose()
        speeds.append(math.dist((x, y), now[:2]) * 10_000)
    mean = sum(speeds) / len(speeds)
    print(f"told {CREEP_MM_S} mm/s: {mean:.1f}, {min(speeds):.1f} to {max(speeds):.1f} mm/s")
    assert mean == pytest.approx(CREEP_MM_S, rel=0.1)
    assert max(speeds) - min(speeds) < 0.25 * mean


WEAK_PACK = "battery.sag@0,factor={factor}"


def _resets_by_hand(image: Path, factor: float) -> int:
    """How often the board loses its power when the bridge is turned over at full speed."""
    with VirtualCar(image, "empty", faults=[parse(WEAK_PACK.format(factor=factor))]) as car:
        car.board.type(b"\x03")
        car.run(1.0)
        world = car.world
        for forwards in (True, False, True):
            world.set_standby(True)
            for side in (0, 1):
                world.set_motor(side, forwards, not forwards, 1.0)
            car.run(1.0)
        return len(car.board.resets) - 1


def test_reversing_at_full_stick_browns_out_no_pack_that_a_hard_reversal_does(
    image: Path,
) -> None:
    whole = image.read_bytes()
    factor = 12.0
    assert _resets_by_hand(image, factor) > 0
    image.write_bytes(whole)
    with VirtualCar(image, "empty", faults=[parse(WEAK_PACK.format(factor=factor))]) as car:
        car.arm("MANUAL")
        lowest = 1 << 30
        for forward in (1_000, -1_000, 1_000, -1_000):
            for _ in range(10):
                car.steer(forward, 0, 0.1)
                lowest = min(lowest, car.world.battery_mv())
        print(f"the pack's lowest: {lowest} mV; resets {[c.name for c in car.board.resets]}")
        assert car.board.resets == [Cause.POWER_ON]
        assert car.world.distance_m > 0.5


def test_every_setting_is_read_by_the_firmware() -> None:
    table = runpy.run_path(str(firmware_dir() / "patrol/store/table.py"))["TABLE"]
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (firmware_dir() / "patrol").rglob("*.py")
        if path.name not in ("table.py", "keys.py", "settings.py")
    )
    for name, *_ in table:
        assert re.search(rf'"{name}"|\b{name.upper()}\b', code), f"nobody reads setting {name}"
