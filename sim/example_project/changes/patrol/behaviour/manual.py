"""MANUAL with soft sticks: half a stick is a quarter of the speed, so that it drives finely."""

from patrol.portable import const

TIMEOUT_MS = const(500)


def soft(stick):
    """A stick of -1000 to 1000, squared; others count as 0."""
    return stick * abs(stick) // 1000 if -1000 <= stick <= 1000 else 0


class Manual:
    """`drive` takes the wish; `limits` are those of patrol.car."""

    def __init__(self, drive, limits):
        self.expired = True
        self._want = drive.want
        self._speed = limits.MAX_SPEED_MM_S
        self._turn = limits.MAX_TURN_MRAD_S
        self._x = 0
        self._r = 0
        self._at = 0

    def start(self):
        """Stands still until the first stick message."""
        self._x = self._r = 0
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
        self._want(x * self._speed // 1000, self._r * self._turn // 1000)
        return False
