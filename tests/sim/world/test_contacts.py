"""Contacts and bumper: MuJoCo is the judge, every touch counts, none is missed."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from patrolcar_sim.world.world import LEFT, RIGHT, World

Drive = Callable[[World, float, float, int], None]


def drive_into_wall(drive: Drive) -> World:
    world = World("empty", 1)
    drive(world, 0.3, 0.3, 4000)
    assert world.contacts == 0
    drive(world, 0.3, 0.3, 4000)
    return world


def test_hitting_a_wall_is_one_contact_with_time_and_name(drive: Drive) -> None:
    world = drive_into_wall(drive)
    assert world.contacts == 1
    (time_s, name) = world.contact_list[0]
    assert name == "wall east"
    assert 4 < time_s < 8


def test_wall_holds_the_car(drive: Drive) -> None:
    world = drive_into_wall(drive)
    assert world.pose()[0] + world.parts.chassis.radius < 2.005
    assert abs(world.data.qvel[0]) < 0.01


def test_bumper_is_pressed_at_the_wall_and_released_after(drive: Drive) -> None:
    world = drive_into_wall(drive)
    assert world.bumper()
    drive(world, -0.3, -0.3, 500)
    assert not world.bumper()
    assert world.contacts == 1


def test_backing_into_a_wall_is_a_contact_but_not_the_bumpers(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, -0.3, -0.3, 8000)
    assert world.contact_list[0][1] == "wall west"
    assert not world.bumper()


def test_coming_back_to_the_same_wall_is_another_contact(drive: Drive) -> None:
    world = drive_into_wall(drive)
    drive(world, -0.3, -0.3, 800)
    drive(world, 0.3, 0.3, 2000)
    assert world.contacts == 2


def test_standing_still_and_driving_free_touch_nothing(drive: Drive) -> None:
    world = World("office", 1)
    drive(world, 0.3, 0.3, 1500)
    assert world.contacts == 0
    assert not world.bumper()


def test_short_grazing_touch_is_seen(tmp_path: Path, drive: Drive) -> None:
    """A post that the car's side brushes over a few millimetres of its way."""
    path = tmp_path / "graze.xml"
    path.write_text(
        '<mujoco><worldbody><site name="start"/>'
        '<geom name="post" type="cylinder" size="0.03 0.1" pos="1 0.2 0.1"/>'
        "</worldbody></mujoco>"
    )
    world = World(str(path), 1)
    # From 1 mm of overlap at the side, straight ahead, at a metre a second.
    q = world._q
    world.data.qpos[q : q + 2] = 0.7, 0.2 - 0.03 - 0.085 + 0.001
    world.data.qpos[q + 3 : q + 7] = 1, 0, 0, 0
    world.advance(10_000)
    world.data.qvel[world._v] = 1.0
    for at in world._wheel_v:
        world.data.qvel[at] = 1.0 / world.parts.wheel.radius
    drive(world, 0.9, 0.9, 600)
    assert world.pose()[0] > 1.1
    assert [name for _, name in world.contact_list] == ["post"]


def test_things_that_can_move_are_pushed_and_counted(tmp_path: Path, drive: Drive) -> None:
    path = tmp_path / "ball.xml"
    path.write_text(
        '<mujoco><worldbody><body pos="0.4 0 0.05"><freejoint/>'
        '<geom name="ball" type="sphere" size="0.05" mass="0.05"/></body></worldbody></mujoco>'
    )
    world = World(str(path), 1)
    drive(world, 0.4, 0.4, 1500)
    assert world.contact_list[0][1] == "ball"
    ball = world.data.geom("ball").xpos
    assert math.hypot(ball[0], ball[1]) > 0.45


def test_sides_are_left_0_and_right_1(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.3, 0.0, 500)
    assert world.encoder_count(LEFT, world.time_us) > world.encoder_count(RIGHT, world.time_us)
    assert world.pose()[2] < world.start_pose[2], "the left wheel alone turns it right"
