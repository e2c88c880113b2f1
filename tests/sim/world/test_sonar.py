"""HC-SR04: ranges head-on, what is lost at a slant, soft things, noise."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest

from patrolcar_sim.world.world import World

LEFT, FRONT, RIGHT = 0, 1, 2
FACE = 0.08


def room(tmp_path: Path, body: str) -> World:
    """A world with a few geoms, the car near the origin, looking along x."""
    path = tmp_path / "room.xml"
    path.write_text(
        "<mujoco><asset>"
        + "".join(f'<material name="{m}"/>' for m in ("wall", "cloth", "post"))
        + f"</asset><worldbody>{body}</worldbody></mujoco>"
    )
    return World(str(path), 1)


def wall_at(distance: float, slant_deg: float = 0.0, material: str = "wall") -> str:
    """A wall whose foot of the perpendicular from the origin is `distance` away, so turned."""
    a = math.radians(slant_deg)
    x, y = (distance + 0.05) * math.cos(a), (distance + 0.05) * math.sin(a)
    return (
        f'<geom type="box" size="0.05 6 0.2" pos="{x} {y} 0.2" material="{material}" '
        f'quat="{math.cos(a / 2)} 0 0 {math.sin(a / 2)}"/>'
    )


def heard(world: World, sensor: int = FRONT) -> float | None:
    """The ideal range with the car exactly at the origin."""
    return world._sonar.heard(sensor, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("metres", [0.05, 0.1, 0.35, 1.0, 2.0, 3.0, 3.9])
def test_range_to_a_wall_head_on_is_right_within_1_cm(metres: float, tmp_path: Path) -> None:
    world = room(tmp_path, wall_at(metres + FACE + 0.1))
    pulses = [world._sonar.ping(FRONT, 0.1, 0.0, 0.0) for _ in range(25)]
    ranges = [p * 343 / 2e6 for p in pulses if p is not None]
    assert len(ranges) >= 20
    assert statistics.median(ranges) == pytest.approx(metres, abs=0.01)
    assert all(abs(r - metres) < 0.02 for r in ranges)


def test_nothing_within_4_m_gives_no_echo(tmp_path: Path) -> None:
    world = room(tmp_path, wall_at(4.3))
    assert [world.ping(FRONT, 0) for _ in range(20)] == [None] * 20


def test_below_2_cm_the_pulse_is_that_of_2_cm(tmp_path: Path) -> None:
    world = room(tmp_path, wall_at(FACE + 0.1))
    pulses = [world._sonar.ping(FRONT, 0.095, 0.0, 0.0) for _ in range(20)]
    assert {p for p in pulses if p is not None} >= {round(2e6 * 0.02 / 343)}
    assert min(p for p in pulses if p is not None) == round(2e6 * 0.02 / 343)


@pytest.mark.parametrize("slant", [60, 70])
def test_smooth_wall_far_off_the_perpendicular_is_not_heard(slant: int, tmp_path: Path) -> None:
    assert heard(room(tmp_path, wall_at(1.0, slant))) is None


@pytest.mark.parametrize("slant", [10, 20])
def test_wall_at_a_small_slant_is_heard_at_its_nearest_point(slant: int, tmp_path: Path) -> None:
    nearest = 1.0 - FACE * math.cos(math.radians(slant))
    assert heard(room(tmp_path, wall_at(1.0, slant))) == pytest.approx(nearest, abs=0.005)


def test_soft_cloth_is_lost_where_a_wall_is_heard(tmp_path: Path) -> None:
    assert heard(room(tmp_path, wall_at(2.5, material="cloth"))) is None
    assert heard(room(tmp_path, wall_at(2.5))) is not None
    assert heard(room(tmp_path, wall_at(1.0, material="cloth"))) == pytest.approx(1 - FACE)


def test_left_and_right_look_45_degrees_to_their_sides(tmp_path: Path) -> None:
    post = '<geom type="cylinder" size="0.05 0.2" pos="0.7 0.7 0.2" material="post"/>'
    world = room(tmp_path, post)
    expected = 0.7 * math.sqrt(2) - 0.05 - FACE
    assert heard(world, LEFT) == pytest.approx(expected, abs=0.003)
    assert heard(world, FRONT) is None
    assert heard(world, RIGHT) is None


def test_table_leg_at_1_m_is_heard_wherever_it_is_near_the_axis(tmp_path: Path) -> None:
    leg = '<geom type="cylinder" size="0.025 0.35" pos="1.1 0 0.35" material="post"/>'
    world = room(tmp_path, leg)
    for tenth in range(-120, 121):
        assert world._sonar.heard(FRONT, 0.0, 0.0, math.radians(tenth / 10)) is not None


def test_beam_is_that_of_the_data_sheets_15_degrees_and_not_twice_it(tmp_path: Path) -> None:
    post = '<geom type="cylinder" size="0.1 0.35" pos="1.1 0 0.35" material="post"/>'
    world = room(tmp_path, post)
    for side in (-1, 1):
        assert world._sonar.heard(FRONT, 0.0, 0.0, math.radians(15 * side)) is not None
        assert world._sonar.heard(FRONT, 0.0, 0.0, math.radians(30 * side)) is None


def test_sonar_looks_below_a_table_top(tmp_path: Path) -> None:
    top = '<geom type="box" size="0.4 0.4 0.02" pos="1 0 0.7"/>'
    assert heard(room(tmp_path, top + wall_at(2.0))) == pytest.approx(2.0 - FACE)


def test_sonar_does_not_hear_the_car_or_scenery(tmp_path: Path) -> None:
    scenery = '<geom type="box" size="0.1 0.1 0.1" pos="1 0 0.1" contype="0" conaffinity="0"/>'
    world = room(tmp_path, scenery)
    assert [heard(world, sensor) for sensor in (LEFT, FRONT, RIGHT)] == [None] * 3


def test_noise_is_about_3_mm(tmp_path: Path) -> None:
    world = room(tmp_path, wall_at(1.0))
    pulses = [world._sonar.ping(FRONT, 0.0, 0.0, 0.0) for _ in range(500)]
    ranges = [p * 343 / 2e6 for p in pulses if p is not None]
    assert 0.002 < statistics.pstdev(ranges) < 0.004
    assert 485 <= len(ranges) < 500, "drop-outs are rare, but there are some"


def between(metres: float, bearing_deg: float) -> str:
    """A smooth post at a bearing from the car's axis; left is positive."""
    a = math.radians(bearing_deg)
    x, y = metres * math.cos(a), metres * math.sin(a)
    return f'<geom type="cylinder" size="0.1 0.2" pos="{x} {y} 0.2" material="wall"/>'


