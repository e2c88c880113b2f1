"""The whole car on the toy board: what it does when all is well, and when something is not."""

import sys

import pytest
from pymavlink.dialects.v20 import common

from toy_board import ToyBoard
from toy_world import Room

POSTS = ((1.2, 0.6, 0.05), (-1.0, -0.7, 0.1), (-1.3, 1.0, 0.03), (0.9, -1.1, 0.1))


@pytest.fixture
def board(monkeypatch):
    return ToyBoard(monkeypatch, Room(5.0, 4.0, POSTS))


def booted(board, ticks=200):
    car = board.car()
    car.schedule.start()
    car.schedule.run(ticks)
    return car


def in_auto(board):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    assert car.request(rules.ARM) == 0
    assert car.request(rules.MODE_AUTO) == 0
    return car


def texts(board):
    link = common.MAVLink(None)
    link.robust_parsing = True
    messages = link.parse_buffer(bytes(board.uart.sent)) or []
    return [m.text for m in messages if m.get_type() == "STATUSTEXT"]


def test_a_car_that_was_not_armed_gives_its_motors_no_power(board):
    booted(board, 500)
    assert ("Y11", 1) not in board.writes
    assert board.body.distance == 0


def test_auto_wanders_through_the_room_and_touches_nothing(board):
    car = in_auto(board)
    car.schedule.run(12_000)
    board.settle()
    assert not board.body.touched
    assert board.body.distance > 20
    assert len(board.body.cells) >= 14  # of the 24 that the room has
    assert car.schedule.overruns == 0


def test_odometry_knows_where_the_car_is(board):
    car = in_auto(board)
    car.schedule.run(6_000)
    board.settle()
    assert car.odometry.x / 1000 == pytest.approx(board.body.x, abs=0.1)
    assert car.odometry.y / 1000 == pytest.approx(board.body.y, abs=0.1)


def test_an_exception_cuts_the_motors_before_it_is_printed(board, monkeypatch):
    car = board.car()
    seen = []

    def print_exception(error, text):
        seen.append((str(error), board.body.powered))

    monkeypatch.setattr(sys, "print_exception", print_exception)
    calls = 0
    sample = car.bumper.sample

    def fails_once():
        nonlocal calls
        calls += 1
        board.pins["X17"].level = 0 if 100 < calls < 200 else 1  # the start button
        if calls == 300:
            assert board.body.powered
            raise ValueError("bumper")
        sample()

    car.bumper.sample = fails_once
    car.run(400)
    assert set(seen) == {("bumper", False)}
    assert car.schedule.ticks == 400  # it went on, in FAULT
    assert "exception: see the REPL" in texts(board)
    assert not board.body.powered


def test_run_ends_with_the_motors_off_even_by_ctrl_c(board):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    calls = []
    step = car.wander.step

    def interrupted(touched):
        calls.append(1)
        if len(calls) == 50:
            raise KeyboardInterrupt
        return step(touched)

    car.wander.step = interrupted
    car.request(rules.MODE_AUTO)
    car.request(rules.ARM)
    with pytest.raises(KeyboardInterrupt):
        car.run()
    assert not board.body.powered
    assert car.supervisor.state == rules.DISARMED


def test_a_loop_that_stands_still_loses_its_motors_within_80_ms(board):
    car = in_auto(board)
    car.schedule.run(300)
    assert board.body.powered
    before = len(board.writes)
    board.dead_loop_us = 80_000
    car.schedule.run(1)
    assert ("Y11", 0) in board.writes[before:]
    car.schedule.run(2)
    assert car.supervisor.state == 4
    assert b"loop stood still" in bytes(board.uart.sent)


def test_the_watchdog_starts_with_arming_and_not_before(board):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    assert board.watchdogs == []
    car.request(rules.ARM)
    car.schedule.run(5)
    car.request(rules.DISARM)
    car.request(rules.ARM)
    assert board.watchdogs == [2000]


