"""What a scenario can expect, as data, and the reading of `[expect]` and `[[expect]]`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from patrolcar.link import dialect
from patrolcar_sim.ground_station import MODES
from patrolcar_sim.scenario import measures
from patrolcar_sim.scenario.comparison import Comparison, Range, comparison, satisfiable
from patrolcar_sim.scenario.format import Expectation, Window
from patrolcar_sim.scenario.measures import Measure
from patrolcar_sim.scenario.recording import STATES
from patrolcar_sim.scenario.table import Table
from patrolcar_sim.scenario.units import UnitError, said
from patrolcar_sim.words import nearest

WHICH = ("every", "min", "max", "first", "last", "mean")
MOST_HZ = 1000.0
_FIELD = re.compile(r"([A-Z0-9_]+)(?:\[(\d+)\])?\.([a-z0-9_]+)")


@dataclass(frozen=True)
class ExpectationKind:
    """One key: what it measures, in which unit, and the function that does."""

    sentence: str
    possible: Range | None = None
    measure: Measure | None = None
    form: str = "comparison"


_M = Range("m")
_COUNT = Range("", whole=True)

EXPECTATIONS: dict[str, ExpectationKind] = {
    "distance": ExpectationKind("How far the car has gone.", _M, measures.distance),
    "contacts": ExpectationKind(
        "How often it has touched anything but the floor.", _COUNT, measures.contacts
    ),
    "coverage": ExpectationKind(
        "Share of the reachable floor's square metres that it has entered since the start.",
        Range("%", 0.0, 100.0),
        measures.coverage,
    ),
    "speed": ExpectationKind("The highest speed.", Range("m/s"), measures.speed),
    "time_to_stop": ExpectationKind(
        "From the window's start until it stands still for the rest of it.",
        Range("s"),
        measures.time_to_stop,
    ),
    "stopping_distance": ExpectationKind(
        "How far it goes in that time.", _M, measures.stopping_distance
    ),
    "position_error": ExpectationKind(
        "The largest distance between odometry and truth.", _M, measures.position_error
    ),
    "final_position_error": ExpectationKind(
        "That distance at the window's end.", _M, measures.final_position_error
    ),
    "modes": ExpectationKind(
        "Modes in the order in which it was in them; others may come between.", form="modes"
    ),
    "modes_not": ExpectationKind("Modes that it never was in.", form="modes"),
    "final_mode": ExpectationKind("The mode at the window's end.", form="mode"),
    "texts": ExpectationKind("What it has said, each a part of a STATUSTEXT.", form="texts"),
    "texts_not": ExpectationKind("What it has not said.", form="texts"),
    "rates": ExpectationKind(
        'Frames a second, by message: `{ ATTITUDE = ">= 19 Hz" }`.',
        Range("Hz", 0.0, MOST_HZ),
        form="rates",
    ),
    "telemetry": ExpectationKind(
        'Fields of messages: `{ "SYS_STATUS.voltage_battery" = ">= 6.6 V" }`; '
        '`"DISTANCE_SENSOR[1].current_distance"` is that of sensor 1. Every value has to be so, '
        'or the one that `min`, `max`, `first`, `last` or `mean` picks: `"max > 0.2 m/s"`.',
        form="telemetry",
    ),
    "frames_lost": ExpectationKind(
        "Frames of the car that did not come whole.", _COUNT, measures.frames_lost
    ),
    "frames_dropped": ExpectationKind(
        "Telemetry that the car left out for want of room.", _COUNT, measures.frames_dropped
    ),
    "overruns": ExpectationKind(
        "Ticks of the loop that took longer than their period.", _COUNT, measures.overruns
    ),
    "resets": ExpectationKind("Resets after power-on.", _COUNT, measures.resets),
    "exceptions": ExpectationKind(
        "Tracebacks that the firmware has printed.", _COUNT, measures.exceptions
    ),
}


def read_expectations(
    tables: Sequence[Table], duration_us: int | None, labels: Mapping[str, int]
) -> tuple[Expectation, ...]:
    """All of them; `labels` are the faults' names with their times."""
    found: list[Expectation] = []
    for table in tables:
        window = _window(table, duration_us, labels)
        many = len(found)
        asked = 0
        for name, kind in EXPECTATIONS.items():
            if table.has(name):
                asked += 1
                found += _read(table, name, kind, window)
        for name in EXPECTATIONS:
            table.known(name)
        table.done()
        if not asked and len(found) == many:
            table.refuse("", "nothing is expected here")
    _refuse_contradictions(tables, found)
    return tuple(found)


def _window(table: Table, duration_us: int | None, labels: Mapping[str, int]) -> Window:
    """The time that a table is about: all of it, `from`, `until`, or up to `at`."""
    end = duration_us if duration_us is not None else 1 << 60
    times = {}
    for key in ("at", "from", "until"):
        value = table.data.get(key)
        if isinstance(value, str) and value in labels:
            table.known(key)
            times[key] = labels[value]
        elif (time_us := _time(table, key, labels)) is not None:
            times[key] = time_us
    if "at" in times and ("from" in times or "until" in times):
        table.refuse("at", "at stands for a window up to then: drop it, or from and until")
    for key, time_us in times.items():
        if time_us > end:
            table.refuse(
                key, f"{key} = {said(table.data[key])} is after the end at {end / 1e6:g} s"
            )
    begin, until = times.get("from", 0), times.get("until", times.get("at", end))
    if begin >= until and "from" in times and max(begin, until) <= end:
        key = "until" if "until" in times else "from"
        table.refuse(key, f"the window from {begin / 1e6:g} s until {until / 1e6:g} s is empty")
    return Window(begin, until)


