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
# Texts that are about no part: a failsafe's (by its place in failsafe_table.py), NOT_NOW where it
# keeps the car from driving, an event's (from supervisor.ESTOP on), and a new state's.
TEXT = const(1 << 11)
NOT_NOW = const(1 << 12)
EVENT = const(TEXT | 10)
STATE = const(TEXT | 16)
STOPPED = const(1 << 14)  # and a way in mm
# Those of wheels are texts' numbers, of the left one; the right one's are one more.
BACKWARD = const(14 << FAULT | ENCODER)
NOTHING = const(15 << FAULT | ENCODER)
LOSES = const(16 << FAULT | ENCODER)
EXCHANGED = const(21 << FAULT | ENCODER)
REVERSED = const(17 << FAULT | MOTOR)
BLOCKED = const(18 << FAULT | WHEEL)
BY_ITSELF = const(19 << FAULT | WHEEL)

# Words behind those of parts and faults.
_ALONE = const(PARTS + _FAULTS)
_AUTO_REFUSED = const(_ALONE + 1)
_REFUSED = const(_ALONE + 2)
_STOPPED = const(_ALONE + 3)
_MM = const(_ALONE + 4)
_TEXTS = const(_ALONE + 5)

_WAIT = const(42)  # steps: 5 s
_WORDS = (
    b"left sonar|front sonar|right sonar|left cliff sensor|right cliff sensor|left line sensor|"
    b"middle line sensor|right line sensor|bumper|start button|battery|IMU|left ToF sensor|"
    b"right ToF sensor|left encoder|right encoder|left motor|right motor|left wheel|right wheel|"
    b" is back|: no echo pulse|: echo stuck high|: never changes|: shorted, 0 V|: crosstalk|"
    b": hears nothing|: stays pressed|: no such voltage|: leaps|: overcurrent| does not answer|"
    b" tells always the same| is another chip| counts backward| counts nothing| loses counts|"
    b" turns backward| does not turn| turns by itself|no IMU at 0x68|"
    b"left and right encoder are exchanged|: heading by wheels alone|AUTO refused: |refused: |"
    b"stopped in | mm|ground station silent|battery low|battery critical|a wheel does not turn|"
    b"tilted|no floor ahead: an edge|bumper pressed|AUTO needs that sensor|the loop is late|"
    b"little heap is free|emergency stop|no MANUAL_CONTROL for 500 ms: stopped|"
    b"stuck: no way out|a wheel cannot be trusted: stopped|loop stood still: motors cut|"
    b"exception: see the REPL|disarmed|armed: HOLD|MANUAL|AUTO|"
    b"FAULT: motors off, disarm to clear|"
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
        if number >= STOPPED:
            off = _number(number - STOPPED, buf, _word(_STOPPED, buf, off))
            _word(_MM, buf, off)
            return
        part = number & PART
        if number >= TEXT:
            if number & NOT_NOW:
                off = _word(_REFUSED, buf, off)
            _word(_TEXTS + part, buf, off)
            return
        fault = number >> FAULT & 31
        if number >= REFUSED:
            off = _word(_AUTO_REFUSED, buf, off)
        if fault < _WHOLE:
            off = _word(part, buf, off)
        off = _word(PARTS + fault, buf, off)
        if part == IMU and fault:
            _word(_ALONE, buf, off)


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


def _number(value, buf, off):
    unit = 10_000
    while unit > 1 and value < unit:
        unit //= 10
    while unit:
        buf[off] = 48 + value // unit % 10  # ord("0")
        off += 1
        unit //= 10
    return off
