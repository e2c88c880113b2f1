"""The fake UART: one direction of a serial line that paces bytes at its baud rate, with faults.

Times are microseconds of any clock: the virtual board passes its own, RealTimeLine the wall's. The
arithmetic is exact, in units of 1 / baud microseconds, so a byte of 10 bits at 921600 baud does
not drift. Two of them, one for each way, make a port.

    line = FakeUart(921600)
    line.send(b"hello", at_us=0)     # 55: when the last bit has left
    line.receive(until_us=33)        # b"hel"
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

# 8N1: a start bit, eight of data, a stop bit. In units of 1 / baud us.
_BYTE = 10 * 1_000_000


@dataclass
class LineFaults:
    """What goes wrong on a line; may be changed at any time and holds for what is sent later.

    Raises ValueError for a rate that is no probability.
    """

    bit_error_rate: float = 0.0
    """Probability that a data bit arrives flipped."""
    drop_rate: float = 0.0
    """Probability that a byte never arrives (it still takes its time)."""
    duplicate_rate: float = 0.0
    """Probability that a byte arrives twice."""
    stalls: list[tuple[int, int]] = field(default_factory=list)
    """Times (start_us, end_us), ascending, in which no byte begins: those that would, wait."""

    def __post_init__(self) -> None:
        for name in ("bit_error_rate", "drop_rate", "duplicate_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)} is no probability: give 0 to 1")


class FakeUart:
    """One direction of a serial line, ended by a receive FIFO.

    `fifo` is the receiver's buffer in bytes: what arrives while it is full is lost and counted in
    `overruns`. The same seed and calls give the same bytes. Raises ValueError for a baud rate or
    a FIFO below 1.
    """

    def __init__(
        self,
        baud: int,
        *,
        fifo: int = 512,
        seed: int = 0,
        faults: LineFaults | None = None,
    ) -> None:
        if baud < 1 or fifo < 1:
            raise ValueError(f"baud {baud} and fifo {fifo} must be at least 1")
        self.baud = baud
        self.fifo = fifo
        self.faults = faults if faults is not None else LineFaults()
        self.overruns = 0
        self._random = random.Random(seed)
        self._free = 0  # when the line is idle again
        # What is under way: (data, arrival of its first byte, or one arrival for each byte).
        self.flying: deque[tuple[bytes, int | list[int]]] = deque()
        self._taken = 0  # bytes of the first chunk that have arrived already
        self._waiting = bytearray()

    def reseed(self, seed: str) -> None:
        """Draws the faults from now on by another seed."""
        self._random = random.Random(seed)

    def send(self, data: bytes, at_us: int) -> int:
        """Puts bytes on the line from at_us on, or when it is free; when the last one has left."""
        start = max(at_us * self.baud, self._free)
        faults = self.faults
        if (
            faults.bit_error_rate
            or faults.drop_rate
            or faults.duplicate_rate
            or (faults.stalls and faults.stalls[-1][1] * self.baud > start)
        ):
            self._send_faulty(data, start)
        elif data:
            self.flying.append((bytes(data), start + _BYTE))
            self._free = start + len(data) * _BYTE
        return self.idle_at_us

    def _send_faulty(self, data: bytes, start: int) -> None:
        faults, draw = self.faults, self._random.random
        sent = bytearray()
        arrivals: list[int] = []
        stalls = [(begin * self.baud, end * self.baud) for begin, end in faults.stalls]
        for byte in data:
            for begin, end in stalls:
                if begin <= start < end:
                    start = end
            start += _BYTE
            if faults.bit_error_rate:
                for bit in range(8):
                    byte ^= (draw() < faults.bit_error_rate) << bit
            if faults.drop_rate and draw() < faults.drop_rate:
                continue
            copies = 2 if faults.duplicate_rate and draw() < faults.duplicate_rate else 1
            sent.extend([byte] * copies)
            arrivals.extend([start] * copies)
        self._free = start
        if sent:
            self.flying.append((bytes(sent), arrivals))

    def receive(self, until_us: int, limit: int | None = None) -> bytes:
        """Bytes that have arrived by until_us, at most `limit`; the rest stays in the FIFO."""
        if self.flying:
            self._arrive(until_us * self.baud)
        waiting = self._waiting
        if not waiting:
            return b""
        if limit is None or limit >= len(waiting):
            got = bytes(waiting)
            waiting.clear()
        else:
            got = bytes(waiting[:limit])
            del waiting[:limit]
        return got

    def _arrive(self, until: int) -> None:
        """Moves what has arrived from the line into the FIFO."""
        flying = self.flying
        while flying:
            data, when = flying[0]
            if isinstance(when, int):
                count = min(len(data), (until - when) // _BYTE + 1)
            else:
                count = self._taken
                while count < len(data) and when[count] <= until:
                    count += 1
            if count > self._taken:
                keep = min(count, self._taken + self.fifo - len(self._waiting))
                self._waiting += data[self._taken : keep]
                self.overruns += count - keep
                self._taken = count
            if self._taken < len(data):
                return
            flying.popleft()
            self._taken = 0

    @property
    def waiting(self) -> int:
        """Bytes in the FIFO as of the last receive."""
        return len(self._waiting)

    @property
    def next_arrival_us(self) -> int | None:
        """When the next byte that is still on the line arrives; None if there is none."""
        if not self.flying:
            return None
        _, when = self.flying[0]
        if isinstance(when, int):
            return -(-(when + self._taken * _BYTE) // self.baud)
        return -(-when[self._taken] // self.baud)

    @property
    def idle_at_us(self) -> int:
        """When the last byte sent so far has left."""
        return -(-self._free // self.baud)


class RealTimeLine:
    """A FakeUart on the wall's clock, for use without the virtual board."""

    def __init__(self, line: FakeUart, clock: Callable[[], float] = time.monotonic) -> None:
        self.line = line
        self._clock = clock
        self._start = clock()

    @property
    def now_us(self) -> int:
        """Microseconds since this line was made."""
        return int((self._clock() - self._start) * 1_000_000)

    def send(self, data: bytes) -> int:
        """Puts bytes on the line now; when the last one will have left, by `now_us`."""
        return self.line.send(data, self.now_us)

    def receive(self, limit: int | None = None) -> bytes:
        """What has arrived by now."""
        return self.line.receive(self.now_us, limit)

    def until_next(self) -> float | None:
        """Seconds until the next byte arrives (0 if it has); None when nothing is under way."""
        if self.line.waiting:
            return 0.0
        arrival = self.line.next_arrival_us
        return None if arrival is None else max(0.0, (arrival - self.now_us) / 1_000_000)
