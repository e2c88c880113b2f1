"""The car patrols the office: what the world says, not what the car believes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from patrolcar_sim.car import VirtualCar

Make = Callable[..., VirtualCar]


def test_it_drives_ten_metres_in_a_minute_and_touches_nothing(make_car: Make) -> None:
    car = make_car(world="office", seed=1)
    car.patrol(60)
    assert car.world.distance_m >= 10
    assert car.world.contacts == 0, car.world.contact_list
    assert car.board.resets == [1]
    timing = car.station.last("LOOP_TIMING")
    assert timing.overruns == 0
    assert timing.frames_dropped == 0


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_in_five_minutes_it_enters_most_of_the_office_untouched(make_car: Make, seed: int) -> None:
    car = make_car(world="office", seed=seed)
    car.patrol(60)
    assert car.world.distance_m >= 10
    car.run(240)
    assert car.world.coverage.fraction >= 0.6
    assert car.world.contacts == 0, car.world.contact_list


@pytest.mark.parametrize("world", ["empty", "corridor", "room:7"])
def test_other_worlds_are_patrolled_untouched_too(make_car: Make, world: str) -> None:
    car = make_car(world=world, seed=1)
    car.patrol(30)
    assert car.world.distance_m >= 2
    assert car.world.contacts == 0, car.world.contact_list


TABLE = """
<mujoco model="table">
  <worldbody>
    <geom name="floor table" type="box" size="1 1 0.4" pos="0 0 -0.4"/>
    <geom name="floor ground" type="plane" size="0 0 0.1" pos="0 0 -0.8"/>
    <geom name="wall" type="box" size="0.1 3 0.8" pos="3 0 0"/>
    <site name="start" pos="0 0 0"/>
  </worldbody>
</mujoco>
"""


@pytest.mark.parametrize("seed", [1, 3])
def test_on_a_table_it_turns_back_at_every_edge(make_car: Make, tmp_path: Path, seed: int) -> None:
    world = tmp_path / "table.xml"
    world.write_text(TABLE)
    car = make_car(world=str(world), seed=seed)
    car.patrol(45)
    assert car.station.texts.count("no floor ahead: an edge") >= 4
    assert car.world.distance_m > 4
    x, y, _ = car.world.pose()
    assert max(abs(x), abs(y)) < 1
    assert "tilted" not in car.station.texts


def test_odometry_stays_close_to_the_truth_for_half_a_minute(make_car: Make) -> None:
    car = make_car(world="empty", seed=1)
    x0, y0, _ = car.world.pose()
    car.patrol(30)
    x, y, _ = car.world.pose()
    position = car.station.last("LOCAL_POSITION_NED")
    # The car's north is the world's x axis, its origin where it woke up.
    assert abs(position.x - (x - x0)) < 0.5
    assert abs(position.y + (y - y0)) < 0.5