def overheard(world: World, sender: int, listener: int) -> float | None:
    """The way in metres from the sender to the listener, over what is between."""
    world._sonar.ping(sender, 0.0, 0.0, 0.0)
    us = world._sonar.overheard(sender, listener)
    return None if us is None else us * 343e-6


def test_neighbours_hear_each_other_over_a_post_between_them(tmp_path: Path) -> None:
    world = room(tmp_path, between(0.7, 22.5))
    a = math.radians(22.5)
    from_face = math.hypot(0.7 * math.cos(a) - FACE, 0.7 * math.sin(a))
    for sender, listener in ((LEFT, FRONT), (FRONT, LEFT)):
        assert overheard(world, sender, listener) == pytest.approx(2 * from_face - 0.2, abs=0.02)
    assert overheard(world, FRONT, RIGHT) is None


def test_left_and_right_do_not_hear_each_other_over_one_wall(tmp_path: Path) -> None:
    for body in (wall_at(0.6), wall_at(1.5), between(0.6, 0.0), between(0.6, 30.0)):
        world = room(tmp_path, body)
        assert overheard(world, LEFT, RIGHT) is None
        assert overheard(world, RIGHT, LEFT) is None


def test_of_ones_own_ping_one_overhears_the_echo(tmp_path: Path) -> None:
    world = room(tmp_path, wall_at(1.0, slant_deg=10))
    own = heard(world)
    assert own is not None
    assert overheard(world, FRONT, FRONT) == pytest.approx(2 * own, abs=0.001)


def test_without_a_ping_nothing_is_overheard(tmp_path: Path) -> None:
    assert room(tmp_path, wall_at(1.0)).overheard(LEFT, FRONT) is None


@pytest.mark.parametrize(("material", "farthest"), [("wall", 3.9), ("cloth", 1.6)])
def test_soft_targets_are_heard_less_far(material: str, farthest: float, tmp_path: Path) -> None:
    assert heard(room(tmp_path, wall_at(farthest, material=material))) is not None
    assert heard(room(tmp_path, wall_at(farthest + 0.3, material=material))) is None
