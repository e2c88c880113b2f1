"""One wheel's speed: feed-forward by the motor's constants, PI for the rest, in millivolts.

The feed-forward knows the back-EMF at the wanted speed, the friction, and what the wanted change
of speed takes, so the PI has little left to do and little to overshoot with. The output is a duty,
the wanted voltage over the pack's present one, so gains do not change as it empties.
"""

from patrol.portable import const

_KP_UV = const(5_000)  # uV for 1 mm/s of error
_KI_UV = const(450)  # uV for 1 mm/s of error in each tick: 45 mV/mm
_INTEGRAL_UV = const(2_500_000)
_LOWEST_MV = const(5_000)  # below that a reading is wrong, and would ask for too much duty


class WheelSpeed:
    """`uv_per_mm_s` is the motor's back-EMF, `inertia_uv` what 1 mm/s more in a tick takes,
    `friction_mv` what keeps it turning, `limit` the highest duty (per mille)."""

    def __init__(self, uv_per_mm_s, inertia_uv, friction_mv, limit):
        self.setpoint = 0
        self._inertia = inertia_uv
        self._uv = uv_per_mm_s
        self._friction = friction_mv
        self._limit = limit
        self._integral = 0

    def reset(self):
        """Forgets the past, as when the wheel was stopped by the brake."""
        self.setpoint = 0
        self._integral = 0

    def step(self, setpoint, speed, battery_mv):
        """The duty (per mille) for a wanted and a measured speed (mm/s); once a tick."""
        more = setpoint - self.setpoint
        self.setpoint = setpoint
        error = setpoint - speed
        was = self._integral
        integral = was + error * _KI_UV
        if integral > _INTEGRAL_UV:
            integral = _INTEGRAL_UV
        elif integral < -_INTEGRAL_UV:
            integral = -_INTEGRAL_UV
        mv = (setpoint * self._uv + more * self._inertia + error * _KP_UV + integral) // 1000
        if setpoint > 0:
            mv += self._friction
        elif setpoint < 0:
            mv -= self._friction
        if battery_mv < _LOWEST_MV:
            battery_mv = _LOWEST_MV
        duty = mv * 1000 // battery_mv
        limit = self._limit
        # At the limit the integral may only come back from it, never wind further up.
        if duty > limit:
            duty = limit
            if error > 0:
                integral = was
        elif duty < -limit:
            duty = -limit
            if error < 0:
                integral = was
        self._integral = integral
        return duty
