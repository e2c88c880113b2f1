"""VirtualBoard.at and the timeline: exact times, order, ends, resets on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.bench import Bench
from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.faults import Fault, FaultError, Timeline

Inject = Callable[..., None]


def test_an_action_comes_exactly_at_its_time_while_the_program_sleeps(bench: Bench) -> None:
    board = bench.board
    seen: list[tuple[int, int]] = []
    due = board.now_us + 12_345
    board.at(due, lambda: seen.append((board.now_us, bench.car.time_us)))
    bench.run("import time; time.sleep_ms(50)")
    assert seen == [(due, due)]


def test_an_action_comes_between_two_outputs_of_a_program_that_does_not_wait(bench: Bench) -> None:
    board = bench.board
    levels: list[bool] = []
    bench.run("from pyb import Pin; import time; p = Pin('Y5', Pin.OUT); q = Pin('Y3', Pin.OUT)")
    start = board.now_us
    for us in range(500, 20_000, 37):
        board.at(start + us, lambda: levels.append(bench.car.motors[0][0]))
    bench.run(
        "t = time.ticks_us()\nwhile time.ticks_diff(time.ticks_us(), t) < 20_000:\n"
        "    p.value(1)\n    time.sleep_us(100)\n    p.value(0)\n    time.sleep_us(900)"
    )
    assert set(levels) == {False, True}


def test_actions_of_one_time_keep_their_order(bench: Bench) -> None:
    order: list[int] = []
    due = bench.board.now_us + 1000
    for i in range(5):
        bench.board.at(due, lambda i=i: order.append(i))  # type: ignore[misc]
    bench.board.run(due + 1000)
    assert order == [0, 1, 2, 3, 4]


def test_a_reset_in_the_middle_of_a_sleep_ends_the_program_there(image: Path) -> None:
    with Bench(image) as bench:
        board = bench.board
        due = board.now_us + 30_000
        board.at(due, lambda: board.reset(Cause.HARD))
        bench.board.type(b"import time\ntime.sleep(10)\nprint('after')\x04")
        said = bench.to_raw_repl()
        assert b"after" not in said
        assert board.resets == [Cause.POWER_ON, Cause.HARD]
        assert bench.run("import machine; print(machine.reset_cause())") == "2\n"


def test_a_reset_while_the_board_boots_boots_it_once_more(image: Path) -> None:
    faults = [Fault("battery.brownout", 20_000), Fault("battery.brownout", 60_000)]
    with Bench(image, faults=faults) as bench:
        assert bench.run("print(6 * 7)") == "42\n"
        assert bench.board.resets == [Cause.POWER_ON] * 3


def test_a_fault_ends_when_it_should(bench: Bench, inject: Inject) -> None:
    inject("switch.stuck@0.01+0.02:bumper")
    out = bench.run(
        "from pyb import Pin; import time; p = Pin('X18', Pin.IN, Pin.PULL_UP)\n"
        "seen = [p.value()]\nt = time.ticks_us()\n"
        "while len(seen) < 3 and time.ticks_diff(time.ticks_us(), t) < 100_000:\n"
        "    if p.value() != seen[-1]: seen.append(p.value())\n"
        "print(seen)"
    )
    assert out == "[1, 0, 1]\n"


def test_the_end_of_one_fault_leaves_another_of_its_kind(bench: Bench, inject: Inject) -> None:
    inject("sonar.stuck+0.1:left")
    inject("sonar.stuck+0.2:left")
    echo = bench.board.model.wiring.sonars[0].echo
    bench.board.run(bench.board.now_us + 110_000)
    assert bench.board.pins.levels() >> echo & 1
    bench.board.run(bench.board.now_us + 100_000)
    assert not bench.board.pins.levels() >> echo & 1


def test_a_fault_that_cannot_be_is_refused_before_anything_begins() -> None:
    with pytest.raises(FaultError, match="rate"):
        Timeline([Fault("uart.bits", values={"rate": 2.0})])


def test_a_board_without_a_world_refuses_faults_of_the_physics(bench: Bench) -> None:
    with pytest.raises(PatrolError, match=r"motor\.stall needs a world"):
        Timeline([Fault("motor.stall")]).attach(bench.board)


def test_without_faults_the_pins_reach_the_world_itself(image: Path) -> None:
    with Bench(image, faults=[Fault("uart.cut", 1 << 40)]) as bench:
        bench.run("pass")
        assert bench.board.pins._car is bench.car
        assert bench.board.quirks is None


@pytest.mark.parametrize("kind", ["clock.jump", "memory.shortage"])
def test_what_the_chip_has_to_know_at_boot_is_refused_later(bench: Bench, kind: str) -> None:
    with pytest.raises(PatrolError, match="before the board is started"):
        Timeline([Fault(kind)]).attach(bench.board)


def test_a_time_that_is_no_number_is_refused_and_holds_nothing_up(bench: Bench) -> None:
    board = bench.board
    seen: list[int] = []
    with pytest.raises(ValueError, match="NaN"):
        board.at(float("nan"), lambda: None)  # type: ignore[arg-type]
    board.at(-5, lambda: seen.append(board.now_us))
    bench.run("import time; time.sleep_ms(1)")
    assert len(seen) == 1
