"""The telemetry UART's line: both directions at their baud rate, and who is at the far end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from patrolcar_sim.board.ports import Port
from patrolcar_sim.uart import FakeUart

SENT_MOST = 1 << 20  # what the chip sends is never refused by the far end


class GroundStation(Protocol):
    """A scripted peer, inside the lockstep."""

    def receive(self, data: bytes, at_us: int) -> None: ...
    def poll(self, now_us: int) -> bytes: ...


class TelemetryLine:
    """Two FakeUarts between the chip and a port, a scripted station, or both.

    Attributes:
        sent: from the chip; received: to the chip, its FIFO being the firmware's buffer.
        station: the scripted peer, if any.
        on_bytes: is called with what the chip sent and the time at which it had arrived.
    """

    def __init__(self, port: Port | None) -> None:
        self._port = port
        self._baud = 0
        self.sent = FakeUart(9600, fifo=SENT_MOST)
        self.received = FakeUart(9600, fifo=1)
        self.station: GroundStation | None = None
        self.on_bytes: Callable[[bytes, int], None] | None = None

    def set_up(self, baud: int) -> None:
        """The firmware has opened its UART."""
        if baud != self._baud:
            self._baud = baud
            self.sent.baud = baud
            self.received.baud = baud

    def close(self) -> None:
        """The chip was reset: nobody takes bytes in any more."""
        self.received.fifo = 0

    def send(self, data: bytes, at_us: int) -> None:
        """What the chip begins to send."""
        if self._baud:
            self.sent.send(data, at_us)

    def hear(self, data: bytes, now_us: int) -> None:
        """What somebody outside sends to the chip."""
        if data and self._baud:
            self.received.send(data, now_us)

    def move(self, now_us: int) -> None:
        """Hands over what has come through by now, both ways."""
        arrived = self.sent.receive(now_us) if self.sent.flying else b""
        station = self.station
        if arrived:
            if self.on_bytes is not None:
                self.on_bytes(arrived, now_us)
            if station is not None:
                station.receive(arrived, now_us)
            if self._port is not None:
                self._port.write(arrived)
        if station is not None:
            said = station.poll(now_us)
            if said:
                self.hear(said, now_us)
