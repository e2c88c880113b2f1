"""The fake UART: pacing, the receive FIFO and seeded faults."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolcar_sim.uart import FakeUart, LineFaults, RealTimeLine


def test_a_byte_takes_ten_bits():
    line = FakeUart(9600)
    assert line.send(b"ab", 1000) == 1000 + 2084  # 2 * 1041.67, rounded up
    assert line.receive(2041) == b""
    assert line.receive(2042) == b"a"
    assert line.receive(3083) == b""
    assert line.receive(3084) == b"b"


def test_what_is_sent_while_the_line_is_busy_waits_its_turn():
    line = FakeUart(1_000_000)
    assert line.send(b"x" * 10, 0) == 100
    assert line.send(b"y", 50) == 110
    assert line.idle_at_us == 110
    assert line.send(b"z", 500) == 510
    assert line.receive(110) == b"x" * 10 + b"y"


def test_pacing_does_not_drift():
    line = FakeUart(921600, fifo=10_000_000)
    for k in range(92160):
        line.send(b"u", k)  # always earlier than the line can take it
    assert line.idle_at_us == 1_000_000
    assert len(line.receive(500_000)) == 46080


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=20)), max_size=30), st.data())
def test_bytes_arrive_in_order_and_none_before_its_time(sends, data):
    line = FakeUart(115200)
    clock, sent, got = 0, b"", b""
    for gap, chunk in sends:
        clock += gap
        line.send(chunk, clock)
        sent += chunk
        ready = line.next_arrival_us
        got += line.receive(clock, data.draw(st.none() | st.integers(1, 5)))
        assert sent.startswith(got)
        if ready is not None and ready > clock and not line.waiting:
            assert line.next_arrival_us == ready
    got += line.receive(line.idle_at_us)
    assert got == sent
    assert line.next_arrival_us is None


def test_next_arrival_is_when_receive_brings_something():
    line = FakeUart(57600)
    line.send(b"abc", 7)
    for byte in (b"a", b"b", b"c"):
        when = line.next_arrival_us
        assert line.receive(when - 1) == b""
        assert line.receive(when) == byte


def test_a_limit_leaves_the_rest_in_the_fifo():
    line = FakeUart(115200)
    line.send(b"abcdef", 0)
    assert line.receive(10_000, limit=4) == b"abcd"
    assert line.waiting == 2
    assert line.receive(10_000) == b"ef"


def test_a_full_fifo_loses_what_comes_last_and_counts_it():
    line = FakeUart(921600, fifo=64)
    line.send(bytes(range(100)), 0)
    assert line.receive(10_000, limit=10) == bytes(range(10))
    assert line.overruns == 36
    line.send(b"more", 10_000)
    assert line.receive(20_000) == bytes(range(10, 64)) + b"more"
    assert line.overruns == 36


def test_a_fifo_read_in_time_loses_nothing():
    line = FakeUart(921600, fifo=64)
    line.send(bytes(200), 0)
    assert sum(len(line.receive(t)) for t in range(0, 3000, 500)) == 200
    assert line.overruns == 0


def test_the_same_seed_gives_the_same_faults():
    def run(seed):
        line = FakeUart(921600, seed=seed, fifo=10_000, faults=LineFaults(0.01, 0.01, 0.01))
        line.send(bytes(5000), 0)
        return line.receive(10**6)

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize("name", ["bit_error_rate", "drop_rate", "duplicate_rate"])
def test_a_rate_is_met(name):
    line = FakeUart(10_000_000, seed=3, fifo=10**6, faults=LineFaults(**{name: 0.01}))
    data = random.Random(1).randbytes(50_000)
    line.send(data, 0)
    got = line.receive(10**6)
    if name == "bit_error_rate":
        events = sum((a ^ b).bit_count() for a, b in zip(data, got, strict=True)) / 8
    else:
        events = abs(len(data) - len(got))
    assert 0.008 < events / len(data) < 0.012


def test_a_dropped_byte_still_takes_its_time():
    line = FakeUart(1_000_000, faults=LineFaults(drop_rate=1.0))
    assert line.send(b"abc", 0) == 30
    assert line.receive(1000) == b""


def test_a_byte_that_would_begin_in_a_stall_waits_for_its_end():
    line = FakeUart(1_000_000, faults=LineFaults(stalls=[(25, 100)]))
    assert line.send(b"abcd", 0) == 110
    assert line.receive(30) == b"abc"
    assert line.receive(109) == b""
    assert line.receive(110) == b"d"


def test_a_stall_that_is_over_changes_nothing():
    line = FakeUart(1_000_000, faults=LineFaults(stalls=[(0, 100)]))
    assert line.send(b"a", 100) == 110


def test_faults_can_come_and_go_while_the_line_runs():
    line = FakeUart(1_000_000)
    line.send(b"one ", 0)
    line.faults.drop_rate = 1.0
    line.send(b"two ", 100)
    line.faults.drop_rate = 0.0
    line.send(b"three", 200)
    assert line.receive(1000) == b"one three"


def test_a_real_time_line_follows_its_clock():
    now = 5.0
    line = RealTimeLine(FakeUart(9600), clock=lambda: now)
    line.send(b"ab")
    assert line.receive() == b""
    assert line.until_next() == pytest.approx(0.001042)
    now += 0.0011
    assert line.receive() == b"a"
    now += 1
    assert line.receive() == b"b"
    assert line.until_next() is None


@pytest.mark.parametrize("wrong", [{"baud": 0}, {"baud": 9600, "fifo": 0}])
def test_a_line_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="at least 1"):
        FakeUart(**wrong)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_that_is_no_probability_is_refused(rate):
    with pytest.raises(ValueError, match="drop_rate"):
        LineFaults(drop_rate=rate)
