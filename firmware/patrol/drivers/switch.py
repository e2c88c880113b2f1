"""A switch to ground with a pull-up: the bumper and the start button."""

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import Pin


class Switch:
    """`pin` is an input with pull-up, so 0 is pressed.

    A press counts at once, since the bumper must; a release after `hold` samples that agree. After
    `sample`: `pressed`, and `hit`, True only in the sample in which it went down.
    """

    def __init__(self, pin: "Pin", hold=5):
        self.pressed = False
        self.hit = False
        self._value = pin.value
        self._hold = hold
        self._open = hold

    def sample(self):
        """Reads the pin."""
        self.hit = False
        if self._value():
            if self._open < self._hold:
                self._open += 1
            else:
                self.pressed = False
        else:
            self._open = 0
            if not self.pressed:
                self.pressed = True
                self.hit = True
