"""Failsafes on the toy board: delays, actions that change meanwhile, and what they keep from."""

import itertools
import struct

import pytest

from patrolcar.link import dialect
from toy_board import ToyBoard

OFF, TELL, STOP, CUT = range(4)
UPRIGHT, ON_ITS_SIDE, OVER = (0, 0, 8192), (0, 8192, 1000), (0, 0, -8192)


@pytest.fixture
def board(monkeypatch):
    return ToyBoard(monkeypatch)


def booted(board, **values):
    car = board.car()
    put(car, **values)
    car.schedule.start()
    car.schedule.run(200)
    return car


def put(car, **values):
    from patrol.store import keys

    for name, value in values.items():
        car.parameters.values[getattr(keys, name.upper())] = value


def lies(board, way):
    """What the accelerometer feels, at once; it is never twice the same."""
    noise = itertools.cycle((0, 1, 2))
    board.inertia = lambda: struct.pack(">7h", way[0] + next(noise), *way[1:], 0, 0, 0, 40)


def armed(board, mode=None, **values):
    from patrol.behaviour import supervisor as rules

    car = booted(board, **values)
    assert car.request(rules.ARM) == 0
    if mode is not None:
        assert car.request(getattr(rules, "MODE_" + mode)) == 0
    return car


def ticks_until(car, condition, most=200):
    for tick in range(most):
        if condition():
            return tick
        car.schedule.run(1)
    raise AssertionError("it has not come")


def texts(board):
    link = dialect.load().MAVLink(None)
    link.robust_parsing = True
    messages = link.parse_buffer(bytes(board.uart.sent)) or []
    return [m.text for m in messages if m.get_type() == "STATUSTEXT"]


def test_the_table_has_the_bits_the_texts_and_the_settings_in_one_order(board):
    booted(board)
    from patrol.behaviour import failsafe, faults
    from patrol.behaviour.failsafe_table import TABLE
    from patrol.store import keys

    assert len(TABLE) == failsafe.FAILSAFES == faults.EVENT - faults.TEXT
    assert [row[2] for row in TABLE] == [keys.FS_LINK_ACT + i for i in range(len(TABLE))]
    names = ("LINK", "LOW", "CRITICAL", "STALL", "TILT", "CLIFF", "BUMPER", "SENSOR", "LATE")
    assert [getattr(failsafe, name) for name in (*names, "MEMORY")] == [
        1 << i for i in range(len(TABLE))
    ]


@pytest.mark.parametrize(("way", "least"), [(ON_ITS_SIDE, 30), (OVER, 10)])
def test_a_tilt_counts_after_its_delay_and_upside_down_after_a_third(board, way, least):
    from patrol.behaviour.failsafe import TILT

    car = booted(board)
    lies(board, way)
    took = ticks_until(car, lambda: car.failsafe.raised & TILT)
    smoothing = 12
    assert least <= took <= least + smoothing
    lies(board, UPRIGHT)
    car.schedule.run(40)
    assert not car.failsafe.raised & TILT


def test_a_bump_shorter_than_the_delay_is_no_tilt(board):
    car = armed(board)
    for _ in range(10):
        lies(board, ON_ITS_SIDE)
        car.schedule.run(20)
        lies(board, UPRIGHT)
        car.schedule.run(30)
    assert car.supervisor.armed()


@pytest.mark.parametrize("act", [OFF, TELL, STOP])
def test_what_is_switched_off_or_told_or_stops_leaves_the_power_on(board, act):
    car = armed(board, fs_tilt_act=act)
    lies(board, ON_ITS_SIDE)
    car.schedule.run(100)
    assert car.supervisor.armed()
    assert ("tilted" in texts(board)) == (act != OFF)


def test_an_action_that_becomes_stronger_acts_on_what_lasts(board):
    car = armed(board, "MANUAL", fs_tilt_act=TELL)
    lies(board, ON_ITS_SIDE)
    car.schedule.run(200)
    assert car.supervisor.state == 2
    for act, state in ((STOP, 1), (CUT, 4)):
        put(car, fs_tilt_act=act)
        car.schedule.run(1)
        assert car.supervisor.state == state
        car.schedule.run(100)
    assert texts(board).count("tilted") == 3


