"""How far the car still goes when it is stopped, by its encoders; it is told once it stands."""

from patrol.behaviour.faults import STOPPED
from patrol.portable import const

_MOVING = const(40)  # mm/s, the sum of both wheels: slower than 20 there is nothing to tell
_STANDING = const(10)  # mm/s, as well: neither has counted for 30 ms
_MOST_MM = const(9_999)


class Stopping:
    """`begin` when the car is stopped, `step` once a tick. `car` as in app.py."""

    def __init__(self, car):
        self._car = car
        self._way = 0  # 1 forwards, -1 backwards; 0: nothing is measured
        self._from = 0  # both wheels' mm, where it began

    def begin(self, reason=0):
        """From here on it counts; when it already does, from there. `reason` as Supervisor has it,
        for the black box."""
        car = self._car
        if reason:
            car.blackbox.stop(reason)
        speed = car.encoder_left.speed + car.encoder_right.speed
        if not self._way and not -_MOVING < speed < _MOVING:
            self._way = 1 if speed > 0 else -1
            self._from = car.encoder_left.distance + car.encoder_right.distance

    def step(self):
        """Looks whether it stands, or goes the other way already."""
        way = self._way
        if not way:
            return
        car = self._car
        if car.drive.speed * way > 0:
            self._way = 0  # it is told to go on
        elif (car.encoder_left.speed + car.encoder_right.speed) * way < _STANDING:
            self._way = 0
            far = car.encoder_left.distance + car.encoder_right.distance
            mm = (far - self._from) * way >> 1
            mm = 0 if mm < 0 else mm if mm < _MOST_MM else _MOST_MM
            car.telemetry.say(6, STOPPED | mm)
