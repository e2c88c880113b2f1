"""What the telemetry makes of messages: values, counts, restarts and gaps."""

import math
from typing import Any

import pytest

from patrolcar.view.state import Telemetry


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def test_a_drive_is_understood(drive: Any, telemetry: Telemetry) -> None:
    drive.feed(telemetry, 20)
    assert (telemetry.mode, telemetry.armed, telemetry.state) == ("AUTO", True, "ARMED")
    assert telemetry.time_s == pytest.approx(20.95)
    assert telemetry.x == pytest.approx(1.2 * math.sin(0.25 * 19.9), abs=0.02)
    assert telemetry.distance_m == pytest.approx(0.3 * 19.95, abs=0.01)
    assert telemetry.wheel == (0.31, 0.29, 0.316, 0.284)
    assert telemetry.load_percent == pytest.approx(22, abs=1)
    assert telemetry.remaining == 81
    assert telemetry.received == drive.sent
    assert telemetry.lost == 0


def test_a_measurement_over_the_maximum_is_no_echo(drive: Any, telemetry: Telemetry) -> None:
    d = drive.dialect
    for range_cm, known in ((401, False), (400, True), (2, True), (1, False)):
        message = d.MAVLink_distance_sensor_message(1000, 2, 400, range_cm, 1, 1, 0, 0)
        telemetry.take(drive.receive(message), 1.0)
        assert math.isnan(telemetry.echo[1].range_m) is not known


def test_a_ray_points_where_the_sensor_looks(telemetry: Telemetry) -> None:
    telemetry.x, telemetry.y, telemetry.yaw = 1.0, 2.0, math.pi / 2  # looks east
    near, far = telemetry.ray(1, 1.0)
    assert near == pytest.approx((1.0, 2.085))
    assert far == pytest.approx((1.0, 3.085))
    left = telemetry.ray(0, 1.0)[1]
    assert left[0] > 1.5  # left of east is north


def test_a_tof_sensor_is_a_range_of_its_own_20_degrees_off(
    drive: Any, telemetry: Telemetry
) -> None:
    message = drive.dialect.MAVLink_distance_sensor_message(1000, 3, 200, 150, 0, 4, 100, 255)
    telemetry.take(drive.receive(message), 1.0)
    assert telemetry.echo[4].range_m == 1.5
    telemetry.x = telemetry.y = telemetry.yaw = 0.0
    x, y = telemetry.ray(4, 1.0)[1]
    assert math.degrees(math.atan2(y, x)) == pytest.approx(20)


@pytest.mark.parametrize(
    ("present", "dark", "words"),
    [(31, 8, "line ○●○"), (31, 3, "line ○○○   NO FLOOR left   NO FLOOR right"), (0, 0, "")],
)
def test_the_floor_in_words(
    drive: Any, telemetry: Telemetry, present: int, dark: int, words: str
) -> None:
    message = drive.dialect.MAVLink_floor_status_message(1000, *[0] * 5, present, dark)
    telemetry.take(drive.receive(message), 1.0)
    assert telemetry.floor_words() == words


def test_a_lost_frame_is_counted_by_the_cars_own_count(drive: Any, telemetry: Telemetry) -> None:
    for number, message in enumerate(drive.messages(5)):
        decoded = drive.receive(message)
        if number not in (50, 51, 90):
            telemetry.take(decoded, number / 10)
    assert telemetry.lost == 3
    assert telemetry.sent == telemetry.received + 3 - _since_last_timing(telemetry)


def _since_last_timing(telemetry: Telemetry) -> int:
    """Frames received after the last LOOP_TIMING, which the board has not counted to us yet."""
    return telemetry.received - (telemetry.sent - telemetry.lost)


def test_joining_a_running_car_counts_nothing_from_before(drive: Any) -> None:
    telemetry = Telemetry()
    drive.sent = 70000
    drive.feed(telemetry, 3)
    assert telemetry.lost == 0


def test_from_boot_counts_losses_before_the_first_timing(drive: Any) -> None:
    telemetry = Telemetry(from_boot=True)
    drive.sent = 7
    drive.feed(telemetry, 3)
    assert telemetry.lost == 7


def test_a_board_that_starts_anew_clears_the_run(drive: Any, telemetry: Telemetry) -> None:
    drive.feed(telemetry, 10, start_s=100.0)
    drive.sent = 0
    drive.feed(telemetry, 2, start_s=0.5)
    assert telemetry.restarts == 1
    assert telemetry.time_s < 3
    assert len(telemetry.heading) == 40
    assert telemetry.lost == 0


def test_messages_of_another_ground_station_are_not_the_cars(
    drive: Any, telemetry: Telemetry
) -> None:
    drive.mav.srcSystem = 255
    heartbeat = drive.dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
    telemetry.take(drive.receive(heartbeat), 0.0)
    assert telemetry.received == 0
    assert telemetry.system is None


def test_silence_is_a_lost_link(drive: Any, telemetry: Telemetry) -> None:
    assert telemetry.link_words(0.0) == "no frame yet"
    drive.feed(telemetry, 5)
    assert "frames/s" in telemetry.link_words(telemetry.last_frame_at)
    assert "LINK LOST for 4 s" in telemetry.link_words(telemetry.last_frame_at + 4)


def test_memory_is_bounded(drive: Any) -> None:
    telemetry = Telemetry(history_s=2.0)
    drive.feed(telemetry, 30)
    assert len(telemetry.wheels) <= 2 * 40 + 2
    assert telemetry.wheels.window()[0][-1] == pytest.approx(30.95)
