"""The board's LEDs, written only when they change: a pattern of 8 steps for each."""

if 0:  # for the type checker alone: the compiler leaves it out
    from pyb import LED

OFF = 0b00000000
ON = 0b11111111
BLINK = 0b11110000
FLASH = 0b00000001


class Leds:
    """`leds` have on() and off(), as pyb.LED has. `patterns[i]` is one bit for each `step`.

    There are four patterns, for however many LEDs; `single` is True where there is but one.
    """

    def __init__(self, leds: "list[LED]"):
        self.patterns = [OFF] * 4
        self.single = len(leds) == 1
        self._leds = leds
        self._lit = bytearray(len(leds))
        self._phase = 0
        for led in leds:
            led.off()

    def step(self):
        """Shows the next bit of each pattern."""
        self._phase = phase = (self._phase + 1) & 7
        for i in range(len(self._leds)):
            lit = self.patterns[i] >> phase & 1
            if lit != self._lit[i]:
                self._lit[i] = lit
                if lit:
                    self._leds[i].on()
                else:
                    self._leds[i].off()
