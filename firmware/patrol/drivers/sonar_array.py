"""Several sonars in turn: left and right at once, then the front one, for 40 ms each.

At 90 degrees to each other the outer two hear little of one another, and all three are measured
anew within 80 ms. Where one pin triggers both, both are looked at before its one pulse.
"""

from patrol.portable import const

SLOT_TICKS = const(4)  # of 10 ms: longer than the 38 ms that a sensor takes to hear nothing
_GROUPS = (b"\x00\x02", b"\x01")


class SonarArray:
    """`step` once a tick. `sonars` are left, front and right; those that one pin triggers have the
    same Pin.

    `fresh` has a bit set for each sensor measured in this tick, `untold` for each whose last
    range was not sent yet: who sends it clears it there.
    """

    def __init__(self, sonars):
        self.sonars = sonars
        self.fresh = 0
        self.untold = 0
        self._turn = -1
        self._left = 1

    def step(self, moving):
        """Collects the sensors whose slot has ended and pings the next ones."""
        self.fresh = 0
        self._left -= 1
        if self._left:
            return
        self._left = SLOT_TICKS
        turn = self._turn
        sonars = self.sonars
        if turn >= 0:
            fresh = 0
            for i in _GROUPS[turn]:
                sonars[i].collect(moving)
                fresh |= 1 << i
            self.fresh = fresh
            self.untold |= fresh
        self._turn = turn = 0 if turn else 1
        group = _GROUPS[turn]
        ready = 0
        for i in group:
            if sonars[i].listen():
                ready |= 1 << i
        pulsed = None
        for i in group:
            trigger = sonars[i].trigger
            if ready >> i & 1 and trigger is not pulsed:
                sonars[i].pulse()
                pulsed = trigger

    def alive(self):
        """True while every sensor answers."""
        for sonar in self.sonars:
            if sonar.dead:
                return False
        return True

    def lost(self):
        """True when one of them has been of no use for two pings."""
        for sonar in self.sonars:
            if sonar.dead == 2:
                return True
        return False
