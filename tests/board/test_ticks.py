"""A steady tick allocates nothing, and what each task takes of it."""

from collections.abc import Callable

import figures
from on_board import OnBoard

TICKS = 1000
MAKE = "from patrol.app import Car\ncar = Car()"


def test_a_thousand_ticks_run_with_the_heap_locked(
    board: OnBoard, record_property: Callable[[str, object], None]
) -> None:
    with board.session("ticks"):
        board.repl.run(MAKE, 60.0)
        tasks, (ticks, mean, worst) = board.value(f"take_ticks(car, {TICKS})")
        used, free, collection = board.value("take_collection()")
        failures, overruns = board.value("(car.failures, car.schedule.overruns)")
    assert failures == 0
    assert ticks == TICKS
    assert {name: runs for name, runs, *_ in tasks}["drive"] == TICKS
    if board.real:  # else it is somebody's computer, which may have other things to do
        assert overruns == 0
        assert worst < 10_000
    # A profiler charges what a task was estimated to compute; the buses' times come on top.
    how = "charged by the board's profiler" if board.charged else "measured"
    rows = [(f"task {name}", runs, mean_us, most) for name, runs, mean_us, most in tasks]
    figures.add(
        record_property,
        f"time of {TICKS} ticks, disarmed, telemetry on ({how}; {board.machine or 'no name'})",
        ("", "runs", "mean us", "worst us"),
        [*rows, ("whole tick", ticks, mean, worst)],
    )
    figures.add(
        record_property,
        f"heap of this board ({64 if board.wide else 32}-bit), car at rest",
        ("", "bytes"),
        [("in use", used), ("free", free), ("collection, us", collection)],
    )


def test_the_motors_stay_without_power(board: OnBoard) -> None:
    with board.session("ticks"):
        board.repl.run(MAKE, 60.0)
        board.value("take_ticks(car, 100)")
        assert board.value("(car.drive.powered, car.motor_left.duty, car.motor_right.duty)") == (
            False,
            0,
            0,
        )
