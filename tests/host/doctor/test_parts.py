"""What stands still, judged: each limit from both sides, each advice naming its pin."""

from __future__ import annotations

import json

import pytest

from patrolcar.doctor import parts
from patrolcar.doctor.result import Result, Verdict
from patrolcar.doctor.table import as_json, summary, table
from patrolcar.flash.build import board_data, boards

BOARD = board_data("pyboard_v11")


def _failing(results: list[Result]) -> list[str]:
    return [one.check for one in results if one.verdict == Verdict.FAIL]


@pytest.mark.parametrize("name", boards())
def test_every_board_has_its_outputs_named(name: str) -> None:
    names = parts.output_names(board_data(name))
    assert names[0][1] == "STBY"
    assert len(names) == 10
    triggers = {trigger for trigger, _ in board_data(name)["SONARS"]}
    assert len({pin for pin, _ in names}) == 7 + len(triggers)


def test_an_output_that_does_not_follow_is_named() -> None:
    good = [(1, 0)] * 10
    assert parts.judge_pins(BOARD, good).verdict == Verdict.PASS
    short = parts.judge_pins(BOARD, [(1, 0), (0, 0), *good[2:]])
    assert "Y3 (PWM left) stays low" in short.advice


@pytest.mark.parametrize(
    ("mv", "ma", "failing"),
    [
        (7400, 120, []),
        (0, 120, ["battery voltage"]),
        (5500, 120, ["battery voltage"]),
        (14190, 120, ["battery voltage"]),
        (7400, 900, ["current at rest"]),
        (7400, 0, ["current at rest"]),
    ],
)
def test_battery_limits(mv: int, ma: int, failing: list[str]) -> None:
    assert _failing(parts.judge_battery(BOARD, mv, ma)) == failing


def test_a_sonar_that_hears_nothing_is_well_and_one_that_says_nothing_is_not() -> None:
    assert parts.judge_sonar(BOARD, 0, (0, True, [0] * 10)).verdict == Verdict.PASS
    dead = parts.judge_sonar(BOARD, 1, (0, False, [0] * 10))
    assert dead.part == "front sonar"
    assert "X6" in dead.advice
    assert "X4" in dead.advice
    noisy = parts.judge_sonar(BOARD, 2, (0, True, [300, 900, 2000, 150, 700, 1200]))
    assert noisy.verdict == Verdict.FAIL


def test_the_imu_lying_on_its_side_turned_over_and_stuck() -> None:
    g = parts.ONE_G
    assert _failing(parts.judge_rest((10_000, 700, 0, 0, g))) == []
    assert _failing(parts.judge_rest((10_000, 700, g, 0, 0))) == ["accelerometer"]
    assert _failing(parts.judge_rest((10_000, 700, 0, 0, -g))) == ["accelerometer"]
    assert _failing(parts.judge_rest((0, 0, 0, 0, g))) == ["gyro at rest"]
    assert _failing(parts.judge_rest((10_000, 50_000, 0, 0, g))) == ["gyro at rest"]
    assert _failing(parts.judge_rest((500_000, 700, 0, 0, g))) == ["gyro at rest"]


def test_a_board_flashed_for_another_is_told() -> None:
    told = {
        "version": (1, 29, 0),
        "machine": "WEACT_F411_BLACKPILL with STM32F411CE",
        "firmware": (0, 1, 0),
        "build": "",
        "flash": 114_688,
        "free": 1_024,
        "board": BOARD,
    }
    assert _failing(parts.judge_board(told)) == ["board", "flash"]


def test_a_loop_that_overruns_a_heap_that_is_full_and_exceptions_fail() -> None:
    assert _failing(parts.judge_loop((250, 4_000, 0, 40_000, 0))) == []
    assert _failing(parts.judge_loop((250, 14_000, 3, 40_000, 0))) == ["loop"]
    assert _failing(parts.judge_loop((250, 4_000, 0, 5_000, 1))) == ["loop", "heap"]


def test_the_table_and_the_json_tell_the_same() -> None:
    results = parts.judge_switches(BOARD, [True, False])
    assert table(results).row_count == 2
    assert summary("COM4", results) == "COM4: 1 passed, 1 failed: bumper"
    told = json.loads(as_json("COM4", results))
    assert [one["verdict"] for one in told["checks"]] == ["FAIL", "pass"]
    assert "X18" in told["checks"][0]["advice"]
