"""Several sonars in turn: one ping every 40 ms, so that none hears the echo of another."""

from patrol.portable import const

SLOT_TICKS = const(4)  # of 10 ms: longer than the 38 ms that a sensor takes to hear nothing


class SonarArray:
    """`step` once a tick. `fresh` has a bit set for each sensor measured in this tick."""

    def __init__(self, sonars):
        self.sonars = sonars
        self.fresh = 0
        self.latest = 0  # the number of the sensor measured last
        self._turn = -1
        self._left = 1

    def step(self):
        """Collects the sensor whose slot has ended and pings the next one."""
        self.fresh = 0
        self._left -= 1
        if self._left:
            return
        self._left = SLOT_TICKS
        turn = self._turn
        if turn >= 0:
            self.sonars[turn].collect()
            self.fresh = 1 << turn
            self.latest = turn
        turn += 1
        if turn == len(self.sonars):
            turn = 0
        self._turn = turn
        self.sonars[turn].ping()

    def alive(self):
        """True while every sensor answers."""
        for sonar in self.sonars:
            if not sonar.alive:
                return False
        return True
