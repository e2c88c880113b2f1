"""A black box: its parts as the car has stored them, decoded into ticks with units."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from patrolcar.errors import PatrolError

LAYOUT = 1
HEAD = struct.Struct("<IHBBBB8s")  # firmware/patrol/store/box.py
FORMAT = struct.Struct("<HHhhbbbbBBBhBB")  # firmware/patrol/behaviour/blackbox.py
PART_TICKS = 25
STATES = ("DISARMED", "HOLD", "MANUAL", "AUTO", "FAULT")
FAILSAFES = (  # firmware/patrol/behaviour/failsafe_table.py
    "link lost",
    "battery low",
    "battery critical",
    "stall",
    "tilt",
    "cliff",
    "bumper",
    "sensor stale",
    "loop overrun",
    "memory low",
)
_TEXT = 1 << 11  # numbers of texts: firmware/patrol/behaviour/faults.py
_EVENTS = (
    "emergency stop",
    "no MANUAL_CONTROL for 500 ms",
    "stuck: no way out",
    "a wheel cannot be trusted",
    "loop stood still: motors cut",
    "exception: patrol crash tells more",
)
REASONS = dict(enumerate((*FAILSAFES, *_EVENTS), _TEXT))
_BUMPER, _EDGE = 1 << 13, 1 << 14
FULL = 255  # that much, or more


@dataclass(frozen=True)
class Tick:
    """One tick of the loop. Left and right are the wheels'; ranges are the sonars'.

    `at_ms` is the uptime, `speed_*` in mm/s by the encoders, `duty_*` of 1000, `want_speed` in
    mm/s and `want_turn` in mrad/s (clockwise), `range_*` in mm (None: nothing heard), `heading` in
    mrad, `battery_mv`, and `tick_us` what the tick before it took. `conditions` are the failsafes
    whose condition holds, and "bumper pressed" and "edge" as the sensors have it.
    """

    at_ms: int
    state: str
    conditions: tuple[str, ...]
    speed_left: int
    speed_right: int
    duty_left: int
    duty_right: int
    want_speed: int
    want_turn: int
    range_left: int | None
    range_front: int | None
    range_right: int | None
    heading: int
    battery_mv: int
    tick_us: int


@dataclass(frozen=True)
class Box:
    """The ticks around one stop, oldest first; those of parts that are missing are left out.

    `stop_ms` is the uptime of the first tick in which the car was stopped: not known (None) where
    that one is missing. `missing` is how many of `parts` are.
    """

    sequence: int
    reason: str
    end_ms: int
    build: str
    parts: int
    missing: int
    stop_ms: int | None
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Part:
    """What one record holds."""

    sequence: int
    head: tuple[int, int, int, int, int, bytes]  # end, reason, parts, ticks, after, build
    number: int
    data: bytes


def part(sequence: int, layout: int, payload: bytes) -> Part:
    """A record's content. PatrolError for a layout that this version does not know."""
    size = FORMAT.size
    body = len(payload) - HEAD.size
    if layout != LAYOUT or body < 0:
        raise PatrolError(
            f"black box record {sequence} has layout {layout} and {len(payload)} bytes; this "
            f"patrol reads layout {LAYOUT}: use the version that the board was flashed with"
        )
    end, reason, number, parts, ticks, after, build = HEAD.unpack_from(payload)
    count = min(PART_TICKS, max(0, ticks - number * PART_TICKS))
    # A payload is padded to an even number.
    if number >= parts or after > ticks or body not in (count * size, count * size + 1):
        raise PatrolError(
            f"black box record {sequence} does not fit together (part {number} of {parts}, "
            f"{ticks} ticks, {body} bytes): use the version that the board was flashed with"
        )
    head = (end, reason, parts, ticks, after, build)
    return Part(sequence, head, number, payload[HEAD.size : HEAD.size + count * size])


def boxes(parts: Iterable[Part]) -> list[Box]:
    """The boxes that these parts make, in their order."""
    groups: list[list[Part]] = []
    for one in parts:
        last = groups[-1][-1] if groups else None
        if last is None or last.head != one.head or last.number >= one.number:
            groups.append([])
        groups[-1].append(one)
    return [_box(group) for group in groups]


def _box(group: list[Part]) -> Box:
    end, reason, parts, count, after, build = group[0].head
    found = {
        one.number * PART_TICKS + i: _tick(one.data[i * FORMAT.size :], end)
        for one in group
        for i in range(len(one.data) // FORMAT.size)
    }
    stop = found.get(count - after) if after else found.get(count - 1)
    return Box(
        group[0].sequence,
        REASONS.get(reason, f"reason {reason}"),
        end,
        build.hex() if any(build) else "",
        parts,
        parts - len(group),
        stop.at_ms if stop is not None else None,
        tuple(found.values()),
    )


def _tick(data: bytes, end_ms: int) -> Tick:
    (ms, flags, left, right, duty_left, duty_right, speed, turn, *rest) = FORMAT.unpack_from(data)
    *ranges, heading, battery, took = rest
    conditions = [name for i, name in enumerate(FAILSAFES) if flags >> i & 1]
    conditions += ["bumper pressed"] * bool(flags & _BUMPER) + ["edge"] * bool(flags & _EDGE)
    state = flags >> 10 & 7
    heard = [one * 16 or None for one in ranges]
    return Tick(
        end_ms - (end_ms - ms & 0xFFFF),
        STATES[state] if state < len(STATES) else f"state {state}",
        tuple(conditions),
        left,
        right,
        duty_left * 8,
        duty_right * 8,
        speed * 4,
        turn * 32,
        heard[0],
        heard[1],
        heard[2],
        heading,
        battery * 64,
        took * 128,
    )
