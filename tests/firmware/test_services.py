"""What a ground station asks for beside arming and driving, on the toy board."""

import math

import pytest

from patrolcar.link import dialect
from patrolcar.link.generate import SENDS
from toy_board import ToyBoard

ACCEPTED, REJECTED, DENIED, UNSUPPORTED, FAILED, INT_ONLY, FRAME = 0, 1, 2, 3, 4, 8, 9
SET_HOME, GET_HOME, GET_INTERVAL, SET_INTERVAL, REQUEST = 179, 410, 510, 511, 512
# Answers, which nobody can ask for on their own.
ANSWERS = {
    *("COMMAND_ACK", "PING", "TIMESYNC", "STATUSTEXT", "PARAM_VALUE", "MESSAGE_INTERVAL"),
    *("MISSION_COUNT", "MISSION_ACK", "MISSION_REQUEST", "MISSION_REQUEST_INT"),
    *("MISSION_ITEM", "MISSION_ITEM_INT"),
}
ATTITUDE, DISTANCE_SENSOR, HEARTBEAT, TOKYO = 30, 132, 0, (35.6, 139.7)


class Station:
    """A car that has booted, and a ground station's words with it."""

    def __init__(self, monkeypatch, baud=921_600):
        self.mav = dialect.load()
        self.board = ToyBoard(monkeypatch)
        import board as wiring

        monkeypatch.setattr(wiring, "UART_BAUD", baud)
        self.car = self.board.car()
        self.car.schedule.start()
        self.out = self.mav.MAVLink(None, srcSystem=255, srcComponent=190)
        self.back = self.mav.MAVLink(None)
        self.back.robust_parsing = True
        self.hear(200)

    def hear(self, ticks):
        """What the car says in that time."""
        self.car.schedule.run(ticks)
        found = self.back.parse_buffer(bytes(self.board.uart.sent)) or []
        self.board.uart.sent.clear()
        assert not self.car.failures
        return found

    def say(self, kind, *fields, ticks=5):
        """Sends a message, and what the car says then."""
        message = getattr(self.mav, f"MAVLink_{kind.lower()}_message")(*fields)
        self.board.uart.rx += message.pack(self.out)
        return self.hear(ticks)

    def command(self, number, *parameters, ticks=5):
        """COMMAND_LONG: its result, and what else was heard."""
        seven = [*parameters, *[0] * (7 - len(parameters))]
        return self.result(number, self.say("COMMAND_LONG", 1, 1, number, 0, *seven, ticks=ticks))

    def set_home(self, latitude, longitude, altitude=0.0, frame=0, ticks=5):
        heard = self.say(
            *("COMMAND_INT", 1, 1, frame, SET_HOME, 0, 0, 0, 0, 0, 0),
            *(round(latitude * 1e7), round(longitude * 1e7), altitude),
            ticks=ticks,
        )
        return self.result(SET_HOME, heard)

    def result(self, number, heard):
        (ack,) = of(heard, "COMMAND_ACK")
        assert (ack.command, ack.target_system, ack.target_component) == (number, 255, 190)
        return ack.result, heard


def of(heard, kind):
    return [m for m in heard if m.get_type() == kind]


@pytest.fixture
def station(monkeypatch):
    return Station(monkeypatch)


def test_before_home_is_set_there_is_no_fix_and_no_place_on_earth(station):
    heard = station.hear(200)
    fixes = of(heard, "GPS_RAW_INT")
    assert {(m.fix_type, m.lat, m.lon, m.eph, m.satellites_visible) for m in fixes} == {
        (0, 0, 0, 65_535, 255)
    }
    assert not of(heard, "GLOBAL_POSITION_INT")
    assert station.command(GET_HOME)[0] == FAILED
    assert station.command(REQUEST, 242)[0] == FAILED
    assert station.command(REQUEST, 33)[0] == FAILED


@pytest.mark.parametrize("longitude", [-122.4, 139.7, 180.0, -180.0])
def test_home_is_told_when_it_is_set_and_when_it_is_asked_for(station, longitude):
    result, heard = station.set_home(35.6, longitude, 40.5)
    assert result == ACCEPTED
    (told,) = of(heard, "HOME_POSITION")
    expected = (356_000_000, round(longitude * 1e7), 40_500)
    assert (told.latitude, told.longitude, told.altitude) == expected
    assert all(map(math.isnan, told.q))
    result, heard = station.command(GET_HOME)
    assert (result, len(of(heard, "HOME_POSITION"))) == (ACCEPTED, 1)


