"""Several sonars in turn: left and right at once, then the front one, for 40 ms each.

At 90 degrees to each other the outer two hear little of one another, and all three are measured
anew within 80 ms. Where one pin triggers both, its second pulse finds them listening already, and
a sensor that listens takes no notice of its trigger.
"""

from patrol.portable import const

SLOT_TICKS = const(4)  # of 10 ms: longer than the 38 ms that a sensor takes to hear nothing
_GROUPS = (b"\x00\x02", b"\x01")


class SonarArray:
    """`step` once a tick. `sonars` are left, front and right.

    `fresh` has a bit set for each sensor measured in this tick, `latest` for each measured last.
    """

    def __init__(self, sonars):
        self.sonars = sonars
        self.fresh = 0
        self.latest = 0
        self._turn = -1
        self._left = 1

    def step(self):
        """Collects the sensors whose slot has ended and pings the next ones."""
        self.fresh = 0
        self._left -= 1
        if self._left:
            return
        self._left = SLOT_TICKS
        turn = self._turn
        if turn >= 0:
            fresh = 0
            for i in _GROUPS[turn]:
                self.sonars[i].collect()
                fresh |= 1 << i
            self.fresh = self.latest = fresh
        self._turn = turn = 0 if turn else 1
        for i in _GROUPS[turn]:
            self.sonars[i].ping()

    def alive(self):
        """True while every sensor answers."""
        for sonar in self.sonars:
            if not sonar.alive:
                return False
        return True
