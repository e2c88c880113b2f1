"""Wheels against the world's truth: steps, slow running, reversal, and faults that get named."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import figures
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from patrolcar_sim.scenario.parameters import store_settings
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.world import World

Make = Callable[..., VirtualCar]
Record = Callable[[str, object], None]
TICK_US = 10_000
FAR_MM_S = 300
NEAR_MM_S = 40
FULL, EMPTY = 8.4, 6.02
"""Open-circuit voltages. So low only a LiFePO4 pack may drive, and begin a little above."""
LIFEPO4, ARMS_ABOVE = 2, 0.25


@pytest.fixture
def image(image: Path) -> Path:
    store_settings(image, "pyboard_v11", {"battery_type": LIFEPO4})
    return image


def speed(world: World) -> float:
    """The car's true speed along its axis, mm/s."""
    x, y = world.data.qvel[world._v : world._v + 2].tolist()
    yaw = world.pose()[2]
    return 1000 * (x * math.cos(yaw) + y * math.sin(yaw))


def ready(make_car: Make, volts: float, **settings: object) -> VirtualCar:
    """In MANUAL with the sticks at rest, its pack at a voltage that no charge changes."""
    car = make_car(**{"world": "empty", "seed": 1, **settings})
    car.world.battery.open_volts = lambda: volts + ARMS_ABOVE  # type: ignore[method-assign]
    car.arm("MANUAL")
    car.world.battery.open_volts = lambda: volts  # type: ignore[method-assign]
    car.steer(0, 0, 1.5)
    return car


def drive(
    car: VirtualCar,
    forward: int,
    turn: int,
    seconds: float,
    each: Callable[[], None] | None = None,
) -> list[float]:
    """True speeds each 10 ms with the sticks there, in per mille of 500 mm/s and 3.5 rad/s."""
    start = car.board.now_us
    for at_us in range(start, start + int(seconds * 1e6), 100_000):
        car.station.manual(forward, turn, at_us)
    found = []
    for at_us in range(start + TICK_US, start + int(seconds * 1e6) + 1, TICK_US):
        car.board.run(at_us)
        found.append(speed(car.world))
        if each:
            each()
    return found


def settled_ms(speeds: list[float], wanted: float) -> int:
    """From the stick's move until the speed stays within 5 %."""
    off = [i for i, v in enumerate(speeds) if abs(v - wanted) > 0.05 * abs(wanted)]
    return (off[-1] + 2) * 10 if off else 0


@pytest.mark.parametrize(
    "seed", [1, *[pytest.param(n, marks=pytest.mark.acceptance) for n in range(2, 9)]]
)
@pytest.mark.parametrize("volts", [FULL, EMPTY])
def test_a_step_to_300_mm_s_settles_within_300_ms_and_hardly_overshoots(
    make_car: Make, record_property: Record, volts: float, seed: int
) -> None:
    car = ready(make_car, volts, seed=seed)
    rows = []
    for wanted in (FAR_MM_S, 0, -FAR_MM_S):
        speeds = drive(car, wanted * 2, 0, 1.5)
        if wanted:
            rows.append(
                (
                    f"{wanted} mm/s at {volts} V, seed {seed}",
                    settled_ms(speeds, wanted),
                    100 * max(v / wanted for v in speeds) - 100,
                )
            )
    figures.add(record_property, f"a step, {volts} V, {seed}", ("", "ms to 5 %", "over %"), rows)
    for _, ms, over in rows:
        assert ms <= 300
        assert over < 10


