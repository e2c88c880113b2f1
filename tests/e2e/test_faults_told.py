"""How long each fault of a sensor or a motor takes until a person is told, and which never is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import figures
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from patrolcar_sim.faults.catalogue import CATALOGUE

MakeCar = Callable[..., VirtualCar]
AT_S = 5.0
PARTS = ("imu", "tof", "sonar", "encoder", "motor", "battery", "floor", "switch")
STICKS = (300, 200)  # a curve, in which exchanged encoders differ
SOON = 200  # ms

# Fault, what is said of it, within how many ms. Why some take longer, firmware/README.md tells.
TOLD = (
    ("imu.hang", "IMU does not answer", SOON),
    ("imu.nak", "IMU does not answer", SOON),
    ("imu.frozen", "IMU tells always the same", SOON),
    ("imu.identity", "IMU is another chip", SOON),
    ("imu.reset", "IMU tells always the same", SOON),
    ("tof.hang", "left ToF sensor does not answer", SOON),
    ("tof.nak:left", "left ToF sensor does not answer", SOON),
    ("tof.identity:left", "left ToF sensor does not answer", SOON),
    ("tof.reset:left", "left ToF sensor does not answer", SOON),
    ("tof.frozen:left", "left ToF sensor tells always the same", 700),
    ("sonar.stuck:front", "front sonar: echo stuck high", SOON),
    ("sonar.wire:front", "front sonar: no echo pulse", SOON),
    ("sonar.crosstalk:front", "front sonar: crosstalk", 6_000),
    ("encoder.missing:left,rate=0.3", "left encoder loses counts", SOON),
    ("encoder.missing:left", "left encoder loses counts", 4_000),
    ("encoder.reversed:left", "left encoder counts backward", SOON),
    ("encoder.stuck:left", "left encoder counts nothing", SOON),
    ("encoder.swapped", "left and right encoder are exchanged", SOON),
    ("motor.stall:left", "left wheel does not turn", SOON),
    ("motor.reversed:left", "left motor turns backward", SOON),
    ("motor.runaway:left", "left wheel turns by itself", SOON),
    ("motor.open:left", "left wheel does not turn", 400),
    ("battery.divider", "battery: no such voltage", SOON),
    ("floor.stuck:cliff-left", "left cliff sensor: shorted", SOON),
    ("floor.stuck:line-left", "left line sensor: shorted", SOON),
    ("switch.stuck:bumper", "bumper pressed", SOON),
    ("switch.stuck:bumper", "bumper: stays pressed", 2_700),
    ("switch.stuck:button", "disarmed", SOON),
)
# What looks like something that is no fault, so that nobody on the car can tell.
NOT_TOLD = {
    "imu.turned": "as a car upside down: it is not armed, and says why",
    "sonar.silent": "as a room without walls: told after 30 s of silence in motion",
    "sonar.late": "as a wall that is farther away",
    "motor.weak": "the speed control makes up for it; a motor below half its torque is a stall",
    "battery.sag": "as an old or cold pack: its voltage at rest and its charge allow for it",
    "battery.brownout": "resets the chip: the next boot tells it",
}
"""By the fault's kind, why."""


@pytest.mark.parametrize(("fault", "text", "most_ms"), TOLD)
def test_a_fault_is_told_within_its_time(
    make_car: MakeCar,
    record_property: Callable[[str, object], None],
    fault: str,
    text: str,
    most_ms: int,
) -> None:
    kind, _, rest = fault.partition(":")
    notation = f"{kind}@{AT_S:g}" + (f":{rest}" if rest else "")
    car = make_car(world="office", seed=3, faults=[parse(notation)])
    car.arm("MANUAL")
    end_us = int((AT_S + most_ms / 1000 + 1) * 1e6)
    for at_us in range(car.board.now_us, end_us, 100_000):
        car.station.manual(*STICKS, at_us)
    car.run((end_us - car.board.now_us) / 1e6)
    told = [
        at / 1000 - AT_S * 1000
        for at, m in car.station.messages
        if m.get_type() == "STATUSTEXT" and at >= AT_S * 1e6 and text in m.text
    ]
    assert told, car.station.texts
    figures.add(
        record_property,
        f"fault told: {fault}: {text}",
        ("", "ms", "at most"),
        [("", round(told[0]), most_ms)],
    )
    assert told[0] <= most_ms


def test_every_fault_of_a_part_is_told_or_has_a_reason_not_to_be() -> None:
    told = {fault.partition(":")[0].partition(",")[0] for fault, _, _ in TOLD}
    kinds = {kind for kind in CATALOGUE if kind.partition(".")[0] in PARTS}
    assert kinds == told | NOT_TOLD.keys()
    assert not told & NOT_TOLD.keys()
