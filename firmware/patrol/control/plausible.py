"""Whether motors, encoders and gyro tell the same story, and who lies where they do not.

Two questions to each wheel in windows of 50 ms. How much of its voltage does its measured motion
not explain (back-EMF, friction, the change of speed)? And by how much does the gyro say that the
difference of both wheels is another one? An encoder that lies fails both, and by the same amount;
a wheel that is blocked or turns against its drive only the first; one that slips only the second.
Over two windows it makes a fault.
"""

from patrol.behaviour.faults import (
    BACKWARD,
    BLOCKED,
    BY_ITSELF,
    ENCODER,
    EXCHANGED,
    FAULT,
    LOSES,
    NOTHING,
    PART,
    PARTS,
    REVERSED,
)
from patrol.car import FRICTION_MV, INERTIA_UV, UV_PER_MM_S
from patrol.portable import const

_TICKS = const(5)
_SURE = const(2)  # windows in a row
_GOOD = const(20)  # windows of motion without a fault, and it is over
_MOTION = const(100)  # mm/s
_APART = const(30)  # mm/s between gyro and wheels; hard turns of whole ones come to 6
_LEAST_MV = const(250)
_EXPLAINED = const(2_100)  # uV for 1 mm/s that the gyro misses: four tenths of the back-EMF
_LOAD_MV = const(1_100)  # a ramp of 10 degrees, or a motor of half its torque
_STANDING = const(8)  # mm/s
_TURNING = const(20)
_SLOW = const(30)  # where gearboxes may stick, and the last of a turn is
_BOUNCE = const(14)  # mm/s more in a window: a jammed wheel springs a count or two
_BEYOND = const(100)  # mm/s more than wanted
_START = const(3)  # windows in which even a weak motor comes to turn
_IDLE = const(5)  # windows after the last drive, in which the wheels roll out
_SELF_MA = const(50)  # more than at rest: a wheel that a hand turns takes no current

# Places of the window: pairs left, right. Sums,
_COUNTS = const(0)
_DUTIES = const(2)
_TURNED = const(4)
_US = const(5)
_N = const(6)
_SUMS = const(7)
# the encoders' speeds at the end of the one before, what they changed by since then,
_SPEED = const(7)
_CHANGE = const(9)
# and what both questions came to in the one before.
_OVER_WAS = const(11)
_APART_WAS = const(13)
_PLACES = const(14)