@pytest.mark.parametrize("volts", [FULL, EMPTY])
@pytest.mark.parametrize("stiff", [False, True])
def test_at_40_mm_s_the_speed_over_100_ms_ripples_by_less_than_a_quarter(
    make_car: Make, record_property: Record, volts: float, stiff: bool
) -> None:
    """`stiff`: gearboxes of half as much friction again, that comes and goes by a quarter with
    each turn of the motor, and three times in one of the wheel."""
    parts = load_parts()
    car = ready(make_car, volts)
    world = car.world
    dof = world._wheel_v
    kept = parts.motor.friction

    def grind() -> None:
        for side, at in enumerate(dof):
            turned = float(world.data.qpos[world._wheel_q[side]])
            share = 1.5 + 0.25 * math.sin(turned * 3)
            share += 0.25 * math.sin(turned * parts.motor.gear_ratio)
            world.model.dof_frictionloss[at] = kept * share

    drive(car, NEAR_MM_S * 2, 0, 1.0, grind if stiff else None)
    speeds = drive(car, NEAR_MM_S * 2, 0, 3.0, grind if stiff else None)
    means = [sum(speeds[i : i + 10]) / 10 for i in range(len(speeds) - 9)]
    mean = sum(speeds) / len(speeds)
    ripple = (max(means) - min(means)) / mean
    within = max(max(speeds[i : i + 10]) - min(speeds[i : i + 10]) for i in range(len(means)))
    name = f"{volts} V" + (", stiff" if stiff else "")
    figures.add(
        record_property,
        f"40 mm/s, {name}",
        ("", "mean mm/s", "ripple of 100 ms means %", "within 100 ms %"),
        [(name, mean, 100 * ripple, 100 * within / mean)],
    )
    assert mean == pytest.approx(NEAR_MM_S, rel=0.05)
    assert ripple < 0.25
    assert within / mean < 0.25


@pytest.mark.parametrize(("volts", "ohm"), [(8.4, 0.1), (6.6, 0.1), (6.6, 0.5), (6.2, 1.0)])
def test_a_full_reversal_leaves_the_pack_far_above_the_brown_out(
    make_car: Make, record_property: Record, volts: float, ohm: float
) -> None:
    car = ready(make_car, volts)
    battery = car.world.battery
    battery.resistance = ohm
    low = []
    load = battery.load

    def watched(*values: float) -> None:
        load(*values)
        low.append(battery.volts)

    battery.load = watched  # type: ignore[method-assign]
    drive(car, 1000, 0, 1.0)
    low.clear()
    for side in (-1000, 1000, -1000):
        drive(car, side, 0, 0.5)
    drive(car, 0, 1000, 0.5)
    drive(car, 0, -1000, 0.5)
    figures.add(
        record_property,
        f"reversal at 500 mm/s, {volts} V, {ohm} ohm",
        ("", "lowest V"),
        [(f"{volts} V, {ohm} ohm", min(low))],
    )
    assert min(low) > car.world.parts.battery.brownout + 1.0
    assert len(car.board.resets) == 1


LEFT_FAULTS = (
    ("encoder.reversed", "left encoder counts backward"),
    ("encoder.stuck", "left encoder counts nothing"),
    ("encoder.missing,rate=0.3", "left encoder loses counts"),
    ("encoder.swapped", "left and right encoder are exchanged"),
    ("motor.stall", "left wheel does not turn"),
    ("motor.reversed", "left motor turns backward"),
    ("motor.runaway", "left wheel turns by itself"),
)
STICKS = {"straight": (250, 0), "fast": (720, 0), "curve": (300, 250), "spin": (0, 700)}


# Straight on exchanged encoders count the same: then there is nothing to see.
CASES = [
    pytest.param(fault, sticks, phase, marks=marks, id=f"{fault[0]}-{sticks}-{phase}")
    for fault in LEFT_FAULTS
    for sticks, phase, marks in (
        ("curve", 0, ()),
        *((s, p, pytest.mark.acceptance) for s in STICKS for p in (7, 23, 41, 58)),
    )
    if STICKS[sticks][1] or fault[0] != "encoder.swapped"
]


