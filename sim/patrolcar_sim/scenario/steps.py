"""What the scripted ground station can do: the steps of a mission, as data, and their reading."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patrolcar.flash.build import firmware_dir
from patrolcar_sim.ground_station import MODES
from patrolcar_sim.scenario.format import Step
from patrolcar_sim.scenario.table import Table


@dataclass(frozen=True)
class StepKind:
    """One kind: what it does, its keys beside `at`, and whether it lasts `until` a time."""

    sentence: str
    keys: str = ""
    lasts: bool = False
    must_end: bool = False
    read: Callable[[Table], dict[str, Any]] = lambda table: {}


def _mode(table: Table) -> dict[str, Any]:
    return {"mode": table.choice("mode", MODES, required=True)}


def _sticks(table: Table) -> dict[str, Any]:
    values = {}
    for key in ("forward", "turn"):
        share = table.quantity(key, "%", -100.0, 100.0)
        values[key] = 0 if share is None else round(share * 10)
    return values


def _bytes(table: Table) -> dict[str, Any]:
    text = table.text("bytes", required=True)
    try:
        return {"bytes": bytes.fromhex(text or "")}
    except ValueError:
        table.refuse("bytes", f'bytes = "{text!s:.40}" is not in hex: write "fd 00 ff"')
        return {"bytes": b""}


def _parameter(table: Table) -> dict[str, Any]:
    name = table.text("name", required=True)
    value = table.quantity("value", "", required=True)
    if name is not None and len(name.encode()) > 16:
        table.refuse("name", f'name = "{name:.40}" is longer than the 16 bytes of MAVLink')
    if not _takes_parameters():
        table.refuse(
            "do",
            'do = "param": this firmware takes no PARAM_SET yet; put it under [parameters]',
        )
    return {"name": name, "value": value}


@functools.cache
def _takes_parameters() -> bool:
    dialect = (firmware_dir() / "patrol/link/dialect.py").read_text()
    return "PARAM_SET" in dialect


STEPS: dict[str, StepKind] = {
    "arm": StepKind("Arms the car."),
    "disarm": StepKind("Disarms the car, at any speed: the emergency stop."),
    "mode": StepKind(
        "Chooses a mode.", f"`mode`: {', '.join(f'`{name}`' for name in MODES)}", read=_mode
    ),
    "manual": StepKind(
        "Holds the sticks: MANUAL_CONTROL ten times a second.",
        "`forward`, `turn`: -100 % to 100 %, right turns positive",
        lasts=True,
        must_end=True,
        read=_sticks,
    ),
    "silence": StepKind(
        "Sends neither heartbeat nor sticks; without `until`, to the end.", "", True
    ),
    "raw": StepKind("Sends bytes as they are.", '`bytes`: in hex, "fd 00 ff"', read=_bytes),
    "param": StepKind(
        "Sets a parameter of a firmware that takes PARAM_SET.",
        "`name`, `value`",
        read=_parameter,
    ),
}


def read_mission(tables: list[Table], duration_us: int | None) -> tuple[Step, ...]:
    """The steps, in the order of their times."""
    steps = []
    for table in tables:
        at_us = table.time_us("at", required=True)
        do = table.choice("do", STEPS, required=True, word="step")
        if do is None:
            table.forget_rest()
            continue
        kind = STEPS[do]
        until_us = table.time_us("until", required=kind.must_end) if kind.lasts else None
        values = kind.read(table)
        table.done()
        if at_us is None:
            continue
        if duration_us is not None and at_us >= duration_us:
            table.refuse("at", f"at = {at_us / 1e6:g} s: the scenario ends at {_s(duration_us)}")
        if until_us is not None and until_us <= at_us:
            table.refuse("until", f"until = {_s(until_us)} is not after at = {_s(at_us)}")
        steps.append(Step(do, at_us, until_us, values))
    return tuple(sorted(steps, key=lambda step: step.at_us))


def _s(us: int) -> str:
    return f"{us / 1e6:g} s"
