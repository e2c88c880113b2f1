"""The black box of the whole car: what it keeps of a stop agrees with the world, and power that
fails while it is stored takes nothing else with it."""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flash_chip import all_of
from flash_cuts import Cuts, area_of, areas, record
from patrolcar.blackbox.box import Box, boxes, part
from patrolcar.flash.build import firmware_dir
from patrolcar.flash.preserve import records
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from patrolcar_sim.firmware_image import firmware_image as kept_image
from patrolcar_sim.scenario.parameters import store_settings
from served import Served
from ticking import stored

BLACKBOX = 7  # a type of record
STORED = "black box stored: patrol blackbox"
WAY_MM = 6  # of 80 mm in 0.4 s: two roundings, what a tyre slips, and 10 ms


def boxes_of(image: Path) -> list[Box]:
    found = enumerate(one for one in records(area_of(image)) if one.kind == BLACKBOX)
    return boxes(part(i, one.layout, bytes.fromhex(one.payload)) for i, one in found)


def disarmed(car: VirtualCar) -> None:
    """Disarms, and waits for the black box."""
    car.station.disarm(car.board.now_us)
    car.until(lambda: STORED in car.station.texts, 4.0)


def driven(car: VirtualCar, seconds: float) -> list[tuple[int, float]]:
    """Goes on for so long: virtual time in us and distance in mm, each 10 ms."""
    truth = []
    end = car.board.now_us + int(seconds * 1e6)
    while car.board.now_us < end:
        car.board.run(car.board.now_us + 10_000)
        truth.append((car.board.now_us, car.world.distance_m * 1000))
    return truth


def said_us(car: VirtualCar, text: str) -> int:
    return next(
        at
        for at, message in car.station.messages
        if message.get_type() == "STATUSTEXT" and message.text == text
    )


def way_mm(box: Box) -> float:
    """How far the car went from the second tick up to the stop, by the box's speeds."""
    assert box.stop_ms is not None
    before = [tick for tick in box.ticks if tick.at_ms <= box.stop_ms][1:]
    return sum(abs(tick.speed_left + tick.speed_right) / 2 * 0.01 for tick in before)


STOPS = {
    "bumper": ("switch.stuck@5.003+0.3:bumper", "bumper pressed", {}),
    "cliff": ("floor.stuck@5.003+0.3:cliff-left,voltage=3.3", "no floor ahead: an edge", {}),
    "bumper, motors off": (
        "switch.stuck@5.003+0.3:bumper",
        "bumper pressed",
        {"fs_bumper_act": 3},
    ),
}


@pytest.mark.parametrize("name", STOPS)
def test_what_it_keeps_of_a_stop_in_auto_is_what_the_car_did(image: Path, name: str) -> None:
    fault, text, settings = STOPS[name]
    if settings:
        store_settings(image, "pyboard_v11", settings)
    with VirtualCar(image, "office", faults=[parse(fault)]) as car:
        car.arm("AUTO")
        truth = driven(car, 4.0)
        disarmed(car)
    (box,) = boxes_of(image)
    final = bool(settings)
    assert (box.reason, box.missing) == (name.partition(",")[0], 0)
    assert len(box.ticks) == (74 if final else 37)
    before = [tick for tick in box.ticks if tick.at_ms < (box.stop_ms or 0)]
    assert {tick.state for tick in before} == {"AUTO"}
    assert box.ticks[len(before)].state == ("FAULT" if final else "AUTO")
    assert box.reason in box.ticks[len(before)].conditions
    if final:
        assert box.ticks[-1].duty_left == box.ticks[-1].duty_right == 0
    stop_us = said_us(car, text)
    from_us = stop_us - len(before) * 10_000
    first, last = (next(way for at, way in truth if at >= us) for us in (from_us, stop_us))
    assert last - first > 40
    assert abs(way_mm(box) - (last - first)) <= WAY_MM


