"""Streams and commands on the toy board, as pymavlink sees them."""

import math
import sys

import pytest

from patrolcar.link import dialect
from toy_board import ToyBoard


@pytest.fixture
def mavlink():
    return dialect.load()


@pytest.fixture
def board(monkeypatch, mavlink):
    return ToyBoard(monkeypatch)


def received(board, mavlink):
    link = mavlink.MAVLink(None)
    link.robust_parsing = True  # it may begin within a frame
    messages = link.parse_buffer(bytes(board.uart.sent)) or []
    board.uart.sent.clear()
    return messages


def booted(board):
    car = board.car()
    car.schedule.start()
    car.schedule.run(200)
    board.uart.sent.clear()
    return car


def send(board, mavlink, message, **source):
    out = mavlink.MAVLink(None, srcSystem=255, srcComponent=190)
    board.uart.rx += message.pack(out)


RATES = {
    "HEARTBEAT": 1,
    "SYS_STATUS": 2,
    "ATTITUDE": 20,
    "LOCAL_POSITION_NED": 10,
    "WHEEL_STATUS": 20,
    "DISTANCE_SENSOR": 57.5,  # three sonars every 80 ms, two ToF sensors every 100 ms
    "FLOOR_STATUS": 10,
    "BATTERY_STATUS": 1,
    "LOOP_TIMING": 2,
    "TASK_TIMING": 4,
    "VFR_HUD": 4,
    "GPS_RAW_INT": 1,
}


def test_every_stream_has_its_rate_and_none_is_dropped(board, mavlink):
    car = booted(board)
    car.schedule.run(1_000)
    messages = received(board, mavlink)
    for kind, hertz in RATES.items():
        count = sum(m.get_type() == kind for m in messages)
        assert abs(count - hertz * 10) <= 1, kind
    assert car.telemetry.dropped == 0


def test_the_count_of_frames_sent_is_exact(board, mavlink):
    car = board.car()
    car.schedule.start()
    car.schedule.run(500)
    messages = received(board, mavlink)
    for count, message in enumerate(messages, 1):
        if message.get_type() == "LOOP_TIMING":
            assert message.frames_sent == count


@pytest.mark.parametrize("baud", [57_600, 19_200])
def test_a_slow_line_keeps_the_loop_in_time_and_the_important_streams(
    board, mavlink, baud, monkeypatch
):
    import board as wiring

    monkeypatch.setattr(wiring, "UART_BAUD", baud)
    car = booted(board)
    car.schedule.run(1_000)
    messages = received(board, mavlink)
    assert car.schedule.overruns == 0
    assert board.uart.longest * 10_000_000 // baud <= 6_100
    count = {kind: sum(m.get_type() == kind for m in messages) for kind in RATES}
    assert count["HEARTBEAT"] >= 9
    assert count["LOOP_TIMING"] >= 19
    assert all(m.get_type() != "BAD_DATA" for m in messages[1:])
    assert count["DISTANCE_SENSOR"] >= (400 if baud == 57_600 else 150)
    if baud < 57_600:
        assert car.telemetry.dropped > 0
        assert count["DISTANCE_SENSOR"] > count["WHEEL_STATUS"]


def test_every_task_is_told_by_its_name_with_its_runs_and_times(board, mavlink):
    car = booted(board)
    car.schedule.run(325)  # the first turns, since the start
    board.uart.sent.clear()
    car.schedule.run(325)
    told = [m for m in received(board, mavlink) if m.get_type() == "TASK_TIMING"]
    assert sorted(m.task for m in told) == list(range(len(car.schedule.names)))
    names = mavlink.enums["PATROL_TASK"]
    for message in told:
        name = names[message.task].name.removeprefix("PATROL_TASK_").lower()
        assert name == car.schedule.names[message.task]
        assert 0 < message.runs <= 325
        assert 0 < message.mean_us <= message.worst_us
    runs = {car.schedule.names[m.task]: m.runs for m in told}
    assert runs["sense"] == 325
    assert runs["tof"] in (162, 163)
    assert runs["behave"] in (81, 82)
    assert runs["alive"] in (3, 4)


def test_health_is_told_with_the_loop(board, mavlink):
    car = booted(board)
    car.failures = 3
    car.schedule.run(100)
    loop = [m for m in received(board, mavlink) if m.get_type() == "LOOP_TIMING"][-1]
    assert loop.heap_free == 40_000
    assert loop.collections >= 2
    assert 0 < loop.collection_us <= loop.collection_worst_us
    assert (loop.exceptions, loop.reset_cause, loop.log_level) == (3, 1, 6)
    assert (loop.texts_dropped, loop.texts_repeated) == (0, 0)


