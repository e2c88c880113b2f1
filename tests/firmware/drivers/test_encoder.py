"""Differences of a 16-bit counter, and the speed that comes of them."""

import math

from patrol.drivers.encoder import Encoder

import figures


class Timer:
    def __init__(self):
        self.count = 0

    def counter(self):
        return self.count & 0xFFFF


def made(sign=1):
    timer = Timer()
    return timer, Encoder(timer, 156_501, sign)


def test_the_counter_may_wrap_in_both_directions():
    timer, encoder = made()
    for count in (-5, 10, 65_540, 70_000, 65_530, -3):
        before = timer.count
        timer.count = count if abs(count - before) < 1000 else before + 7
        encoder.sample(10_000)
        assert encoder.delta == timer.count - before


def test_speed_is_way_over_measured_time():
    timer, encoder = made()
    for dt in (10_000, 12_000, 8_000, 10_000, 10_000):
        timer.count += 20
        encoder.sample(dt)
    # 80 counts of 0.1565 mm in 40 ms
    assert abs(encoder.speed - 313) <= 1


def test_no_time_at_all_is_no_speed():
    timer, encoder = made()
    timer.count = 5
    encoder.sample(0)
    assert encoder.speed == 0


def test_distance_does_not_drift_by_rounding():
    timer, encoder = made()
    for _ in range(6_390):
        timer.count += 1
        encoder.sample(10_000)
    assert encoder.distance == 6_390 * 156_501 // 1_000_000
    for _ in range(6_390):
        timer.count -= 1
        encoder.sample(10_000)
    assert encoder.distance == 0


def turned(timer, encoder, mm_s, ticks, dt_us=10_000):
    """Turns a wheel at a true speed; the speeds told from the 20th tick on."""
    way = timer.count + 0.5
    told = []
    for tick in range(ticks):
        way += mm_s * dt_us / 156_501
        timer.count = math.floor(way)
        encoder.sample(dt_us)
        if tick >= 20:
            told.append(encoder.speed)
    return told


def test_speed_is_told_within_a_few_percent_from_5_mm_s_to_1_m_s(record_property):
    rows = []
    for mm_s, most in ((5, 2), (10, 2), (20, 2), (40, 2), (100, 8), (300, 9), (500, 9), (1000, 9)):
        for sign in (1, -1):
            timer, encoder = made()
            told = turned(timer, encoder, sign * mm_s, 1_000)
            error = max(abs(speed - sign * mm_s) for speed in told)
            assert error <= most, (mm_s, error)
        counts = mm_s * 10_000 / 156_501
        four = max(abs(math.floor(4 * counts + i / 9) / 40_000 * 156_501 - mm_s) for i in range(9))
        rows.append(
            (f"{mm_s} mm/s", error, round(sum(told) / len(told) + mm_s, 2), round(four, 1))
        )
    figures.add(
        record_property,
        "encoder: largest error of the speed, mm/s",
        ("", "error", "mean error", "by a count over 4 ticks"),
        rows,
    )


def test_a_wheel_that_stops_is_told_within_160_ms_and_ever_slower_until_then():
    timer, encoder = made()
    turned(timer, encoder, 300, 30)
    before = encoder.speed
    for tick in range(16):
        encoder.sample(10_000)
        assert encoder.speed <= before
        assert encoder.speed <= 157 // (tick + 1) // 10 * 10 + 10
        before = encoder.speed
    assert encoder.speed == 0


def test_a_change_of_speed_is_seen_in_three_ticks():
    timer, encoder = made()
    turned(timer, encoder, 40, 40)
    told = turned(timer, encoder, 300, 23)
    assert abs(told[-1] - 300) <= 9
    turned(timer, encoder, 300, 3)
    way = timer.count + 0.5
    for _ in range(3):
        way -= 300 * 10_000 / 156_501
        timer.count = math.floor(way)
        encoder.sample(10_000)
    assert encoder.speed < -250


def test_ticks_that_take_no_time_or_long_raise_nothing():
    timer, encoder = made()
    for dt in (0, 0, 10_000, 0, 100_000, 0, 1):
        timer.count += 3
        encoder.sample(dt)
        assert abs(encoder.speed) < 10_000
    for _ in range(20):
        encoder.sample(0)


def test_a_glitch_is_no_motion_and_loses_none():
    timer, encoder = made()
    turned(timer, encoder, 300, 30)
    speed, distance, way = encoder.speed, encoder.distance, timer.count
    timer.count = way + 20_000
    encoder.sample(10_000)
    assert (encoder.delta, encoder.speed) == (0, speed)
    assert encoder.distance == distance
    timer.count = way + 38
    encoder.sample(10_000)
    assert encoder.delta == 38
    assert abs(encoder.speed - speed) <= 9


def test_a_counter_that_has_really_jumped_counts_on_from_there():
    timer, encoder = made()
    turned(timer, encoder, 300, 30)
    timer.count += 20_000
    for _ in range(3):
        timer.count += 19
        encoder.sample(10_000)
    assert encoder.delta == 0
    timer.count += 19
    encoder.sample(10_000)
    assert encoder.delta == 19


def test_an_encoder_the_other_way_round_counts_the_other_way():
    timer, encoder = made(sign=-1)
    timer.count = 9
    encoder.sample(10_000)
    assert encoder.delta == -9
