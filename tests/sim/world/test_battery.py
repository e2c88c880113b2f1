"""The pack: sag, charge used, regeneration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from patrolcar_sim.world.battery import CELL_VOLTS, Battery
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]


def test_at_rest_the_electronics_draw_120_ma() -> None:
    assert World("empty", 1).current_ma() == 120


def test_voltage_sags_by_current_times_resistance() -> None:
    battery = Battery(load_parts(), 0.8)
    rest = battery.open_volts()
    battery.load(1.0, 1.0, 0.0, 0.0)
    assert battery.amps > 3.0
    assert rest - battery.volts == pytest.approx(battery.amps * 0.1)


def test_stalled_motors_take_voltage_over_resistance_times_duty_twice() -> None:
    battery = Battery(load_parts(), 0.8)
    battery.load(0.5, 0.5, 0.0, 0.0)
    motor = 0.5 * battery.volts / (4.0 + 0.5)
    assert battery.amps == pytest.approx(0.12 + 2 * 0.5 * motor)


def test_reversing_a_turning_motor_draws_more_than_at_stall() -> None:
    battery = Battery(load_parts(), 0.8)
    battery.load(-0.5, -0.5, 0.0, 0.0)
    stalled = battery.amps
    battery.load(-0.5, -0.5, 10.0, 10.0)
    assert battery.amps > stalled


def test_motor_turning_faster_than_its_duty_charges_the_pack() -> None:
    battery = Battery(load_parts(), 0.8)
    battery.load(0.2, 0.2, 30.0, 30.0)
    assert battery.amps < 0


@pytest.mark.parametrize(("charge", "volts"), [(0.0, 6.0), (1.0, 8.4), (-0.1, 6.0), (1.1, 8.4)])
def test_open_voltage_runs_from_6_0_to_8_4(charge: float, volts: float) -> None:
    assert Battery(load_parts(), charge).open_volts() == pytest.approx(volts)
    assert list(CELL_VOLTS) == sorted(CELL_VOLTS)


def test_charge_falls_by_current_over_capacity() -> None:
    battery = Battery(load_parts(), 0.5)
    battery.load(0.0, 0.0, 0.0, 0.0)
    battery.draw(3600.0)
    assert 0.5 - battery.charge == pytest.approx(120 / 2600)


def test_driving_sags_and_recovers(drive: Drive) -> None:
    world = World("empty", 1)
    rest = world.battery_mv()
    drive(world, 0.6, 0.6, 20)
    assert rest - world.battery_mv() > 50
    assert world.current_ma() > 800
    drive(world, 0.0, 0.0, 500)
    assert rest - world.battery_mv() <= 2


def test_a_weak_pack_makes_a_slow_car(drive: Drive) -> None:
    parts = load_parts()
    low = dataclasses.replace(parts, battery=dataclasses.replace(parts.battery, charge=0.1))
    full, weak = World("empty", 1), World("empty", 1, low)
    for world in (full, weak):
        drive(world, 0.3, 0.3, 1000)
    assert weak.distance_m < 0.9 * full.distance_m
