"""The worlds that come with the project do what their comments say: edges, ramp, track, people."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np
import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.world import car
from patrolcar_sim.world.floors import floor_under
from patrolcar_sim.world.loader import load_world, world_names
from patrolcar_sim.world.world import FALL, World

Drive = Callable[[World, float, float, int], None]


def height(world: World) -> float:
    return float(world.data.qpos[world._q + 2])


def reached(world: World, x: float, y: float) -> bool:
    grid = world.info.grid
    at = grid.index(x, y)
    floor = grid.flood(world.info.start[:2], world.parts.chassis.radius + 0.01)
    return at is not None and bool(floor[divmod(at, grid.ny)])


def write(tmp_path: Path, worldbody: str) -> str:
    path = tmp_path / "floors.xml"
    path.write_text(f"<mujoco><worldbody>{worldbody}</worldbody></mujoco>")
    return str(path)


@pytest.mark.parametrize("name", world_names())
def test_car_stands_still_at_the_start_of_every_world(name: str) -> None:
    world = World(name, 1)
    world.advance(1_000_000)
    assert world.contacts == 0
    assert world.fell_s is None
    assert math.dist(world.pose()[:2], world.start_pose[:2]) < 1e-3
    assert len(world.coverage.reachable) >= 4


# -- Edges ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "yaw"), [(0.9, 0.6, 0.0), (0, 0.6, 1.57), (-1, 0, 3.14), (0, -0.6, -1.57)]
)
def test_car_falls_off_every_edge_of_the_table(x: float, y: float, yaw: float) -> None:
    world = World("table", 1)
    world.teleport(x, y, yaw)
    world.set_standby(True)
    for side in (0, 1):
        world.set_motor(side, True, False, 0.4)
    world.advance(3_000_000)
    assert world.fell_s is not None
    assert world.contact_list == [(world.fell_s, FALL)]
    assert -0.75 < height(world) < -0.5, "on the floor below"


def test_car_that_tips_over_has_fallen_however_slowly() -> None:
    world = World("empty", 1)
    roll = math.radians(50)
    world.data.qpos[world._q + 3 : world._q + 7] = [math.cos(roll / 2), math.sin(roll / 2), 0, 0]
    world.advance(10_000)
    assert world.fell_s == pytest.approx(0.01)
    assert FALL in [name for _, name in world.contact_list]


def test_car_that_stays_on_the_table_has_not_fallen(drive: Drive) -> None:
    world = World("table", 1)
    drive(world, 0.4, 0.4, 1000)
    drive(world, -0.4, -0.4, 1000)
    assert world.fell_s is None
    assert abs(height(world)) < 1e-3


def test_floor_beyond_the_edge_cannot_be_reached() -> None:
    world = World("table", 1)
    assert reached(world, 1.1, 0.0)
    assert not reached(world, 1.2, 0.0)
    assert not reached(world, 1.4, 0.0)
    area = np.count_nonzero(world.info.grid.flood((-0.6, -0.3), 0.095)) * 0.05**2
    assert 3.0 < area < 2.3 * 1.6


def test_table_leg_below_the_car_is_no_obstacle_and_no_fall_is_its_edge() -> None:
    _, info = load_world("table", 1)
    assert {o.name for o in info.obstacles} == {"furniture book", "post lamp", "post mug"}
    assert info.edges
    assert load_world("office", 1)[1].edges == []


def test_hole_in_a_floor_of_boxes_is_an_edge(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        '<site name="start" pos="-1 0 0"/>'
        '<geom name="floor west" type="box" pos="-1 0 -0.05" size="0.75 1 0.05"/>'
        '<geom name="floor east" type="box" pos="1 0 -0.05" size="0.75 1 0.05"/>'
        '<geom name="floor bridge" type="box" pos="0 0.6 -0.05" size="0.3 0.4 0.05"/>',
    )
    world = World(name, 1)
    assert reached(world, 1.0, 0.0), "over the bridge"
    assert reached(world, 0.0, 0.6)
    assert not reached(world, 0.0, -0.3)


def test_floor_that_is_too_high_to_climb_is_closed_from_below(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        '<geom name="floor" type="plane" size="0 0 0.1"/>'
        '<geom name="floor stage" type="box" pos="1.5 0 0.1" size="0.5 0.5 0.1"/>'
        '<geom name="floor rug" type="box" pos="-1.5 0 0.004" size="0.5 0.5 0.004"/>',
    )
    world = World(name, 1)
    assert reached(world, 0.8, 0.0)
    assert not reached(world, 0.95, 0.0)
    assert not reached(world, 1.5, 0.0)
    assert reached(world, -1.5, 0.0)


def test_start_on_a_raised_floor_is_at_its_height(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        '<geom name="floor" type="plane" size="0 0 0.1"/><site name="start" pos="0 0 0.3"/>'
        '<geom name="floor stage" type="box" pos="0 0 0.15" size="1 1 0.15"/>'
        '<geom name="wall" type="box" pos="0.9 0 0.4" size="0.05 1 0.1"/>',
    )
    world = World(name, 1)
    assert height(world) == pytest.approx(0.3, abs=1e-3)
    assert [o.name for o in world.info.obstacles] == ["wall"]


def test_start_without_a_floor_is_refused(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        '<site name="start" pos="5 0 0"/>'
        '<geom name="floor" type="box" pos="0 0 -0.1" size="1 1 0.1"/>',
    )
    with pytest.raises(PatrolError, match="no floor is under the start"):
        load_world(name)


def test_car_is_not_put_down_where_there_is_no_floor(tmp_path: Path) -> None:
    world = World(
        write(tmp_path, '<geom name="floor" type="box" pos="0 0 -0.1" size="1 1 0.1"/>'), 1
    )
    with pytest.raises(PatrolError, match="no floor is there"):
        world.teleport(3.0, 0.0, 0.0)


# -- The ramp ---------------------------------------------------------------------------------


def test_car_drives_up_the_ramp_and_stays_up(drive: Drive) -> None:
    world = World("ramp", 1)
    drive(world, 0.35, 0.35, 8000)
    assert height(world) == pytest.approx(0.12, abs=2e-3)
    assert world.contacts == 0
    assert reached(world, 3.0, 0.8), "the platform counts as floor"


def test_car_is_put_down_on_the_platform_at_its_height() -> None:
    world = World("ramp", 1)
    world.teleport(3.0, -0.5, 2.0)
    world.advance(300_000)
    assert height(world) == pytest.approx(0.12, abs=1e-3)
    assert world.fell_s is None
    assert world.pose() == pytest.approx((3.0, -0.5, 2.0), abs=2e-3)


# -- Paint ------------------------------------------------------------------------------------


def paint_under(world: World, x: float, y: float) -> str | None:
    hit = np.zeros(1, np.int32)
    groups = np.array([g in (car.PAINT_GROUP, car.FLOOR_GROUP) for g in range(6)], np.uint8)
    down, above = np.array([0.0, 0.0, -1.0]), np.array([x, y, 0.004])
    mujoco.mj_ray(world.model, world.data, above, down, groups, 1, -1, hit)
    assert world.model.geom_group[hit[0]] in (car.PAINT_GROUP, car.FLOOR_GROUP)
    name: str = world.model.geom(hit[0]).name
    return name if name.startswith("paint") else None


def test_track_is_a_closed_line_with_a_crossing_and_one_gap() -> None:
    """Along the middle of the tape there is paint everywhere but in the gap, and none beside."""
    world = World("track", 1)
    turn, d, r = math.radians(37.5), 0.90347, 0.55
    line = [
        (s * math.cos(a), s * math.sin(a))
        for a in (turn, -turn)
        for s in np.linspace(-0.7, 0.7, 281)
    ]
    for side, first in ((d, -127.0), (-d, 53.0)):
        line += [
            (side + r * math.cos(math.radians(first + t)), r * math.sin(math.radians(first + t)))
            for t in np.arange(0, 254, 0.5)
        ]
    bare = [p for p in line if paint_under(world, *p) is None]
    assert bare, "there is a gap"
    along = [math.hypot(*p) for p in bare]
    assert 0.31 < min(along) < 0.33
    assert 0.37 < max(along) < 0.39
    assert all(math.atan2(y, x) == pytest.approx(turn) for x, y in bare)
    assert paint_under(world, 0.0, 0.1) is None
    assert paint_under(world, d, 0.0) is None


def test_paint_is_nothing_to_bump_into_and_does_not_lift_the_car(
    tmp_path: Path, drive: Drive
) -> None:
    name = write(tmp_path, '<geom name="paint bar" type="box" pos="0.5 0 0" size="0.1 1 0.02"/>')
    world = World(name, 1)
    drive(world, 0.4, 0.4, 2000)
    assert world.pose()[0] > 0.65
    assert abs(height(world)) < 1e-3
    assert world.contacts == 0
    assert world.info.obstacles == []
    assert [p.name for p in world.info.paint] == ["paint bar"]


# -- The lobby --------------------------------------------------------------------------------


def test_people_in_the_lobby_walk_clear_of_everything_that_stands_there() -> None:
    world = World("lobby", 1)
    assert world.props.names == ["guest", "porter"]
    fixed = [mujoco.mj_name2id(world.model, mujoco.mjtObj.mjOBJ_GEOM, o.name)
             for o in world.info.obstacles]  # fmt: skip
    between = np.zeros(6)
    for tick in range(1, 300):
        world.advance(tick * 50_000)
        for person in world.props.names:
            leg = world.model.geom(f"{person} left leg").id
            for thing in fixed:
                gap = mujoco.mj_geomDistance(world.model, world.data, leg, thing, 1.0, between)
                assert gap > 0.1, (person, world.model.geom(thing).name)
    assert world.contacts == 0, "and they wait before the standing car"


def test_floors_of_level_worlds_are_not_looked_at_square_by_square() -> None:
    model, info = load_world("office", 1)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    assert info.floors == []
    assert floor_under(model, data, 2.0, 1.0) == 0.0