def test_a_missing_imu_is_reported_and_the_wheels_give_the_heading(board):
    board.imu = False
    car = in_auto(board)
    car.schedule.run(3_000)
    board.settle()
    assert "no IMU at 0x68: heading by wheels alone" in texts(board)
    assert not board.body.touched
    assert car.odometry.x / 1000 == pytest.approx(board.body.x, abs=0.1)


def test_an_imu_that_falls_silent_does_not_stop_the_car(board):
    car = in_auto(board)
    car.schedule.run(500)
    board.imu = False
    car.schedule.run(500)
    assert car.supervisor.state == 3
    assert "IMU does not answer: heading by wheels alone" in texts(board)
    assert car.imu.fault
    board.imu = True
    car.schedule.run(200)
    assert not car.imu.fault


def test_auto_without_a_sonar_is_refused_with_the_reason(board):
    from patrol.behaviour import supervisor as rules

    board.sonars[1] = False
    car = booted(board)
    assert car.request(rules.MODE_AUTO) == 0  # chosen, not yet armed
    assert car.request(rules.ARM) == 1
    assert car.request(rules.MODE_HOLD) == 0
    assert car.request(rules.ARM) == 0
    assert car.request(rules.MODE_AUTO) == 1
    car.schedule.run(5)
    assert "AUTO refused: front sonar: no echo pulse" in texts(board)


def test_a_sonar_that_dies_in_auto_leads_to_hold(board):
    car = in_auto(board)
    car.schedule.run(300)
    board.sonars[0] = False
    car.schedule.run(120)
    assert car.supervisor.state == 1
    car.schedule.run(100)
    assert max(map(abs, board.body.speed)) < 0.01


def test_an_empty_battery_is_a_reason_not_to_arm(board):
    from patrol.behaviour import supervisor as rules

    board.body.volts = 6.3
    car = booted(board)
    assert car.request(rules.ARM) == 1
    car.schedule.run(2)
    assert "arming refused: charge the battery" in texts(board)


def test_a_battery_that_becomes_critical_ends_in_fault(board):
    car = in_auto(board)
    car.schedule.run(100)
    board.body.volts = 5.8
    car.schedule.run(400)
    assert car.supervisor.state == 4
    assert not board.body.powered


def test_a_bumper_in_auto_makes_it_back_off_where_it_came_from(board):
    car = in_auto(board)
    car.schedule.run(200)
    board.settle()
    x = board.body.x
    board.pins["X18"].level = 0
    car.schedule.run(5)
    board.pins["X18"].level = 1
    car.schedule.run(150)
    board.settle()
    assert 0.04 < x - board.body.x < 0.15 or car.wander.state != 4
    assert car.supervisor.state == 3


def test_an_edge_in_auto_makes_it_stop_and_go_back(board):
    car = in_auto(board)
    car.schedule.run(200)
    board.settle()
    x = board.body.x
    board.floor_mv["X21"] = 3_200
    car.schedule.run(1)
    assert [1, 0] not in [list(bridge[:2]) for bridge in board.body.bridge]  # neither goes on
    car.schedule.run(40)
    board.floor_mv["X21"] = 300
    car.schedule.run(60)
    board.settle()
    assert x - board.body.x > 0.04
    assert car.supervisor.state == 3
    assert "no floor ahead: an edge" in texts(board)


def test_an_edge_that_does_not_go_away_leads_to_hold_and_no_turn(board):
    car = in_auto(board)
    car.schedule.run(200)
    board.settle()
    yaw = board.body.yaw
    board.floor_mv["X21"] = 3_200
    car.schedule.run(400)
    board.settle()
    assert car.supervisor.state == 1
    assert abs(board.body.yaw - yaw) < 0.1


def test_over_an_edge_auto_does_not_start_and_manual_goes_only_back(board):
    from patrol.behaviour import supervisor as rules

    board.floor_mv["X22"] = 3_200
    car = booted(board)
    assert car.request(rules.ARM) == 0
    assert car.request(rules.MODE_AUTO) == 1
    assert car.request(rules.MODE_MANUAL) == 0
    for x in (500, -500):
        for _ in range(10):
            car.manual.sticks(x, 0, car.schedule.ms)
            car.schedule.run(10)
        board.settle()
        assert (board.body.x < -0.05) == (x < 0)
        assert abs(board.body.x) < 0.01 or x < 0
    assert "AUTO refused: no floor below a cliff sensor" in texts(board)


