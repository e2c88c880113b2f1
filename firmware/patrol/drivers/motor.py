"""One brushed motor on half a TB6612FNG bridge.

Truth table (data sheet, "H-SW control function"): IN1/IN2 = 10 forward, 01 backward, 11 brake,
00 coast; PWM low within a drive is a short brake; STBY low floats everything and belongs to the
board, not to this class.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import Pin
    from pyb import _TimerChannel

COAST = const(0)
FORWARD = const(1)
BACKWARD = const(2)
BRAKE = const(3)


class Motor:
    """`channel` is a pyb.Timer channel in PWM mode, `top` the timer's period + 1.

    Duties are signed, per mille of the supply, forward positive. `limit` bounds them, `slew`
    bounds their change from one `drive` to the next, and between two directions lies one of a
    brake: a reversal at once browns the pack out, and a bridge that turns under current shoots
    through.
    """

    def __init__(
        self, channel: "_TimerChannel", in1: "Pin", in2: "Pin", top, limit=1000, slew=1000, sign=1
    ):
        self.duty = 0
        self._width = channel.pulse_width
        self._in1 = in1.value
        self._in2 = in2.value
        self._top = top
        self._limit = limit
        self._slew = slew
        self._sign = sign
        self._bridge = -1
        self._way = 0  # the last duty: its sign is the direction
        self.coast()

    def drive(self, duty):
        """Approaches the duty by at most `slew`; 0 is a short brake."""
        limit = self._limit
        if duty > limit:
            duty = limit
        elif duty < -limit:
            duty = -limit
        was = self.duty
        if duty > was + self._slew:
            duty = was + self._slew
        elif duty < was - self._slew:
            duty = was - self._slew
        way = self._way
        if duty == 0 or duty > 0 > way or duty < 0 < way:
            # Stopping, or turning round: at least till the next tick it is a brake.
            self._way = 0
            self._stop(BRAKE, 1)
            return
        if duty == was:
            return
        self.duty = duty
        self._way = duty
        duty *= self._sign
        # No width while the bridge turns, so no moment has full drive the wrong way.
        if duty < 0:
            duty = -duty
            if self._bridge != BACKWARD:
                self._width(0)
                self._turn(BACKWARD, 0, 1)
        elif self._bridge != FORWARD:
            self._width(0)
            self._turn(FORWARD, 1, 0)
        self._width(duty * self._top // 1000)

    def brake(self):
        """Shorts the motor at once, whatever the slew limit."""
        self._stop(BRAKE, 1)

    def coast(self):
        """Lets the motor run free."""
        self._stop(COAST, 0)

    def _stop(self, bridge, level):
        self.duty = 0
        if self._bridge != bridge:
            self._width(0)
            self._turn(bridge, level, level)

    def _turn(self, bridge, in1, in2):
        self._in1(in1)
        self._in2(in2)
        self._bridge = bridge
