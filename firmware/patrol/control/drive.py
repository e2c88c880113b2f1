"""The two wheels as one car: forward speed and turning rate, ramped, to both motors."""

from patrol import car


class Drive:
    """`step` once a tick when powered. Wanted: `speed` (mm/s) and `turn` (mrad/s, clockwise).

    `wheels` and `motors` are pairs (left, right); the limits are those of patrol.car.
    """

    def __init__(self, wheels, motors):
        self.speed = 0
        self.turn = 0
        self.powered = False
        self.blocked_ms = 0  # how long a wheel has been told to turn and has not
        self._left, self._right = wheels
        self._motor_left, self._motor_right = motors
        self._v = 0  # ramped
        self._w = 0

    def want(self, speed, turn):
        """Sets what is wanted, within the car's limits; each is limited for itself."""
        most = car.MAX_TURN_MRAD_S
        turn = most if turn > most else (-most if turn < -most else turn)
        most = car.MAX_SPEED_MM_S
        speed = most if speed > most else (-most if speed < -most else speed)
        self.speed = speed
        self.turn = turn

    def halt(self):
        """Stops at once, by the brake; ramps start anew."""
        self.speed = self.turn = self._v = self._w = 0
        self.blocked_ms = 0
        self._left.reset()
        self._right.reset()
        self._motor_left.brake()
        self._motor_right.brake()

    def release(self):
        """Lets both wheels run free: not powered."""
        self.halt()
        self._motor_left.coast()
        self._motor_right.coast()
        self.powered = False

    def step(self, speed_left, speed_right, battery_mv, stall_percent=25):
        """One tick of both loops, from the measured wheel speeds (mm/s). A wheel that does less
        than that part of what it is told counts as blocked."""
        if not self.powered:
            return
        # 10 ms a tick: a hundredth of the acceleration. Faster is softer than slower.
        v = self._v
        step = car.ACCELERATION_MM_S2 // 100
        want = self.speed
        if (v > 0 and want < v) or (v < 0 and want > v):
            step = car.BRAKING_MM_S2 // 100
        self._v = v = v + step if want > v + step else (v - step if want < v - step else want)
        w = self._w
        step = car.TURN_ACCELERATION_MRAD_S2 // 100
        want = self.turn
        self._w = w = w + step if want > w + step else (w - step if want < w - step else want)

        if v == 0 and w == 0 and self.speed == 0 and self.turn == 0:
            # By the brake and not by the loops: with an encoder or a motor the wrong way round
            # they would drive on for ever, the faster the more they want to stop.
            self.halt()
            return
        side = w * (car.TRACK_MM // 2) // 1000
        left = v + side
        right = v - side
        motor = self._motor_left
        motor.drive(self._left.step(left, speed_left, battery_mv, motor.duty))
        motor = self._motor_right
        motor.drive(self._right.step(right, speed_right, battery_mv, motor.duty))
        # Told to turn at 40 mm/s or more, and too little of it done.
        blocked = (
            (left >= 40 and speed_left * 100 < left * stall_percent)
            or (left <= -40 and speed_left * 100 > left * stall_percent)
            or (right >= 40 and speed_right * 100 < right * stall_percent)
            or (right <= -40 and speed_right * 100 > right * stall_percent)
        )
        self.blocked_ms = self.blocked_ms + 10 if blocked else 0