def test_from_home_on_odometry_tells_the_place_on_earth(station):
    station.set_home(*TOKYO, 40)
    odometry = station.car.odometry
    odometry.x, odometry.y, odometry.heading = 10_000, -20_000, -1_571
    heard = station.hear(105)
    place = of(heard, "GLOBAL_POSITION_INT")[-1]
    metre = 1e7 / 111_319.49
    assert place.lat == pytest.approx(TOKYO[0] * 1e7 + 10 * metre, abs=3)
    east = -20 * metre / math.cos(math.radians(TOKYO[0]))
    assert place.lon == pytest.approx(TOKYO[1] * 1e7 + east, abs=3)
    assert (place.alt, place.relative_alt, place.hdg) == (40_000, 0, 26_998)
    fix = of(heard, "GPS_RAW_INT")[-1]
    assert (fix.fix_type, fix.lat, fix.lon) == (2, place.lat, place.lon)
    assert of(heard, "VFR_HUD")[-1].heading == 269
    assert of(heard, "VFR_HUD")[-1].alt == 40


def test_home_is_here_moves_home_and_not_the_car(station):
    station.set_home(*TOKYO)
    station.car.odometry.x = 5_000
    before = of(station.hear(25), "GLOBAL_POSITION_INT")[-1]
    result, heard = station.command(SET_HOME, 1)
    (told,) = of(heard, "HOME_POSITION")
    assert (result, told.x, told.latitude) == (ACCEPTED, 5, before.lat)
    after = of(station.hear(25), "GLOBAL_POSITION_INT")[-1]
    assert (after.lat, after.lon) == (before.lat, before.lon)


def test_home_is_refused_where_it_cannot_be_and_stays(station):
    station.set_home(*TOKYO)
    result, heard = station.set_home(89, 0)
    assert result == DENIED
    assert [m.text for m in of(heard, "STATUSTEXT")] == [
        "home refused: no such place within 85 degrees"
    ]
    assert station.set_home(0, 190)[0] == DENIED
    assert station.set_home(10, 10, frame=1)[0] == FRAME
    assert station.set_home(10, 10, frame=200)[0] == FRAME
    assert station.command(SET_HOME, 0, 0, 0, 0, 35.6, 139.7)[0] == INT_ONLY
    assert station.command(SET_HOME, 2)[0] == DENIED
    assert station.command(SET_HOME, math.nan)[0] == DENIED
    assert of(station.command(GET_HOME)[1], "HOME_POSITION")[0].latitude == 356_000_000


def test_every_message_that_the_car_sends_can_be_asked_for(station):
    station.set_home(*TOKYO)
    station.car.telemetry.pace(-1, 0, -1)
    station.hear(5)
    for name in SENDS:
        number = getattr(station.mav, f"MAVLINK_MSG_ID_{name}")
        result, heard = station.command(REQUEST, number)
        if name in ANSWERS:
            assert result == UNSUPPORTED, name
        else:
            assert (result, len(of(heard, name)) > 0) == (ACCEPTED, True), name
    assert station.command(REQUEST, 999)[0] == UNSUPPORTED


@pytest.mark.parametrize(("us", "count"), [(100_000, 10), (10_000, 100), (33_333, 33), (250e3, 4)])
def test_a_message_comes_as_often_as_it_is_asked_to(station, us, count):
    assert station.command(SET_INTERVAL, ATTITUDE, us)[0] == ACCEPTED
    assert len(of(station.hear(100), "ATTITUDE")) == pytest.approx(count, abs=1)
    result, heard = station.command(GET_INTERVAL, ATTITUDE)
    (told,) = of(heard, "MESSAGE_INTERVAL")
    assert (result, told.message_id) == (ACCEPTED, ATTITUDE)
    assert told.interval_us == pytest.approx(us, abs=5_000)


def test_a_message_is_switched_off_and_comes_as_usual_again(station):
    assert station.command(SET_INTERVAL, ATTITUDE, -1)[0] == ACCEPTED
    assert not of(station.hear(100), "ATTITUDE")
    assert of(station.command(GET_INTERVAL, ATTITUDE)[1], "MESSAGE_INTERVAL")[0].interval_us == -1
    assert station.command(SET_INTERVAL, ATTITUDE, 0)[0] == ACCEPTED
    assert len(of(station.hear(100), "ATTITUDE")) == 20


def test_sonars_too_which_else_come_with_each_measurement(station):
    def sonars(heard):
        return [m for m in of(heard, "DISTANCE_SENSOR") if m.id < 3]

    station.command(SET_INTERVAL, DISTANCE_SENSOR, 500_000)
    station.hear(50)
    assert len(sonars(station.hear(100))) == 6
    station.command(SET_INTERVAL, DISTANCE_SENSOR, -1)
    assert not of(station.hear(100), "DISTANCE_SENSOR")
    station.command(SET_INTERVAL, DISTANCE_SENSOR, 0)
    assert len(sonars(station.hear(80))) == 30


