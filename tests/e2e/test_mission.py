"""A mission goes to the car, stays there over resets and comes back as it was."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable

import pytest

from booting import reset, running
from missions import (
    MAV,
    Item,
    Sender,
    count,
    download,
    item,
    messages,
    same,
    say,
    upload,
    waypoint,
    write_partially,
)
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse

MakeCar = Callable[..., VirtualCar]
ACCEPTED, UNSUPPORTED_FRAME, UNSUPPORTED, NO_SPACE = 0, 2, 3, 4
INVALID_PARAM1, INVALID_PARAM2, INVALID_X, INVALID_Y = 6, 7, 10, 11
INVALID_SEQUENCE, DENIED, CANCELLED = 13, 14, 15
NAN = math.nan


@pytest.fixture
def car(make_car: MakeCar) -> VirtualCar:
    made = make_car(world="empty")
    running(made)
    made.run(0.5)
    return made


def test_64_items_are_stored_stay_over_a_reset_and_come_back_bit_for_bit(car: VirtualCar) -> None:
    items = [waypoint(number) for number in range(64)]
    assert count(car) == 0
    assert upload(car, items) == ACCEPTED
    assert "mission stored: 64 items" in car.station.texts
    for _ in range(2):
        back = download(car)
        assert len(back) == 64
        assert all(map(same, items, back))
        reset(car)
        running(car)
    assert car.station.last("LOOP_TIMING").exceptions == 0


def test_a_part_of_a_mission_is_written_anew_and_the_rest_stays(car: VirtualCar) -> None:
    items = [waypoint(number) for number in range(20)]
    assert upload(car, items) == ACCEPTED
    changed = {number: waypoint(1_000 + number) for number in (14, 15, 16)}
    say(car, "mission_set_current", 5)
    assert write_partially(car, 14, 16, changed) == ACCEPTED
    car.run(1.1)
    assert car.station.last("MISSION_CURRENT").seq == 5
    expected = [changed.get(number, old) for number, old in enumerate(items)]
    assert all(map(same, expected, download(car)))
    for first, last in ((15, 14), (18, 20), (-1, 3)):
        assert write_partially(car, first, last, changed) == INVALID_SEQUENCE
    assert all(map(same, expected, download(car)))


def test_a_cleared_mission_is_gone_after_a_reset_too(car: VirtualCar) -> None:
    assert upload(car, [waypoint(0)]) == ACCEPTED
    sender = Sender(car, {})
    say(car, "mission_clear_all")
    assert sender.until_acknowledged() == ACCEPTED
    assert count(car) == 0
    reset(car)
    running(car)
    assert count(car) == 0


@pytest.mark.parametrize(
    ("wrong", "result"),
    [
        ((3, 22, 1, 0, 0, 0, 0, 0, 0, 0), UNSUPPORTED),
        ((4, 16, 1, 0, 0, 0, 0, 0, 0, 0), UNSUPPORTED_FRAME),
        ((255, 16, 1, 0, 0, 0, 0, 0, 0, 0), UNSUPPORTED_FRAME),
        ((3, 16, 1, NAN, 0, 0, 0, 0, 0, 0), INVALID_PARAM1),
        ((3, 19, 1, -1, 0, 0, 0, 0, 0, 0), INVALID_PARAM1),
        ((3, 16, 1, 0, 0, 0, 0, 910_000_000, 0, 0), INVALID_X),
        ((3, 16, 1, 0, 0, 0, 0, -(1 << 31), 0, 0), INVALID_X),
        ((3, 16, 1, 0, 0, 0, 0, 0, 1_900_000_000, 0), INVALID_Y),
        ((1, 16, 1, 0, 0, 0, 0, 200_000_000, 0, 0), INVALID_X),
        ((2, 177, 1, 2, 1, 0, 0, 0, 0, 0), INVALID_PARAM1),
        ((2, 177, 1, 1, 1, 0, 0, 0, 0, 0), INVALID_PARAM1),
        ((2, 177, 1, 0, NAN, 0, 0, 0, 0, 0), INVALID_PARAM2),
        ((2, 178, 1, 0, 0, 0, 0, 0, 0, 0), INVALID_PARAM2),
    ],
)
def test_what_cannot_be_driven_is_refused_by_item_and_value_and_changes_nothing(
    car: VirtualCar, wrong: Item, result: int
) -> None:
    before = [waypoint(7)]
    assert upload(car, before) == ACCEPTED
    assert upload(car, [waypoint(0), wrong]) == result
    assert any(t.startswith("mission refused, item 1: ") for t in car.station.texts)
    assert all(map(same, before, download(car)))


def test_every_command_of_a_patrol_is_taken(car: VirtualCar) -> None:
    items: list[Item] = [
        waypoint(0),
        (1, 16, 1, 0.0, 0.0, 0.0, 0.0, -12_345, 98_765_000, 0.0),
        (6, 19, 1, 30.0, 0.0, 0.0, 0.0, 1, 2, 0.0),
        (2, 178, 1, 0.0, 0.3, -1.0, 0.0, 0, 0, 0.0),
        (2, 177, 1, 0.0, -1.0, 0.0, 0.0, 0, 0, 0.0),
        (2, 20, 1, 0.0, 0.0, 0.0, 0.0, 0, 0, 0.0),
    ]
    assert upload(car, items) == ACCEPTED
    assert all(map(same, items, download(car)))


def test_more_than_64_are_refused_before_any_is_asked_for(car: VirtualCar) -> None:
    sender = Sender(car, {})
    say(car, "mission_count", 65)
    assert sender.until_acknowledged() == NO_SPACE
    assert sender.asked == []


def test_an_armed_car_takes_none_says_why_and_tells_its_own(car: VirtualCar) -> None:
    assert upload(car, [waypoint(3)]) == ACCEPTED
    car.arm("HOLD")
    assert upload(car, [waypoint(0)]) == DENIED
    assert "mission refused: disarm first" in car.station.texts
    assert all(map(same, [waypoint(3)], download(car)))


def test_an_upload_that_stops_is_asked_for_again_then_given_up_and_changes_nothing(
    car: VirtualCar,
) -> None:
    assert upload(car, [waypoint(3)]) == ACCEPTED
    sender = Sender(car, {0: waypoint(0)})
    sender.answers = set()
    say(car, "mission_count", 2)
    assert sender.until_acknowledged() == CANCELLED
    assert 8 <= len(sender.asked) <= 10
    assert all(map(same, [waypoint(3)], download(car)))


def test_who_missed_the_acknowledgement_gets_it_again(car: VirtualCar) -> None:
    assert upload(car, [waypoint(0), waypoint(1)]) == ACCEPTED
    again = Sender(car, {1: waypoint(1)})
    again.item(1)
    assert again.until_acknowledged() == ACCEPTED


def test_another_ground_station_does_not_take_an_upload_over(car: VirtualCar) -> None:
    say(car, "mission_count", 2)
    car.run(0.1)
    other = MAV.MAVLink(None, srcSystem=254, srcComponent=190)
    since = len(car.station.messages)
    for message in (
        MAV.MAVLink_mission_count_message(1, 1, 1),
        MAV.MAVLink_mission_item_int_message(1, 1, 0, 3, 16, 0, 1, 0, 0, 0, 0, 9, 9, 9),
    ):
        car.station.send_raw(message.pack(other), car.board.now_us)
    car.run(0.2)
    (ack,) = messages(car, "MISSION_ACK", since)
    assert (ack.type, ack.target_system) == (DENIED, 254)
    sender = Sender(car, dict(enumerate([waypoint(0), waypoint(1)])))
    assert sender.until_acknowledged() == ACCEPTED
    assert all(map(same, [waypoint(0), waypoint(1)], download(car)))


def test_fences_and_rally_points_are_none_and_nobody_waits_for_them(car: VirtualCar) -> None:
    assert upload(car, [waypoint(0)]) == ACCEPTED
    for kind in (1, 2):
        since = len(car.station.messages)
        say(car, "mission_request_list", kind)
        say(car, "mission_count", 5, kind)
        say(car, "mission_clear_all", kind)
        car.run(0.2)
        (told,) = messages(car, "MISSION_COUNT", since)
        assert (told.count, told.mission_type) == (0, kind)
        acks = messages(car, "MISSION_ACK", since)
        assert [(a.type, a.mission_type) for a in acks] == [(UNSUPPORTED, kind), (ACCEPTED, kind)]
    assert count(car) == 1


def test_the_next_item_is_chosen_in_both_ways_and_told(car: VirtualCar) -> None:
    assert upload(car, [waypoint(n) for n in range(3)]) == ACCEPTED
    car.run(1.1)
    told = car.station.last("MISSION_CURRENT")
    assert (told.seq, told.total, told.mission_state) == (0, 3, 2)
    say(car, "mission_set_current", 2)
    car.run(0.1)
    assert car.station.last("MISSION_CURRENT").seq == 2
    for number, result in ((1, 0), (3, 2), (-1, 2), (NAN, 2)):
        car.station.command(224, number, at_us=car.board.now_us)
        car.run(0.1)
        assert car.station.last("COMMAND_ACK").result == result
    assert messages(car, "MISSION_CURRENT")[-1].seq in (1, 2)
    since = len(car.station.messages)
    say(car, "mission_request_int", 3)
    car.run(0.1)
    (ack,) = messages(car, "MISSION_ACK", since)
    assert ack.type == INVALID_SEQUENCE


@pytest.mark.parametrize(
    ("given", "x", "y"),
    [
        ((3, 16, 1, 2.5, 0.0, 0.0, 0.0, 52.3, -179.9, 1.25), 523_000_000, -1_799_000_000),
        ((1, 16, 1, 0.0, 0.0, 0.0, 0.0, -12.5, 1_000.25, 0.0), -125_000, 10_002_500),
    ],
)
def test_who_speaks_the_old_way_is_understood_and_answered_so(
    car: VirtualCar, given: Item, x: int, y: int
) -> None:
    assert upload(car, [given], "mission_item") == ACCEPTED
    back = item(car, 0)
    exact = 100 if given[0] == 3 else 0  # a single has 24 bits
    assert abs(back[7] - x) <= exact
    assert abs(back[8] - y) <= exact
    floats = item(car, 0, "MISSION_ITEM")
    assert floats[:7] == given[:7]
    assert floats[7] == pytest.approx(given[7], abs=1e-5)
    assert floats[8] == pytest.approx(given[8], abs=1e-5 if given[0] == 3 else 0)


def test_items_of_random_bytes_never_end_the_loop(car: VirtualCar) -> None:
    rng = random.Random("items")
    for kind in ("mission_item_int", "mission_item") * 60:
        say(car, "mission_count", 2)
        car.run(0.03)
        number, command = struct.pack("<H", 0), struct.pack("<H", rng.choice((16, 19, 177, 178)))
        content = rng.randbytes(28) + number + command + bytes((1, 1, rng.randrange(8), 0, 1))
        message = MAV.MAVLink_message(73 if kind == "mission_item_int" else 39, kind)
        extra = getattr(MAV, f"MAVLink_{kind}_message").crc_extra
        frame = message._pack(MAV.MAVLink(None, 255, 190), extra, content)
        car.station.send_raw(frame, car.board.now_us)
        car.run(0.03)
    car.run(1)
    assert car.station.last("LOOP_TIMING").exceptions == 0
    assert sum(t.startswith("mission refused, item 0") for t in car.station.texts) > 5


def test_who_ends_a_download_as_is_usual_leaves_the_mission_there(car: VirtualCar) -> None:
    assert upload(car, [waypoint(0), waypoint(1)]) == ACCEPTED
    say(car, "mission_ack", 0)
    car.run(0.2)
    assert count(car) == 2


def test_what_other_vehicles_tell_leaves_the_mission_there(car: VirtualCar) -> None:
    assert upload(car, [waypoint(0), waypoint(1)]) == ACCEPTED
    other = MAV.MAVLink(None, srcSystem=7, srcComponent=1)
    for message in (
        MAV.MAVLink_attitude_message(0, 0, 0, 0, 0, 0, 0),
        MAV.MAVLink_mission_current_message(0),
        MAV.MAVLink_statustext_message(6, b"hello"),
    ):
        car.station.send_raw(message.pack(other), car.board.now_us)
    car.run(0.2)
    assert count(car) == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [("mission_request_int", "MISSION_ITEM_INT"), ("mission_request", "MISSION_ITEM")],
)
def test_items_that_are_asked_for_at_once_all_come(car: VirtualCar, asked: str, told: str) -> None:
    """As MAVProxy does it: five requests, one behind the other."""
    assert upload(car, [waypoint(number) for number in range(8)]) == ACCEPTED
    for numbers in ([0, 1, 2, 3, 4], [7, 5, 6], [2]):
        since = len(car.station.messages)
        for number in numbers:
            say(car, asked, number)
        car.run(0.3)
        assert [m.seq for m in messages(car, told, since)] == sorted(numbers)


def test_armed_in_the_moment_of_the_last_item_it_stores_nothing(car: VirtualCar) -> None:
    assert upload(car, [waypoint(3)]) == ACCEPTED
    sender = Sender(car, {0: waypoint(0)})
    sender.answers = set()
    say(car, "mission_count", 1)
    car.run(0.1)
    car.station.arm(car.board.now_us)
    sender.item(0)
    assert sender.until_acknowledged() == DENIED
    assert all(map(same, [waypoint(3)], download(car)))


def test_all_missions_are_cleared_with_type_255(car: VirtualCar) -> None:
    assert upload(car, [waypoint(3)]) == ACCEPTED
    sender = Sender(car, {})
    say(car, "mission_clear_all", 255)
    assert sender.until_acknowledged() == ACCEPTED
    assert count(car) == 0


def test_an_item_of_a_fence_is_none_of_the_mission(car: VirtualCar) -> None:
    sender = Sender(car, {0: waypoint(0)})
    sender.answers = set()
    say(car, "mission_count", 1)
    car.run(0.1)
    frame, command, goes_on, *rest = waypoint(9)
    say(car, "mission_item_int", 0, frame, command, 0, goes_on, *rest, 1)
    car.run(0.2)
    assert count(car) == 0
    sender.item(0)
    assert sender.until_acknowledged() == ACCEPTED
    assert all(map(same, [waypoint(0)], download(car)))


@pytest.mark.parametrize("kilobytes", [44, 48, 52])
def test_without_memory_an_upload_is_refused_and_the_loop_goes_on(
    make_car: MakeCar, kilobytes: int
) -> None:
    car = make_car(world="empty", faults=[parse(f"memory.shortage@2,size={kilobytes}")])
    running(car)
    car.run(2.5)
    sender = Sender(car, dict(enumerate(map(waypoint, range(64)))))
    say(car, "mission_count", 64)
    assert sender.until_acknowledged() in (ACCEPTED, NO_SPACE)
    assert car.station.last("LOOP_TIMING").exceptions == 0
    assert "FAULT" not in str(car.station.texts)
