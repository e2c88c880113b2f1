"""A steady tick allocates nothing: 1,000 of them under heap_lock."""

import re
from collections.abc import Callable

from patrolcar_sim.car import VirtualCar

PROGRAM = b"""
import micropython
from patrol.app import Car
car = Car()
n = 0
sample = car.bumper.sample
def hook():
    global n
    n += 1
    if n == 500:
        micropython.heap_lock()
    elif n == 1500:
        micropython.heap_unlock()
        print('locked for', n - 500, 'ticks; failures', car.failures)
    sample()
car.bumper.sample = hook
car.run(1600)
"""


def test_a_thousand_ticks_of_auto_run_under_heap_lock(
    make_car: Callable[..., VirtualCar],
) -> None:
    car = make_car(world="office", seed=1)
    car.run(1.0)
    car.board.type(b"\x03")
    car.run(0.2)
    car.board.type(b"\x01import sys\nfor m in list(sys.modules):\n")
    car.board.type(b"    if m.startswith('patrol'): del sys.modules[m]\n\x04")
    car.run(0.2)
    now = car.board.now_us
    car.station.arm(now + 2_000_000)
    car.station.mode("AUTO", now + 2_300_000)
    for i in range(450):  # commands keep arriving while the heap is locked
        car.station.command(512, 148.0, at_us=now + 3_000_000 + i * 30_000)
    for i in range(30):
        car.station.mode("AUTO", now + 3_010_000 + i * 400_000)
    car.board.type(PROGRAM + b"\x04")
    start = len(car.station.messages)
    car.run(18)
    console = car.console.decode()
    assert "locked for 1000 ticks; failures 0" in console, console
    assert car.world.distance_m > 1, car.station.texts
    heard = [message.get_type() for _, message in car.station.messages[start:]]
    assert heard.count("COMMAND_ACK") > 300
    assert heard.count("DISTANCE_SENSOR") > 200


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
