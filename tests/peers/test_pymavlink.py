"""What scripts for any vehicle do: pymavlink's helpers, with the dialect that it comes with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymavlink import mavutil

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


def test_nothing_is_lost(link: Any) -> None:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        link.recv_match(blocking=True, timeout=1)
    assert link.mav_count > 100
    assert link.mav_loss == 0
    assert link.packet_loss() == 0
