"""When the ring is frozen and when it runs on, with the car's own parts."""

import pytest
from patrol.behaviour import faults
from patrol.behaviour import supervisor as s

from ticking import Ticking
from toy_board import ToyBoard
from toy_world import Room

BUMPER = faults.TEXT | 6
HALTED = faults.EVENT + s.DEADMAN - s.ESTOP
FAILED = faults.EVENT + s.EXCEPTION - s.ESTOP


def test_it_runs_on_for_13_ticks_and_is_frozen():
    car = Ticking()
    car.tick(100)
    car.stop(BUMPER, s.HOLD)
    car.tick(12)
    assert car.box.left == 1
    car.tick()
    frozen = bytes(car.box.ring)
    assert car.box.left < 0
    car.tick(100)
    assert bytes(car.box.ring) == frozen


def test_a_stop_for_good_right_after_another_takes_its_place():
    car = Ticking()
    car.tick(100)
    car.stop(BUMPER)
    car.tick(5)
    car.stop(BUMPER)  # no news
    car.stop(HALTED + 1, s.HOLD)
    car.stop(BUMPER, s.FAULT)  # nor is this
    car.tick(20)
    assert (car.box.now[0], car.box.now[3]) == (HALTED + 1, 74)
    assert car.box.aside[0] == 0


def test_a_car_that_drives_again_before_it_was_stored_keeps_the_stop():
    car = Ticking()
    car.tick(100)
    car.stop(HALTED + 1, s.HOLD)
    car.tick(20)
    car.supervisor.state = s.MANUAL
    car.tick(100)
    assert car.box.left == 0
    assert (car.box.aside[0], car.box.aside[3]) == (HALTED + 1, 37)


def test_an_exception_freezes_it_at_once():
    car = Ticking()
    car.tick(100)
    car.stop(FAILED, s.FAULT)
    assert car.box.left < 0
    assert car.box.now[5] == 0


@pytest.mark.parametrize("at_rest", [True, False])
def test_sticks_that_are_let_go_of_at_rest_are_no_reason(at_rest):
    car = Ticking()
    car.tick(100)
    car.odometry.at_rest = at_rest
    car.stop(HALTED, s.MANUAL)
    assert bool(car.box.left) != at_rest


@pytest.fixture
def board(monkeypatch):
    return ToyBoard(monkeypatch, Room(5.0, 4.0))


def armed(board, mode):
    car = board.car()
    car.schedule.start()
    car.schedule.run(200)
    assert car.request(s.ARM) == 0
    assert car.request(mode) == 0
    car.schedule.run(200)
    return car


@pytest.mark.parametrize("mode", [s.MODE_HOLD, s.MODE_MANUAL, s.MODE_AUTO])
def test_what_persons_do_is_no_reason(board, mode):
    car = armed(board, mode)
    for event in (s.MODE_HOLD, s.MODE_AUTO, s.MODE_MANUAL, s.MODE_HOLD, s.DISARM, s.ARM, s.DISARM):
        car.request(event)
        car.schedule.run(50)
    assert car.blackbox.now[0] == 0
    assert car.blackbox.aside[0] == 0
    assert car.blackbox.budget == 3


@pytest.mark.parametrize("event", [s.CUT, s.ESTOP, s.LOOP_STOPPED, s.WHEEL, s.STUCK])
def test_what_ends_a_patrol_freezes_it_and_is_stored_once_the_motors_are_off(board, event):
    car = armed(board, s.MODE_AUTO)
    assert car.supervisor.post(event, faults.TEXT | 4)
    car.schedule.run(150)
    box = car.blackbox
    if event in (s.WHEEL, s.STUCK):  # in HOLD the motors have power
        assert (box.left, box.budget) == (-1, 3)
        car.request(s.DISARM)
    car.schedule.run(300)
    assert (box.left, box.now[0], box.budget) == (0, 0, 2)


def test_an_emergency_stop_of_a_disarmed_car_is_no_reason(board):
    car = board.car()
    car.schedule.start()
    car.schedule.run(200)
    assert car.supervisor.post(s.ESTOP)
    car.schedule.run(300)
    assert car.blackbox.budget == 3


@pytest.mark.parametrize("task", ["bumper", "leds"])
def test_an_exception_of_an_armed_car_is_stored_at_once_also_where_it_comes_again(board, task):
    car = armed(board, s.MODE_AUTO)
    setattr(car, task, None)
    car.run(50)
    assert car.failures
    assert car.blackbox.budget == 2
