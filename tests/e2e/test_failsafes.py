"""Each failsafe provoked on the whole car: what its action does, and how soon the motors obey.

The bridge's pins are the judge: neither motor is driven, or the bridge has no power. The time
counts from the cause where the next tick can see it; else from the text of a run that only tells
and without delay, which is the same run up to then, and whose text has arrived 2 ms later; and
from the end of the delay.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import figures
from bridge import Bridge, silence
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from patrolcar_sim.scenario.parameters import settings_table, store_settings
from patrolcar_sim.scenario.recording import STATE_TEXTS

Record = Callable[[str, object], None]
OFF, TELL, STOP, CUT = range(4)
ACTIONS = ("off", "tell", "stop", "cut")
MOST_US = 20_000
CAUSE_US = 5_003_000  # in the middle of a tick
AFTER_US = 1_500_000
STICK = 400  # of 1000: 200 mm/s
BY_ENCODERS_MM = 3  # a count and two roundings, and what a tyre slips


@dataclass(frozen=True)
class Case:
    """A failsafe: what it says, its settings' names, and what provokes it at CAUSE_US.

    `fault` is one of `patrol scenario faults`, `cause` anything else. `at_once`: the next tick can
    see it. `stopped` is where action 2 leads to.
    """

    text: str
    act: str
    fault: str = ""
    cause: Callable[[VirtualCar], None] | None = None
    delay: str = ""
    delay_ms: int = 0
    at_once: bool = False
    settings: dict[str, int] = field(default_factory=dict)
    stopped: str = "HOLD"
    mode: str = "MANUAL"


def pack(volts: float) -> Callable[[VirtualCar], None]:
    def cause(car: VirtualCar) -> None:
        car.world.battery.open_volts = lambda: volts  # type: ignore[method-assign]

    return cause


EDGE = "floor.stuck@5.003+0.3:cliff-left,voltage=3.3"
BUMP = "switch.stuck@5.003+0.3:bumper"
CASES = {
    "link lost": Case(
        "ground station silent",
        "fs_link_act",
        cause=silence,
        delay="fs_link_ms",
        delay_ms=1_500,
    ),
    "battery low": Case(
        "battery low",
        "fs_low_act",
        cause=pack(7.5),
        delay="fs_low_ms",
        delay_ms=700,
        settings={"fs_low_mv": 7_900},
    ),
    "battery critical": Case(
        "battery critical",
        "fs_crit_act",
        cause=pack(7.5),
        delay="fs_crit_ms",
        delay_ms=700,
        settings={"fs_crit_mv": 7_900},
    ),
    "stall": Case("a wheel does not turn", "fs_stall_act", "motor.stall@5.003:left"),
    "tilt": Case(
        "tilted",
        "fs_tilt_act",
        "world.ramp@5.003,pitch=14",
        delay="fs_tilt_ms",
        delay_ms=300,
        settings={"fs_tilt_pct": 20},
    ),
    "cliff": Case("no floor ahead: an edge", "fs_cliff_act", EDGE, at_once=True, stopped="MANUAL"),
    "bumper": Case("bumper pressed", "fs_bumper_act", BUMP, at_once=True, stopped="MANUAL"),
    "cliff in AUTO": Case(
        "no floor ahead: an edge", "fs_cliff_act", EDGE, at_once=True, stopped="AUTO", mode="AUTO"
    ),
    "bumper in AUTO": Case(
        "bumper pressed", "fs_bumper_act", BUMP, at_once=True, stopped="AUTO", mode="AUTO"
    ),
    "sensor stale": Case(
        "AUTO needs that sensor",
        "fs_sensor_act",
        "sonar.stuck@5.003:left",
        delay="fs_sensor_ms",
        delay_ms=200,
        mode="AUTO",
    ),
    "loop overrun": Case(
        "the loop is late", "fs_late_act", "clock.jump@5.003,by=25", settings={"fs_late_ticks": 1}
    ),
    "memory low": Case(
        "little heap is free",
        "fs_mem_act",
        "memory.shortage@5.003,size=40",
        settings={"fs_mem_kb": 60},
    ),
}


@dataclass
class Run:
    """A drive that has ended, and what was seen of it."""

    car: VirtualCar
    bridge: Bridge
    heard_us: int  # the last heartbeat of the ground station
    truth: list[tuple[int, float]]  # time, distance driven

    def said(self, part: str) -> list[tuple[int, str]]:
        return [
            (at, message.text)
            for at, message in self.car.station.messages
            if message.get_type() == "STATUSTEXT" and part in message.text and at >= CAUSE_US
        ]

    def way_mm(self, from_us: int, until_us: int) -> float:
        """How far the car has truly gone, to 10 ms."""
        first, last = (
            next(way for at, way in self.truth if at >= us) for us in (from_us, until_us)
        )
        return (last - first) * 1000

    @property
    def state(self) -> str:
        return [STATE_TEXTS[text] for text in self.car.station.texts if text in STATE_TEXTS][-1]


Provoke = Callable[..., Run]


@pytest.fixture
def provoke(firmware_image: Path, tmp_path: Path) -> Provoke:
    """provoke(case, action, delay_ms): a drive with that at CAUSE_US."""

    def run(case: Case, action: int, delay_ms: int | None = None) -> Run:
        image = tmp_path / "flash.img"
        shutil.copyfile(firmware_image, image)
        settings = {**case.settings, case.act: action}
        if case.delay:
            settings[case.delay] = case.delay_ms if delay_ms is None else delay_ms
        store_settings(image, "pyboard_v11", settings)
        world = "empty" if case.mode == "MANUAL" else "office"
        with VirtualCar(image, world, faults=[parse(case.fault)] if case.fault else []) as car:
            bridge = Bridge(car)
            station = car.station
            station.arm(2_000_000)
            station.mode(case.mode, 2_200_000)
            end_us = CAUSE_US + (delay_ms or case.delay_ms) * 1000 + AFTER_US
            if case.mode == "MANUAL":
                for at_us in range(2_300_000, end_us, 100_000):
                    station.manual(STICK, 0, at_us)
            heard = [0]
            if case.cause is not None:
                cause = case.cause

                def act() -> None:
                    heard[0] = station._next_heartbeat - 1_000_000
                    cause(car)

                car.board.at(CAUSE_US, act)
            truth = []
            while car.board.now_us < end_us:
                car.board.run(car.board.now_us + 10_000)
                truth.append((car.board.now_us, car.world.distance_m))
            return Run(car, bridge, heard[0], truth)

    return run


def due_us(case: Case, provoke: Provoke) -> int:
    """When the failsafe is due: the cause is seen, and its delay is over."""
    if case.cause is silence:
        return provoke(case, TELL).heard_us + case.delay_ms * 1000
    if case.at_once:
        return CAUSE_US
    lowest = settings_table()[1][case.delay][1] if case.delay else None
    return provoke(case, TELL, lowest).said(case.text)[0][0] + case.delay_ms * 1000


SAMPLE = ("link lost", "tilt", "bumper")


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n in SAMPLE else pytest.mark.acceptance) for n in CASES],
)
def test_off_and_tell_leave_the_car_driving(provoke: Provoke, name: str) -> None:
    case = CASES[name]
    for action in (OFF, TELL):
        run = provoke(case, action)
        assert bool(run.said(case.text)) == (action == TELL), run.car.station.texts
        assert run.state == case.mode
        if case.mode == "MANUAL":
            assert Bridge.off_us(run.bridge.driven, CAUSE_US) is None
        assert Bridge.off_us(run.bridge.powered, CAUSE_US) is None


@pytest.mark.parametrize("name", CASES)
def test_stop_and_cut_take_the_drive_away_within_20_ms(
    provoke: Provoke, record_property: Record, name: str
) -> None:
    case = CASES[name]
    due = due_us(case, provoke)
    rows: list[tuple[Any, ...]] = []
    for action in (STOP, CUT):
        run = provoke(case, action)
        changes = run.bridge.driven if action == STOP else run.bridge.powered
        off = Bridge.off_us(changes, min(due, CAUSE_US + case.delay_ms * 1000))
        assert off is not None, run.car.station.texts
        told = run.said("stopped in")
        assert told, run.car.station.texts
        assert abs(int(told[0][1].split()[2]) - run.way_mm(off, told[0][0])) <= BY_ENCODERS_MM
        rows.append((f"{name}, {ACTIONS[action]}", (off - due) / 1000, told[0][1]))
        assert off - due <= MOST_US
        assert run.said(case.text)
        assert run.state == ("FAULT" if action == CUT else case.stopped)
        assert Bridge.off_us(run.bridge.powered, CAUSE_US) == (off if action == CUT else None)
    figures.add(record_property, f"failsafe {name}", ("", "ms to the brake or off", "told"), rows)