@pytest.mark.parametrize(
    ("message", "us", "result"),
    [
        (ATTITUDE, 9_999, DENIED),
        (ATTITUDE, 1, DENIED),
        (ATTITUDE, -2, DENIED),
        (ATTITUDE, math.nan, DENIED),
        (999, 100_000, UNSUPPORTED),
        (77, 100_000, UNSUPPORTED),
        (253, 100_000, UNSUPPORTED),
        (math.nan, 100_000, UNSUPPORTED),
    ],
)
def test_an_interval_that_cannot_be_changes_nothing(station, message, us, result):
    assert station.command(SET_INTERVAL, message, us)[0] == result
    assert len(of(station.hear(100), "ATTITUDE")) == 20


def test_the_longest_interval_is_told_as_what_it_is(station):
    station.command(SET_INTERVAL, HEARTBEAT, 1e12)
    told = of(station.command(GET_INTERVAL, HEARTBEAT)[1], "MESSAGE_INTERVAL")[0]
    assert told.interval_us == 655_350_000


def test_the_interval_of_an_unknown_message_is_told_as_not_there(station):
    result, heard = station.command(GET_INTERVAL, 999)
    assert (result, of(heard, "MESSAGE_INTERVAL")[0].interval_us) == (UNSUPPORTED, 0)


def test_data_streams_are_paced_and_stopped_and_the_heartbeat_stays(station):
    station.say("REQUEST_DATA_STREAM", 1, 1, 0, 4, 1, ticks=50)
    heard = station.hear(100)
    for kind, count in (("ATTITUDE", 4), ("WHEEL_STATUS", 4), ("BATTERY_STATUS", 1)):
        assert len(of(heard, kind)) == count, kind
    station.say("REQUEST_DATA_STREAM", 1, 1, 10, 50, 1)
    assert len(of(station.hear(100), "ATTITUDE")) == 50
    station.say("REQUEST_DATA_STREAM", 1, 1, 0, 4, 0)
    assert {m.get_type() for m in station.hear(100)} == {"HEARTBEAT"}


def test_a_file_is_refused_at_once_with_the_next_number(station):
    asked = [255, 255, 7, 4, 17, 0, 0, 0, 0, 0, 0, 0, *b"@PARAM/param.pck"]
    heard = station.say("FILE_TRANSFER_PROTOCOL", 0, 1, 1, asked + [0] * (251 - len(asked)))
    (nak,) = of(heard, "FILE_TRANSFER_PROTOCOL")
    assert (nak.target_system, nak.target_component) == (255, 190)
    assert nak.payload[:13] == [0, 0, 7, 129, 1, 4, 0, 0, 0, 0, 0, 0, 7]
    answer = [0, 0, 7, 129, *[0] * 247]
    assert not of(station.say("FILE_TRANSFER_PROTOCOL", 0, 1, 1, answer), "FILE_TRANSFER_PROTOCOL")


def test_a_burst_of_questions_is_answered_in_order(station):
    for n in range(4):
        message = station.mav.MAVLink_ping_message(0, n, 0, 0)
        station.board.uart.rx += message.pack(station.out)
    assert [m.seq for m in of(station.hear(5), "PING")] == [0, 1, 2, 3]


def test_a_car_has_the_system_id_that_it_is_given(monkeypatch):
    from patrolcar.link import dialect as host

    board = ToyBoard(monkeypatch)
    from patrol.store import settings

    defaults = settings.defaults
    monkeypatch.setattr(settings, "defaults", lambda: {**defaults(), "sysid": 42})
    car = board.car()
    car.schedule.start()
    mav = host.load()
    out = mav.MAVLink(None, srcSystem=255, srcComponent=190)
    for target in (1, 42):
        board.uart.rx += mav.MAVLink_command_long_message(target, 1, 400, 0, 1, *[0] * 6).pack(out)
        car.schedule.run(110)
        assert car.supervisor.armed() == (target == 42)
    heard = mav.MAVLink(None).parse_buffer(bytes(board.uart.sent))
    assert {m.get_srcSystem() for m in heard} == {42}


def rate(station, ticks):
    heard = station.hear(ticks)
    return sum(len(m.get_msgbuf()) for m in heard) * 100 / ticks, heard


def test_a_radio_whose_buffer_fills_gets_less_of_the_least_important_and_then_more_again(
    monkeypatch,
):
    station = Station(monkeypatch, 57_600)
    before, _ = rate(station, 500)
    for _ in range(8):
        station.say("RADIO_STATUS", 180, 180, 10, 30, 30, 0, 0, ticks=128)
    assert (station.car.telemetry.rssi, station.car.writer.portion) == (180, 4)
    slow, heard = rate(station, 120)
    assert slow < before / 3
    assert of(heard, "HEARTBEAT")
    assert not of(heard, "TASK_TIMING")
    dropped = station.car.telemetry.dropped
    assert dropped > 0
    station.hear(3_000)
    again, heard = rate(station, 500)
    assert again > 0.95 * before
    assert station.car.writer.portion == 34
