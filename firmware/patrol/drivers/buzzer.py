"""An active buzzer on a pin: short patterns, one after another."""

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import Pin

ARMED = 0b1
LOW = 0b101
FAULT = 0b111_0_111_0_111


class Buzzer:
    """`pin` is an output, high where it sounds, or None: then nothing does.

    A pattern has one bit for each `step`, the lowest first.
    """

    def __init__(self, pin: "Pin | None"):
        self._pin = pin
        self._left = 0

    def play(self, pattern):
        """Begins a pattern, instead of what is left of another."""
        self._left = pattern

    def step(self):
        """Sounds the next bit."""
        if self._pin is not None:
            self._pin.value(self._left & 1)
            self._left >>= 1
