"""Motors and a pack that are not as the parts list has them: jammed, weak, shorted, worn."""

from __future__ import annotations

import pytest

from patrolcar_sim.world.world import LEFT, RIGHT, World


@pytest.fixture
def world() -> World:
    made = World("empty", 1)
    made.set_standby(True)
    return made


def forward(world: World, duty: float, seconds: float) -> list[int]:
    """Both motors forward for that long; what the encoders counted."""
    start = world.time_us
    before = [world.encoder_count(side, start) for side in (LEFT, RIGHT)]
    for side in (LEFT, RIGHT):
        world.set_motor(side, True, False, duty)
    world.advance(start + round(seconds * 1e6))
    after = [world.encoder_count(side, world.time_us) for side in (LEFT, RIGHT)]
    return [now - then for now, then in zip(after, before, strict=True)]


def test_a_jammed_wheel_stands_and_draws_its_stall_current(world: World) -> None:
    world.jam(LEFT)
    world.set_motor(LEFT, True, False, 0.4)
    before = world.current_ma()
    world.advance(500_000)
    assert abs(world.encoder_count(LEFT, world.time_us)) < 5
    assert world.current_ma() >= 0.9 * before


def test_a_wheel_that_is_let_go_turns_as_it_did_before(world: World) -> None:
    whole = World("empty", 1)
    whole.set_standby(True)
    world.jam(LEFT)
    world.jam(LEFT, False)
    assert forward(world, 0.3, 0.3) == forward(whole, 0.3, 0.3)


def test_a_weak_motor_pulls_with_its_share(world: World) -> None:
    world.weaken(LEFT, 0.4)
    left, right = forward(world, 0.5, 0.06)
    assert 0 < left < 0.75 * right
    world.weaken(LEFT, 1.0)
    assert world.model.actuator_gainprm[world._motor_id[LEFT], 0] == pytest.approx(
        world.model.actuator_gainprm[world._motor_id[RIGHT], 0]
    )


def test_a_motor_without_torque_is_dragged_along_or_stands(world: World) -> None:
    world.weaken(LEFT, 0.0)
    world.weaken(RIGHT, 0.0)
    assert max(map(abs, forward(world, 1.0, 0.3))) < 5


@pytest.mark.parametrize("duty", [1.0, -0.5])
def test_a_shorted_bridge_drives_whatever_inputs_and_standby_say(duty: float) -> None:
    world = World("empty", 1)
    world.short(RIGHT, duty)
    world.advance(500_000)
    turned = world.encoder_count(RIGHT, world.time_us)
    assert turned * duty > 200
    world.set_standby(True)
    world.set_motor(RIGHT, True, True, 1.0)
    world.advance(1_000_000)
    assert abs(world.encoder_count(RIGHT, world.time_us)) > abs(turned) + 200
    world.short(RIGHT, None)
    world.advance(1_500_000)
    stood = world.encoder_count(RIGHT, world.time_us)
    world.advance(2_000_000)
    assert abs(world.encoder_count(RIGHT, world.time_us) - stood) < 100  # it rolls out


def test_a_worn_pack_tells_of_too_low_a_voltage_once_it_is_reached(world: World) -> None:
    told: list[float] = []
    world.battery.lowest = world.parts.battery.brownout
    world.battery.on_low = lambda: told.append(world.battery.volts)
    forward(world, 1.0, 0.02)
    assert not told
    world.battery.resistance *= 60
    world.advance(world.time_us + 20_000)
    assert told
    assert max(told) < 3.0