@pytest.mark.parametrize(("fault", "sticks", "phase_ms"), CASES)
def test_a_fault_of_a_wheel_is_named_within_200_ms_and_stops_the_car(
    make_car: Make,
    record_property: Record,
    fault: tuple[str, str],
    sticks: str,
    phase_ms: int,
) -> None:
    kind, text = fault
    at_us = 3_500_000 + phase_ms * 1000
    name, _, values = kind.partition(",")
    where = "" if name == "encoder.swapped" else ":left"
    written = f"{name}@{at_us / 1e6}{where}" + (f",{values}" if values else "")
    car = make_car(world="empty", seed=1, faults=[parse(written)])
    car.arm("MANUAL")
    car.run(2.0 - car.now_s if car.now_s < 2.0 else 0)
    drive(car, *STICKS[sticks], (at_us / 1e6) + 1.5 - car.now_s)
    said = [
        (at, message.text)
        for at, message in car.station.messages
        if message.get_type() == "STATUSTEXT" and at > at_us
    ]
    named = [at for at, what in said if what == text]
    figures.add(
        record_property,
        f"told: {kind} {sticks} {phase_ms}",
        ("", "ms"),
        [(f"{kind}, {sticks}, {phase_ms}", (named[0] - at_us) // 1000 if named else -1)],
    )
    assert named, said
    assert named[0] - at_us <= 200_000, said
    assert "armed: HOLD" in [what for _, what in said]
    assert len(said) <= 4
    if name != "motor.runaway":
        assert abs(speed(car.world)) < 5


def test_a_wheel_that_is_whole_again_is_told_so_once(make_car: Make) -> None:
    car = make_car(world="empty", seed=1, faults=[parse("encoder.stuck@3+1:right")])
    car.arm("MANUAL")
    drive(car, 400, 0, 4.0 - car.now_s)
    car.station.mode("MANUAL", car.board.now_us)
    drive(car, 400, 0, 3.0)
    assert [text for text in car.station.texts if text.startswith("right")] == [
        "right encoder counts nothing",
        "right encoder is back",
    ]


def test_a_wheel_that_nobody_drives_is_told_if_it_turns_and_not_if_a_hand_turns_it(
    make_car: Make,
) -> None:
    car = make_car(world="empty", seed=1, faults=[parse("motor.runaway@6:right,factor=0.5")])
    car.run(3.0)
    push = car.world._wheel_v
    for _ in range(100):
        car.world.data.qfrc_applied[push] = 0.03
        car.run(0.01)
    car.world.data.qfrc_applied[push] = 0.0
    assert speed(car.world) > 100
    car.run(6.0 - car.now_s)
    assert not [text for text in car.station.texts if "wheel" in text]
    car.run(0.6)
    assert car.station.texts[-1] == "right wheel turns by itself"


@pytest.mark.parametrize("where", ["left", "both"])
def test_a_weak_motor_is_no_fault(make_car: Make, where: str) -> None:
    car = make_car(world="empty", seed=1, faults=[parse(f"motor.weak@1:{where},factor=0.5")])
    car.arm("MANUAL")
    for sticks in ((720, 0), (0, 700), (-500, 0), (0, -700), (300, 300)):
        drive(car, *sticks, 1.5)
    assert not [text for text in car.station.texts if "wheel" in text or "encoder" in text]


@pytest.mark.acceptance
@pytest.mark.parametrize("change", [{"no_load_current": 0.3}, {"rotor_inertia": 3.6e-8}, {}])
@pytest.mark.parametrize("volts", [FULL, EMPTY])
def test_motors_other_than_in_the_data_sheet_settle_too(
    make_car: Make, image: Path, change: dict[str, float], volts: float
) -> None:
    parts = load_parts()
    parts = replace(
        parts,
        motor=replace(parts.motor, **change),
        chassis=replace(parts.chassis, mass=parts.chassis.mass * (1.0 if change else 1.3)),
    )
    car = ready(make_car, volts, world=World("empty", 1, parts))
    speeds = drive(car, FAR_MM_S * 2, 0, 2.0)
    assert max(speeds) < FAR_MM_S * 1.1
    assert settled_ms(speeds, FAR_MM_S) < 600
    assert not [text for text in car.station.texts if "wheel" in text or "encoder" in text]
