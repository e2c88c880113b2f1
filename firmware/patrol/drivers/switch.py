"""A switch to ground with a pull-up: the bumper and the start button."""

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import Pin


class Switch:
    """`pin` is an input with pull-up, so 0 is pressed.

    A press counts after `press` samples that agree, the bumper's at once; a release after `hold`.
    After `sample`: `pressed`, `held` (for how many samples), and `hit`, True only in
    the sample in which it went down. One that is pressed from the start is `pressed`, but no hit.
    """

    def __init__(self, pin: "Pin", press=1, hold=5):
        self.hit = False
        self.held = 0
        self._value = pin.value
        self._press = press
        self._hold = hold
        self.pressed = not pin.value()
        self._count = 0  # samples in a row that are not as `pressed` says

    def sample(self):
        """Reads the pin."""
        self.hit = False
        pressed = self.pressed
        if pressed:
            self.held += 1
        if self._value() == pressed:  # open and pressed, or the other way round
            self._count += 1
            if self._count >= (self._hold if pressed else self._press):
                self._count = 0
                self.held = 0
                self.hit = self.pressed = not pressed
        else:
            self._count = 0
