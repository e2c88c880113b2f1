"""The telemetry line's two directions, with all the faults that are on at the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patrolcar_sim.board.telemetry_line import TelemetryLine
from patrolcar_sim.faults.fault import Undo
from patrolcar_sim.uart import FakeUart

WAYS = {"to": ("to",), "from": ("from",), "both": ("to", "from")}
"""By where: to the car, from the car, or both."""


@dataclass(eq=False)
class LineFault:
    """What one fault does to a direction: rates from 0 to 1, or a stall."""

    bits: float = 0.0
    drops: float = 0.0
    duplicates: float = 0.0
    stall: tuple[int, int] | None = None


class FaultyLines:
    """Rates of several faults add up as chances do, stalls follow each other."""

    def __init__(self, line: TelemetryLine, seed: object) -> None:
        self._uarts = {"to": line.received, "from": line.sent}
        self._on: dict[str, list[LineFault]] = {"to": [], "from": []}
        for way, uart in self._uarts.items():
            uart.reseed(f"uart {way} {seed}")

    def put(self, where: str, fault: LineFault) -> Undo:
        """Begins a fault; its end is given back."""
        for way in WAYS[where]:
            self._on[way].append(fault)
            self._set(self._uarts[way], self._on[way])

        def end() -> None:
            for way in WAYS[where]:
                self._on[way].remove(fault)
                self._set(self._uarts[way], self._on[way])

        return end

    @staticmethod
    def _set(uart: FakeUart, on: list[LineFault]) -> None:
        faults = uart.faults
        faults.bit_error_rate = _any(one.bits for one in on)
        faults.drop_rate = _any(one.drops for one in on)
        faults.duplicate_rate = _any(one.duplicates for one in on)
        faults.stalls = sorted(one.stall for one in on if one.stall is not None)


def _any(rates: Iterable[float]) -> float:
    """The chance that at least one of several happens."""
    spared = 1.0
    for rate in rates:
        spared *= 1 - rate
    return 1 - spared
