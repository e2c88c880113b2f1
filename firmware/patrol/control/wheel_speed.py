"""One wheel's speed: feed-forward by the motor's constants, PI for the rest, in millivolts.

The feed-forward knows the back-EMF at the wanted speed, the friction, and what the wanted change
of speed takes, so the PI has little left to do and little to overshoot with. Its error is against
what was wanted when the measurement was made: else each ramp would look like a wheel that lags.
The output is a duty, the wanted voltage over the pack's present one, so gains do not change as it
empties.
"""

from patrol.car import FRICTION_MV, INERTIA_UV, MAX_DUTY_PERMILLE, UV_PER_MM_S
from patrol.portable import const

_KP_UV = const(20_000)  # uV for 1 mm/s of error
_KI_UV = const(1_600)  # uV for 1 mm/s of error in each tick: 160 mV/mm
_INTEGRAL_UV = const(2_500_000)
_NEAR = const(80)  # mm/s: with so much error, a wheel slower than _FAR is held
_FAR = const(20)  # mm/s: so much error the other way takes the integral back _UNWIND times as fast
_UNWIND = const(4)
_LOWEST_MV = const(5_000)  # below that a reading is wrong, and would ask for too much duty


class WheelSpeed:
    """`setpoint` is what was wanted last (mm/s). The motor's constants are those of patrol.car."""

    def __init__(self):
        self.setpoint = 0
        self._before = 0  # the one before `setpoint`, and so on: a measurement is 2 ticks old
        self._before_that = 0
        self._integral = 0
        self._duty = 0

    def reset(self):
        """Forgets the past, as when the wheel was stopped by the brake."""
        self.setpoint = self._before = self._before_that = 0
        self._integral = 0
        self._duty = 0

    def step(self, setpoint, speed, battery_mv, applied):
        """The duty (per mille) for a wanted and a measured speed (mm/s); once a tick.

        `applied` is what the motor came to of the last one: its slew limit may hold it back.
        """
        was = self.setpoint
        error = self._before_that - speed
        self._before_that = self._before
        self._before = was
        self.setpoint = setpoint

        # Where the duty or the wheel itself is held, the integral may only return.
        held = self._duty - applied
        integral = self._integral
        more = error * _KI_UV
        if error > 0:
            if integral < 0:
                more *= _UNWIND if error > _FAR else 1
            elif held > 0 or (error > _NEAR and speed < _FAR):
                more = 0
        elif integral > 0:
            more *= _UNWIND if error < -_FAR else 1
        elif held < 0 or (error < -_NEAR and speed > -_FAR):
            more = 0
        integral += more
        if integral > _INTEGRAL_UV:
            integral = _INTEGRAL_UV
        elif integral < -_INTEGRAL_UV:
            integral = -_INTEGRAL_UV
        self._integral = integral
        more = setpoint - was
        mv = (setpoint * UV_PER_MM_S + more * INERTIA_UV + error * _KP_UV + integral) // 1000
        if setpoint > 0:
            mv += FRICTION_MV
        elif setpoint < 0:
            mv -= FRICTION_MV
        if battery_mv < _LOWEST_MV:
            battery_mv = _LOWEST_MV
        self._duty = duty = mv * 1000 // battery_mv
        if duty > MAX_DUTY_PERMILLE:
            return MAX_DUTY_PERMILLE
        return -MAX_DUTY_PERMILLE if duty < -MAX_DUTY_PERMILLE else duty
