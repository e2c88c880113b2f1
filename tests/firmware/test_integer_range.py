"""Every intermediate value of a whole drive is a small integer of a 32-bit board.

Not only of a quiet drive: far from home, after days, with sensors at their ends, a ground station
that sends anything, and HOME at places whose longitude in degE7 is no small integer.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable
from typing import Any

import pytest

import figures
from patrolcar.link import dialect
from patrolcar.link.generate import ACCEPTS
from patrolcar_sim.world.tof_optics import Shot
from small_integers import LIMIT, SmallIntegers
from toy_board import ToyBoard
from toy_world import Body, Room

POSTS = ((1.2, 0.6, 0.05), (-1.0, -0.7, 0.1), (-1.3, 1.0, 0.03), (0.9, -1.1, 0.1))
DAYS_MS = LIMIT - 120_000  # two minutes before the uptime in ms is no small integer: 12.4 days
FAR_MM = 20_000_000
FLASH = 0x080C_0000


class Drive:
    """A car on the toy board, and a ground station's frames to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.watch = SmallIntegers(monkeypatch)
        self.board = ToyBoard(monkeypatch, Room(5.0, 4.0, POSTS))
        self.car = self.board.car()
        self.car.schedule.start()
        self.run(200)
        self.watch.strict = True
        self.mav = dialect.load()
        self._encoder = self.mav.MAVLink(None, srcSystem=255, srcComponent=190)
        self.rng = random.Random(7)

    def run(self, ticks: int) -> None:
        self.car.schedule.run(ticks)

    def send(self, message: Any) -> None:
        self.board.uart.rx += message.pack(self._encoder)
        self._encoder.seq = (self._encoder.seq + 1) % 256

    def send_raw(self, name: str, content: bytes) -> None:
        kind = getattr(self.mav, f"MAVLink_{name.lower()}_message")
        frame = self.mav.MAVLink_message(kind.id, name)
        self.board.uart.rx += frame._pack(self._encoder, kind.crc_extra, content)
        self._encoder.seq = (self._encoder.seq + 1) % 256

    def arm(self, mode: int) -> None:
        """Armed in MANUAL (0) or AUTO (10), whatever it was before."""
        for number, first, second in ((400, 0, 0), (400, 1, 0), (176, 1, mode)):
            self.send(
                self.mav.MAVLink_command_long_message(1, 1, number, 0, first, second, *[0] * 5)
            )
            self.run(5)
        assert self.car.supervisor.armed()


def auto(drive: Drive) -> None:
    drive.arm(10)
    drive.run(12_000)


def sticks(drive: Drive) -> None:
    drive.arm(0)
    for forward, turn in ((1000, 0), (-1000, 1000), (0, -1000), (32767, -32768), (500, 250)):
        for _ in range(10):
            drive.send(drive.mav.MAVLink_manual_control_message(1, forward, 0, 0, turn, 0))
            drive.run(10)


def anything_that_a_station_can_send(drive: Drive) -> None:
    for _ in range(400):
        name = drive.rng.choice(ACCEPTS)
        drive.send_raw(name, drive.rng.randbytes(drive.rng.randrange(1, 40)))
        drive.board.uart.rx += drive.rng.randbytes(drive.rng.randrange(3))
        drive.run(2)
    floats = (0, -0.0, 1e38, -1e38, 1e-38, 2**30, -(2**31), float("nan"), float("inf"))
    for number in (400, 176, 179, 185, 410, 510, 511, 512, 520, 31_000):
        for value in (*floats, 30, 52_100):
            drive.send(
                drive.mav.MAVLink_command_long_message(1, 1, number, 0, value, value, *[0] * 5)
            )
            drive.run(2)
    drive.send(drive.mav.MAVLink_request_data_stream_message(1, 1, 0, 100, 1))


def home_at_the_ends_of_the_earth(drive: Drive) -> None:
    odometry = drive.car.odometry
    for longitude in (-122.4, 139.7, 180.0, -180.0):
        for latitude in (84.9, -84.9, 0.0):
            for frame, way in ((0, 0), (6, FAR_MM), (3, -FAR_MM)):
                odometry.x, odometry.y = way, -way
                e7 = (int(latitude * 1e7), int(longitude * 1e7))
                drive.send(
                    drive.mav.MAVLink_command_int_message(
                        1, 1, frame, 179, 0, 0, 0, 0, 0, 0, *e7, 8_848.0
                    )
                )
                drive.run(25)
                assert drive.car.home.known
            drive.send(drive.mav.MAVLink_command_long_message(1, 1, 179, 0, 1, *[0] * 6))
            drive.run(25)
    assert drive.car.home.x == odometry.x


