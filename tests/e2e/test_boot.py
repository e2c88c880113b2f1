"""Booting: crash records and what is said of them, safe mode and its reasons."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from booting import EMERGENCY, heartbeat, reset, running
from patrolcar.flash.build import firmware_dir
from patrolcar.flash.lean import lean
from patrolcar.flash.pack import deflated
from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from prompt import execute, type_afresh

START = 1  # store/crash.py; its constants are no names on the board
# In place of the firmware's task, from the REPL: the next tick raises.
FAIL = """
from patrol.app import Car
car = Car()
sample = car.bumper.sample
def fails():
    if car.schedule.ticks % 100 == 50: raise ValueError('no bumper')
    sample()
car.bumper.sample = fails
car.run(240)
print('end', car.failures)
"""
READY = "patrolcar 0.1.0 ready"
WELL = [READY, "started by the reset pin"]
MakeCar = Callable[..., VirtualCar]

INDEX = """
from deflate import RAW, DeflateIO
f = open('patrol.pack', 'rb')
print(int(f.read(8)[4:]), DeflateIO(f, RAW, 12).read().hex())
"""


def lose(car: VirtualCar, module: bytes) -> None:
    """Renames a module in the pack's index, whose compressed length must not grow."""
    size, index = execute(car, INDEX).split()
    for letter in b"abcdefghijklmnopqrstuvwxyz":
        other = module[:-6] + bytes((letter,)) + module[-5:]
        new = deflated(bytes.fromhex(index).replace(module, other))
        if other != module and len(new) <= int(size):
            execute(car, f"f = open('patrol.pack', 'r+b')\nf.seek(8)\nf.write({new})\nf.close()")
            return
    raise AssertionError("no letter will do")


def safe(car: VirtualCar, reason: str) -> None:
    """It is in safe mode for that reason: said each second, REPL free, motors without power."""
    assert heartbeat(car) == EMERGENCY
    car.station.messages.clear()
    car.run(2.1)  # at a prompt, so at real time
    texts = car.station.texts
    assert 2 <= len(texts) <= 3, texts
    assert set(texts) == {f"safe mode: {reason}"[:50]}
    assert 2 <= len(car.station.all("HEARTBEAT")) <= 3
    car.console.clear()
    car.board.type(b"print(6 * 7)\r")
    car.run(0.2)
    assert b"42" in car.console
    car.run(1.0)  # and the beacon goes on beside the prompt
    assert len(car.station.texts) > len(texts)
    standby = car.board.model.wiring.standby
    assert standby in car.board.pins._output
    assert not car.board.pins._driven[standby]
    assert car.world.distance_m < 1e-6


def crash_early(car: VirtualCar, times: int = 1) -> None:
    code = (
        "import board\nfrom patrol.store import crash\nfrom patrol.store.log import Log\n"
        f"for i in range({times}):\n"
        f"    crash.note(Log(board.SETTINGS), {START}, ValueError('x'), None, 1, 5)"
    )
    execute(car, code)


