"""Faults of encoders and motors: at the pins, and in a world where the wheels turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.faults import Timeline, parse
from patrolcar_sim.world.world import World

Inject = Callable[..., None]
LEFT, RIGHT = 0, 1
SLEEP = b"import time; time.sleep(100)\r"  # a prompt would wait for the clock


@pytest.fixture
def counts(bench: Bench) -> Callable[[], list[int]]:
    """The encoders' counts, as the chip's timers have them."""

    def read() -> list[int]:
        board = bench.board
        wired = board.pins.counts(board.now_us)
        return [n - (1 << 32) if n >> 31 else n for n in (wired[1], wired[2])]

    return read


Counts = Callable[[], list[int]]


def turn(bench: Bench, left: int, right: int) -> None:
    bench.car.counts[LEFT] += left
    bench.car.counts[RIGHT] += right


def step(bench: Bench, us: int = 20_000) -> None:
    bench.board.run(bench.board.now_us + us)


def test_a_stuck_encoder_stands_and_goes_on_from_there(
    bench: Bench, inject: Inject, counts: Counts
) -> None:
    before = counts()
    inject("encoder.stuck+0.1:left")
    turn(bench, 100, 200)
    assert counts() == [before[0], before[1] + 200]
    step(bench, 120_000)
    turn(bench, 10, 20)
    assert counts() == [before[0] + 10, before[1] + 220]


def test_a_reversed_encoder_counts_back_from_where_it_was(
    bench: Bench, inject: Inject, counts: Counts
) -> None:
    before = counts()
    inject("encoder.reversed+0.1:right")
    turn(bench, 100, 200)
    assert counts() == [before[0] + 100, before[1] - 200]
    step(bench, 120_000)
    turn(bench, 1, 50)
    assert counts() == [before[0] + 101, before[1] - 150]


def test_swapped_encoders_count_each_other(bench: Bench, inject: Inject, counts: Counts) -> None:
    before = counts()
    inject("encoder.swapped+0.1")
    turn(bench, 100, -30)
    assert counts() == [before[0] - 30, before[1] + 100]
    step(bench, 120_000)


def test_missing_edges_are_missing_by_their_rate_both_ways(
    bench: Bench, inject: Inject, counts: Counts
) -> None:
    before = counts()
    inject("encoder.missing+0.1:both,rate=0.25")
    for _ in range(100):
        turn(bench, 40, -40)
        counts()
    lost = [abs(now - then) for now, then in zip(counts(), before, strict=True)]
    assert all(2850 < n < 3150 for n in lost)
    assert lost[0] != lost[1]
    step(bench, 120_000)


def test_edges_are_missed_by_the_seed(tmp_path: Path) -> None:
    def run(name: str, seed: int) -> list[int]:
        found = []
        with Bench(tmp_path / name, faults=[parse("encoder.missing,rate=0.5")], seed=seed) as one:
            for _ in range(50):
                turn(one, 7, 7)
                found.append(one.board.pins.counts(one.board.now_us)[1])
        return found

    assert run("a.img", 1) == run("b.img", 1) != run("c.img", 2)


def test_an_open_motor_gets_nothing_and_a_reversed_one_the_other_way(
    bench: Bench, inject: Inject
) -> None:
    bench.run(
        "from machine import Pin\nfor n in ('Y5', 'Y7', 'Y3', 'Y4'): Pin(n, Pin.OUT).value(1)"
    )
    inject("motor.open+0.1:left")
    inject("motor.reversed+0.1:right")
    assert bench.car.motors[LEFT][:2] == (False, False)
    assert bench.car.motors[RIGHT] == (False, True, 1.0)
    step(bench, 120_000)
    assert bench.car.motors[LEFT] == bench.car.motors[RIGHT] == (True, False, 1.0)


# -- in a world ------------------------------------------------------------------------------


class Rolling:
    """A board in the empty world whose motors a test drives."""

    def __init__(self, image: Path) -> None:
        self.world = World("empty", 1)
        self.board = VirtualBoard(self.world, image, ports=False, speed=float("inf"))

    def start(self, *faults: str) -> None:
        Timeline([parse(fault) for fault in faults], 1).attach(self.board)
        self.board.start()
        self.board.type(SLEEP)
        self.board.run(200_000)

    def drive(self, duty: float, seconds: float) -> list[int]:
        """Both motors forward for that long; what the encoders counted."""
        self.world.set_standby(True)
        for side in (LEFT, RIGHT):
            self.world.set_motor(side, True, False, duty)
        return self.wait(seconds)

    def wait(self, seconds: float) -> list[int]:
        before = self.counted()
        self.board.run(self.board.now_us + round(seconds * 1e6))
        return [now - then for now, then in zip(self.counted(), before, strict=True)]

    def counted(self) -> list[int]:
        return [self.world.encoder_count(side, self.board.now_us) for side in (LEFT, RIGHT)]


@pytest.fixture
def rolling(image: Path) -> Iterator[Rolling]:
    made = Rolling(image)
    yield made
    made.board.stop()


def test_a_jammed_wheel_stands_and_is_free_again_at_the_end(rolling: Rolling) -> None:
    rolling.start("motor.stall@0.2+1:left")
    left, right = rolling.drive(0.4, 0.9)
    assert abs(left) < 5
    assert right > 200
    assert rolling.wait(1.2)[LEFT] > 200


def test_a_weak_motor_is_slow_to_start_and_whole_again_at_the_end(rolling: Rolling) -> None:
    rolling.start("motor.weak@0.2+0.5:both,factor=0.3")
    weak = sum(rolling.drive(0.4, 0.1))
    rolling.drive(0.0, 1.0)
    whole = sum(rolling.drive(0.4, 0.1))
    assert 0 < weak < 0.6 * whole


def test_a_shorted_bridge_drives_with_standby_low_until_it_is_mended(rolling: Rolling) -> None:
    rolling.start("motor.runaway@0.3+0.5:right,factor=-1")
    rolling.world.set_standby(False)
    left, right = rolling.wait(0.6)
    assert right < -300
    rolling.wait(1.5)
    assert abs(rolling.wait(0.3)[RIGHT]) < 30
    assert abs(left) < abs(right)
