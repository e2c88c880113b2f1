"""The car as MAVProxy sees it: a vehicle like any other, with messages that it does not know."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
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


# As MAVProxy saves a mission of this car: no HOME in front.
ROUND = """QGC WPL 110
0\t0\t3\t16\t0.0\t0.0\t0.0\t0.0\t35.600000\t139.700000\t0.000000\t1
1\t0\t3\t19\t2.0\t0.0\t0.0\t0.0\t35.600010\t-139.700010\t1.500000\t1
2\t0\t2\t178\t1.0\t0.25\t-1.0\t0.0\t0.000000\t0.000000\t0.000000\t1
3\t0\t6\t16\t0.5\t0.0\t0.0\t0.0\t-35.600020\t139.700000\t0.000000\t0
4\t0\t0\t16\t0.0\t0.2\t0.0\t0.0\t35.600020\t139.700010\t0.000000\t1
5\t0\t3\t16\t0.0\t0.0\t0.0\t90.0\t35.600030\t139.700020\t0.000000\t1
6\t0\t2\t177\t1.0\t3.0\t0.0\t0.0\t0.000000\t0.000000\t0.000000\t1
7\t0\t2\t20\t0.0\t0.0\t0.0\t0.0\t0.000000\t0.000000\t0.000000\t1
"""


def rows(text: str) -> list[list[float]]:
    """A file's numbers, without which item is the current one."""
    lines = [line.split() for line in text.splitlines()[1:] if not line.startswith("#")]
    return [[float(word) for i, word in enumerate(line) if i != 1] for line in lines]


def test_a_mission_is_loaded_listed_saved_chosen_from_and_cleared(
    proxy: Any, tmp_path: Path
) -> None:
    given, saved = tmp_path / "round.txt", tmp_path / "saved.txt"
    given.write_text(ROUND)
    proxy.ask(f"wp load {given}", r"AP: mission stored: 8 items")
    proxy.ask("wp list", r"Requesting 8 waypoints[\s\S]*Saved 8 waypoints to", 5)
    proxy.ask(f"wp save {saved}", r"Saved 8 waypoints to .*saved")
    found, expected = rows(saved.read_text()), rows(ROUND)
    assert len(found) == 8
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=1.1e-6)  # it writes 6 digits, rounded down
    proxy.ask("wp set 3", r"COMMAND_ACK: DO_SET_MISSION_CURRENT: ACCEPTED[\s\S]*waypoint 3")
    given.write_text(ROUND.replace("35.600030", "35.600040"))
    proxy.ask(f"wp update {given} 5", "MISSION_ACK: TYPE_MISSION: ACCEPTED")
    proxy.ask("wp list", r"Requesting 8 waypoints[\s\S]*35\.6000(4|39)", 5)
    proxy.ask("wp clear", "AP: mission cleared")
    proxy.ask("wp list", "Requesting 0 waypoints")


def test_a_mission_that_the_car_cannot_drive_is_refused_in_words(
    proxy: Any, tmp_path: Path
) -> None:
    given = tmp_path / "fly.txt"
    given.write_text(ROUND.replace("\t19\t", "\t22\t"))
    proxy.ask("wp clear", "MISSION_ACK: TYPE_MISSION: ACCEPTED")
    proxy.ask(f"wp load {given}", "AP: mission refused, item 1: its command is not known")
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
