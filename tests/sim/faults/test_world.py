"""Faults of the world: the car is elsewhere, something is in its way, the floor tilts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.faults import Timeline, parse, props_of
from patrolcar_sim.world.world import World

SLEEP = b"import time; time.sleep(100)\r"  # a prompt would wait for the clock
WALL = 1.91  # of the empty world, from the front sonar
Begin = Callable[..., VirtualBoard]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """A board in a world with one fault."""
    boards: list[VirtualBoard] = []

    def make(fault: str, seed: int = 1, world: str = "empty") -> VirtualBoard:
        faults = [parse(fault)]
        board = VirtualBoard(
            World(world, 1, props=props_of(faults)),
            tmp_path / f"{len(boards)}.img",
            ports=False,
            speed=float("inf"),
        )
        boards.append(board)
        Timeline(faults, seed).attach(board)
        board.start()
        board.type(SLEEP)
        return board

    yield make
    for board in boards:
        board.stop()


def world_of(board: VirtualBoard) -> World:
    assert isinstance(board.world, World)
    return board.world


def range_m(board: VirtualBoard) -> float | None:
    """What the front sonar hears."""
    echo_us = world_of(board).ping(1, board.now_us)
    return None if echo_us is None else echo_us * 343e-6 / 2


def test_a_kidnapped_car_stands_where_it_was_put_and_has_not_driven(begin: Begin) -> None:
    board = begin("world.kidnap@0.3,x=1.2,y=-0.7,yaw=90")
    world = world_of(board)
    board.run(290_000)
    counted = world.encoder_count(0, board.now_us)
    board.run(310_000)
    x, y, yaw = world.pose()
    assert (round(x, 2), round(y, 2)) == (1.2, -0.7)
    assert abs(yaw - math.pi / 2) < 0.02
    assert world.distance_m < 0.01
    assert abs(world.encoder_count(0, board.now_us) - counted) < 5


def test_without_a_place_the_seed_chooses_one_with_room(begin: Begin) -> None:
    def place(seed: int) -> tuple[float, ...]:
        board = begin("world.kidnap@0.2", seed, "office")
        board.run(400_000)
        assert world_of(board).contacts == 0
        return world_of(board).pose()

    first = place(1)
    assert place(1) == first
    others = [place(seed) for seed in (2, 3)]
    assert all(math.dist(first[:2], other[:2]) > 0.1 for other in others)


def test_a_person_stands_in_front_and_goes_away_at_the_end(begin: Begin) -> None:
    board = begin("world.person@0.3+0.5,distance=0.7")
    board.run(290_000)
    assert range_m(board) == pytest.approx(WALL, abs=0.05)
    board.run(400_000)
    seen = range_m(board)
    assert seen is not None
    assert 0.5 < seen < 0.75
    board.run(900_000)
    assert range_m(board) == pytest.approx(WALL, abs=0.05)


def test_a_person_who_walks_crosses_the_cars_way(begin: Begin) -> None:
    board = begin("world.person@0.2,distance=0.6,speed=1.0")
    heard = []
    for at_us in range(300_000, 3_300_000, 50_000):
        board.run(at_us)
        heard.append((range_m(board) or WALL) < 1.0)
    assert not heard[0]
    assert any(heard)
    assert not heard[-1]


def test_a_glass_door_shuts_across_the_way(begin: Begin) -> None:
    board = begin("world.door@0.3+0.5,distance=0.8")
    board.run(400_000)
    seen = range_m(board)
    assert seen is not None
    assert 0.7 < seen < 0.85
    board.run(900_000)
    assert range_m(board) == pytest.approx(WALL, abs=0.05)


def test_on_a_ramp_a_braked_car_feels_it_until_the_end(begin: Begin) -> None:
    board = begin("world.ramp@0.3+0.5,pitch=10")
    board.run(500_000)
    world = world_of(board)
    assert world.model.opt.gravity[0] != 0
    board.run(900_000)
    assert world.model.opt.gravity[0] == 0


def test_the_sun_comes_and_goes(begin: Begin) -> None:
    board = begin("world.sun@0.3+0.5,light=50")
    world = world_of(board)
    office = world.light
    board.run(400_000)
    assert world.light == 0.5
    board.run(900_000)
    assert world.light == office