def test_a_car_that_is_well_says_version_and_build_and_nothing_else(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    assert car.station.texts == [READY, "started by power-on"]
    printed = re.search(rb"patrolcar 0\.1\.0 build ([0-9a-f]{16}) ready", car.console)
    assert printed, car.console
    car.station.command(512, 148.0, at_us=car.board.now_us)
    car.run(0.5)
    version = car.station.last("AUTOPILOT_VERSION")
    assert version.flight_sw_version == 0x00010000
    assert bytes(version.flight_custom_version).hex() == printed[1].decode()
    assert version.uid == int.from_bytes(bytes(car.board.model.unique_id)[:8], "little")
    assert version.board_version == 0x11


def test_an_exception_in_the_loop_is_told_by_the_next_boot_and_kept(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    type_afresh(car, FAIL)
    car.run(5.0)
    assert b"end 2" in car.console, car.console
    reset(car)
    running(car)
    assert car.station.texts[:2] == WELL
    assert car.station.texts[2] == "crash: ValueError: no bumper"
    assert car.station.texts[3] == "at <stdin>:6 fails"
    assert re.match(r"\d s after boot, 1 in all: patrol crash", car.station.texts[4])
    severities = [m.severity for m in car.station.all("STATUSTEXT")]
    assert severities == [6, 6, 2, 3, 3]
    dumped = execute(
        car,
        "import board\nfrom patrol.store import crash\nfrom patrol.store.log import Log\n"
        "crash.dump(Log(board.SETTINGS))",
    )
    (line,) = dumped.splitlines()  # the same failure a second time is no second record
    text = bytes.fromhex(line.split()[3])[20:].decode()
    assert text.startswith("load ")
    assert " sense " in text.splitlines()[0]
    assert "patrol/schedule" in text


def test_a_minute_without_a_crash_forgives_the_earlier_ones(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    crash_early(car, 2)
    reset(car)
    running(car)
    assert "crash: ValueError: x" in car.station.texts
    car.run(62)
    assert car.station.last("LOOP_TIMING").collections >= 0
    reset(car)
    running(car)
    assert car.station.texts == WELL


def test_three_early_crashes_in_a_row_lead_to_safe_mode(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    crash_early(car, 2)
    reset(car)
    running(car)
    crash_early(car)
    reset(car)
    safe(car, "3 crashes in a row: see patrol crash")
    execute(
        car,
        "import board\nfrom patrol.store import crash\nfrom patrol.store.log import Log\n"
        "crash.clear(Log(board.SETTINGS))",
    )
    reset(car)
    running(car)
    assert car.station.texts == WELL


def test_the_start_button_held_at_boot_leads_to_safe_mode(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    car.board.pins.button_pressed = True
    safe(car, "start button held: release it, reset")
    car.board.pins.button_pressed = False
    reset(car)
    running(car)


def test_the_bumper_held_at_boot_leads_to_safe_mode(
    make_car: MakeCar, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrolcar_sim.world.world import World

    monkeypatch.setattr(World, "bumper", lambda self: True)
    safe(make_car(world="empty"), "bumper held: release it, reset")


def test_a_missing_main_py_is_an_update_that_is_not_finished(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    execute(car, "import os\nos.remove('main.py')")
    reset(car)
    safe(car, "update not finished: run patrol flash")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b"patrol/app.mpy ", "ImportError: no module named 'patrol.app'"),
        (b"patrol/hardware.mpy ", "ImportError: no module named 'patrol.ha"),
        (b"patrol/store/log.mpy ", "ImportError: no module named 'patrol.store.log'"),
        (b"", "ImportError: no module named 'patrol'"),
    ],
)
def test_a_firmware_that_cannot_be_imported_leads_to_safe_mode(
    make_car: MakeCar, broken: bytes, words: str
) -> None:
    car = make_car(world="empty")
    running(car)
    if broken:
        lose(car, broken)
    else:
        execute(car, "f = open('patrol.pack', 'r+b')\nf.write(b'gone')\nf.close()")
    reset(car)
    safe(car, words)
    leds = set()
    for _ in range(12):  # the red LED blinks
        car.run(0.1)
        leds.add(car.board.pins.leds[1])
    assert leds == {0, 255}


def test_without_a_board_file_there_is_still_a_free_prompt(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    execute(car, "import os\nos.remove('board.mpy')")
    reset(car)
    car.run(1.5)
    assert car.station.last("HEARTBEAT") is None
    assert b"safe mode: ImportError: no module named 'board'" in car.console
    car.board.type(b"print(6 * 7)\r")
    car.run(0.5)
    assert b"42" in car.console


def test_without_safe_py_nothing_starts_and_the_prompt_is_free(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    execute(car, "import os\nos.remove('safe.mpy')")
    reset(car)
    car.run(1.5)
    assert car.station.last("HEARTBEAT") is None
    car.board.type(b"print(6 * 7)\r")
    car.run(0.5)
    assert b"42" in car.console


def test_a_car_whose_parts_fail_at_start_leaves_a_record_and_says_so(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    running(car)
    wired = (firmware_dir() / "boards" / "pyboard_v11.py").read_text()
    wrong = lean(wired.replace("MOTOR_TIMER = 4", "MOTOR_TIMER = 99"))
    execute(car, f"f = open('board.py', 'w')\nf.write({wrong!r})\nf.close()")
    for _ in range(3):
        reset(car)
        safe(car, "ValueError: Timer(99) doesn't exist")
    reset(car)
    safe(car, "3 crashes in a row: see patrol crash")


def test_the_car_can_be_started_by_hand_from_safe_mode(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    car.board.pins.button_pressed = True
    safe(car, "start button held: release it, reset")
    car.board.pins.button_pressed = False
    car.station.messages.clear()
    car.board.type(b"from patrol.app import Car; Car().run()\r")
    car.run(4.0)
    states = [m.system_status for m in car.station.all("HEARTBEAT")]
    assert EMERGENCY not in states
    assert len(states) >= 2
    assert not [text for text in car.station.texts if text.startswith("safe mode")]


def test_a_loop_that_hangs_until_the_watchdog_leaves_a_record_with_its_uptime(
    make_car: MakeCar,
) -> None:
    car = make_car(world="empty")
    car.patrol(5.0)
    car.station.messages.clear()
    before = car.board.backup[19] & 0xFFFFFF
    assert 5 <= before <= 10
    car.board.reset(Cause.WATCHDOG)
    running(car)
    told = [(m.severity, m.text) for m in car.station.all("STATUSTEXT")]
    assert told == [
        (6, READY),
        (3, "started by the watchdog"),
        (2, "crash: watchdog: the loop hung"),
        (3, f"{before} s after boot, 1 in all: patrol crash"),
    ]


def test_a_dip_of_the_supply_is_told_from_a_power_on(make_car: MakeCar) -> None:
    car = make_car(world="empty", faults=[parse("battery.brownout@4,off=5")])
    running(car)
    car.run(4.0)
    assert car.board.resets == [Cause.POWER_ON] * 2
    told = [(m.severity, m.text) for m in car.station.all("STATUSTEXT")]
    assert told[:2] == [(6, READY), (6, "started by power-on")]
    (dip,) = [text for severity, text in told if severity == 3]
    assert re.fullmatch(r"brown-out: the supply dipped [23] s after boot", dip)
    assert car.station.last("LOOP_TIMING").reset_cause == Cause.POWER_ON
    assert not [text for _, text in told if text.startswith("crash")]  # it is none of the firmware


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (Cause.POWER_ON, "started by power-on"),
        (Cause.HARD, "started by the reset pin"),
        (Cause.SOFT, "started by a soft reset"),
    ],
)
def test_a_boot_says_what_it_came_from(make_car: MakeCar, cause: Cause, words: str) -> None:
    car = make_car(world="empty")
    running(car)
    reset(car, cause)
    running(car)
    assert car.station.texts == [READY, words]
    assert car.station.last("LOOP_TIMING").reset_cause == cause


def test_a_watchdog_that_outlives_a_soft_reset_resets_nobody(make_car: MakeCar) -> None:
    car = make_car(world="empty")
    car.patrol(2.0)
    car.station.disarm(car.board.now_us)
    car.run(0.5)
    resets = len(car.board.resets)
    execute(car, "print('stopped')")
    car.board.type(b"\x01")
    car.run(0.1)
    car.board.type(b"\x04")  # a soft reset to the raw prompt, as mpremote does it
    car.run(3.0)
    assert car.board.resets[resets:] == [Cause.SOFT]
    car.board.type(b"\x02")
    car.run(0.1)
    car.board.type(b"\x04")  # and one after which main.py runs
    car.station.messages.clear()
    car.run(3.0)
    assert car.board.resets[resets:] == [Cause.SOFT, Cause.SOFT]
    assert car.station.last("HEARTBEAT").system_status != EMERGENCY
    car.board.pins.button_pressed = True
    execute(car, "print('stopped')")
    car.board.type(b"\x04")  # and into safe mode
    car.run(3.0)
    assert car.board.resets[resets:] == [Cause.SOFT] * 3
    assert car.station.last("HEARTBEAT").system_status == EMERGENCY
