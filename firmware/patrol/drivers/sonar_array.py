"""Several sonars in turn: left and right at once, then the front one, for 40 ms each.

At 90 degrees to each other the outer two hear little of one another, and all three are measured
anew within 80 ms.
"""

from patrol.portable import const

SLOT_TICKS = const(4)  # of 10 ms: longer than the 38 ms that a sensor takes to hear nothing
_GROUPS = ((0, 2), (1,))


class SonarArray:
    """`step` once a tick. `fresh` has a bit set for each sensor measured in this tick.

    `sonars` are left, front and right; `shared` says that one pin triggers both outer ones.
    """

    def __init__(self, sonars, shared):
        self.sonars = sonars
        self.fresh = 0
        self._fired = ((0,) if shared else _GROUPS[0], _GROUPS[1])
        self._turn = 0
        self._begun = False
        self._left = 1

    def step(self):
        """Collects the sensors whose slot has ended and pings the next ones."""
        self.fresh = 0
        self._left -= 1
        if self._left:
            return
        self._left = SLOT_TICKS
        sonars = self.sonars
        turn = self._turn
        if self._begun:
            fresh = 0
            for i in _GROUPS[turn]:
                sonars[i].collect()
                fresh |= 1 << i
            self.fresh = fresh
            self._turn = turn = 1 - turn
        self._begun = True
        for i in _GROUPS[turn]:
            sonars[i].listen()
        for i in self._fired[turn]:
            sonars[i].fire()

    def alive(self):
        """True while every sensor answers."""
        for sonar in self.sonars:
            if not sonar.alive:
                return False
        return True
