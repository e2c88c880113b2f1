"""Where the car has been: visits of half-metre cells, on a grid that wraps every 16 m."""

from patrol.control.trig import cos_mrad, sin_mrad
from patrol.portable import const

_CELL_MM = const(500)
_SIDE = const(32)
_MASK = const(31)
_STEP_MM = const(250)
_FIRST_MM = const(400)  # nearer cells are those that the car stands in
_MOST_MM = const(2_400)

# What a cell is worth by its visits; more than these are worth nothing.
_WORTH = b"\x08\x03\x01"


class Visited:
    """`enter` with each new position, `novelty` to ask what lies in a direction."""

    def __init__(self):
        self.cells = 0  # that were entered at least once
        self._visits = bytearray(_SIDE * _SIDE)
        self._last = -1

    def enter(self, x, y):
        """The car is at (x, y), mm; counts a visit when that is another cell than before."""
        at = (y // _CELL_MM & _MASK) * _SIDE + (x // _CELL_MM & _MASK)
        if at != self._last:
            self._last = at
            visits = self._visits[at]
            if visits == 0:
                self.cells += 1
            if visits < 255:
                self._visits[at] = visits + 1

    def spoil(self, x, y):
        """The cell of (x, y) cannot be entered: it counts as visited and attracts no more."""
        at = (y // _CELL_MM & _MASK) * _SIDE + (x // _CELL_MM & _MASK)
        visits = self._visits[at]
        if visits < 255:
            self._visits[at] = visits + 1

    def novelty(self, x, y, heading, reach):
        """The worth of the cells from (x, y) along a heading (mrad), up to `reach` mm."""
        if reach > _MOST_MM:
            reach = _MOST_MM
        c = cos_mrad(heading)
        s = sin_mrad(heading)
        worth = 0
        r = _FIRST_MM
        while r <= reach:
            cx = (x + (r * c >> 14)) // _CELL_MM & _MASK
            cy = (y + (r * s >> 14)) // _CELL_MM & _MASK
            visits = self._visits[cy * _SIDE + cx]
            if visits < 3:
                worth += _WORTH[visits]
            r += _STEP_MM
        return worth
