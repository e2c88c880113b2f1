"""Coverage: which square metres count, and what has been entered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from patrolcar_sim.world.coverage import Coverage, DistanceGrid
from patrolcar_sim.world.footprint import distance, hull
from patrolcar_sim.world.loader import load_world
from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]


def test_empty_room_has_16_cells_and_the_car_is_in_one() -> None:
    coverage = World("empty", 1).coverage
    assert len(coverage.reachable) == 16
    assert len(coverage.entered) == 1
    assert coverage.fraction == pytest.approx(1 / 16)


def test_driving_enters_cells(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.4, 0.4, 3000)
    assert len(world.coverage.entered) >= 2


def test_office_reaches_both_rooms() -> None:
    world = World("office", 1)
    assert 40 <= len(world.coverage.reachable) <= 48
    columns = {c for c, _ in world.coverage.reachable}
    assert columns == set(range(8))


def test_floor_behind_a_closed_wall_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "split.xml"
    walls = [(0, -1, 2, 0.05), (0, 1, 2, 0.05), (-2, 0, 0.05, 1), (2, 0, 0.05, 1), (0, 0, 0.05, 1)]
    geoms = "".join(
        f'<geom type="box" pos="{x} {y} 0.1" size="{hx} {hy} 0.1"/>' for x, y, hx, hy in walls
    )
    path.write_text(
        f'<mujoco><worldbody><site name="start" pos="-1 0 0"/>{geoms}</worldbody></mujoco>'
    )
    coverage = World(str(path), 1).coverage
    assert {c for c, _ in coverage.reachable} == {0, 1}


def test_gap_narrower_than_the_car_is_closed() -> None:
    left = np.array([[0, -1], [0.1, -1], [0.1, -0.07], [0, -0.07]])
    right = np.array([[0, 0.07], [0.1, 0.07], [0.1, 1], [0, 1]])
    frame = [np.array([[-1, y], [1, y], [1, y + 0.1], [-1, y + 0.1]]) for y in (-1.1, 1.0)] + [
        np.array([[x, -1], [x + 0.1, -1], [x + 0.1, 1], [x, 1]]) for x in (-1.1, 1.0)
    ]
    grid = DistanceGrid([left, right, *frame], (-0.5, 0.0))
    assert not grid.flood((-0.5, 0.0), 0.085)[grid.xs > 0.2].any()
    assert grid.flood((-0.5, 0.0), 0.03)[grid.xs > 0.2].any()


def test_world_without_walls_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "open.xml"
    path.write_text("<mujoco><worldbody/></mujoco>")
    world = World(str(path), 1)
    assert 80 <= len(world.coverage.reachable) <= 121


def test_table_is_its_legs_at_the_cars_height() -> None:
    _, info = load_world("office", 1)
    names = {o.name for o in info.obstacles}
    assert "leg 1a" in names
    assert "table 1" not in names


def test_footprints_are_where_the_geoms_are() -> None:
    _, info = load_world("office", 1)
    post = next(o for o in info.obstacles if o.name == "post west")
    assert post.material == "post"
    assert post.polygon.mean(axis=0) == pytest.approx([1.7, -1.0], abs=1e-6)
    assert np.hypot(*(post.polygon - [1.7, -1.0]).T) == pytest.approx(0.1, abs=1e-5)


def test_distance_to_a_square_is_euclidean_outside_and_0_inside() -> None:
    square = hull(np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5]]))
    assert len(square) == 4
    points = np.array([[0.5, 0.5], [2, 0.5], [2, 2], [-1, 1]])
    assert distance(square, points) == pytest.approx([0, 1, np.sqrt(2), 1])


def test_coverage_of_a_start_in_the_open_counts_each_cell_once() -> None:
    grid = DistanceGrid([], (0.0, 0.0))
    coverage = Coverage(grid, (0.0, 0.0), 0.1)
    coverage.visit(0.0, 0.0)
    coverage.visit(0.01, 0.0)
    assert len(coverage.entered) == 1
