"""ToF sensors and those that look at the floor, judged as in parts.py."""

from __future__ import annotations

from patrolcar.doctor.parts import Board, judge_spread
from patrolcar.doctor.result import Result, failed, passed

SIDES = ("left", "right")
ADDRESSES = (0x30, 0x29)
IDENTITY = (0xEE, 0xAA, 0x10)  # VL53L0X data sheet (DocID029104), section 3.2

NOISY_MM = 60  # median deviation; the data sheet's standard deviation at 1.2 m is below that
NEAR_MM = 150  # a hand before the sensor

NO_VOLTAGE = 1_000  # of 65536, 50 mV: a phototransistor that saturates still leaves 300 mV

FLOOR = ("left cliff", "right cliff", "left line", "middle line", "right line")


def judge_tof(
    board: Board,
    number: int,
    identity: tuple[int, int, int] | None,
    told: tuple[int, list[int]],
) -> Result:
    """One ToF sensor: who answers, and what it measured in ten tries."""
    count, ranges = told
    name = f"{SIDES[number]} ToF"
    xshut = board["TOF_XSHUT"]
    if identity is None:
        # With its XSHUT off, the right one takes the left one's address as well.
        wire = f"XSHUT at {xshut}" if number else "its XSHUT, which nothing may hold low"
        advice = f"check its 3.3 V, SCL and SDA of I2C {board['I2C']}, {wire}"
        return failed(name, name, f"no answer at 0x{ADDRESSES[number]:02x}", advice)
    if tuple(identity) != IDENTITY:
        measured = " ".join(f"0x{byte:02x}" for byte in identity)
        return failed(name, name, measured, "not a VL53L0X (0xee 0xaa 0x10)")
    if not count:
        advice = "it answers and does not measure: switch the car off and on, else another sensor"
        return failed(name, name, "no measurement", advice)
    advice = "noisy: clean its window, keep it out of the sun"
    return judge_spread(name, ranges, count, "counted", "2 m", NOISY_MM, advice)


def judge_sides(number: int) -> Result:
    """Which of the two saw the hand before the left one."""
    check = "ToF sides"
    if number == 0:
        return passed(check, check, "the left one saw the hand")
    if number == 1:
        return failed(check, check, "the right one saw it", "exchange the cables of the two")
    return failed(check, check, "neither saw a hand", "hold it closer; is a window covered?")


def judge_floor(board: Board, read: list[tuple[int, int]], on_floor: bool) -> list[Result]:
    """The cliff and line sensors; whether there is floor is known only of a car that stands on it.

    A line sensor may well see dark: there may be tape.
    """
    results = []
    names = [*FLOOR[: len(board["CLIFFS"])], *FLOOR[2 : 2 + len(board["LINES"])]]
    pins = (*board["CLIFFS"], *board["LINES"])
    for name, pin, (value, level) in zip(names, pins, read, strict=True):
        measured = f"{value * 3.3 / 65536:.2f} V, {'dark' if value > level else 'light'}"
        cliff = name.endswith("cliff")
        if value < NO_VOLTAGE:
            advice = f"{pin} is at ground: no pull-up, or a short"
            results.append(failed(name, name, measured, advice))
        elif cliff and on_floor and value > level:
            advice = (
                f"no floor for it at {pin}: check its 3.3 V and its height, "
                "then patrol calibrate --only cliffs"
            )
            results.append(failed(name, name, measured, advice))
        else:
            results.append(passed(name, name, measured))
    return results
