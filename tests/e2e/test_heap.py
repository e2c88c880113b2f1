"""A steady tick allocates nothing: thousands of them under heap_lock, and no collection."""

import re
from collections.abc import Callable

import pytest

from missions import upload, waypoint
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from prompt import stop_afresh

BEFORE = 500  # ticks: by then it drives
STICKS_MS, COMMAND_MS, TURN_MS = 100, 30, 4_000
ASKED = (512, 520, 31_000)  # AUTOPILOT_VERSION twice, and one that is not built
# Of the streams, and of the answers to what is sent above.
RATES = {
    "HEARTBEAT": 1,
    "SYS_STATUS": 2,
    "ATTITUDE": 20,
    "LOCAL_POSITION_NED": 10,
    "WHEEL_STATUS": 20,
    "DISTANCE_SENSOR": 57.5,
    "FLOOR_STATUS": 10,
    "BATTERY_STATUS": 1,
    "LOOP_TIMING": 2,
    "TASK_TIMING": 4,
    "VFR_HUD": 4,
    "GPS_RAW_INT": 1,
    "GLOBAL_POSITION_INT": 5,
    "COMMAND_ACK": 33,
    "AUTOPILOT_VERSION": 20,
    "PING": 3,
    "TIMESYNC": 3,
    "HOME_POSITION": 1.5,
    "MESSAGE_INTERVAL": 3,
    "MISSION_COUNT": 3,
    "MISSION_CURRENT": 1,
    "MISSION_ITEM_INT": 3,
    "MISSION_ITEM": 3,
    "FILE_TRANSFER_PROTOCOL": 3,
}
PROGRAM = """
import micropython
from patrol.app import Car
car = Car()
n = 0
sample = car.bumper.sample
def hook():
    global n
    n += 1
    if n == {before}:
        micropython.heap_lock()
    elif n == {before} + {ticks}:
        micropython.heap_unlock()
        print('locked for', n - {before}, 'ticks; failures', car.failures)
    sample()
car.bumper.sample = hook
car.run({before} + {ticks} + 100)
"""


@pytest.mark.parametrize(
    "ticks", [1_000, pytest.param(10_000, marks=pytest.mark.acceptance)], ids="{:,} ticks".format
)
def test_ticks_of_auto_and_manual_run_under_heap_lock(
    make_car: Callable[..., VirtualCar], ticks: int
) -> None:
    # A stop that the black box keeps; the fault's time is this program's, after the first boot.
    car = make_car(world="office", seed=1, faults=[parse("switch.stuck@11+0.3:bumper")])
    car.run(1.0)
    assert upload(car, [waypoint(number) for number in range(20)]) == 0
    stop_afresh(car)
    station, now = car.station, car.board.now_us
    mavlink = station._mavlink
    station.arm(now + 2_000_000)
    end_ms = (BEFORE + ticks) * 10 + 3_000
    for ms in range(2_300, end_ms, COMMAND_MS):  # they keep arriving while the heap is locked
        at_us = now + ms * 1000
        station.command(ASKED[ms // COMMAND_MS % 3], 148.0, at_us=at_us)
        if ms % 300 < COMMAND_MS:
            station.send(mavlink.MAVLink_ping_message(ms * 1000, ms, 0, 0), at_us)
            station.send(mavlink.MAVLink_timesync_message(0, ms * 1_000_000), at_us)
            station.command(510, 30.0, at_us=at_us)
            station.command(511, 30.0, 50_000.0, at_us=at_us)
            station.send(mavlink.MAVLink_mission_request_list_message(1, 1, 0), at_us)
            station.send(mavlink.MAVLink_mission_request_int_message(1, 1, 16), at_us)
            station.send(mavlink.MAVLink_mission_request_message(1, 1, 17), at_us + 20_000)
            station.send(
                mavlink.MAVLink_file_transfer_protocol_message(0, 1, 1, [0, 0, 0, 4] + [0] * 247),
                at_us,
            )
            station.send(mavlink.MAVLink_radio_status_message(180, 180, 99, 30, 30, 0, 0), at_us)
        if ms % 600 < COMMAND_MS:
            home = (-840_000_000 + ms, 1_397_000_000, 40)
            station.send(
                mavlink.MAVLink_command_int_message(1, 1, 0, 179, 0, 0, 0, 0, 0, 0, *home), at_us
            )
        if ms % 500 < COMMAND_MS:
            station.send_raw(bytes(range(0xF0, 0x100)), at_us)  # and noise
    for ms in range(2_300, end_ms, STICKS_MS):
        station.manual(300, 250 if ms % 1_000 < 500 else -250, now + ms * 1000)
    for turn, ms in enumerate(range(2_300, end_ms, TURN_MS)):
        station.mode(("AUTO", "MANUAL")[turn % 2], now + ms * 1000)
    car.board.type(PROGRAM.format(before=BEFORE, ticks=ticks).encode() + b"\x04")
    start = len(station.messages)
    car.run(end_ms / 1000 + 1.0)
    console = car.console.decode()
    assert f"locked for {ticks} ticks; failures 0" in console, console
    assert "bumper pressed" in station.texts
    assert car.world.distance_m > ticks / 1_000, station.texts
    heard = [message for _, message in station.messages[start:]]
    count = {kind: sum(m.get_type() == kind for m in heard) for kind in RATES}
    for kind, hertz in RATES.items():
        assert count[kind] > 0.95 * hertz * ticks / 100, kind
    drove = {m.custom_mode for m in heard if m.get_type() == "HEARTBEAT" and m.base_mode & 128}
    assert drove >= {0, 10}
    assert {m.id for m in heard if m.get_type() == "DISTANCE_SENSOR"} == {0, 1, 2, 3, 4}
    loop = [m for m in heard if m.get_type() == "LOOP_TIMING"][-1]
    assert loop.frames_dropped == 0
    print(
        f"{ticks} ticks locked, {car.world.distance_m:.1f} m driven, {count['COMMAND_ACK']} "
        f"commands acknowledged, load {loop.load_permille / 10:.0f} %, {loop.overruns} overruns"
    )


def test_after_boot_the_free_heap_is_in_one_piece(make_car: Callable[..., VirtualCar]) -> None:
    car = make_car(world="empty", seed=1)
    car.run(3.0)
    car.board.type(b"\x03")
    car.run(0.3)
    car.console.clear()
    car.board.type(b"import gc, micropython; gc.collect(); micropython.mem_info()\r")
    car.run(0.3)
    console = car.console.decode()
    free = re.search(r"free: (\d+)", console)
    run = re.search(r"max free sz: (\d+)", console)
    assert free, console
    assert run, console
    assert int(run[1]) * 32 > int(free[1]) / 2  # in blocks of 32 bytes on a 64-bit host


def test_a_steady_tick_never_collects(make_car: Callable[..., VirtualCar]) -> None:
    car = make_car(world="empty", seed=1)
    car.patrol(5)
    before = car.station.last("LOOP_TIMING").collections
    car.run(20)
    assert car.station.last("LOOP_TIMING").collections == before
    car.board.type(b"\x03")
    car.run(0.3)
    car.console.clear()
    car.board.type(b"import gc; print('threshold', gc.threshold())\r")
    car.run(0.3)
    assert "threshold -1" in car.console.decode()
