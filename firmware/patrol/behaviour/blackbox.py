"""The black box: what the car did in the last ticks before and after something has stopped it.

A ring in RAM takes a record in each tick, until shortly after a stop that no person wanted. A
stop that the car goes on after (an obstacle in AUTO) is set aside in one half of the ring, and the
other half goes on: so it has the last such stop (of several in a row the first one), and the one
that ended the drive. What it has is written into flash (store/box.py) when the motors are off.
"""

from struct import pack_into

from patrol.behaviour.faults import EVENT
from patrol.behaviour.supervisor import AUTO, DEADMAN, ESTOP, EXCEPTION, MANUAL
from patrol.portable import const

TICKS = const(74)
HALF = const(37)
BYTES = const(19)  # of a tick's record; its format is FORMAT in host/patrolcar/blackbox/box.py
_AFTER = const(13)  # ticks that still belong to a stop
_CHAIN_MS = const(5_000)  # so soon after a stop another one comes of it
MOST = const(3)  # times since boot that it is written: flash does not last for ever

# What is known of a piece of the ring, in `now` and `aside`.
REASON = const(0)  # the number of the text that says what stopped the car; 0: nothing has
BASE = const(1)  # its first place in the ring
AT = const(2)  # the place that is written next, from there
COUNT = const(3)  # so many records before that one count
END_MS = const(4)  # when it ended
AFTER = const(5)  # records from the one on in which the car was stopped


class BlackBox:
    """`step` once a tick, `stop` when the car is stopped.

    `ring` has the records. `now` says which of them are a stop's, or what is being recorded, in
    `size` places; `aside` the same of a stop that was set aside. `left` is how many ticks are
    still to come, 0 where no stop is, -1 where `now` is over; `budget` how often it may still be
    written. `car` as in app.py.
    """

    def __init__(self, car):
        self.ring = bytearray(TICKS * BYTES)
        self.now = [0] * 6
        self.aside = [0] * 6
        self.left = 0
        self.size = TICKS
        self.budget = MOST
        self._car = car
        self._final = False

    def begin(self, budget):
        """Begins anew; `budget` times it may still be written."""
        self.budget = budget
        self.size = TICKS
        self.left = self.now[REASON] = self.now[COUNT] = self.aside[REASON] = 0

    def stop(self, reason):
        """The car has been stopped; `reason` is a text's number."""
        car = self._car
        now = self.now
        final = not MANUAL <= car.supervisor.state <= AUTO
        if not self.budget or (now[REASON] and (self._final or not final)):
            return
        if reason == EVENT + DEADMAN - ESTOP and car.odometry.at_rest:
            return  # sticks that are let go of
        aside = self.aside
        if not final and aside[REASON] and car.schedule.ms - aside[END_MS] < _CHAIN_MS:
            return  # the first one has led to this
        now[REASON] = reason
        self._final = final
        self.left = _AFTER
        if reason == EVENT + EXCEPTION - ESTOP:
            self._end()  # it may fail again in every tick

    def step(self):
        """Takes the tick in."""
        car = self._car
        now = self.now
        state = car.supervisor.state
        left = self.left
        if left < 0:
            if not MANUAL <= state <= AUTO:
                return
            self._set_aside()  # it drives again
            now = self.now
            left = 0
        ms = car.schedule.ms
        sonars = car.sonars.sonars
        at = now[AT]
        pack_into(
            "<HHhhbbbbBBBhBB",
            self.ring,
            (now[BASE] + at) % TICKS * BYTES,
            ms & 0xFFFF,
            car.failsafe.raised
            | state << 10
            | (0x2000 if car.bumper.pressed else 0)
            | (0x4000 if car.floor.edge else 0),
            car.encoder_left.speed,
            car.encoder_right.speed,
            car.motor_left.duty >> 3,
            car.motor_right.duty >> 3,
            car.drive.speed >> 2,
            car.drive.turn >> 5,
            _byte(sonars[0].raw_mm >> 4),
            _byte(sonars[1].raw_mm >> 4),
            _byte(sonars[2].raw_mm >> 4),
            car.odometry.heading,
            _byte(car.battery.mv >> 6),
            _byte(car.schedule.last_us >> 7),
        )
        at += 1
        now[AT] = at if at < self.size else 0
        now[END_MS] = ms
        if now[COUNT] < self.size:
            now[COUNT] += 1
        if left:
            self.left = left = left - 1
            if not left:
                self._end()

    def _end(self):
        self.now[AFTER] = _AFTER - self.left
        self.left = -1
        if not self._final:
            self._set_aside()

    def _set_aside(self):
        """Keeps the last half of what there is, and records on in the other half."""
        aside = self.now
        self.now = now = self.aside
        self.aside = aside
        if self.size == TICKS:
            # From here on the ring is two; the half that ends here is in order.
            now[BASE] = (aside[BASE] + aside[AT]) % TICKS
            aside[BASE] = (now[BASE] + HALF) % TICKS
            aside[AT] = 0
            if aside[COUNT] > HALF:
                aside[COUNT] = HALF
            self.size = HALF
        now[REASON] = now[AT] = now[COUNT] = self.left = 0


def _byte(value):
    return value if value < 255 else 255
