"""Echo edges at their times: which belong to a ping, and what is made of them."""

import importlib
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        self.moving = False
        self.trigger, self.pin = Pin(), Pin()
        self.sonar = sonar_class(self.trigger, self.pin)

    def ping(self):
        if self.sonar.listen():
            self.sonar.pulse()

    def edge(self, level, at_us):
        def fire():
            self.pin.level = level
            self.pin.handler(self.pin)

        self.clock.at(at_us, fire)

    def measure(self, echo_us, slot_us=40_000):
        start = self.clock.now
        self.ping()
        if echo_us is not None:
            self.edge(1, self.clock.now + 450)
            self.edge(0, self.clock.now + 450 + echo_us)
        self.clock.advance(start + slot_us)
        self.sonar.collect(self.moving)
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
    bench.ping()
    assert 10 <= bench.clock.now - before < 20


def test_the_sensors_own_time_out_is_no_range(bench):
    assert bench.measure(SILENT_US) == 0
    assert not bench.sonar.dead


def test_an_edge_that_comes_late_is_never_the_next_pings(bench):
    assert bench.measure(45_000) == 0  # still high when its slot ends
    assert bench.measure(None) == 0  # falls in here; no ping was sent
    assert abs(bench.measure(2_915) - 500) <= 1


def test_a_pulse_that_begins_late_is_an_earlier_pings(bench):
    bench.measure(2_915)
    bench.ping()
    start = bench.clock.now
    bench.edge(1, start + 7_000)  # the one before has been on its way for longer than its slot
    bench.edge(0, start + 9_000)
    bench.clock.advance(start + 40_000)
    bench.sonar.collect(False)
    assert (bench.sonar.raw_mm, bench.sonar.fault) == (0, 1)


@given(
    st.lists(
        st.tuples(st.integers(100, 39_000), st.integers(60, 100_000), st.booleans()), max_size=12
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_when_no_range_is_of_another_ping(bench, pings):
    """Each ping's echo rises and falls when it likes, in its own slot or in any later one."""
    pings = [ping for ping in pings if ping]
    sonar, clock = bench.sonar, bench.clock
    bench.pin.level = 0
    end = clock.now
    for rise, length, answered in pings:
        start = clock.now
        bench.ping()
        own = None
        if answered and start >= end:  # a sensor has one echo at a time
            bench.edge(1, start + rise)
            bench.edge(0, start + rise + length)
            end = start + rise + length
            own = length * 343 // 2000 if rise <= 4_990 and rise + length < 39_900 else None
        clock.advance(start + 40_000)
        sonar.collect(False)
        assert sonar.raw_mm == 0 or abs(sonar.raw_mm - (own or -9)) <= 4
    clock.advance(max(end, clock.now) + 40_000)
    sonar.collect(False)


def test_a_sensor_that_says_the_same_microseconds_in_motion_is_of_no_use(bench):
    bench.moving = True
    for k in range(6):
        bench.measure(2_915)
        assert bench.sonar.dead == (2 if k == 5 else 0)
    bench.measure(2_920)
    assert bench.sonar.dead < 2


def test_at_rest_the_same_again_is_no_fault(bench):
    for _ in range(20):
        bench.measure(2_915)
    assert bench.sonar.fault == 0


def test_ranges_that_are_far_too_short_now_and_then_are_another_cars_pings(bench):
    for k in range(8):
        bench.measure(9_000 + 7 * k)
        bench.measure(1_000 + 900 * (k % 3))
    assert bench.sonar.fault == 5
    assert not bench.sonar.dead


def test_crosstalk_is_not_over_with_the_next_good_range(bench):
    for k in range(8):
        bench.measure(9_000 + 7 * k)
        bench.measure(1_000 + 900 * (k % 3))
    assert bench.sonar.fault == 5
    for k in range(4):
        bench.measure(9_000 + 7 * k)
        assert bench.sonar.fault == 5
    for k in range(2_000):
        bench.measure(9_000 + 7 * (k % 5))
    assert bench.sonar.fault == 0


def test_no_ping_of_a_silent_sensor_is_taken_for_one_of_long_ago(bench):
    bench.measure(1_000)
    for _ in range(33_000):  # 44 minutes: the generation's 16 bits have come round
        bench.measure(None, 1_000)
        assert bench.sonar.fault == 1


def test_thirty_seconds_of_silence_in_motion_are_told_and_no_reason_to_stop(bench):
    bench.moving = True
    for _ in range(375):
        assert bench.sonar.fault == 0
        bench.measure(SILENT_US)
    assert bench.sonar.fault == 6
    assert not bench.sonar.dead
    bench.measure(2_915)
    assert bench.sonar.fault == 0


def test_a_sensor_whose_echo_is_high_before_the_trigger_is_not_triggered(bench):
    bench.pin.level = 1
    bench.ping()
    assert bench.trigger.pulses == 0
    bench.sonar.collect(False)
    assert bench.sonar.fault == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 4_000), min_size=3, max_size=20))
def test_the_range_is_the_median_of_the_last_three(bench, values):
    for mm in values:
        bench.measure(mm * 2000 // 343 + 1 if mm else SILENT_US)
    assert abs(bench.sonar.range_mm - sorted(mm or 9_999 for mm in values[-3:])[1] % 9_999) <= 1


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
    bench.measure(None)
    assert bench.sonar.dead
    assert bench.sonar.dead < 2  # one ping may be the cable's mood
    bench.measure(None)
    assert bench.sonar.dead == 2
    bench.measure(1_000)
    assert not bench.sonar.dead
    assert bench.sonar.dead < 2


def test_the_clock_may_wrap_within_a_pulse(bench):
    from toy_world import MASK, START_US

    bench.clock.advance(MASK - START_US - 2_000)
    assert abs(bench.measure(5_831) - 1_000) <= 1
