"""Where the car has been: visits of half-metre cells, on a grid that wraps every 16 m."""

from patrol.control.trig import cos_mrad, sin_mrad
from patrol.portable import const

_CELL_MM = const(500)
_SIDE = const(32)
_MASK = const(31)
_STEP_MM = const(250)
_FIRST_MM = const(400)  # nearer cells are those that the car stands in
_MOST_MM = const(2_400)

_MOST = const(3)  # visits that are told apart: two bits a cell

# What a cell is worth by its visits: 8, 3, 1, and 0 from three on.
_WORTH = const(0x0138)


class Visited:
    """`enter` with each new position, `novelty` to ask what lies in a direction."""

    def __init__(self):
        self._visits = bytearray(_SIDE * _SIDE // 4)
        self._last = -1

    def enter(self, x, y):
        """The car is at (x, y), mm; counts a visit when that is another cell than before."""
        at = (y // _CELL_MM & _MASK) * _SIDE + (x // _CELL_MM & _MASK)
        if at != self._last:
            self._last = at
            self.spoil(x, y)

    def spoil(self, x, y):
        """A visit of the cell of (x, y), which attracts less; also for one that is no way."""
        at = (y // _CELL_MM & _MASK) * _SIDE + (x // _CELL_MM & _MASK)
        shift = at % 4 * 2
        if self._visits[at // 4] >> shift & 3 < _MOST:
            self._visits[at // 4] += 1 << shift

    def novelty(self, x, y, heading, reach):
        """The worth of the cells from (x, y) along a heading (mrad), up to `reach` mm."""
        if reach > _MOST_MM:
            reach = _MOST_MM
        c = cos_mrad(heading)
        s = sin_mrad(heading)
        worth = 0
        r = _FIRST_MM
        while r <= reach:
            at = ((y + (r * s >> 14)) // _CELL_MM & _MASK) * _SIDE
            at += (x + (r * c >> 14)) // _CELL_MM & _MASK
            worth += _WORTH >> (self._visits[at // 4] >> at % 4 * 2 & 3) * 4 & 15
            r += _STEP_MM
        return worth