def said(board, mavlink):
    return [(m.severity, m.text) for m in received(board, mavlink) if m.get_type() == "STATUSTEXT"]


def left_out(car):
    return car.telemetry.texts_dropped, car.telemetry.texts_repeated


def test_texts_below_the_log_level_are_not_sent(board, mavlink):
    car = booted(board)
    for level, heard in ((6, [4, 6]), (7, [4, 6, 7]), (4, [4])):
        car.telemetry.level = level
        for severity in (4, 6, 7):
            car.telemetry.say(severity, b"level %d at %d" % (severity, level))
        car.schedule.run(5)
        assert [severity for severity, _ in said(board, mavlink)] == heard
    assert left_out(car) == (0, 0)


def test_a_burst_of_one_text_is_said_once_a_second_and_the_rest_is_counted(board, mavlink):
    car = booted(board)
    for _ in range(250):
        car.telemetry.say(4, b"over and over")
        car.schedule.run(1)
    assert said(board, mavlink) == [(4, "over and over")] * 3
    assert left_out(car) == (0, 247)
    car.telemetry.say(6, b"armed: HOLD")  # what comes back is no burst
    car.telemetry.say(6, b"disarmed")
    car.telemetry.say(6, b"armed: HOLD")
    car.schedule.run(5)
    assert len(said(board, mavlink)) == 3


def test_a_full_queue_keeps_what_is_important_and_counts_what_it_drops(board, mavlink):
    car = booted(board)
    for i in range(8):
        car.telemetry.say(6, b"info %d" % i)
    car.telemetry.say(6, b"one too many")
    car.telemetry.say(2, b"FAULT")
    car.schedule.run(50)
    heard = said(board, mavlink)
    assert heard == [(6, f"info {i}") for i in range(7)] + [(2, "FAULT")]
    assert left_out(car) == (2, 0)  # counted, beside what the line had no room for
    assert car.telemetry.dropped == 0


def test_a_sonar_that_hears_nothing_reports_one_more_than_its_range(board, mavlink):
    board.body.room.x = board.body.room.y = 9.0
    car = booted(board)
    car.schedule.run(50)
    ranges = [m for m in received(board, mavlink) if m.get_type() == "DISTANCE_SENSOR"]
    ranges = [m for m in ranges if m.type == 1]
    assert {m.current_distance for m in ranges} == {401}
    assert {(m.id, m.orientation) for m in ranges} == {(0, 7), (1, 0), (2, 1)}


