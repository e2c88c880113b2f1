"""What was heard around one place, in sectors of a circle, and which of them to take."""

from array import array

from patrol.control.trig import wrap_mrad
from patrol.portable import const

_SECTORS = const(24)
_SECTOR_MRAD = const(262)
_PI_MRAD = const(3_142)
_UNKNOWN = const(-1)
_FAR = const(4_000)
_ROOMY = const(1_000)  # among equals, the one with more than this ahead


class Sectors:
    """`forget`, then `note` what is heard while turning, then `best`.

    Ranges in mm. A sector can be taken with `free` ahead and its neighbours beyond `near`.
    `clear` has the range of each, and `worth` is to be set: what it would be worth to go there.
    """

    def __init__(self, free, near):
        self._free = free
        self._near = near
        self.clear = array("h", [_UNKNOWN] * _SECTORS)
        self.worth = bytearray(_SECTORS)

    def forget(self):
        """Another place: nothing is known."""
        i = 0
        while i < _SECTORS:
            self.clear[i] = _UNKNOWN
            self.worth[i] = 0
            i += 1

    def note(self, heading, mm):
        """A range in a direction; the shortest one in the sector counts. Its place."""
        at = (heading + _PI_MRAD) // _SECTOR_MRAD % _SECTORS
        if self.clear[at] == _UNKNOWN or mm < self.clear[at]:
            self.clear[at] = mm
        return at

    def best(self, more_than):
        """The heading of the sector that is worth most, and more than that; None if none is."""
        best = -1
        i = 0
        while i < _SECTORS:
            clear = self.clear[i]
            if clear >= self._free:
                before = self.clear[i - 1 if i else _SECTORS - 1]
                after = self.clear[i + 1 if i < _SECTORS - 1 else 0]
                near = before if before != _UNKNOWN else _FAR
                if after != _UNKNOWN and after < near:
                    near = after
                # Neighbours say whether it is an opening or only a gap between two echoes.
                if near > self._near:
                    worth = self.worth[i] + (1 if clear > _ROOMY else 0)
                    if near < self._free or clear == _FAR:
                        worth //= 2
                    if worth > more_than:
                        more_than = worth
                        best = i
            i += 1
        if best < 0:
            return None
        return wrap_mrad(best * _SECTOR_MRAD + _SECTOR_MRAD // 2 - _PI_MRAD)
