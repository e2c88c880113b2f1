"""Faults of the chip: its clock leaps or stands, its program is killed, its memory goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.faults import Fault, Timeline, parse

FREE = "import gc; gc.collect(); print(gc.mem_free())"
TASKS = "import profiler; profiler.tasks(('a',))\nfor i in range({}): profiler.task_done(0)\n"


def later(bench: Bench, seconds: float, kind: str, **values: float) -> None:
    """Begins a fault so long from now."""
    at_us = bench.board.now_us + round(seconds * 1e6)
    Timeline([Fault(kind, at_us, values=values)], 1).attach(bench.board)


def quirky(image: Path) -> Bench:
    """A board for which a fault of the chip is planned, in a long time."""
    return Bench(image, faults=[parse("clock.jump@100000")])


def test_the_clock_leaps_and_the_world_does_not(image: Path) -> None:
    with quirky(image) as bench:
        bench.run("import time, pyb\nt = time.ticks_us(); m = time.ticks_ms()")
        start = bench.board.now_us
        later(bench, 0.01, "clock.jump", by=500)
        out = bench.run(
            "time.sleep_ms(50)\n"
            "print(time.ticks_diff(time.ticks_us(), t), time.ticks_diff(time.ticks_ms(), m))"
        )
        us, ms = map(int, out.split())
        assert 550_000 <= us < 580_000
        assert 550 <= ms <= 580
        assert bench.board.now_us - start < 300_000


def test_a_leap_does_not_set_off_the_watchdog(image: Path) -> None:
    with quirky(image) as bench:
        bench.run("import machine, time; dog = machine.WDT(timeout=1000)")
        later(bench, 0.01, "clock.jump", by=5000)
        bench.run("for i in range(5): time.sleep_ms(200); dog.feed()")
        assert bench.board.resets == [Cause.POWER_ON]


def test_after_a_reset_the_clock_begins_anew(image: Path) -> None:
    with quirky(image) as bench:
        later(bench, 0.0, "clock.jump", by=5000)
        bench.run("import time; time.sleep_ms(5)")
        bench.board.reset()
        bench.to_raw_repl()
        out = bench.run(
            "import time; print(time.ticks_diff(time.ticks_us(), (1 << 30) - 5_000_000))"
        )
        assert int(out) < 1_000_000


def test_a_chip_that_stands_still_keeps_its_pins_and_misses_the_time(image: Path) -> None:
    with quirky(image) as bench:
        bench.run("import time\nfrom machine import Pin\np = Pin('Y5', Pin.OUT)")
        start = bench.board.now_us
        later(bench, 0.005, "clock.jump", by=-300)
        seen = []
        bench.board.at(start + 200_000, lambda: seen.append(bench.car.motors[0][0]))
        out = bench.run(
            "p.value(1); t = time.ticks_us(); time.sleep_ms(20); p.value(0)\n"
            "print(time.ticks_diff(time.ticks_us(), t))"
        )
        assert 20_000 <= int(out) < 20_200
        assert bench.board.now_us - start > 320_000
        assert seen == [True]


def test_the_watchdog_ends_a_stand_still_that_is_too_long(image: Path) -> None:
    with quirky(image) as bench:
        bench.run("import machine, time; dog = machine.WDT(timeout=1000)")
        start = bench.board.now_us
        later(bench, 0.1, "clock.jump", by=-5000)
        bench.board.type(b"while True: dog.feed(); time.sleep_ms(10)\x04")
        bench.to_raw_repl()
        assert bench.board.resets == [Cause.POWER_ON, Cause.WATCHDOG]
        assert bench.board.now_us - start < 3_000_000


def test_a_killed_interpreter_comes_up_again_with_its_files(image: Path) -> None:
    with Bench(image) as bench:
        start = bench.board.now_us
        later(bench, 0.02, "interpreter.kill")
        bench.board.type(b"import time\ntime.sleep(5)\nprint('after')\x04")
        said = bench.to_raw_repl()
        assert b"after" not in said
        assert bench.board.resets == [Cause.POWER_ON, Cause.HARD]
        assert bench.board.now_us - start < 1_000_000
        assert bench.run("print(6 * 7)") == "42\n"


def test_memory_goes_between_two_tasks_and_comes_back(image: Path) -> None:
    with Bench(image, faults=[parse("memory.shortage@100000")]) as bench:
        whole = int(bench.run(TASKS.format(1) + FREE))
        at_us = bench.board.now_us
        Timeline([Fault("memory.shortage", at_us, 1_000_000, values={"size": 40})]).attach(
            bench.board
        )
        bench.run("import time; time.sleep_ms(10)")
        short = int(bench.run(TASKS.format(1) + FREE))
        assert (
            78_000 < whole - short < 86_000
        )  # 40 KB of the board's, whose objects are half as big
        bench.run("time.sleep(1)")
        again = int(bench.run(TASKS.format(1) + FREE))
        assert abs(again - whole) < 4000


def test_a_shortage_is_there_after_a_reset_too(image: Path) -> None:
    with Bench(image) as whole:
        free = int(whole.run(FREE))
    with Bench(image, faults=[parse("memory.shortage,size=30")]) as bench:
        assert 58_000 < free - int(bench.run(FREE)) < 66_000
        bench.board.reset()
        bench.to_raw_repl()
        assert 58_000 < free - int(bench.run(TASKS.format(1) + FREE)) < 66_000


def test_a_locked_heap_loses_its_memory_once_it_is_unlocked(image: Path) -> None:
    with Bench(image, faults=[parse("memory.shortage@100000")]) as bench:
        whole = int(bench.run(TASKS.format(1) + FREE))
        later(bench, 0.0, "memory.shortage", size=20)
        bench.run("import time, micropython; time.sleep_ms(10)")
        bench.run(
            "micropython.heap_lock()\nprofiler.task_done(0)\nmicropython.heap_unlock()\n"
            "profiler.task_done(0)"
        )
        assert 38_000 < whole - int(bench.run(FREE)) < 46_000


def test_more_than_there_is_takes_all_there_is(image: Path) -> None:
    with Bench(image, faults=[parse("memory.shortage@100000")]) as bench:
        bench.run("keep = bytearray(100_000)")
        later(bench, 0.0, "memory.shortage", size=64)
        later(bench, 0.0, "memory.shortage", size=64)
        bench.run("import time; time.sleep_ms(10)")
        bench.run(TASKS.format(3))
        assert bench.fails("bytearray(20_000)").startswith("MemoryError")


@pytest.mark.parametrize("kind", ["clock.jump", "interpreter.kill", "memory.shortage"])
def test_a_fault_may_come_while_the_board_boots_at_the_same_time_each_run(
    tmp_path: Path, kind: str
) -> None:
    def run(name: str) -> tuple[int, int]:
        with Bench(tmp_path / name, faults=[parse(f"{kind}@0.3")]) as bench:
            bench.run("import time; time.sleep(1)")
            return len(bench.board.resets), int(bench.run("print(time.ticks_us() // 100_000)"))

    assert run("a.img") == run("b.img")
