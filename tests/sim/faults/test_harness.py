"""Faults of switches and floor sensors, at the pins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolcar_sim.bench import Bench

Inject = Callable[..., None]


@pytest.mark.parametrize(("where", "pin"), [("bumper", "X18"), ("button", "X17")])
def test_a_shorted_switch_is_pressed(bench: Bench, inject: Inject, where: str, pin: str) -> None:
    read = f"from machine import Pin; print(Pin('{pin}', Pin.IN, Pin.PULL_UP).value())"
    assert bench.run(read) == "1\n"
    inject(f"switch.stuck+0.2:{where}")
    assert bench.run(read) == "0\n"
    bench.run("import time; time.sleep_ms(250)")
    assert bench.run(read) == "1\n"


def test_a_floor_sensor_stands_at_its_voltage_and_the_others_do_not(
    bench: Bench, inject: Inject
) -> None:
    read = "import machine; print(*[machine.ADC(p).read_u16() for p in ('X21', 'X22')])"
    whole = bench.run(read).split()
    inject("floor.stuck+0.2:cliff-left,voltage=3.3")
    left, right = bench.run(read).split()
    assert int(left) > 65_000
    assert right == whole[1]
    bench.run("import time; time.sleep_ms(250)")
    assert bench.run(read).split() == whole
