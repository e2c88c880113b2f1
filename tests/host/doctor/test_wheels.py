"""Wheels judged where no gyro helps, and what each fault looks like in numbers."""

from __future__ import annotations

import pytest

from patrolcar.doctor.result import Result, Verdict
from patrolcar.doctor.wheels import Car, Spin, judge_current, judge_hand, judge_turn, judge_wheels
from patrolcar.flash.build import board_data

BOARD = board_data("pyboard_v11")
COUNTS, TURNS_MA = 650, 65


def _car(gyro: int = 0, mv: int = 8000) -> Car:
    return Car(BOARD, mv, 5_787, 500, 156_501, gyro)


def _spin(
    side: int, sign: int, own: int, other: int = 0, ma: int = TURNS_MA, urad: int = 0
) -> Spin:
    return Spin(side, sign, own, other, own // 2, urad, ma, 0)


def _whole(but: list[Spin]) -> list[Spin]:
    """Four spins of which some are given."""
    given = {(spin.side, spin.sign): spin for spin in but}
    order = [(0, 1), (0, -1), (1, 1), (1, -1)]
    return [given.get(key, _spin(*key, key[1] * COUNTS)) for key in order]


def _judge(*but: Spin, car: Car | None = None) -> list[Result]:
    return [
        one
        for one in judge_wheels(car or _car(), _whole(list(but)))
        if one.verdict == Verdict.FAIL
    ]


def test_a_car_that_does_as_it_is_told_passes() -> None:
    assert _judge() == []


def test_a_wrong_sign_without_a_gyro_names_both_possibilities() -> None:
    found = _judge(_spin(0, 1, -COUNTS), _spin(0, -1, COUNTS))
    assert [one.part for one in found] == ["left motor or encoder"] * 2
    assert "X1" in found[0].advice
    assert "MOTOR_LEFT" in found[0].advice
    assert "--floor" in found[0].advice


@pytest.mark.parametrize(("urad", "part"), [(400_000, "left encoder"), (-400_000, "left motor")])
def test_a_wrong_sign_with_a_gyro_names_the_one(urad: int, part: str) -> None:
    spins = (_spin(0, 1, -COUNTS, urad=urad), _spin(0, -1, COUNTS, urad=-urad))
    assert {one.part for one in _judge(*spins, car=_car(1))} == {part}


def test_a_gyro_upside_down_still_tells_motor_from_encoder() -> None:
    spins = (_spin(0, 1, -COUNTS, urad=-400_000), _spin(0, -1, COUNTS, urad=400_000))
    assert {one.part for one in _judge(*spins, car=_car(-1))} == {"left encoder"}


@pytest.mark.parametrize(
    ("ma", "part", "word"),
    [
        (0, "right motor", "Y4"),
        (TURNS_MA, "right encoder", "X7"),
        (160, "right motor", "jammed"),
    ],
)
def test_a_still_encoder_is_told_apart_by_the_current(ma: int, part: str, word: str) -> None:
    found = _judge(_spin(1, 1, 0, ma=ma), _spin(1, -1, 0, ma=ma))
    assert {one.part for one in found} == {part}
    assert word in found[0].advice


def test_one_direction_without_current_is_one_bridge_input() -> None:
    found = _judge(_spin(0, -1, 0, ma=0))
    assert len(found) == 1
    assert "IN2 at Y6" in found[0].advice


def test_exchanged_cables_are_named_without_a_gyro_and_told_apart_with_one() -> None:
    def spins(urad: int) -> list[Spin]:
        return [
            _spin(side, sign, 0, sign * COUNTS, urad=urad * sign * (1 - 2 * side))
            for side in (0, 1)
            for sign in (1, -1)
        ]

    blind = _judge(*spins(0))
    assert {one.part for one in blind} == {"encoders"}
    assert "or the motors' are" in blind[0].advice
    assert {one.part for one in _judge(*spins(400_000), car=_car(1))} == {"encoders"}
    assert {one.part for one in _judge(*spins(-400_000), car=_car(1))} == {"motors"}


def test_a_wheel_that_rubs_and_a_noisy_encoder() -> None:
    assert "rub" in _judge(_spin(0, 1, 100))[0].advice
    assert "noise" in _judge(_spin(0, 1, 4000))[0].advice


def test_no_battery_is_no_fault_of_the_motors() -> None:
    still = [_spin(side, sign, 0, ma=0) for side in (0, 1) for sign in (1, -1)]
    results = judge_wheels(_car(mv=100), still)
    assert {one.verdict for one in results} == {Verdict.SKIPPED}


def test_motors_that_turn_and_take_nothing_show_the_current_sensor() -> None:
    spins = [_spin(side, sign, sign * COUNTS, ma=0) for side in (0, 1) for sign in (1, -1)]
    found = judge_current(BOARD, spins, judge_wheels(_car(), spins))
    assert found is not None
    assert "X20" in found.advice


def test_the_gyro_must_agree_with_the_wheels_in_sign_and_in_size() -> None:
    def judge(urad: int) -> Result:
        told = {"counts": [500, -500], "turned_urad": urad}
        return judge_turn(_car(1), [0, 1], told, 1_204)

    assert judge(1_200_000).verdict == Verdict.PASS
    assert judge(-1_200_000).part == "IMU's mounting"
    assert judge(300_000).verdict == Verdict.FAIL


def test_a_hand_that_turns_the_car_proves_the_gyro() -> None:
    assert judge_hand(500_000).verdict == Verdict.PASS
    assert judge_hand(-500_000).verdict == Verdict.FAIL
    assert judge_hand(1_000).verdict == Verdict.SKIPPED
