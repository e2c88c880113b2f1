"""Faults of the sonars, at the echo pins."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.faults import Timeline, parse
from patrolcar_sim.faults.car import Crosstalk, FaultyCar
from patrolcar_sim.stub_car import StubCar

PING = (
    "import machine, time\n"
    "t, e = machine.Pin('{0}', machine.Pin.OUT), machine.Pin('{1}', machine.Pin.IN)\n"
    "for i in range({2}):\n"
    "    t.value(1); time.sleep_us(12); t.value(0)\n"
    "    print(machine.time_pulse_us(e, 1, 60_000))\n"
    "    time.sleep_ms(40)"
)
LEFT, FRONT = ("X5", "X3"), ("X6", "X4")
TRUE_US = 5800

Inject = Callable[..., None]


@pytest.fixture
def pulses(bench: Bench) -> Callable[..., list[int]]:
    def measure(pins: tuple[str, str] = FRONT, n: int = 1) -> list[int]:
        return [int(line) for line in bench.run(PING.format(*pins, n)).split()]

    return measure


Pulses = Callable[..., list[int]]


def test_silence_is_as_long_as_a_sonar_listens_and_only_where_it_should_be(
    bench: Bench, inject: Inject, pulses: Pulses
) -> None:
    inject("sonar.silent+1:front")
    assert 37_000 < pulses()[0] < 39_000
    assert abs(pulses(LEFT)[0] - TRUE_US) < 30
    bench.run("import time; time.sleep_us(1_000_000)")
    assert abs(pulses()[0] - TRUE_US) < 30


def test_a_late_echo_is_late(bench: Bench, inject: Inject, pulses: Pulses) -> None:
    inject("sonar.late+0.3:front,by=4")
    assert abs(pulses()[0] - TRUE_US - 4000) < 30
    bench.run("import time; time.sleep_us(300_000)")


def test_the_echo_of_the_ping_before_is_heard(
    bench: Bench, inject: Inject, pulses: Pulses
) -> None:
    inject("sonar.late+1:front")
    bench.car.echo_us = 2000
    pulses()
    bench.car.echo_us = 9000
    second = pulses()[0]
    bench.car.echo_us = TRUE_US
    assert abs(second - 2000) < 30
    assert abs(pulses()[0] - 9000) < 30
    bench.run("import time; time.sleep_us(1_000_000)")


def test_crosstalk_is_shorter_than_the_truth_now_and_then(
    bench: Bench, inject: Inject, pulses: Pulses
) -> None:
    inject("sonar.crosstalk+3:front,rate=0.5", seed=3)
    heard = pulses(n=30)
    true = [us for us in heard if abs(us - TRUE_US) < 30]
    assert 5 <= len(true) <= 25
    assert all(100 < us <= TRUE_US + 30 for us in heard)
    assert len(set(heard)) > 5
    bench.run("import time; time.sleep_us(3_000_000)")
    assert all(abs(us - TRUE_US) < 30 for us in pulses(n=5))


def test_crosstalk_is_that_of_its_seed() -> None:
    def heard(seed: int) -> list[int | None]:
        car = FaultyCar(StubCar(), 0)
        car.crosstalk[0].append(Crosstalk(0.5, random.Random(seed)))
        return [car.ping(0, at) for at in range(50)]

    assert heard(1) == heard(1)
    assert heard(1) != heard(2)


def test_a_stuck_echo_stays_high_and_makes_no_edges(
    bench: Bench, inject: Inject, pulses: Pulses
) -> None:
    inject("sonar.stuck+0.5:front")
    out = bench.run(
        "import machine\nn = 0\n"
        "def edge(p):\n    global n\n    n += 1\n"
        "e = machine.Pin('X4', machine.Pin.IN)\n"
        "e.irq(edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING, hard=False)\n"
        "t = machine.Pin('X6', machine.Pin.OUT)\nimport time\n"
        "t.value(1); time.sleep_us(12); t.value(0); time.sleep_ms(50)\n"
        "print(n, e.value())\ne.irq(None)"
    )
    assert out == "0 1\n"
    bench.run("import time; time.sleep_us(500_000)")
    assert abs(pulses()[0] - TRUE_US) < 30


def test_without_its_trigger_a_sonar_never_raises_its_echo(
    bench: Bench, inject: Inject, pulses: Pulses
) -> None:
    inject("sonar.wire+0.2:front")
    assert pulses()[0] < 0
    bench.run("import time; time.sleep_us(300_000)")
    assert abs(pulses()[0] - TRUE_US) < 30


def test_several_at_once_each_from_its_own_chance(bench: Bench) -> None:
    now = bench.board.now_us / 1e6
    faults = [parse(f"sonar.crosstalk@{now}+0.5:{where}") for where in ("left", "front")]
    Timeline(faults, 1).attach(bench.board)
    bench.board.run(bench.board.now_us + 1000)
    car = bench.board.pins._car
    left, front = car.crosstalk[0][0], car.crosstalk[1][0]  # type: ignore[attr-defined]
    assert [left.chance.random() for _ in range(3)] != [front.chance.random() for _ in range(3)]
