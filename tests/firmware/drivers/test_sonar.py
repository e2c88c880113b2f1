"""Echo edges at their times: which belong to a ping, and what is made of them."""

import importlib
import sys

import pytest

from toy_board import SILENT_US
from toy_world import Clock


class Pin:
    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self):
        self.level = 0
        self.pulses = 0
        self.handler = None

    def value(self, *to):
        if not to:
            return self.level
        self.pulses += to[0]
        return None

    def irq(self, handler, trigger, hard):
        self.handler = handler


class Bench:
    """One Sonar with a clock; `echo(us)` plans the pulse of the next ping."""

    def __init__(self, sonar_class, clock):
        self.clock = clock
        self.trigger, self.pin = Pin(), Pin()
        self.sonar = sonar_class(self.trigger, self.pin)

    def edge(self, level, at_us):
        def fire():
            self.pin.level = level
            self.pin.handler(self.pin)

        self.clock.at(at_us, fire)

    def measure(self, echo_us, slot_us=40_000):
        start = self.clock.now
        self.sonar.ping()
        if echo_us is not None:
            self.edge(1, self.clock.now + 450)
            self.edge(0, self.clock.now + 450 + echo_us)
        self.clock.advance(start + slot_us)
        self.sonar.collect()
        return self.sonar.raw_mm


@pytest.fixture
def bench(monkeypatch):
    clock = Clock()
    monkeypatch.setitem(sys.modules, "time", clock.module())
    monkeypatch.delitem(sys.modules, "patrol.drivers.sonar", raising=False)
    return Bench(importlib.import_module("patrol.drivers.sonar").Sonar, clock)


def test_a_range_is_half_the_way_of_sound_in_the_pulse(bench):
    assert abs(bench.measure(5_831) - 1_000) <= 1
    assert bench.trigger.pulses == 1


def test_the_trigger_lasts_ten_microseconds_and_nothing_waits_for_the_echo(bench):
    before = bench.clock.now
    bench.sonar.ping()
    assert 10 <= bench.clock.now - before < 20


def test_the_sensors_own_time_out_is_no_range(bench):
    assert bench.measure(SILENT_US) == 0
    assert bench.sonar.alive


def test_an_edge_that_comes_late_is_never_the_next_pings(bench):
    assert bench.measure(45_000) == 0  # still high when its slot ends
    assert bench.measure(None) == 0  # falls in here; no ping was sent
    assert abs(bench.measure(2_915) - 500) <= 1


def test_the_median_of_three_drops_one_wrong_measurement(bench):
    for echo in (2_915, 2_915, 600):
        bench.measure(echo)
    assert abs(bench.sonar.range_mm - 500) <= 1
    bench.measure(2_915)
    assert abs(bench.sonar.range_mm - 500) <= 1


def test_one_echo_among_silence_is_dropped_and_two_are_not(bench):
    for echo in (SILENT_US, SILENT_US, 2_915):
        bench.measure(echo)
    assert bench.sonar.range_mm == 0
    bench.measure(2_915)
    assert abs(bench.sonar.range_mm - 500) <= 1


def test_a_sensor_without_any_pulse_is_dead_until_it_answers(bench):
    bench.measure(1_000)
    for _ in range(5):
        bench.measure(None)
    assert not bench.sonar.alive
    bench.measure(1_000)
    assert bench.sonar.alive


def test_the_clock_may_wrap_within_a_pulse(bench):
    from toy_world import MASK, START_US

    bench.clock.advance(MASK - START_US - 2_000)
    assert abs(bench.measure(5_831) - 1_000) <= 1