def test_a_wheel_that_stops_in_auto_is_seen_to_stop(image: Path) -> None:
    with VirtualCar(image, "office", faults=[parse("motor.stall@5.003+3:left")]) as car:
        car.arm("AUTO")
        car.run(4.5)
        disarmed(car)
    first, last = boxes_of(image)
    assert (first.reason, last.reason) == ("stall", "stuck: no way out")
    assert min(first.ticks[i].speed_left for i in range(10)) > 150
    assert all(abs(tick.speed_left) < 20 for tick in first.ticks[-13:])
    assert max(tick.duty_left for tick in first.ticks) > 600
    assert last.ticks[-1].state == "HOLD"


def test_a_wall_that_it_was_driven_into_is_in_its_ranges(image: Path) -> None:
    with VirtualCar(image, "empty") as car:
        car.arm("MANUAL")
        start = car.board.now_us
        for at_us in range(start, start + 20_000_000, 100_000):
            car.station.manual(500, 0, at_us)
        car.until(lambda: "bumper pressed" in car.station.texts, 20.0)
        assert car.world.contacts
        car.run(0.5)
        disarmed(car)
    (box,) = boxes_of(image)
    assert box.reason == "bumper"
    ranges = [tick.range_front for tick in box.ticks if tick.range_front]
    assert ranges[0] > ranges[-1]
    assert ranges[-1] < 120
    speeds = [tick.speed_left for tick in box.ticks]
    assert speeds[0] > 200 > 50 > abs(speeds[-1])


def test_a_drive_without_a_stop_of_that_kind_leaves_the_flash_as_it_was(image: Path) -> None:
    with VirtualCar(image, "office") as car:
        car.run(1.0)
        before = area_of(image)
        car.patrol(4.0)
        car.station.mode("HOLD", car.board.now_us)
        car.run(1.0)
        car.station.disarm(car.board.now_us)
        car.run(3.0)
        assert area_of(image) == before
        assert not any("black box" in text for text in car.station.texts)


def test_it_is_stored_at_the_interrupt_where_the_car_was_still_armed(image: Path) -> None:
    with VirtualCar(image, "office", faults=[parse("motor.stall@5.003+3:left")]) as car:
        car.arm("AUTO")
        car.until(lambda: "armed: HOLD" in car.station.texts[4:], 6.0)
        car.run(1.5)
        assert boxes_of(image) == []
        car.board.type(b"\r\x03")
        car.run(3.0)
    assert [box.reason for box in boxes_of(image)] == ["stall", "stuck: no way out"]


# Power that fails.


@pytest.fixture(scope="module")
def storing(firmware_image: Path, tmp_path_factory: pytest.TempPathFactory) -> Cuts:
    """One more box beside settings, a crash record and a black box."""
    image = tmp_path_factory.mktemp("boxes") / "flash.img"
    shutil.copyfile(firmware_image, image)
    store_settings(image, "pyboard_v11", {"track": 13_040})
    with VirtualCar(image, "empty") as car:
        car.arm("HOLD")
        car.station.command(185, 1)
        car.until(lambda: STORED in car.station.texts)
        car.board.type(b"\x03")
        car.run(0.3)
        car.board.type(
            b"import board\rfrom patrol.store import crash\rfrom patrol.store.log import Log\r"
            b"crash.note(Log(board.SETTINGS), 1, ValueError('x'))\r"
        )
        car.run(3.0)

    def act(car: VirtualCar) -> None:
        car.station.command(185, 1)
        car.until(lambda: STORED in car.station.texts)

    return record(image, lambda car: car.arm("HOLD"), act)


