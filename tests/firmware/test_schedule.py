"""Ticks at their times, and what happens when one takes too long."""

import importlib
import itertools
import sys

import pytest

from toy_world import Clock


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setitem(sys.modules, "time", clock.module())
    monkeypatch.setitem(sys.modules, "profiler", None)
    return clock


@pytest.fixture
def schedule(clock, monkeypatch):
    monkeypatch.delitem(sys.modules, "patrol.schedule", raising=False)
    module = importlib.import_module("patrol.schedule")
    monkeypatch.delitem(sys.modules, "patrol.schedule")
    return module.Schedule(lambda: False)


def test_ticks_come_every_ten_milliseconds(clock, schedule):
    times = []
    schedule.plan([("note", lambda: times.append(clock.now), 1, 0)])
    schedule.start()
    schedule.run(100)
    assert all(abs(b - a - 10_000) < 20 for a, b in itertools.pairwise(times))
    assert (schedule.ticks, schedule.overruns) == (100, 0)
    assert schedule.ms == pytest.approx(990, abs=1)


def test_tasks_run_in_order_each_in_its_rate_group(schedule):
    log = []
    schedule.plan(
        [
            ("a", lambda: log.append("a"), 1, 0),
            ("b", lambda: log.append("b"), 2, 0),
            ("c", lambda: log.append("c"), 3, 2),
        ]
    )
    schedule.run(6)
    assert "".join(log) == "ab" + "a" + "abc" + "a" + "ab" + "ac"


def test_an_overrun_is_counted_and_late_ticks_never_come_in_a_burst(clock, schedule):
    times = []

    def task():
        times.append(clock.now)
        if len(times) == 5:
            clock.sleep_us(35_000)

    schedule.plan([("task", task, 1, 0)])
    schedule.run(10)
    assert schedule.overruns == 1
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps[4] == pytest.approx(35_000, abs=20)
    assert all(abs(gap - 10_000) < 20 for gap in gaps[:4] + gaps[5:])


def test_load_and_worst_times_are_measured(clock, schedule):
    schedule.plan(
        [
            ("short", lambda: clock.sleep_us(1_000), 1, 0),
            ("long", lambda: clock.sleep_us(4_000), 4, 0),
        ]
    )
    schedule.run(100)
    assert schedule.load_permille == pytest.approx(200, abs=5)
    assert schedule.take_worst() == pytest.approx(5_000, abs=20)
    assert schedule.take_worst() == 0
    assert schedule.told[0] == 1  # its turn was the last
    assert schedule.told[3] == pytest.approx(4_000, abs=20)


def test_each_task_is_accounted_for_in_its_turn_with_exact_runs_mean_and_worst(clock, schedule):
    turns = []
    long = iter([7_000] + [1_000] * 500)
    schedule.plan(
        [
            ("every", lambda: clock.sleep_us(500), 1, 0),
            ("fourth", lambda: clock.sleep_us(next(long)), 4, 0),
            ("third", lambda: clock.sleep_us(2_000), 3, 2),
        ]
    )
    for _ in range(12):
        schedule.run(25)
        task, runs, mean, worst = schedule.told
        turns.append((task, runs, round(mean, -2), round(worst, -2)))
    assert [turn[0] for turn in turns] == [0, 1, 2] * 4
    assert turns[0] == (0, 25, 500, 500)
    assert turns[1] == (1, 13, 1_500, 7_000)  # ticks 1, 5 ... 49
    assert turns[2] == (2, 25, 2_000, 2_000)  # ticks 3, 6 ... 75
    assert turns[4] == (1, 19, 1_000, 1_000)  # 53 ... 125: not its first, long run
    assert sum(turn[1] for turn in turns if turn[0] == 0) == schedule.ticks - 50


def test_collections_are_timed_and_the_heap_is_measured_where_there_is_time(
    clock, schedule, monkeypatch
):
    import gc

    times = iter([3_000, 5_000, 3_000, 3_000])
    monkeypatch.setattr(gc, "collect", lambda: clock.sleep_us(next(times)))
    free = iter([50_000, 40_000, 30_000, 20_000])
    monkeypatch.setattr(gc, "mem_free", lambda: next(free), raising=False)
    may = [True]
    schedule._may_collect = lambda: may[0]
    busy = [100]
    schedule.plan([("task", lambda: clock.sleep_us(busy[0]), 1, 0)])
    schedule.run(200)
    assert schedule.collections == 2
    assert schedule.heap[2] == pytest.approx(4_000, abs=10)
    assert schedule.heap[3] == pytest.approx(5_000, abs=10)
    assert schedule.heap[0] == 40_000
    may[0] = False  # armed: measured, not collected
    schedule.run(100)
    assert (schedule.collections, schedule.heap[0]) == (2, 30_000)
    busy[0] = 6_000  # no time for either
    schedule.run(100)
    assert schedule.heap[0] == 30_000
    assert schedule.overruns == 0


def test_garbage_is_collected_once_a_second_and_only_when_it_may(clock, schedule):
    schedule.plan([("nothing", lambda: None, 1, 0)])
    schedule.run(500)
    assert schedule.collections == 0
    schedule._may_collect = lambda: True
    schedule.run(500)
    assert schedule.collections == 5


def test_a_second_that_passes_in_one_tick_stays_a_small_number(clock, schedule):
    seen = []
    schedule.plan([("note", lambda: seen.append(schedule.dt_us), 1, 0)])
    schedule.run(1)
    clock.sleep_us(3_000_000)
    schedule.run(1)
    assert seen[1] == 100_000
    assert schedule.ms == pytest.approx(3_000, abs=2)


def test_a_profiler_on_the_path_is_told_the_names_and_each_task(clock, monkeypatch):
    import types

    profiler = types.ModuleType("profiler")
    told = []
    profiler.tasks = lambda names: told.append(names)
    profiler.task_done = lambda index: told.append(index)
    monkeypatch.setitem(sys.modules, "profiler", profiler)
    monkeypatch.delitem(sys.modules, "patrol.schedule", raising=False)
    schedule = importlib.import_module("patrol.schedule").Schedule(lambda: False)
    monkeypatch.delitem(sys.modules, "patrol.schedule")
    schedule.plan([("a", lambda: None, 1, 0), ("b", lambda: None, 2, 1)])
    schedule.run(2)
    assert told == [("a", "b"), 0, 0, 1]
