"""A UART in portions: what one tick may write, since a write lasts until its last bit has left.

line.room            # bytes that it takes now
writer.flush(line)   # hands frames over
line.step()          # once a tick: one write of at most a portion
"""

from patrol.link.payload import copy
from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import UART

_PERCENT = const(60)  # of a tick at most; the rest is for everything else
_MOST = const(350)  # bytes: a fast line is never kept busy for longer than 4 ms
_HELD = const(192)  # bytes that may wait: two long frames


class Line:
    """Stands where a Writer expects a UART. `portion` is in bytes a tick of 10 ms."""

    def __init__(self, uart: "UART", baud):
        portion = baud * _PERCENT // 100_000
        self.portion = _MOST if portion > _MOST else (portion if portion > 0 else 1)
        self._size = self.portion + _HELD
        self.room = self._size
        self._uart = uart
        self._buf = bytearray(self._size)
        self._fill = 0

    def write(self, buf, off, n):
        """Takes bytes for later; no more than `room`, which the caller has asked before."""
        fill = self._fill
        copy(self._buf, fill, buf, off, n)
        self._fill = fill + n
        self.room = self._size - self._fill

    def step(self):
        """Writes the oldest bytes, a portion at most."""
        fill = self._fill
        if not fill:
            return
        n = self.portion
        if n >= fill:
            self._uart.write(self._buf, 0, fill)
            self._fill = 0
        else:
            self._uart.write(self._buf, 0, n)
            copy(self._buf, 0, self._buf, n, fill - n)
            self._fill = fill - n
        self.room = self._size - self._fill