def test_the_tof_sensors_say_where_they_look_how_wide_and_how_sure(board, mavlink):
    board.tof_mm = [1_000, 0]
    car = booted(board)
    car.schedule.run(50)
    ranges = [m for m in received(board, mavlink) if m.get_type() == "DISTANCE_SENSOR"]
    left, right = ([m for m in ranges if m.id == number][-1] for number in (3, 4))
    assert (left.type, left.orientation) == (0, 100)
    assert (left.current_distance, right.current_distance, right.max_distance) == (100, 201, 200)
    for message, degrees in ((left, -20), (right, 20)):
        w, x, y, z = message.quaternion
        assert math.degrees(2 * math.atan2(z, w)) == pytest.approx(degrees, abs=0.1)
        assert (x, y) == (0, 0)
    assert (left.signal_quality, right.signal_quality) == (2 + 256 // 13, 1)


def test_a_sonars_message_is_not_longer_for_it(board, mavlink):
    car = booted(board)
    car.schedule.run(50)
    ranges = [m for m in received(board, mavlink) if m.get_type() == "DISTANCE_SENSOR"]
    assert {len(m.get_msgbuf()) for m in ranges if m.type == 1} == {26}


def test_the_floor_is_told_with_readings_and_bits(board, mavlink):
    board.floor_mv.update(X22=3_200, X11=3_100, Y12=320)
    car = booted(board)
    car.schedule.run(50)
    floor = [m for m in received(board, mavlink) if m.get_type() == "FLOOR_STATUS"][-1]
    assert (floor.present, floor.dark) == (31, 2 | 4)
    assert floor.cliff_left < 7_000 < 60_000 < floor.cliff_right
    assert floor.line_middle < 7_000 < 60_000 < floor.line_left


def test_status_tells_which_range_finders_are_there_and_which_work(board, mavlink):
    tofs, sonars = 0x4000000, 0x100
    car = booted(board)
    board.tof_wired[0] = False
    car.schedule.run(150)
    status = [m for m in received(board, mavlink) if m.get_type() == "SYS_STATUS"][-1]
    assert status.onboard_control_sensors_present & (tofs | sonars) == tofs | sonars
    assert status.onboard_control_sensors_health & (tofs | sonars) == sonars


def test_arm_and_mode_are_acknowledged_and_shown_by_the_heartbeat(board, mavlink):
    car = booted(board)
    send(board, mavlink, mavlink.MAVLink_command_long_message(1, 1, 400, 0, 1, 0, 0, 0, 0, 0, 0))
    send(board, mavlink, mavlink.MAVLink_command_long_message(1, 1, 176, 0, 1, 10, 0, 0, 0, 0, 0))
    car.schedule.run(110)
    messages = received(board, mavlink)
    acks = [(m.command, m.result) for m in messages if m.get_type() == "COMMAND_ACK"]
    assert acks == [(400, 0), (176, 0)]
    beat = [m for m in messages if m.get_type() == "HEARTBEAT"][-1]
    assert (beat.custom_mode, beat.system_status) == (10, 4)
    assert beat.base_mode & 128


def test_set_mode_does_the_same(board, mavlink):
    car = booted(board)
    send(board, mavlink, mavlink.MAVLink_set_mode_message(1, 1, 0))
    car.schedule.run(3)
    assert car.supervisor.selected == 2


@pytest.mark.parametrize(
    ("command", "param1", "param2", "result"),
    [
        (31_000, 0, 0, 3),
        (400, 2, 0, 2),
        (400, float("nan"), 0, 2),
        (176, 1, 3, 2),
        (176, 0, 10, 3),
        (512, 148, 0, 0),
        (512, 999, 0, 3),
    ],
)
def test_each_command_gets_its_result(board, mavlink, command, param1, param2, result):
    car = booted(board)
    send(
        board,
        mavlink,
        mavlink.MAVLink_command_long_message(1, 1, command, 0, param1, param2, 0, 0, 0, 0, 0),
    )
    car.schedule.run(3)
    messages = received(board, mavlink)
    acks = [(m.command, m.result) for m in messages if m.get_type() == "COMMAND_ACK"]
    assert acks == [(command, result)]


def test_commands_for_another_system_are_not_taken(board, mavlink):
    car = booted(board)
    send(board, mavlink, mavlink.MAVLink_command_long_message(2, 1, 400, 0, 1, 0, 0, 0, 0, 0, 0))
    car.schedule.run(3)
    assert not car.supervisor.armed()


def test_ping_and_timesync_are_answered(board, mavlink):
    car = booted(board)
    send(board, mavlink, mavlink.MAVLink_ping_message(123_456_789_012, 7, 0, 0))
    send(board, mavlink, mavlink.MAVLink_timesync_message(0, 987_654_321_012))
    car.schedule.run(3)
    messages = received(board, mavlink)
    (ping,) = [m for m in messages if m.get_type() == "PING"]
    assert (ping.time_usec, ping.seq, ping.target_system) == (123_456_789_012, 7, 255)
    (sync,) = [m for m in messages if m.get_type() == "TIMESYNC"]
    assert sync.ts1 == 987_654_321_012
    assert sync.tc1 == pytest.approx(car.schedule.ms * 1_000_000, abs=50_000_000)


def test_a_ground_station_that_falls_silent_ends_auto(board, mavlink):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    send(board, mavlink, mavlink.MAVLink_heartbeat_message(6, 8, 0, 0, 0, 3))
    car.request(rules.ARM)
    car.request(rules.MODE_AUTO)
    car.schedule.run(290)
    assert car.supervisor.state == rules.AUTO
    car.schedule.run(20)
    assert car.supervisor.state == rules.HOLD


def test_a_heartbeat_of_another_vehicle_is_no_ground_station(board, mavlink):
    car = booted(board)
    send(board, mavlink, mavlink.MAVLink_heartbeat_message(10, 3, 0, 0, 0, 3))
    car.schedule.run(3)
    assert not car.command.heard


def test_manual_control_drives_and_its_silence_stops(board, mavlink):
    from patrol.behaviour import supervisor as rules

    car = booted(board)
    car.request(rules.ARM)
    car.request(rules.MODE_MANUAL)
    for _ in range(10):
        send(board, mavlink, mavlink.MAVLink_manual_control_message(1, 400, 0, 0, 0, 0))
        car.schedule.run(10)
    assert 150 < car.encoder_left.speed < 250
    car.schedule.run(120)
    assert car.encoder_left.speed == 0
    assert car.supervisor.state == rules.MANUAL


def test_the_tests_own_clock_is_not_the_hosts(board):
    assert sys.modules["time"].ticks_us() != 0
