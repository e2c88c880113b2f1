"""MANUAL with soft sticks: half a stick is a quarter of the speed, so that it drives finely.

Straight ahead it holds the heading that it has once a turn is over: two motors are never alike.
"""

from patrol.car import MAX_SPEED_MM_S, MAX_TURN_MRAD_S
from patrol.control.heading import hold
from patrol.portable import const

TIMEOUT_MS = const(500)
_STRAIGHT = const(100)  # mrad/s: slower than that a turn is over
_STEER_MOST = const(900)


def soft(stick):
    """A stick of -1000 to 1000, squared; others count as 0."""
    return stick * abs(stick) // 1000 if -1000 <= stick <= 1000 else 0


class Manual:
    """`drive` takes the wish, `odometry` gives the heading."""

    def __init__(self, drive, odometry):
        self.expired = True
        self._want = drive.want
        self._odometry = odometry
        self._held = None  # the heading that it holds
        self._x = 0
        self._r = 0
        self._at = 0

    def start(self):
        """Stands still until the first stick message."""
        self._x = self._r = 0
        self._held = None
        self.expired = True
        self._want(0, 0)

    def sticks(self, x, r, now_ms):
        """A MANUAL_CONTROL: forward and right, each -1000 to 1000; others count as 0."""
        self._x = soft(x)
        self._r = soft(r)
        self._at = now_ms
        self.expired = False

    def step(self, now_ms, blocked):
        """Drives, not forwards where that is `blocked`; True once when the sticks fell silent."""
        if self.expired:
            return False
        if now_ms - self._at >= TIMEOUT_MS:
            self.start()
            return True
        x = self._x
        if blocked and x > 0:
            x = 0
        turn = self._r * MAX_TURN_MRAD_S // 1000
        odometry = self._odometry
        if turn or not x:
            self._held = None
        elif self._held is not None:
            turn = hold(odometry.heading, self._held, _STEER_MOST)
        elif -_STRAIGHT < odometry.turn < _STRAIGHT:
            self._held = odometry.heading
        self._want(x * MAX_SPEED_MM_S // 1000, turn)
        return False
