"""Faults of the supply: a pack that sags, a dip, a divider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.faults import Fault, Timeline, parse
from patrolcar_sim.world.world import World

SLEEP = b"import time; time.sleep(100)\r"  # a prompt would wait for the clock


@pytest.fixture
def board(image: Path) -> Iterator[VirtualBoard]:
    made = VirtualBoard(World("empty", 1), image, ports=False, speed=float("inf"))
    yield made
    made.stop()


def full_speed(world: World) -> None:
    world.set_standby(True)
    for side in (0, 1):
        world.set_motor(side, True, False, 1.0)


def begin(board: VirtualBoard, fault: str) -> World:
    Timeline([parse(fault)], 1).attach(board)
    board.start()
    board.type(SLEEP)
    board.run(200_000)
    world = board.world
    assert isinstance(world, World)
    return world


def test_a_worn_pack_sags_under_load_and_is_itself_again(board: VirtualBoard) -> None:
    world = begin(board, "battery.sag@0.2+1,factor=5")
    rest = world.battery_mv()
    full_speed(world)
    board.run(300_000)
    worn = rest - world.battery_mv()
    board.run(1_300_000)
    world.set_standby(False)
    board.run(3_000_000)
    full_speed(world)
    board.run(3_100_000)
    whole = rest - world.battery_mv()
    assert board.resets == [Cause.POWER_ON]
    assert 2.5 * whole < worn < 5.5 * whole


def test_a_supply_that_falls_too_low_resets_the_board_by_itself(board: VirtualBoard) -> None:
    world = begin(board, "battery.sag@0.2+2,factor=60")
    full_speed(world)
    board.run(400_000)
    assert board.resets == [Cause.POWER_ON, Cause.POWER_ON]
    assert world.battery_mv() > 3000  # nothing draws while the chip boots
    board.run(1_000_000)
    assert len(board.resets) == 2
    full_speed(world)
    board.run(1_200_000)
    assert len(board.resets) == 3


def test_a_whole_pack_never_falls_so_low(board: VirtualBoard) -> None:
    world = begin(board, "uart.cut")
    full_speed(world)
    board.run(500_000)
    assert board.resets == [Cause.POWER_ON]


def test_a_dip_in_the_middle_of_a_tick_shows_as_a_power_on(image: Path) -> None:
    with Bench(image) as bench:
        now = bench.board.now_us
        Timeline([Fault("battery.brownout", now + 300_000, values={"off": 20})]).attach(
            bench.board
        )
        bench.board.type(
            b"import time\nfrom machine import Pin\np = Pin('Y5', Pin.OUT)\n"
            b"while True: p.value(1); time.sleep_us(300)\x04"
        )
        bench.board.run(now + 299_900)
        assert bench.car.motors[0][0] is True
        bench.board.run(now + 310_000)
        assert bench.board.now_us >= now + 320_000  # it was off, and boots
        assert bench.car.motors[0][0] is False
        bench.to_raw_repl()
        assert bench.board.resets == [Cause.POWER_ON, Cause.POWER_ON]
        assert bench.run("import machine; print(machine.reset_cause())") == "1\n"


def test_a_divider_gives_another_share_at_the_converter(
    bench: Bench, inject: Callable[..., None]
) -> None:
    read = "import machine; print(machine.ADC('X19').read_u16())"
    whole = int(bench.run(read))
    inject("battery.divider+0.1,factor=0.5")
    assert abs(int(bench.run(read)) - whole / 2) < 50
    bench.board.run(bench.board.now_us + 200_000)
    assert int(bench.run(read)) == whole