def test_what_lasts_and_says_stop_keeps_the_car_from_driving(board):
    from patrol.behaviour import supervisor as rules

    car = armed(board, fs_mem_act=STOP)
    car.schedule.run(200)
    put(car, fs_mem_kb=64)  # more than the toy board has
    car.schedule.run(2)
    for event in (rules.MODE_MANUAL, rules.MODE_AUTO):
        assert car.request(event) == 1
    assert car.request(rules.DISARM) == 0
    assert car.request(rules.ARM) == 1
    car.schedule.run(10)
    assert "refused: little heap is free" in texts(board)
    put(car, fs_mem_kb=8)
    car.schedule.run(2)
    assert car.request(rules.ARM) == 0
    assert car.request(rules.MODE_MANUAL) == 0


def test_a_low_battery_is_told_once_until_it_is_well_above_its_threshold(board):
    car = booted(board, fs_low_ms=1_000)
    for volts in (5.9, 6.12, 5.9):  # the toy's current makes 0.56 V more of it; low is 6.6 V
        board.body.volts = volts
        car.schedule.run(700)
    assert texts(board).count("battery low") == 1
    for volts in (7.4, 5.9):
        board.body.volts = volts
        car.schedule.run(700)
    assert texts(board).count("battery low") == 2


def test_late_ticks_count_within_a_second_and_are_over_in_the_next(board):
    from patrol.behaviour.failsafe import LATE

    car = booted(board, fs_late_ticks=3)
    for late, found in ((2, 0), (3, LATE)):
        car.schedule.run(100 - car.schedule.ticks % 100 + 1)
        for _ in range(late):
            board.dead_loop_us = 15_000
            car.schedule.run(3)
        assert car.failsafe.raised & LATE == found
    car.schedule.run(210)
    assert not car.failsafe.raised & LATE
    assert texts(board).count("the loop is late") == 1


def test_every_hit_of_the_bumper_counts_and_its_way_is_barred_only_if_it_stops(board):
    from patrol.behaviour import supervisor as rules

    car = armed(board, "MANUAL")
    for act in (STOP, TELL):
        put(car, fs_bumper_act=act)
        car.manual.sticks(400, 0, car.schedule.ms)
        car.schedule.run(20)
        board.pins["X18"].level = 0
        car.manual.sticks(400, 0, car.schedule.ms)
        car.schedule.run(20)
        assert car.supervisor.state == rules.MANUAL
        assert (car.drive.speed > 0) == (act == TELL)
        board.pins["X18"].level = 1
        car.schedule.run(120)
    assert texts(board).count("bumper pressed") == 2


@pytest.mark.parametrize("act", [OFF, STOP])
def test_auto_without_a_sonar_is_refused_unless_that_is_switched_off(board, act):
    from patrol.behaviour import supervisor as rules

    board.sonars[1] = False
    car = armed(board, fs_sensor_act=act)
    assert car.request(rules.MODE_AUTO) == (0 if act == OFF else 1)


def test_the_start_button_keeps_the_car_disarmed_as_long_as_it_is_pressed(board):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    board.pins["X17"].level = 0
    car.schedule.run(20)
    assert car.request(rules.ARM) == 1
    board.pins["X17"].level = 1
    car.schedule.run(20)
    assert car.request(rules.ARM) == 0


@pytest.mark.parametrize("state", range(5))
def test_an_emergency_stop_comes_within_one_tick_whatever_the_state(board, state):
    car = booted(board)
    car.supervisor.state = state
    car._power_on()
    mavlink = dialect.load()
    message = mavlink.MAVLink_command_long_message(1, 1, 400, 0, 0, 21_196, *[0] * 5)
    board.uart.rx += message.pack(mavlink.MAVLink(None, srcSystem=255, srcComponent=190))
    car.schedule.run(1)
    assert car.supervisor.state == 4
    assert not board.body.powered
