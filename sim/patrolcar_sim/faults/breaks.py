"""Parts that are broken from power-on: what `patrol sim --break PART` does, as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from patrolcar.errors import PatrolError
from patrolcar_sim.faults.fault import Fault


class Break(NamedTuple):
    """One broken part: what a person would see of it, and the fault that it is.

    Two that claim the same `part` cannot both be.
    """

    sentence: str
    fault: Fault
    part: str


def _of(sentence: str, part: str, kind: str, where: str | None = None, **values: float) -> Break:
    return Break(sentence, Fault(kind, where=where, values=values), part)


def _each(
    name: str,
    sentence: str,
    part: str,
    kind: str,
    sides: Sequence[str] = ("left", "right"),
    where: str = "SIDE",
    **values: float,
) -> dict[str, Break]:
    """One break for each side, whose name stands in the texts in place of SIDE."""

    def named(text: str, side: str) -> str:
        return text.replace("SIDE", side)

    return {
        named(name, side): _of(
            named(sentence, side), named(part, side), kind, named(where, side), **values
        )
        for side in sides
    }


SONARS = ("left", "front", "right")
LINES = ("left", "middle", "right")

BREAKS: dict[str, Break] = {
    **_each(
        "sonar-SIDE", "the SIDE sonar's trigger wire is off", "SIDE sonar", "sonar.wire", SONARS
    ),
    **_each(
        "sonar-SIDE-stuck", "the SIDE sonar's echo is shorted high", "SIDE sonar",
        "sonar.stuck", SONARS,
    ),
    "imu": _of("no IMU answers", "IMU", "imu.nak"),
    "imu-identity": _of("the chip at the IMU's address is another one", "IMU", "imu.identity"),
    "gyro-reversed": _of("the IMU is mounted upside down", "IMU", "imu.turned"),
    **_each("tof-SIDE", "the SIDE ToF sensor does not answer", "SIDE ToF sensor", "tof.nak"),
    **_each(
        "motor-SIDE", "a lead of the SIDE motor is off", "SIDE motor's leads", "motor.open"
    ),
    **_each("motor-SIDE-blocked", "the SIDE wheel is jammed", "SIDE wheel", "motor.stall"),
    **_each(
        "motor-SIDE-reversed", "the SIDE motor's leads are exchanged", "SIDE motor's leads",
        "motor.reversed",
    ),
    **_each(
        "encoder-SIDE", "the SIDE encoder counts nothing", "SIDE encoder", "encoder.stuck"
    ),
    **_each(
        "encoder-SIDE-reversed", "the SIDE encoder's A and B are exchanged", "SIDE encoder",
        "encoder.reversed",
    ),
    "encoders-swapped": _of(
        "each encoder is plugged in the other one's place", "encoders' places", "encoder.swapped"
    ),
    "battery-divider": _of(
        "the battery's divider gives 0 V", "battery's divider", "battery.divider", factor=0.0
    ),
    "battery-divider-full": _of(
        "the battery's divider divides nothing",
        "battery's divider", "battery.divider", factor=1000.0,
    ),
    **_each(
        "cliff-SIDE", "the SIDE cliff sensor's LED is dead: it sees no floor",
        "SIDE cliff sensor", "floor.stuck", where="cliff-SIDE", voltage=3.3,
    ),
    **_each(
        "line-SIDE", "the SIDE line sensor's output is shorted to ground",
        "SIDE line sensor", "floor.stuck", LINES, "line-SIDE", voltage=0.0,
    ),
    "bumper-stuck": _of("the bumper's switch is shorted", "bumper", "switch.stuck", "bumper"),
    "button-stuck": _of("the start button is shorted", "button", "switch.stuck", "button"),
}  # fmt: skip


def find_breaks(names: Sequence[str]) -> list[Fault]:
    """The faults that these breaks are.

    Raises:
        PatrolError: (code 2) a name is none, or two of them cannot be at once.
    """
    claimed: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if name not in BREAKS:
            raise PatrolError(f"--break {name} is not known: pass {', '.join(BREAKS)}", 2)
        part = BREAKS[name].part
        if part in claimed:
            raise PatrolError(
                f"--break {claimed[part]} and --break {name} both say how the {part} is broken: "
                "pass one of them",
                2,
            )
        claimed[part] = name
    return [BREAKS[name].fault for name in dict.fromkeys(names)]
