"""`patrol crash`: the crash records that a car has kept, read through its REPL."""

from __future__ import annotations

import struct
from dataclasses import asdict, dataclass
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.stored import records, stored

LAYOUT = 1
_STORED = "crash", "crash records"
HEAD = struct.Struct("<IBBBBBBBB8s")  # firmware/patrol/store/crash.py
KINDS = ("an exception in the loop", "the firmware did not start", "the loop hung: watchdog")
# machine.reset_cause() of the stm32 port
CAUSES = ("soft reset", "power on", "reset", "watchdog", "deep sleep")


@dataclass(frozen=True)
class Crash:
    """One record. Its date is not known: the board has no clock that survives a power-off.

    `number` counts the exceptions of one run, `cause` is the reset that this run began with,
    `build` the firmware's hash (empty for a tree that was not built), `trace` outermost first.
    """

    sequence: int
    uptime_s: int
    kind: str
    number: int
    cause: str
    version: str
    build: str
    times: str
    trace: tuple[str, ...]

    def lines(self) -> list[str]:
        """For a person."""
        build = f", build {self.build}" if self.build else ""
        found = [
            f"crash {self.sequence}: {self.kind}, {self.uptime_s} s after boot "
            f"(by {self.cause}), number {self.number} of that run",
            f"  patrolcar {self.version}{build}",
        ]
        if self.times:
            found.append(f"  {self.times}")
        return found + [f"    {line}" for line in self.trace]

    def record(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


def decode(sequence: int, layout: int, payload: bytes) -> Crash:
    """A record's content. PatrolError for a layout that this version does not know."""
    if layout != LAYOUT or len(payload) < HEAD.size:
        raise PatrolError(
            f"crash record {sequence} has layout {layout} and {len(payload)} bytes; this patrol "
            f"reads layout {LAYOUT}: use the version that the board was flashed with"
        )
    uptime, kind, number, cause, _, *version, _, build = HEAD.unpack_from(payload)
    text = payload[HEAD.size :].rstrip(b"\0").decode(errors="replace").split("\n")
    return Crash(
        sequence,
        uptime,
        KINDS[kind] if kind < len(KINDS) else f"kind {kind}",
        number,
        CAUSES[cause] if cause < len(CAUSES) else f"cause {cause}",
        ".".join(map(str, version)),
        build.hex() if any(build) else "",
        text[0],
        tuple(line for line in text[1:] if line),
    )


def parse(answer: str, port: str) -> list[Crash]:
    """The records in what the board printed, oldest first."""
    return [decode(*record) for record in records(answer, port, *_STORED)]


def crashes(port: str, *, clear: bool = False) -> list[Crash]:
    """What the board at a REPL port has kept, oldest first: see stored.stored."""
    return [decode(*record) for record in stored(port, *_STORED, clear=clear)]