def test_a_cut_at_any_half_word_leaves_settings_crashes_and_older_boxes_whole(
    storing: Cuts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the firmware's own reading, for every half-word, cut before it or in its midst."""
    monkeypatch.syspath_prepend(str(firmware_dir()))
    import patrol.portable  # noqa: F401  (the shim for MicroPython's own)

    assert len(storing) > 700  # 74 ticks
    assert storing.area(len(storing)) == storing.after
    chance = random.Random("cut boxes")
    (whole,) = boxes_of(storing.old)
    missing = set()
    for i in range(len(storing)):
        storing.chip(i, chance if i % 2 else None, monkeypatch)
        from patrol.store.log import Log

        log = Log(areas())
        assert len(all_of(log, 1)) == 1
        assert len(all_of(log, 2)) == 1
        first, *rest = stored(log)
        assert first.ticks == whole.ticks
        missing |= {box.missing for box in rest}
        assert log.append(1, 1, b"and it goes on")
    assert missing >= {1, 2}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_board_that_lost_power_while_storing_boots_and_its_boxes_are_shown(
    storing: Cuts, image: Path, share: float
) -> None:
    storing.board(int(share * len(storing)), random.Random(f"{share}"), image)
    with Served("--flash", image, "--world", "empty") as sim:
        done = blackbox(sim.repl)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("emergency stop") == (1 if share < 0.3 else 2)
        assert ("incomplete: " in done.stdout) == (share > 0.3)


# The command.


def blackbox(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", "blackbox", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_boxes_are_shown_saved_drawn_and_cleared(image: Path, tmp_path: Path) -> None:
    with Served("--flash", image, "--world", "empty") as sim:
        done = blackbox(sim.repl)
        assert (done.returncode, done.stdout) == (0, f"{sim.repl}: no black box\n")
    with VirtualCar(image, "office", faults=[parse("switch.stuck@5.003+0.3:bumper")]) as car:
        car.arm("AUTO")
        car.run(4.0)
        disarmed(car)
    table, picture = tmp_path / "ticks.csv", tmp_path / "ticks.png"
    with Served("--flash", image, "--world", "empty") as sim:
        short = blackbox(sim.repl)
        assert short.returncode == 0, short.stderr
        assert short.stdout.startswith("black box ")
        assert ": bumper, " in short.stdout
        assert len(short.stdout.splitlines()) == 1 + 2 + 12
        done = blackbox(sim.repl, "--all", "-o", table, "--plot", picture, "--clear")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1 + 2 + 37 + 3
        assert len(list(csv.DictReader(table.open(encoding="utf-8")))) == 37
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert "no black box" in blackbox(sim.repl).stdout


@pytest.mark.parametrize("board", ["pyboard_v11", "blackpill_f411"])
def test_boxes_are_shown_also_of_a_car_in_safe_mode_and_of_another_board(
    board: str, tmp_path: Path
) -> None:
    image = tmp_path / "flash.img"
    shutil.copyfile(kept_image(board), image)
    with VirtualCar(image, "empty", board=board) as car:
        car.arm("HOLD")
        car.station.command(185, 1)
        car.until(lambda: STORED in car.station.texts)
    words = ("--flash", image, "--world", "empty", "--board", board, "--break", "bumper-stuck")
    with Served(*words) as sim:
        done = blackbox(sim.repl)
        assert done.returncode == 0, done.stderr
        assert ": emergency stop, " in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("/dev/pts/9999",), 1, "/dev/pts/9999"),
        (("/dev/pts/9999", "-o", "no/ticks.csv"), 2, "folder no does not exist"),
        (("/dev/pts/9999", "--plot", "ticks.svg"), 2, "let it end in .png"),
    ],
)
def test_wrong_words_are_one_line(words: tuple[str, ...], code: int, said: str) -> None:
    done = blackbox(*words)
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_memory_it_is_said_once_and_the_loop_goes_on(
    make_car: Callable[..., VirtualCar],
) -> None:
    car = make_car(world="empty", faults=[parse("memory.shortage@4,size=48")])
    car.arm("MANUAL")
    car.steer(300, 0, 2.5)
    car.station.command(185, 1, at_us=car.board.now_us)
    car.run(6)
    assert car.station.texts.count("not stored: no memory") == 1
    assert car.station.last("LOOP_TIMING").exceptions == 0
