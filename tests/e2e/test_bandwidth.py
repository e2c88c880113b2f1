"""What arrives of each message at a radio's 57600 baud and at 921600, while the car patrols."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import figures
from patrolcar.flash.build import firmware_dir
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image

SLOW, FAST = 57_600, 921_600
SECONDS = 20
TOKYO = (356_000_000, 1_397_000_000)
# Hz: at least that of each on the slow line; what steers, warns and locates comes as ever.
USEFUL = {
    "HEARTBEAT": 1,
    "SYS_STATUS": 2,
    "ATTITUDE": 10,
    "LOCAL_POSITION_NED": 10,
    "GLOBAL_POSITION_INT": 5,
    "VFR_HUD": 4,
    "GPS_RAW_INT": 1,
    "BATTERY_STATUS": 1,
    "WHEEL_STATUS": 10,
    "DISTANCE_SENSOR": 37.5,  # each of the sonars' measurements
    "LOOP_TIMING": 2,
}
RICH = {**USEFUL, "ATTITUDE": 20, "WHEEL_STATUS": 20, "DISTANCE_SENSOR": 57.5} | {
    "FLOOR_STATUS": 10,
    "TASK_TIMING": 4,
}


def _image(baud: int, folder: Path) -> Path:
    """A flash image whose board file has that speed."""
    changes = folder / "changes" / "boards"
    changes.mkdir(parents=True)
    wired = (firmware_dir() / "boards" / "pyboard_v11.py").read_text(encoding="utf-8")
    text = re.sub(r"^UART_BAUD = .*$", f"UART_BAUD = {baud}", wired, flags=re.M)
    (changes / "pyboard_v11.py").write_text(text, encoding="utf-8")
    image = folder / "flash.img"
    shutil.copyfile(firmware_image(changes=changes.parent), image)
    return image


def _patrol(baud: int, folder: Path) -> tuple[Counter[str], Counter[str], int, int]:
    """Messages and their bytes by name, what was dropped meanwhile, and overruns."""
    with VirtualCar(_image(baud, folder), "office", 1) as car:
        car.arm("AUTO")
        mavlink = car.station._mavlink
        car.station.send(
            mavlink.MAVLink_command_int_message(1, 1, 0, 179, 0, 0, 0, 0, 0, 0, *TOKYO, 40)
        )
        car.run(1.0)
        before = car.station.last("LOOP_TIMING").frames_dropped
        car.station.messages.clear()
        car.run(SECONDS)
        count, size = Counter[str](), Counter[str]()
        for _, message in car.station.messages:
            count[message.get_type()] += 1
            size[message.get_type()] += len(message.get_msgbuf())
        loop = car.station.last("LOOP_TIMING")
        assert loop is not None
        return count, size, loop.frames_dropped - before, loop.overruns


def test_it_is_useful_at_57600_baud_and_rich_at_921600(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    slow, slow_size, slow_dropped, slow_late = _patrol(SLOW, tmp_path / "slow")
    fast, fast_size, fast_dropped, fast_late = _patrol(FAST, tmp_path / "fast")
    rows: list[tuple[object, ...]] = [
        (
            name,
            slow[name] / SECONDS,
            slow_size[name] / SECONDS,
            fast[name] / SECONDS,
            fast_size[name] / SECONDS,
        )
        for name in sorted(fast, key=lambda name: -fast_size[name])
    ]
    together = [sum(counts.values()) / SECONDS for counts in (slow, slow_size, fast, fast_size)]
    rows.append(("together", *together))
    rows.append(("left out", slow_dropped / SECONDS, "", fast_dropped / SECONDS, ""))
    figures.add(
        record_property,
        f"telemetry in AUTO: what arrives at {SLOW} and at {FAST} baud",
        ("", f"Hz at {SLOW}", "bytes/s", f"Hz at {FAST}", "bytes/s"),
        rows,
    )
    assert (slow_late, fast_late) == (0, 0)
    for name, hertz in USEFUL.items():
        assert slow[name] / SECONDS > 0.9 * hertz, name
    for name, hertz in RICH.items():
        assert fast[name] / SECONDS == pytest.approx(hertz, rel=0.1), name
    assert fast_dropped == 0
    assert slow["BAD_DATA"] == fast["BAD_DATA"] == 0


@pytest.mark.parametrize("baud", [SLOW, FAST])
def test_all_parameters_arrive_while_it_patrols_within_two_seconds(
    baud: int, tmp_path: Path
) -> None:
    with VirtualCar(_image(baud, tmp_path), "office", 1) as car:
        car.arm("AUTO")
        car.run(1.0)
        car.station.send(car.station._mavlink.MAVLink_param_request_list_message(1, 1))
        car.run(2.0)
        values = car.station.all("PARAM_VALUE")
        assert values
        assert sorted(m.param_index for m in values) == list(range(values[0].param_count))
