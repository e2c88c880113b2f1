"""What is wrong with which part: where everybody looks, and the one place that tells a person.

A fault is told once when it begins and once when it is over, each in the tick in which it was
found. A part that comes and goes begins no more than one in 5 s. The texts are one piece of
bytes, since fifty would take kilobytes; they are put together in the frame that tells them.
"""

from patrol.portable import const

# Parts: sonars 0 to 2, floor sensors 3 to 7, then these.
FLOOR = const(3)
BUMPER = const(8)
BUTTON = const(9)
BATTERY = const(10)
IMU = const(11)
TOF = const(12)  # from here on pairs: left, right
ENCODER = const(14)
MOTOR = const(16)
WHEEL = const(18)
PARTS = const(20)

# Faults. Drivers have the numbers of their own; with those up to USELESS a sonar or a cliff
# sensor sees nothing.
USELESS = const(4)
STUCK = const(7)
_WHOLE = const(20)  # from here on texts that name their part themselves
_FAULTS = const(22)

# A text's number: the part's, from bit FAULT on the fault's, and REFUSED where AUTO is for it.
FAULT = const(5)
PART = const(31)  # its bits
REFUSED = const(1 << 10)
# Those of wheels are texts' numbers, of the left one; the right one's are one more.
BACKWARD = const(14 << FAULT | ENCODER)
NOTHING = const(15 << FAULT | ENCODER)
LOSES = const(16 << FAULT | ENCODER)
EXCHANGED = const(21 << FAULT | ENCODER)
REVERSED = const(17 << FAULT | MOTOR)
BLOCKED = const(18 << FAULT | WHEEL)
BY_ITSELF = const(19 << FAULT | WHEEL)

_WAIT = const(42)  # steps: 5 s
_WORDS = (
    b"left sonar|front sonar|right sonar|left cliff sensor|right cliff sensor|left line sensor|"
    b"middle line sensor|right line sensor|bumper|start button|battery|IMU|left ToF sensor|"
    b"right ToF sensor|left encoder|right encoder|left motor|right motor|left wheel|right wheel|"
    b" is back|: no echo pulse|: echo stuck high|: never changes|: shorted, 0 V|: crosstalk|"
    b": hears nothing|: stays pressed|: no such voltage|: leaps|: overcurrent| does not answer|"
    b" tells always the same| is another chip| counts backward| counts nothing| loses counts|"
    b" turns backward| does not turn| turns by itself|no IMU at 0x68|"
    b"left and right encoder are exchanged|: heading by wheels alone|AUTO refused: |"
)
_BAR = b"|"


class Faults:
    """`now` has each part's fault, 0 for none. `set` whenever a part was looked at, `step` every
    120 ms; `say(severity, number)` reports, and `spell` is what makes a text of the number."""

    def __init__(self, say):
        self.now = bytearray(PARTS)
        self._said = bytearray(PARTS)
        self._wait = bytearray(PARTS)
        self._say = say

    def set(self, part, fault, again=False):
        """Takes in what is the matter with a part; `again`, where it is told though known."""
        self.now[part] = fault
        if fault == self._said[part] and not again:
            return
        severity = 6
        if fault:
            if self._wait[part]:
                return
            self._wait[part] = _WAIT
            severity = 4 if part < ENCODER else 3
        self._said[part] = fault
        self._say(severity, fault << FAULT | part)

    def untold(self, number):
        """A text found no place: its part speaks again, in 5 s or at once."""
        if number < REFUSED:
            part = number & PART
            self._said[part] = 255
            if not self._wait[part]:
                self._wait[part] = 1

    def hurry(self):
        """Those that wait speak now: the car stops for one of them."""
        for part in range(PARTS):
            if self._wait[part]:
                self._wait[part] = 0
                self.set(part, self.now[part])

    def step(self):
        """Lets those speak whose wait is over."""
        for part in range(PARTS):
            if self._wait[part]:
                self._wait[part] -= 1
                self.set(part, self.now[part])

    def spell(self, number, buf, off):
        """Writes a text into a buffer."""
        part = number & PART
        fault = number >> FAULT & 31
        if number >= REFUSED:
            off = _word(PARTS + _FAULTS + 1, buf, off)
        if fault < _WHOLE:
            off = _word(part, buf, off)
        off = _word(PARTS + fault, buf, off)
        if part == IMU and fault:
            _word(PARTS + _FAULTS, buf, off)


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