def test_an_edge_stops_manual_at_once(board):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    car.request(rules.ARM)
    car.request(rules.MODE_MANUAL)
    for _ in range(10):
        car.manual.sticks(500, 0, car.schedule.ms)
        car.schedule.run(10)
    board.settle()
    x = board.body.x
    board.floor_mv["X22"] = 3_200
    for _ in range(5):
        car.manual.sticks(500, 0, car.schedule.ms)
        car.schedule.run(10)
    board.settle()
    assert 0 < board.body.x - x < 0.04
    assert car.supervisor.state == rules.MANUAL


@pytest.mark.parametrize("side", [0, 1])
def test_a_tof_sensor_that_is_not_there_is_reported_and_the_other_one_ranges(board, side):
    board.tof_wired[side] = False
    car = booted(board)
    assert car.tofs[side].fault
    assert car.tofs[1 - side].range_mm == board.tof_mm[1 - side]
    assert ("left", "right")[side] + " ToF sensor does not answer" in texts(board)


def test_a_tof_sensor_that_vanishes_is_reported_once_and_taken_back(board):
    car = in_auto(board)
    car.schedule.run(100)
    board.uart.sent.clear()
    board.tof_wired[1] = False
    car.schedule.run(500)
    assert car.supervisor.state == 3
    assert texts(board).count("right ToF sensor does not answer") == 1
    board.tof_wired[1] = True
    car.schedule.run(150)
    assert not car.tofs[1].fault
    assert car.tofs[1].range_mm == 1_500


def test_a_board_without_floor_sensors_and_without_xshut_patrols(board, monkeypatch):
    import board as wiring

    for name, value in (("CLIFFS", ()), ("LINES", ()), ("TOF_XSHUT", None)):
        monkeypatch.setattr(wiring, name, value)
    car = in_auto(board)
    car.schedule.run(300)
    assert car.supervisor.state == 3
    assert all(tof.fault for tof in car.tofs)
    assert car.floor.present == 0
    assert board.body.distance > 0.1


def test_jammed_wheels_are_noticed_and_lead_to_hold(board):
    car = in_auto(board)
    car.schedule.run(200)
    board.body.jammed = True
    car.schedule.run(1_500)
    assert "a wheel does not turn" in texts(board)
    assert car.supervisor.state == 1


def test_the_start_button_starts_auto_and_stops_it(board):
    car = booted(board)
    button = board.pins["X17"]
    button.level = 0
    car.schedule.run(60)
    button.level = 1
    car.schedule.run(100)
    assert car.supervisor.state == 0  # it was only brushed against
    button.level = 0
    car.schedule.run(90)
    assert car.supervisor.state == 3
    button.level = 1
    car.schedule.run(20)
    button.level = 0
    car.schedule.run(3)
    assert car.supervisor.state == 0
    assert not board.body.powered


def test_a_button_that_was_stuck_from_the_start_arms_nothing_and_is_told(board):
    from machine import Pin

    Pin("X17").level = 0
    car = booted(board, 800)
    assert car.supervisor.state == 0
    assert texts(board).count("start button: stays pressed") == 1
    board.pins["X17"].level = 1
    car.schedule.run(600)
    assert "start button is back" in texts(board)
    assert car.supervisor.state == 0


def test_a_press_that_stops_the_car_does_not_start_it_however_long_it_is(board):
    car = in_auto(board)
    board.pins["X17"].level = 0
    car.schedule.run(300)
    assert car.supervisor.state == 0


def test_leds_show_the_state(board):
    car = in_auto(board)
    car.schedule.run(100)
    assert [led.lit for led in car.leds._leds] == [False, True, False, True]
