"""What is wrong with which part, said once when it begins and once when it is over.

A part that comes and goes speaks at most once in 5 s. The texts are one piece of bytes, since
twenty would take a kilobyte; they are put together in the frame that tells them.
"""

from patrol.portable import const

# Parts: sonars 0 to 2, floor sensors 3 to 7, then these.
FLOOR = const(3)
BUMPER = const(8)
BUTTON = const(9)
BATTERY = const(10)
_PARTS = const(11)
STUCK = const(7)  # a fault that no driver tells; of the bumper and the button
REFUSED = const(256)  # added to a text's number

_WAIT = const(42)  # steps: 5 s
_WORDS = (
    b"left sonar|front sonar|right sonar|left cliff sensor|right cliff sensor|left line sensor|"
    b"middle line sensor|right line sensor|bumper|start button|battery|"
    b" is back|: no echo pulse|: echo stuck high|: never changes|"
    b": crosstalk|: hears nothing|: shorted, 0 V|"
    b": stays pressed|: no such voltage|: leaps|: overcurrent|"
    b"AUTO refused: |"
)
_REFUSED_WORD = const(22)
_BAR = b"|"


class Faults:
    """`set(part, fault)` whenever a part was looked at, 0 for none; `step` every 120 ms.

    `say(severity, number)` reports; `spell` is what telemetry makes a text of the number with.
    """

    def __init__(self, say):
        self.now = bytearray(_PARTS)
        self._said = bytearray(_PARTS)
        self._wait = bytearray(_PARTS)
        self._say = say

    def set(self, part, fault):
        """Takes in what is the matter with a part."""
        if fault != self.now[part]:
            self.now[part] = fault
            self._tell(part)

    def step(self):
        """Lets those speak whose wait is over."""
        for part in range(_PARTS):
            if self._wait[part]:
                self._wait[part] -= 1
                self._tell(part)

    def _tell(self, part):
        fault = self.now[part]
        if self._wait[part] == 0 and fault != self._said[part]:
            self._said[part] = fault
            self._wait[part] = _WAIT
            self._say(4 if fault else 6, fault << 4 | part)

    def spell(self, number, buf, off):
        """Writes a text: the number of its part, of its fault, and whether AUTO was refused."""
        if number >= REFUSED:
            off = _word(_REFUSED_WORD, buf, off)
        off = _word(number & 15, buf, off)
        _word(_PARTS + (number >> 4 & 15), buf, off)


def _word(number, buf, off):
    at = 0
    while number:
        at = _WORDS.find(_BAR, at) + 1
        number -= 1
    while _WORDS[at] != 124:  # ord("|")
        buf[off] = _WORDS[at]
        off += 1
        at += 1
    return off
