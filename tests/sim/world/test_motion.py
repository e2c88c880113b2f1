"""How the car moves: against the motor's equation, its encoders, and its driver's truth table."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from patrolcar_sim.world.world import LEFT, RIGHT, World

Drive = Callable[[World, float, float, int], None]


def wheel_speed(world: World, side: int) -> float:
    """rad/s, from the encoder over 100 ms."""
    before = world.encoder_count(side, world.time_us)
    world.advance(world.time_us + 100_000)
    turns = (world.encoder_count(side, world.time_us) - before) / world.parts.motor.counts_per_turn
    return turns * math.tau / 0.1


def expected_speed(world: World, duty: float) -> float:
    """The steady speed at which the current just overcomes the friction, rad/s."""
    motor = world.parts.motor
    drop = (motor.resistance + world.parts.driver.resistance) * motor.friction / motor.kt
    return (duty * world.battery_mv() / 1000 - drop) / motor.ke


@pytest.mark.parametrize("duty", [0.15, 0.30, 0.45])
def test_steady_speed_is_that_of_the_motor_equation(duty: float, drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, duty, duty, 1200)
    assert wheel_speed(world, LEFT) == pytest.approx(expected_speed(world, duty), rel=0.03)
    assert world.contacts == 0


def test_speed_rises_with_a_time_constant_of_a_small_gearmotor(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.3, 0.3, 200)
    early = world.data.qvel[0]
    drive(world, 0.3, 0.3, 1300)
    assert early / world.data.qvel[0] == pytest.approx(1 - math.exp(-1), abs=0.1)


@pytest.mark.parametrize("sign", [1, -1])
def test_equal_duties_drive_straight(sign: int, drive: Drive) -> None:
    world = World("empty", 1)
    x0, y0, yaw0 = world.start_pose
    drive(world, sign * 0.3, sign * 0.3, 3000)
    x, y, yaw = world.pose()
    ahead = (x - x0) * math.cos(yaw0) + (y - y0) * math.sin(yaw0)
    aside = (y - y0) * math.cos(yaw0) - (x - x0) * math.sin(yaw0)
    assert sign * ahead > 0.8
    assert abs(aside) < 0.002
    assert abs(yaw - yaw0) < 0.002


def test_encoders_measure_the_distance_within_wheel_slip(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.35, 0.35, 2500)
    x0, y0, _ = world.start_pose
    x, y, _ = world.pose()
    driven = math.hypot(x - x0, y - y0)
    per_metre = world.parts.motor.counts_per_turn / (math.pi * world.parts.wheel.diameter)
    for side in (LEFT, RIGHT):
        by_encoder = world.encoder_count(side, world.time_us) / per_metre
        assert by_encoder == pytest.approx(driven, rel=0.01)
    assert world.distance_m == pytest.approx(driven, rel=0.001)


def test_opposite_duties_turn_on_the_spot(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, -0.2, 0.2, 500)
    x, y, yaw = world.pose()
    x0, y0, yaw0 = world.start_pose
    assert yaw - yaw0 > 0.5, "right wheel ahead is a left turn, anticlockwise"
    assert math.hypot(x - x0, y - y0) < 0.02
    left, right = (world.encoder_count(side, world.time_us) for side in (LEFT, RIGHT))
    assert left < 0 < right
    rim = (right - left) / world.parts.motor.counts_per_turn * math.pi * world.parts.wheel.diameter
    assert rim / world.parts.wheel.track == pytest.approx(yaw - yaw0, rel=0.02)


def test_brake_stops_sooner_than_coasting(drive: Drive) -> None:
    lengths = {}
    for name, in_ in (("brake", True), ("coast", False)):
        world = World("empty", 1)
        drive(world, 0.3, 0.3, 1200)
        x = world.pose()[0]
        for side in (LEFT, RIGHT):
            world.set_motor(side, in_, in_, 0.5)
        world.advance(world.time_us + 1_500_000)
        lengths[name] = world.pose()[0] - x
        assert abs(world.data.qvel[0]) < 1e-5
    assert 0.01 < lengths["brake"] < 0.06
    assert lengths["brake"] < 0.6 * lengths["coast"]


def test_low_pwm_within_a_drive_brakes_and_standby_coasts(drive: Drive) -> None:
    lengths = {}
    for name in ("pwm low", "standby"):
        world = World("empty", 1)
        drive(world, 0.3, 0.3, 1200)
        x = world.pose()[0]
        if name == "standby":
            world.set_standby(False)
        else:
            world.set_motor(LEFT, True, False, 0.0)
            world.set_motor(RIGHT, True, False, 0.0)
        world.advance(world.time_us + 1_500_000)
        lengths[name] = world.pose()[0] - x
    assert lengths["pwm low"] < 0.6 * lengths["standby"]


def test_nothing_moves_while_the_driver_is_in_standby() -> None:
    world = World("empty", 1)
    for side in (LEFT, RIGHT):
        world.set_motor(side, True, False, 1.0)
    world.advance(500_000)
    assert world.distance_m < 1e-6
    world.set_standby(True)
    world.advance(1_000_000)
    assert world.distance_m > 0.1


def test_friction_of_the_gear_gives_a_dead_band(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.06, 0.06, 1000)
    assert world.distance_m < 0.001
    drive(world, 0.14, 0.14, 1000)
    assert world.distance_m > 0.03


def test_car_at_rest_stays_put_without_jitter() -> None:
    world = World("office", 1)
    heights = []
    for t in range(1, 101):
        world.advance(t * 20_000)
        heights.append(float(world.data.qpos[2]))
    assert world.pose() == pytest.approx(world.start_pose, abs=1e-6)
    assert max(heights) - min(heights) < 1e-6


def test_speed_is_steady_and_the_car_stays_on_its_wheels(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.3, 0.3, 2000)
    speeds, heights = [], []
    for _ in range(100):
        drive(world, 0.3, 0.3, 4)
        speeds.append(float(world.data.qvel[0]))
        heights.append(float(world.data.qpos[2]))
    assert max(speeds) - min(speeds) < 0.001
    assert max(heights) - min(heights) < 1e-5


def test_hard_reversal_ends_on_the_skid_and_not_on_the_nose(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.5, 0.5, 800)
    worst = 0.0
    for _ in range(100):
        drive(world, -0.5, -0.5, 4)
        w, x, y, z = world.data.qpos[3:7]
        worst = max(worst, abs(math.asin(2 * (w * y - z * x))))
    assert worst < math.radians(4)


def test_encoder_runs_on_between_physics_steps(drive: Drive) -> None:
    world = World("empty", 1)
    drive(world, 0.4, 0.4, 1000)
    counts = [world.encoder_count(LEFT, world.time_us + us) for us in range(0, 2000, 100)]
    assert counts == sorted(counts)
    drive(world, 0.4, 0.4, 2)
    assert abs(world.encoder_count(LEFT, world.time_us) - counts[-1]) <= 1


def test_result_does_not_depend_on_how_time_is_cut_up(drive: Drive) -> None:
    whole, parts = World("office", 3), World("office", 3)
    drive(whole, 0.3, 0.2, 3000)
    drive(parts, 0.3, 0.2, 0)
    t = 0
    while t < 3_000_000:
        t = min(t + 1371, 3_000_000)
        parts.advance(t)
    assert parts.pose() == whole.pose()
    assert parts.battery_mv() == whole.battery_mv()
    assert parts.distance_m == whole.distance_m
