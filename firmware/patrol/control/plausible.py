"""Whether motors, encoders and gyro tell the same story, and who lies where they do not.

Two questions to each wheel in windows of 50 ms. How much of its voltage does its measured motion
not explain (back-EMF, friction, the change of speed)? And by how much does the gyro say that the
difference of both wheels is another one? An encoder that lies fails both, and by the same amount;
a wheel that is blocked or turns against its drive only the first; one that slips only the second.
Over two windows it makes a fault.
"""

from patrol.portable import const

_TICKS = const(5)
_SURE = const(2)  # windows in a row
_QUIET = const(100)  # windows, 5 s, from a text to the same one again
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

# What is wrong, times two; one more: with the right wheel.
BACKWARD = const(0)
NOTHING = const(2)
LOSES = const(4)
REVERSED = const(6)
BLOCKED = const(8)
BY_ITSELF = const(10)
BACK = const(12)
SWAPPED = const(14)
NONE = const(15)
_SIDES = (b"left ", b"right ")
_TEXTS = (
    b"encoder counts backward",
    b"encoder counts nothing",
    b"encoder loses counts",
    b"motor turns backward",
    b"wheel does not turn",
    b"wheel turns by itself",
    b"wheel is back",
    b"and right encoder are exchanged",
)


class Plausible:
    """`step` each tick before the motors get their new duties.

    `car` has encoders, motors, wheels, drive, battery and limits, `track` is the wheels' distance
    (mm); `say(severity, text)` reports. `fault` is the last one, NONE once it is over. `slips`
    counts windows in which gyro and wheels disagreed without a fault.
    """

    def __init__(self, car, track, say):
        self.fault = NONE
        self.slips = 0
        self._say = say
        self._encoders = (car.encoder_left, car.encoder_right)
        self._motors = (car.motor_left, car.motor_right)
        self._wheels = (car.wheel_left, car.wheel_right)
        self._drive = car.drive
        self._battery = car.battery
        self._limits = car.limits
        self._track = track
        # Sums of the window; pairs are left, right.
        self._counts = [0, 0]
        self._duties = [0, 0]
        self._turned = 0
        self._sum_us = 0
        self._n = 0
        # Of the window before: the encoders' speeds at its end, and what both questions came to.
        self._speeds = [0, 0]
        self._over_was = [0, 0]
        self._apart_was = 0
        self._changes = [0, 0]  # of the speeds, in this one
        self._doubts = 0  # windows in a row
        self._good = 0
        self._wait = 0
        self._still = 0  # windows, as far as they count
        self._driven = 0
        self._rolls = 0  # the faster wheel's speed in the window before
        self._ma = self._rest_ma = car.battery.ma

    def step(self, dt_us, yaw_urad_s, trusted):
        """True in the moment in which a fault is found, and has been said.

        The gyro's rate is clockwise; without one that is `trusted` only the first question is
        asked.
        """
        pair = self._encoders
        sums = self._counts
        sums[0] += pair[0].delta
        sums[1] += pair[1].delta
        pair = self._motors
        sums = self._duties
        sums[0] += pair[0].duty
        sums[1] += pair[1].duty
        self._turned += yaw_urad_s // 100 * (dt_us // 10) // 1000
        self._sum_us += dt_us
        self._n += 1
        return self._n >= _TICKS and self._judge(trusted)

    def _judge(self, trusted):
        us = self._sum_us or 1
        counts = self._counts
        left = counts[0] * self._encoders[0].nm // us
        right = counts[1] * self._encoders[1].nm // us
        apart = self._turned * self._track // us - left + right if trusted else 0
        changes = self._changes
        speeds = self._speeds
        for side in (0, 1):
            now = self._encoders[side].speed
            changes[side] = now - speeds[side]
            speeds[side] = now
        over_left = self._over(0, left)
        over_right = self._over(1, right)
        counts[0] = counts[1] = self._turned = self._sum_us = self._n = 0
        if self._wait:
            self._wait -= 1
        wheels = self._wheels
        if self._drive.powered and (wheels[0].setpoint or wheels[1].setpoint):
            self._still = 0
            if self._driven < _START:
                self._driven += 1
            found = self._lies(left, right, apart, over_left, over_right)
            if found == NONE:
                found = self._fails(0, left, over_left, apart)
            if found == NONE:
                found = self._fails(1, right, over_right, -apart)
        else:
            self._driven = 0
            found = self._rolled(left, right)
        self._apart_was = apart
        self._over_was[0] = over_left
        self._over_was[1] = over_right
        return self._weigh(found, left, right)

    def _over(self, side, speed):
        """What of a wheel's voltage its motion does not explain, in mV."""
        limits = self._limits
        n = self._n
        mv = self._duties[side] // n * self._battery.mv // 1000
        self._duties[side] = 0
        # Part of what it takes is the other wheel's: to turn the car is easier than to push it.
        change = (self._changes[side] * 5 + self._changes[1 - side]) // 6
        mv -= (speed * limits.UV_PER_MM_S + change * limits.INERTIA_UV // n) // 1000
        friction = limits.FRICTION_MV
        if speed > _STANDING:
            return mv - friction
        if speed < -_STANDING:
            return mv + friction
        return mv - friction if mv > friction else (mv + friction if mv < -friction else 0)

    def _lies(self, left, right, apart, over_left, over_right):
        """Which encoder does not tell what its wheel does."""
        was = self._apart_was
        if not -_APART < apart < _APART:
            self.slips += 1
        # In both windows, and the mean of them: a change of speed that the counts show too late
        # is in the one too much and in the other too little.
        least = abs(apart)
        if abs(was) < least:
            least = abs(was)
        if apart * was <= 0 or least < _APART // 2:
            return NONE
        over_left = (over_left + self._over_was[0]) >> 1
        over_right = (over_right + self._over_was[1]) >> 1
        mean = (apart + was) >> 1
        if -_APART < mean < _APART:
            return NONE
        lies_left = _explains(over_left, mean)
        lies_right = _explains(over_right, -mean)
        if lies_left and lies_right:
            over_left = abs(over_left)
            over_right = abs(over_right)
            lies_left = over_left * 2 >= over_right
            lies_right = over_right * 2 >= over_left
            # Exchanged ones tell the opposite of what the gyro does.
            if lies_left and lies_right and abs(apart + 2 * (left - right)) * 2 < abs(apart):
                self._doubts = _SURE
                return SWAPPED
        found = NONE
        if lies_left:
            found = _lie(left, apart)
        if found == NONE and lies_right:
            found = _lie(right, -apart) + 1
        if found >= NONE:
            return NONE
        self._doubts = _SURE
        self.slips -= 1
        return found

    def _fails(self, side, speed, over, apart):
        """What is wrong with a wheel that does not come to what its voltage should."""
        setpoint = self._wheels[side].setpoint
        change = self._changes[side]
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
        return NONE

    def _rolled(self, left, right):
        """Of wheels that nobody drives: does one turn, no slower than before, and take current?"""
        ma = self._battery.ma
        left = abs(left)
        right = abs(right)
        speed = left if left >= right else right
        rolled = self._rolls
        self._rolls = speed
        was = self._ma
        self._ma = ma
        if self._still < _IDLE:
            self._still += 1
        elif speed == 0:
            self._rest_ma = ma
        elif (
            speed > _TURNING
            and speed * 16 > rolled * 15
            and ma >= was
            and ma - self._rest_ma > _SELF_MA
        ):
            return BY_ITSELF if left >= right else BY_ITSELF + 1
        return NONE

    def _weigh(self, found, left, right):
        if found == NONE:
            self._doubts = 0
            if self.fault != NONE and abs(left) >= _MOTION and abs(right) >= _MOTION:
                self._good += 1
                if self._good == _GOOD:
                    self._tell(6, BACK + (self.fault & 1))
                    self.fault = NONE
            return False
        self._good = 0
        self._doubts += 1
        if self._doubts < _SURE:
            return False
        self._doubts = 0
        if found != self.fault or not self._wait:
            self._tell(3, found)
            self._wait = _QUIET
        self.fault = found
        return True

    def _tell(self, severity, what):
        # The one place that allocates: a few bytes, when something has gone wrong.
        self._say(severity, _SIDES[what & 1] + _TEXTS[what >> 1])


def _explains(over, apart):
    """Whether a wheel that is faster than measured by `apart` had the voltage for it."""
    if apart < 0:
        apart = -apart
        over = -over
    return over >= _LEAST_MV and over * 1000 >= apart * _EXPLAINED


def _lie(speed, apart):
    """How an encoder lies that tells `apart` too little; NONE where it may be the wheel."""
    if -_STANDING < speed < _STANDING:
        return NONE
    if (speed > 0) == (apart > 0):
        return LOSES
    return BACKWARD if abs(apart) * 2 > abs(speed) * 3 else NONE
