"""What scripts for any vehicle do: pymavlink's helpers, with the dialect that it comes with."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymavlink import mavutil, mavwp

from served import Served


@pytest.fixture(params=["tcp", "serial"])
def link(request: pytest.FixtureRequest, car: Served) -> Iterator[Any]:
    host = car.uart_url.removeprefix("socket://")
    uri = f"tcp:{host}" if request.param == "tcp" else car.uart
    made = mavutil.mavlink_connection(uri, baud=921_600, dialect="ardupilotmega")
    assert made.wait_heartbeat(timeout=20) is not None
    made.mav.heartbeat_send(6, 8, 0, 0, 0)
    yield made
    made.close()


def _in_time(link: Any, wait: Any, most_s: float = 5.0) -> None:
    """These helpers wait for ever: it must be soon."""
    begin = time.monotonic()
    wait()
    assert time.monotonic() - begin < most_s


def test_arming_modes_and_disarming(link: Any) -> None:
    link.arducopter_arm()
    _in_time(link, link.motors_armed_wait)
    for name in ("AUTO", "HOLD"):
        link.set_mode(name)
        beat = None
        end = time.monotonic() + 5
        while link.flightmode != name:
            beat = link.wait_heartbeat(timeout=5)
            assert time.monotonic() < end, beat
    link.arducopter_disarm()
    _in_time(link, link.motors_disarmed_wait)
    assert link.mode_mapping()["AUTO"] == 10


def test_all_parameters_come_and_one_is_set(link: Any, parameters: int) -> None:
    link.param_fetch_all()
    found: dict[str, float] = {}
    while len(found) < parameters:
        value = link.recv_match(type="PARAM_VALUE", blocking=True, timeout=3)
        assert value is not None, sorted(found)
        assert value.param_count == parameters
        found[value.param_id] = value.param_value
    assert found["SYSID"] == 1
    link.param_set_send("LOG_LEVEL", 7)
    value = link.recv_match(type="PARAM_VALUE", blocking=True, timeout=3)
    assert (value.param_id, value.param_value) == ("LOG_LEVEL", 7)


def _waypoints(link: Any, count: int) -> mavwp.MAVWPLoader:
    loader = mavwp.MAVWPLoader(link.target_system, link.target_component)
    for i in range(count):
        loader.add_latlonalt(35.6 + i / 1e5, 139.7, 0)
    return loader


def test_a_mission_is_sent_as_scripts_do_it_and_read_back(link: Any) -> None:
    m = mavutil.mavlink
    loader = _waypoints(link, 20)
    link.waypoint_clear_all_send()
    ack = link.recv_match(type="MISSION_ACK", blocking=True, timeout=3)
    assert ack.type == m.MAV_MISSION_ACCEPTED
    link.waypoint_count_send(loader.count())
    for i in range(loader.count()):
        asked = link.recv_match(
            type=["MISSION_REQUEST", "MISSION_REQUEST_INT"], blocking=True, timeout=3
        )
        assert asked.seq == i
        link.mav.send(loader.wp(asked.seq))  # as floats, whatever it was asked for
    ack = link.recv_match(type="MISSION_ACK", blocking=True, timeout=3)
    assert ack.type == m.MAV_MISSION_ACCEPTED

    link.waypoint_request_list_send()
    count = link.recv_match(type="MISSION_COUNT", blocking=True, timeout=3).count
    assert count == 20
    for i in range(count):
        link.waypoint_request_send(i)
        item = link.recv_match(type=["MISSION_ITEM", "MISSION_ITEM_INT"], blocking=True, timeout=3)
        assert (item.seq, item.command, item.frame) == (i, m.MAV_CMD_NAV_WAYPOINT, 3)
        scale = 1 if item.get_type() == "MISSION_ITEM" else 1e-7
        assert item.x * scale == pytest.approx(loader.wp(i).x, abs=4e-6)  # of single floats
    link.mav.mission_ack_send(link.target_system, link.target_component, 0)

    link.waypoint_set_current_send(7)
    end = time.monotonic() + 5
    while link.recv_match(type="MISSION_CURRENT", blocking=True, timeout=3).seq != 7:
        assert time.monotonic() < end
    link.waypoint_request_list_send()  # who reads leaves it there
    assert link.recv_match(type="MISSION_COUNT", blocking=True, timeout=3).count == 20


def test_a_mission_of_integers_comes_back_to_the_last_digit(link: Any) -> None:
    m = mavutil.mavlink
    places = [(356_000_001 + i, -1_397_000_003 - i) for i in range(5)]
    to = link.target_system, link.target_component
    link.mav.mission_count_send(*to, len(places), 0)
    for i, (x, y) in enumerate(places):
        asked = link.recv_match(
            type=["MISSION_REQUEST", "MISSION_REQUEST_INT"], blocking=True, timeout=3
        )
        assert asked.seq == i
        link.mav.mission_item_int_send(*to, i, 6, 16, 0, 1, 1.5, 0, 0, math.nan, x, y, 2.5, 0)
    ack = link.recv_match(type="MISSION_ACK", blocking=True, timeout=3)
    assert ack.type == m.MAV_MISSION_ACCEPTED
    for i in range(len(places)):  # all at once, as MAVProxy asks
        link.mav.mission_request_int_send(*to, i, 0)
    found = {}
    while len(found) < len(places):
        item = link.recv_match(type="MISSION_ITEM_INT", blocking=True, timeout=3)
        assert item is not None, f"of those asked for at once came {sorted(found)}"
        found[item.seq] = item.x, item.y
    assert [found[i] for i in range(len(places))] == places


def test_nothing_is_lost(link: Any) -> None:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        link.recv_match(blocking=True, timeout=1)
    assert link.mav_count > 100
    assert link.mav_loss == 0
    assert link.packet_loss() == 0
