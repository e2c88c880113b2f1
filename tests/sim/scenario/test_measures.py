"""What is measured of a run, on runs that are written down by hand."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest

from patrolcar.flash.build import firmware_dir
from patrolcar.link import dialect
from patrolcar_sim.scenario.comparison import Range, comparison
from patrolcar_sim.scenario.expectations import EXPECTATIONS
from patrolcar_sim.scenario.format import Expectation, Window
from patrolcar_sim.scenario.measures import Outcome, judge
from patrolcar_sim.scenario.recording import STATE_TEXTS, Recording, Sample

M = dialect.load()
END_S = 10.0


def _run(stop_s: float = 5.0, speed: float = 0.4, yaw: float = 0.0) -> Recording:
    """A car that goes straight ahead at a speed from 0 s and stands from `stop_s` on."""
    run = Recording(end_s=END_S)
    for i in range(round(END_S * 100) + 1):
        gone = speed * min(i / 100, stop_s)
        x, y = gone * math.cos(yaw), gone * math.sin(yaw)
        run.samples.append(Sample(i / 100, x, y, yaw, gone, gone / 10))
    run.boots.append((0.0, 0.0, 0.0, yaw))
    return run


def _judge(
    name: str, text: Any, run: Recording, begin: float = 0.0, end: float = END_S, what: str = ""
) -> Outcome:
    kind = EXPECTATIONS[name]
    target = text
    if kind.form in ("comparison", "rates"):
        assert kind.possible is not None
        target = comparison(text, kind.possible)
    window = Window(round(begin * 1e6), round(end * 1e6))
    return judge(Expectation(name, what, target, window, 1), run, kind.measure)


@pytest.mark.parametrize(
    ("name", "begin", "measured"),
    [
        ("distance", 0, "2 m"),
        ("distance", 4, "0.4 m"),
        ("speed", 0, "0.4 m/s"),
        ("speed", 6, "0 m/s"),
        ("time_to_stop", 3, "2 s"),
        ("stopping_distance", 3, "0.8 m"),
        ("coverage", 0, "20 %"),
    ],
)
def test_the_truth_is_measured_within_the_window(name: str, begin: float, measured: str) -> None:
    possible = EXPECTATIONS[name].possible
    assert possible is not None
    outcome = _judge(name, f">= 0 {possible.unit}", _run(), begin)
    assert outcome.passed
    value, unit = outcome.measured.split()
    assert (round(float(value), 2), unit) == (float(measured.split()[0]), measured.split()[1])


def test_a_car_that_goes_on_has_not_stopped() -> None:
    outcome = _judge("time_to_stop", "<= 9 s", _run(stop_s=99))
    assert not outcome.passed
    assert outcome.measured == "it still moves at 10.00 s"


def test_a_car_that_turns_on_the_spot_has_not_stopped() -> None:
    run = _run(stop_s=0)
    run.samples = [sample._replace(yaw=sample.time_s) for sample in run.samples]
    assert not _judge("time_to_stop", "<= 9 s", run).passed


def test_contacts_and_resets_are_counted_and_the_first_is_pointed_to() -> None:
    run = _run()
    run.contacts = [(2.0, "wall"), (7.0, "wall")]
    run.resets = [(3.0, "WATCHDOG")]
    run.console = [(4.0, "Traceback (most recent call last):\n  ...\n")]
    assert _judge("contacts", "== 0", run) == (False, "2", 2.0)
    assert _judge("contacts", "== 1", run, 5.0) == (True, "1", 7.0)
    assert _judge("resets", "== 0", run) == (False, "1", 3.0)
    assert _judge("exceptions", "== 0", run) == (False, "1", 4.0)


def test_odometry_is_held_against_the_truth_in_the_cars_own_frame() -> None:
    run = _run(yaw=2.0)
    for at, off in ((1.0, 0.0), (4.0, 0.3), (9.0, 0.1)):
        ahead = 0.4 * min(at, 5.0)
        message = M.MAVLink_local_position_ned_message(int(at * 1000), ahead, off, 0, 0, 0, 0)
        run.messages.append((at, message))
    assert _judge("position_error", "<= 0.31 m", run) == (True, "0.3 m", 4.0)
    assert _judge("final_position_error", "<= 0.11 m", run) == (True, "0.1 m", 9.0)
    assert not _judge("position_error", "<= 1 m", _run()).passed


def _beat(mode: int, armed: bool, state: int = 4) -> Any:
    return M.MAVLink_heartbeat_message(10, 0, 128 * armed | 1, mode, state, 3)


def _text(text: str) -> Any:
    return M.MAVLink_statustext_message(4, text.encode())


def test_modes_come_from_heartbeats_and_from_what_is_said_between_them() -> None:
    run = _run()
    run.messages = [
        (0.5, _beat(4, False, 3)),
        (1.0, _text("armed: HOLD")),
        (1.1, _text("AUTO")),
        (1.5, _beat(10, True)),
        (6.0, _text("FAULT: motors off, disarm to clear")),
        (6.5, _beat(4, False, 5)),
    ]
    assert [mode for _, mode in run.modes()] == ["DISARMED", "HOLD", "AUTO", "FAULT"]
    assert _judge("modes", ("HOLD", "FAULT"), run).passed
    assert not _judge("modes", ("AUTO", "HOLD"), run).passed
    assert _judge("modes", ("AUTO", "FAULT"), run, 3.0).passed
    assert not _judge("modes", ("HOLD",), run, 3.0).passed
    assert _judge("final_mode", "AUTO", run, 0, 5).passed
    assert _judge("modes_not", ("FAULT",), run, 0, 5).passed
    assert not _judge("modes_not", ("AUTO",), run, 3.0).passed


def test_the_words_for_states_are_the_firmwares() -> None:
    source = (firmware_dir() / "patrol/behaviour/faults.py").read_text()
    (words,) = (
        ast.literal_eval(one.value)
        for one in ast.parse(source).body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "_WORDS"
    )
    assert words.decode().split("|")[:-1][-len(STATE_TEXTS) :] == list(STATE_TEXTS)


def test_texts_said_and_not_said() -> None:
    run = _run()
    run.messages = [(2.0, _text("bumper pressed")), (8.0, _text("tilted"))]
    assert _judge("texts", ("bumper",), run).passed
    assert not _judge("texts", ("bumper",), run, 3.0).passed
    assert not _judge("texts", ("bumper", "stuck"), run).passed
    assert _judge("texts_not", ("tilt",), run, 0, 5).passed
    assert _judge("texts_not", ("tilt",), run).at_s == 8.0


def _system(millivolts: int) -> Any:
    return M.MAVLink_sys_status_message(0, 0, 0, 250, millivolts, 100, 90, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "passed", "measured"),
    [
        ("> 6.9 V", True, "7 V .. 8 V"),
        ("> 7.2 V", False, "7 V at 6.00 s"),
        ("max > 7.9 V", True, "max 8 V"),
        ("min > 7.9 V", False, "min 7 V"),
        ("last < 7.5 V", True, "last 7 V"),
        ("first == 8 V", True, "first 8 V"),
        ("mean == 7.5 V", True, "mean 7.5 V"),
    ],
)
def test_telemetry_fields_are_compared(text: str, passed: bool, measured: str) -> None:
    run = _run()
    run.messages = [(2.0, _system(8000)), (6.0, _system(7000))]
    words = ("every", "min", "max", "first", "last", "mean")
    target = comparison(text, Range("mV", None), words)
    window = Window(0, 10_000_000)
    made = Expectation("telemetry", "SYS_STATUS.voltage_battery", target, window, 1)
    assert judge(made, run, None)[:2] == (passed, measured)
    assert judge(made, _run(), None)[:2] == (False, "no SYS_STATUS came")


def test_rates_are_frames_a_second_of_the_window() -> None:
    run = _run()
    run.messages = [(i / 20, _system(8000)) for i in range(100)]  # for 5 s
    assert _judge("rates", ">= 19 Hz", run, 0, 5, "SYS_STATUS").passed
    assert not _judge("rates", ">= 11 Hz", run, 0, 10, "SYS_STATUS").passed


def test_counts_of_the_board_go_on_through_a_reset() -> None:
    run = _run()

    def timing(at: float, boot_ms: int, overruns: int) -> None:
        message = M.MAVLink_loop_timing_message(boot_ms, 0, 0, overruns, 0, 0, 0, 0, 0, 0)
        run.messages.append((at, message))

    timing(1.0, 1000, 1)
    timing(3.0, 3000, 3)
    timing(5.0, 100, 2)  # anew
    assert _judge("overruns", "== 5", run) == (True, "5", 1.0)
    assert _judge("overruns", "== 4", run, 2.0).passed


def test_a_run_that_ended_early_fulfils_nothing() -> None:
    run = _run()
    run.end_s, run.died = 4.0, "the interpreter is gone"
    outcome = _judge("contacts", "== 0", run)
    assert (outcome.passed, outcome.at_s) == (False, 4.0)
    assert "the interpreter is gone" in outcome.measured
    assert _judge("contacts", "== 0", run, 0, 3).passed
