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


BREAKS: dict[str, Break] = {
    **{
        f"sonar-{side}": _of(
            f"the {side} sonar's trigger wire is off", f"{side} sonar", "sonar.wire", side
        )
        for side in ("left", "front", "right")
    },
    **{
        f"sonar-{side}-stuck": _of(
            f"the {side} sonar's echo is shorted high", f"{side} sonar", "sonar.stuck", side
        )
        for side in ("left", "front", "right")
    },
    "imu": _of("no IMU answers", "IMU", "imu.nak"),
    "imu-identity": _of("the chip at the IMU's address is another one", "IMU", "imu.identity"),
    "gyro-reversed": _of("the IMU is mounted upside down", "IMU", "imu.turned"),
    **{
        f"tof-{side}": _of(
            f"the {side} ToF sensor does not answer", f"{side} ToF sensor", "tof.nak", side
        )
        for side in ("left", "right")
    },
    **{
        f"motor-{side}": _of(
            f"a lead of the {side} motor is off", f"{side} motor's leads", "motor.open", side
        )
        for side in ("left", "right")
    },
    **{
        f"motor-{side}-blocked": _of(
            f"the {side} wheel is jammed", f"{side} wheel", "motor.stall", side
        )
        for side in ("left", "right")
    },
    **{
        f"motor-{side}-reversed": _of(
            f"the {side} motor's leads are exchanged",
            f"{side} motor's leads", "motor.reversed", side,
        )
        for side in ("left", "right")
    },
    **{
        f"encoder-{side}": _of(
            f"the {side} encoder counts nothing", f"{side} encoder", "encoder.stuck", side
        )
        for side in ("left", "right")
    },
    **{
        f"encoder-{side}-reversed": _of(
            f"the {side} encoder's A and B are exchanged",
            f"{side} encoder", "encoder.reversed", side,
        )
        for side in ("left", "right")
    },
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
    **{
        f"cliff-{side}": _of(
            f"the {side} cliff sensor's LED is dead: it sees no floor",
            f"{side} cliff sensor", "floor.stuck", f"cliff-{side}", voltage=3.3,
        )
        for side in ("left", "right")
    },
    **{
        f"line-{side}": _of(
            f"the {side} line sensor's output is shorted to ground",
            f"{side} line sensor", "floor.stuck", f"line-{side}", voltage=0.0,
        )
        for side in ("left", "middle", "right")
    },
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