def _time(table: Table, key: str, labels: Mapping[str, int]) -> int | None:
    value = table.data.get(key)
    if (
        isinstance(value, str)
        and value
        and not value.strip()[:1].isdigit()
        and value[0] not in "+-"
    ):
        table.known(key)
        hint = nearest(value, labels) if labels else "no fault has a name"
        table.refuse(key, f"{key} = {said(value)} is neither a time nor a fault's name: {hint}")
        return None
    return table.time_us(key)


def _read(table: Table, name: str, kind: ExpectationKind, window: Window) -> list[Expectation]:
    line = table.problems.line((*table.path, name))
    if kind.form == "comparison":
        assert kind.possible is not None
        possible = kind.possible
        if name == "time_to_stop":
            possible = replace(possible, highest=(window.until_us - window.from_us) / 1e6)
        target = _comparison(table, name, table.raw(name), possible)
        return [] if target is None else [Expectation(name, "", target, window, line)]
    if kind.form == "mode":
        mode = table.choice(name, (*MODES, *STATES), word="mode")
        return [] if mode is None else [Expectation(name, "", mode, window, line)]
    if kind.form in ("modes", "texts"):
        texts = table.texts(name)
        if texts is None:
            return []
        if kind.form == "modes":
            for mode in texts:
                if mode not in (*MODES, *STATES):
                    hint = nearest(mode, (*MODES, *STATES))
                    table.refuse(name, f"mode {said(mode)} is not known: {hint}")
        return [Expectation(name, "", texts, window, line)]
    inner = table.table(name)
    return [] if inner is None else _parts(inner, name, kind, window)


def _parts(table: Table, name: str, kind: ExpectationKind, window: Window) -> list[Expectation]:
    """The entries of `rates` or `telemetry`."""
    found = []
    for key in table.data:
        table.known(key)
        possible = kind.possible
        if name == "rates":
            if key not in _fields():
                table.refuse(key, f"message {key} is not known: {nearest(key, _fields())}")
                continue
        else:
            possible = _field_range(table, key)
        if possible is None:
            continue
        whiches = WHICH if name == "telemetry" else ()
        target = _comparison(table, key, table.data[key], possible, whiches)
        if target is not None:
            line = table.problems.line((*table.path, key))
            found.append(Expectation(name, key, target, window, line))
    return found


def _comparison(
    table: Table, key: str, value: Any, possible: Range, whiches: tuple[str, ...] = ()
) -> Comparison | None:
    try:
        return comparison(value, possible, whiches)
    except UnitError as error:
        table.refuse(key, f"{key} = {error}")
        return None


def _field_range(table: Table, key: str) -> Range | None:
    """What a message's field can be."""
    match = _FIELD.fullmatch(key)
    if match is None:
        table.refuse(key, f'{key} names no field: write "SYS_STATUS.voltage_battery"')
        return None
    message, instance, field = match.groups()
    if message not in _fields():
        table.refuse(key, f"message {message} is not known: {nearest(message, _fields())}")
        return None
    units, by = _fields()[message]
    if field not in units:
        table.refuse(key, f"{message} has no field {field}: {nearest(field, units)}")
        return None
    if instance is not None and by is None:
        table.refuse(key, f"{message} is not sent for several parts: drop [{instance}]")
        return None
    return Range(units[field], None)


@functools.cache
def _fields() -> dict[str, tuple[dict[str, str], str | None]]:
    """Each message's numeric fields with their units, and the field that tells parts apart."""
    found = {}
    for message in dialect.load().mavlink_map.values():
        numeric = {
            name: message.fieldunits_by_name.get(name, "")
            for name, kind, length in zip(
                message.fieldnames, message.fieldtypes, _lengths(message), strict=True
            )
            if kind != "char" and length == 0
        }
        found[message.msgname] = (numeric, getattr(message, "instance_field", None))
    return found


def _lengths(message: Any) -> list[int]:
    """The array length of each field in the order of `fieldnames`; 0 for no array."""
    by_name = dict(zip(message.ordered_fieldnames, message.array_lengths, strict=True))
    return [by_name[name] for name in message.fieldnames]


def _refuse_contradictions(tables: Sequence[Table], found: Sequence[Expectation]) -> None:
    """Two tables that expect opposites of one window."""
    groups: dict[tuple[str, str, Window, str], list[Expectation]] = {}
    for one in found:
        if isinstance(one.target, Comparison):
            key = (one.name, one.what, one.window, one.target.which)
            groups.setdefault(key, []).append(one)
    for same in groups.values():
        clauses: tuple[tuple[str, float], ...] = ()
        for one in same:
            assert isinstance(one.target, Comparison)
            clauses += one.target.clauses
            if not satisfiable(clauses, None, None, False):
                first = same[0].line
                tables[0].problems.add_at(
                    one.line, f"{one.said} contradicts what line {first} expects of the same time"
                )
                break