class Plausible:
    """`step` each tick before the motors get their new duties.

    `car` has encoders, motors, wheels, drive, battery and faults, `track` is the wheels' distance
    (mm).
    """

    def __init__(self, car, track):
        self._car = car
        self._encoders = (car.encoder_left, car.encoder_right)
        self._wheels = (car.wheel_left, car.wheel_right)
        self._track = track
        self._window = [0] * _PLACES
        self._doubts = 0  # windows in a row
        self._good = 0
        self._driven = 0  # windows, as far as they count; below 0, without a drive
        self._rolls = 0  # the faster wheel's speed in the window before
        self._ma = self._rest_ma = car.battery.ma

    def step(self, dt_us, yaw_urad_s, trusted):
        """The number of the text in the moment in which a fault is found and told; else 0.

        The gyro's rate is clockwise; without one that is `trusted` only the first question is
        asked.
        """
        car = self._car
        window = self._window
        encoders = self._encoders
        window[_COUNTS] += encoders[0].delta
        window[_COUNTS + 1] += encoders[1].delta
        window[_DUTIES] += car.motor_left.duty
        window[_DUTIES + 1] += car.motor_right.duty
        window[_TURNED] += yaw_urad_s // 100 * (dt_us // 10) // 1000
        window[_US] += dt_us
        window[_N] += 1
        if window[_N] < _TICKS:
            return 0

        us = window[_US] or 1
        # Five late ticks of a counter that leaps are 7,900 counts: 2**30 nm and more.
        left = window[_COUNTS] * (encoders[0].nm // 10) // (us // 10 or 1)
        right = window[_COUNTS + 1] * (encoders[1].nm // 10) // (us // 10 or 1)
        apart = window[_TURNED] * self._track // us - left + right if trusted else 0
        for side in (0, 1):
            now = encoders[side].speed
            window[_CHANGE + side] = now - window[_SPEED + side]
            window[_SPEED + side] = now
        over_left = self._over(0, left)
        over_right = self._over(1, right)
        for place in range(_SUMS):
            window[place] = 0
        wheels = self._wheels
        driven = self._driven
        if car.drive.powered and (wheels[0].setpoint or wheels[1].setpoint):
            self._driven = 1 if driven < 0 else driven + 1 if driven < _START else driven
            found = self._lies(left, right, apart, over_left, over_right)
            if found:
                self._doubts = _SURE  # it was so in both windows
            else:
                found = self._fails(0, left, over_left, apart)
                found = found or self._fails(1, right, over_right, -apart)
        else:
            self._driven = -1 if driven > 0 else driven - 1 if driven > -_IDLE else driven
            found = self._rolled(left, right, driven)
        window[_APART_WAS] = apart
        window[_OVER_WAS] = over_left
        window[_OVER_WAS + 1] = over_right

        faults = car.faults
        if not found:
            self._doubts = 0
            if abs(left) >= _MOTION and abs(right) >= _MOTION:
                self._good += 1
                if self._good == _GOOD:
                    for part in range(ENCODER, PARTS):
                        faults.set(part, 0)
            return 0
        self._good = 0
        self._doubts += 1
        if self._doubts < _SURE:
            return 0
        self._doubts = 0
        faults.set(found & PART, found >> FAULT, True)
        return found

    def _over(self, side, speed):
        """What of a wheel's voltage its motion does not explain, in mV."""
        window = self._window
        mv = window[_DUTIES + side] // _TICKS * self._car.battery.mv // 1000
        # Part of what it takes is the other wheel's: to turn the car is easier than to push it.
        change = (window[_CHANGE + side] * 5 + window[_CHANGE + 1 - side]) // 6
        mv -= (speed * UV_PER_MM_S + change * INERTIA_UV // _TICKS) // 1000
        if speed > _STANDING:
            return mv - FRICTION_MV
        if speed < -_STANDING:
            return mv + FRICTION_MV
        if mv > FRICTION_MV:
            return mv - FRICTION_MV
        return mv + FRICTION_MV if mv < -FRICTION_MV else 0

    def _lies(self, left, right, apart, over_left, over_right):
        """Which encoder does not tell what its wheel does."""
        window = self._window
        was = window[_APART_WAS]
        # In both windows, and the mean of them: a change of speed that the counts show too late
        # is in the one too much and in the other too little.
        least = abs(apart)
        if abs(was) < least:
            least = abs(was)
        mean = (apart + was) >> 1
        if apart * was <= 0 or least < _APART // 2 or -_APART < mean < _APART:
            return 0
        # A wheel that is faster than measured by so much has had the voltage for it: the left one
        # forwards where the gyro tells more than the wheels, the right one then backwards.
        over_left = (over_left + window[_OVER_WAS]) >> 1
        over_right = (over_right + window[_OVER_WAS + 1]) >> 1
        if mean < 0:
            mean = -mean
            over_left = -over_left
        else:
            over_right = -over_right
        least = (mean * _EXPLAINED + 999) // 1000
        if least < _LEAST_MV:
            least = _LEAST_MV
        lies_left = over_left >= least
        lies_right = over_right >= least
        if lies_left and lies_right:
            lies_left = over_left * 2 >= over_right
            lies_right = over_right * 2 >= over_left
            # Exchanged ones tell the opposite of what the gyro does.
            if lies_left and lies_right and abs(apart + 2 * (left - right)) * 2 < abs(apart):
                return EXCHANGED
        found = _lie(left, apart) if lies_left else 0
        if lies_right and not found:
            found = _lie(right, -apart)
            if found:
                found += 1
        return found

    def _fails(self, side, speed, over, apart):
        """What is wrong with a wheel that does not come to what its voltage should."""
        setpoint = self._wheels[side].setpoint
        change = self._window[_CHANGE + side]
        if setpoint < 0:
            setpoint = -setpoint
            speed = -speed
            over = -over
            change = -change
            apart = -apart
        if over > _LOAD_MV:
            if speed < -_TURNING and change <= _STANDING:
                return REVERSED + side
            # Not on its way either, as a weak motor's wheel is, nor just about to begin.
            if (self._driven == _START and setpoint >= _SLOW) and (
                (-_STANDING < speed < _STANDING and change < _BOUNCE)
                or (speed * 2 < setpoint and change < 0)
            ):
                # A jammed one slides for a moment, and then the gyro agrees that it stands.
                if speed < _STANDING and apart >= _APART:
                    return NOTHING + side
                return BLOCKED + side
        elif over < -_LOAD_MV and speed > setpoint + _BEYOND and change > -_TURNING:
            return BY_ITSELF + side
        return 0

    def _rolled(self, left, right, driven):
        """Of wheels that nobody drives: does one turn, no slower than before, and take current?"""
        ma = self._car.battery.ma
        left = abs(left)
        right = abs(right)
        speed = left if left >= right else right
        rolled = self._rolls
        self._rolls = speed
        was = self._ma
        self._ma = ma
        if driven == -_IDLE:
            if speed == 0:
                self._rest_ma = ma
            elif (
                speed > _TURNING
                and speed * 16 > rolled * 15
                and ma >= was
                and ma - self._rest_ma > _SELF_MA
            ):
                return BY_ITSELF if left >= right else BY_ITSELF + 1
        return 0


def _lie(speed, apart):
    """How an encoder lies that tells `apart` too little; 0 where it may be the wheel."""
    if -_STANDING < speed < _STANDING:
        return 0
    if (speed > 0) == (apart > 0):
        return LOSES
    return BACKWARD if abs(apart) * 2 > abs(speed) * 3 else 0
