"""The car as MAVProxy sees it: a vehicle like any other, with messages that it does not know."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from served import Served

Start = Callable[..., Any]


@pytest.fixture(scope="module")
def proxy(car: Served, start: Start) -> Any:
    host = car.uart_url.removeprefix("socket://")
    found = start(f"--master=tcp:{host}")
    found.until("online system 1", 20)
    return found


def test_it_has_all_parameters_soon_and_does_not_wait_for_files(
    proxy: Any, parameters: int
) -> None:
    proxy.until(f"Received {parameters} parameters", 5)
    proxy.ask("param fetch", f"Received {parameters} parameters", 5)
    assert "ftp" not in proxy.output.lower()
    assert "timed out" not in proxy.output.lower()


def test_a_parameter_is_set_and_shown(proxy: Any) -> None:
    proxy.until("Received .* parameters")
    assert proxy.ask("param show SYSID", r"SYSID +(\S+)")[1] == "1.0"
    proxy.ask("param set LOG_LEVEL 7", "AP: parameters stored")
    assert proxy.ask("param show LOG_LEVEL", r"LOG_LEVEL +(\S+)")[1] == "7.0"


def test_it_is_armed_driven_through_its_modes_and_disarmed(proxy: Any) -> None:
    proxy.ask("arm throttle", r"COMMAND_ACK: COMPONENT_ARM_DISARM: ACCEPTED[\s\S]*\bARMED")
    for mode in ("AUTO", "HOLD", "MANUAL"):
        proxy.ask(f"mode {mode}", rf"COMMAND_ACK: DO_SET_MODE: ACCEPTED[\s\S]*Mode {mode}")
    proxy.ask("disarm", r"COMMAND_ACK: COMPONENT_ARM_DISARM: ACCEPTED[\s\S]*DISARMED")


def test_no_packet_is_lost_and_nothing_is_unknown(proxy: Any) -> None:
    proxy.until("online system 1")
    found = proxy.ask("link", r"\((\d+) packets, .* (\d+) lost, ([\d.]+)% loss")
    assert int(found[1]) > 200
    assert (found[2], float(found[3])) == ("0", 0)
    assert "unknown" not in proxy.output.lower()
    assert "fence breach" not in proxy.output


def test_there_is_no_mission_and_it_says_so(proxy: Any) -> None:
    proxy.ask("wp list", "Requesting 0 waypoints")


def test_home_is_where_the_ground_station_says(proxy: Any) -> None:
    proxy.ask(
        "command_int GLOBAL DO_SET_HOME 0 0 0 0 0 0 356000000 1397000000 40",
        "COMMAND_ACK: DO_SET_HOME: ACCEPTED",
    )
    time.sleep(1.5)  # told once a second
    proxy.ask(
        "status GPS_RAW_INT", "fix_type : 2, lat : 3560000.., lon : 1396999...|lon : 13970000.."
    )


def test_a_serial_port_will_do(car: Served, start: Start, parameters: int) -> None:
    proxy = start(f"--master={car.uart}", "--baudrate=921600")
    proxy.until("online system 1", 20)
    proxy.until(f"Received {parameters} parameters", 10)
