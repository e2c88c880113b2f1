"""Differences of a 16-bit counter, and the speed that comes of them."""

from patrol.drivers.encoder import Encoder


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


def test_a_jump_that_no_wheel_can_make_is_a_fault_and_no_motion():
    timer, encoder = made()
    timer.count = 20_000
    encoder.sample(10_000)
    assert (encoder.delta, encoder.speed, encoder.distance, encoder.faults) == (0, 0, 0, 1)


def test_an_encoder_the_other_way_round_counts_the_other_way():
    timer, encoder = made(sign=-1)
    timer.count = 9
    encoder.sample(10_000)
    assert encoder.delta == -9