def missions_at_the_ends_of_the_earth(drive: Drive) -> None:
    """All but the store, which runs with the motors off and may allocate."""
    mav, car = drive.mav, drive.car

    def keep(items: bytearray) -> tuple[tuple[int, ...], int]:
        memory = sys.modules["stm"].mem16  # type: ignore[attr-defined]
        for i in range(0, len(items), 2):
            memory[FLASH + i] = items[i] | items[i + 1] << 8
        return tuple(range(FLASH, FLASH + len(items), 480)), len(items) // 32

    car.keep_mission = keep
    drive.send(mav.MAVLink_command_long_message(1, 1, 400, 0, 0, *[0] * 6))
    drive.run(300)
    last = (1 << 31) - 1
    places = ((849_000_000, 1_800_000_000), (-849_000_000, -1_800_000_000), (last, -last), (0, 0))
    for x, y in places:
        for kind, scale in (("mission_item_int", 1), ("mission_item", 1e-7)):
            drive.send(mav.MAVLink_mission_count_message(1, 1, 64))
            message = getattr(mav, f"MAVLink_{kind}_message")
            place = (x * scale, y * scale) if kind == "mission_item" else (x, y)
            for number in range(64):
                drive.run(2)
                drive.send(
                    message(1, 1, number, 3, 16, 0, 1, 1e9 * (x == last), 0, 0, 0, *place, 0)
                )
            drive.run(20)
            assert car.mission.count == 64  # the one that is refused leaves the one before
            for asked in ("mission_request_int", "mission_request"):
                drive.send(getattr(mav, f"MAVLink_{asked}_message")(1, 1, 63))
                drive.run(5)
    drive.send(mav.MAVLink_mission_write_partial_list_message(1, 1, -32_768, 32_767))
    drive.send(mav.MAVLink_mission_write_partial_list_message(1, 1, 63, 63))
    drive.run(1_100)  # nothing comes
    drive.send(mav.MAVLink_mission_set_current_message(1, 1, 65_535))
    drive.send(mav.MAVLink_mission_clear_all_message(1, 1))
    drive.run(20)
    assert car.mission.count == 0


def far_from_home(drive: Drive) -> None:
    odometry = drive.car.odometry
    for x, y in ((FAR_MM, -FAR_MM), (-FAR_MM, FAR_MM)):
        odometry.x, odometry.y = x, y
        drive.arm(10)
        drive.run(1_000)
        assert abs(odometry.x - x) < 10_000


def after_days(drive: Drive) -> None:
    schedule = drive.car.schedule
    schedule.ms, schedule.ticks, schedule.overruns = DAYS_MS, DAYS_MS // 10, DAYS_MS // 10
    drive.car.writer.sent = DAYS_MS // 2
    for side in (drive.car.encoder_left, drive.car.encoder_right):
        side.distance = FAR_MM
    drive.car.battery.used_mah = 1_000_000
    drive.arm(10)
    drive.run(2_000)


def battery_at_its_ends(drive: Drive) -> None:
    for volts in (0.0, 14.19, 4.0):
        drive.board.body.volts = volts
        drive.run(300)
    drive.board.body.volts = 7.6
    drive.run(400)


def encoders_that_jump(drive: Drive) -> None:
    body = drive.board.body
    for counts in (65_536, 999, -999, 400, 30_000, -33_000):
        drive.arm(0)
        for sides in ((1, 1), (1, -1), (-1, 0)):
            for side in (0, 1):
                body.way[side] += sides[side] * counts * Body.COUNT_M
            drive.run(3)


def gyro_and_accelerometer_at_their_ends(drive: Drive) -> None:
    drive.arm(10)
    drive.run(100)
    quiet = drive.board.inertia
    for value in (32_767, -32_768):
        drive.board.inertia = lambda v=value: struct.pack(">7h", *[v] * 7)  # type: ignore[misc]
        drive.run(100)
    drive.board.inertia = quiet  # type: ignore[method-assign]
    drive.run(400)


def range_and_floor_sensors_at_their_ends(drive: Drive) -> None:
    board = drive.board
    for mm in (65_535, 0, 1):
        board.tof_mm[:] = [mm, mm]
        for shot in (Shot(11, mm, 511.9, 511.9, 255.0), Shot(0, mm, 0.0, 0.0, 0.0)):
            board.shot = lambda side, shot=shot: shot  # type: ignore[method-assign]
            drive.run(20)
    for millivolt in (3_300, 0):
        for pin in board.floor_mv:
            board.floor_mv[pin] = millivolt
        drive.arm(0)
        drive.run(50)
    board.floor_mv.update(dict.fromkeys(board.floor_mv, 300))
    board.tof_wired[:] = [False, False]
    drive.run(300)
    board.tof_wired[:] = [True, True]


def a_loop_that_was_held_up(drive: Drive) -> None:
    drive.arm(10)
    for late_us in (90_000, 300_000, 3_000_000):
        drive.board.dead_loop_us = late_us
        drive.run(100)
        drive.arm(10)


PHASES: tuple[Callable[[Drive], None], ...] = (
    auto,
    sticks,
    anything_that_a_station_can_send,
    home_at_the_ends_of_the_earth,
    missions_at_the_ends_of_the_earth,
    far_from_home,
    battery_at_its_ends,
    encoders_that_jump,
    gyro_and_accelerometer_at_their_ends,
    range_and_floor_sensors_at_their_ends,
    a_loop_that_was_held_up,
    after_days,
)


def test_no_value_of_a_whole_drive_leaves_the_small_integers(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    drive = Drive(monkeypatch)
    for phase in PHASES:
        phase(drive)
        assert drive.car.failures == 0, phase.__name__
    rows = drive.watch.rows()
    figures.add(
        record_property,
        "integer range: largest value of each module over a whole drive; lines of arithmetic met",
        ("", "largest", "% of 2**30", "lines"),
        rows,
    )
    most = {name: largest for name, largest, _, _ in rows}
    assert drive.car.blackbox.budget < 3  # it was full of them, and was written
    assert most["patrol.schedule"] > LIMIT - 1_000_000  # it has been at the ends
    assert most["patrol.control.odometry"] > LIMIT // 2


def test_the_watch_sees_what_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = Drive(monkeypatch)
    drive.car.schedule.ms = LIMIT - 5
    with pytest.raises(OverflowError, match=r"patrol\.schedule, line \d+, is no small integer"):
        drive.run(2)
