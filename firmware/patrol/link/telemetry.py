"""What the car tells, and how often: streams by priority within the line's share of each tick.

Every stream has a rate. When several are due, the more important goes first; one that finds no
room waits, and if its next turn comes before it got any, that one message is dropped and counted.
"""

from patrol.link import dialect as d
from patrol.link.messages import DROPPED, LEVEL, REPEATED, Messages
from patrol.portable import const
from patrol.schedule import FREE

_FRAME = const(12)  # header and checksum
_SONAR = const(26)  # a sonar's DISTANCE_SENSOR, whose extensions are zeros and left out
_TEXT = const(51)

# Each stream: message, ticks from one to the next, first tick. The order is the priority.
_STREAMS = (
    (d.HEARTBEAT, 100, 3),  # 1 Hz
    (d.LOOP_TIMING, 50, 7),  # 2 Hz
    (d.DISTANCE_SENSOR, 0, 0),  # each measurement
    (d.ATTITUDE, 5, 2),  # 20 Hz
    (d.LOCAL_POSITION_NED, 10, 4),  # 10 Hz
    (d.WHEEL_STATUS, 5, 4),  # 20 Hz
    (d.SYS_STATUS, 50, 23),  # 2 Hz
    (d.BATTERY_STATUS, 100, 53),  # 1 Hz
    (d.FLOOR_STATUS, 10, 6),  # 10 Hz
    (d.DISTANCE_SENSOR, 5, 3),  # of the ToF sensors in turn, 10 Hz each
    (d.TASK_TIMING, 25, 26),  # 4 Hz, as often as the schedule accounts for a task
)
_DISTANCE = const(2)  # its place above: due by its own event
_SLOW = const(50)  # bytes a tick, 83 kbaud: there what has 20 Hz has 10
_TEXTS = const(8)
_SHORT_BYTES = const(8_192)  # free heap; below, what is loaded when it is chosen may find no room
_LATE_TEXT = b"a tick came late: see LOOP_TIMING"
_SHORT_TEXT = b"less than 8 KB of heap free"
_AGAIN_MS = const(1_000)  # the same text within that time of itself is the same burst


def _length(message):
    """Bytes of a whole frame of this message, from the dialect's table."""
    table = d.MESSAGES
    for i in range(0, len(table), 5):
        if table[i] | table[i + 1] << 8 == message:
            return table[i + 2] + _FRAME
    raise ValueError("message %d is not in the dialect" % message)


class Telemetry:
    """`writer` is a link.frame.Writer, `line` a link.line.Line that its frames go to.

    `car` as in link.messages.
    """

    def __init__(self, writer, line, car):
        self.answers = None  # a callable that writes what was asked for, first of all
        self.spell = None  # a callable that writes a text which is a number: (number, buf, off)
        self.messages = messages = Messages(writer, car)
        self._writer = writer
        self._line = line
        self._sonars = car.sonars
        self._send = (
            messages.heartbeat,
            self._health,
            messages.distance,
            messages.attitude,
            messages.position,
            messages.wheels,
            messages.system,
            messages.battery,
            messages.floor,
            messages.beam,
            messages.tasks,
        )
        slow = line.portion < _SLOW
        self._need = bytearray([_length(stream[0]) for stream in _STREAMS])
        self._need[_DISTANCE] += _SONAR  # two are measured at once
        self._every = bytearray(
            [10 if slow and stream[1] == 5 else stream[1] for stream in _STREAMS]
        )
        self._left = bytearray([stream[2] for stream in _STREAMS])
        self._due = bytearray(len(_STREAMS))
        # Texts wait in a ring; one that finds it full of others as important is dropped.
        self._texts = [b""] * _TEXTS
        self._severities = bytearray(_TEXTS)
        self._text_at = 0
        self._text_count = 0
        self._schedule = car.schedule
        self._said = b""
        self._said_ms = 0
        self._overruns = 0
        self._short = False

    def say(self, severity, text):
        """Queues a STATUSTEXT: MAV_SEVERITY (0 emergency to 7 debug) and up to 50 bytes, or a
        number that `spell` knows.

        One below the log level is not wanted. One that is the last one again within a second, and
        one that finds no place, are left out and counted; LOOP_TIMING tells both counts.
        """
        texts = self.messages.texts
        if severity > texts[LEVEL]:
            return
        ms = self._schedule.ms
        if text == self._said and ms - self._said_ms < _AGAIN_MS:
            texts[REPEATED] += 1
            return
        self._said = text
        self._said_ms = ms
        severities = self._severities
        at = self._text_at
        if self._text_count < _TEXTS:
            at = (at + self._text_count) % _TEXTS
            self._text_count += 1
        else:
            # The latest of the least important ones gives way.
            for i in range(_TEXTS):
                other = (self._text_at + i) % _TEXTS
                if severities[other] >= severities[at]:
                    at = other
            texts[DROPPED] += 1
            if severity >= severities[at]:
                return
        self._texts[at] = text
        severities[at] = severity

    def step(self):
        """Once a tick: everything that is due and has room, in one write."""
        writer = self._writer
        line = self._line
        writer.room = line.room
        if self.answers is not None:
            self.answers()
        while self._text_count and writer.room >= _TEXT + _FRAME:
            self._text()
        left = self._left
        due = self._due
        fresh = self._sonars.fresh
        full = False
        i = 0
        n = len(left)
        while i < n:
            if i == _DISTANCE:
                turn = fresh != 0
            else:
                wait = left[i] - 1
                turn = wait <= 0
                left[i] = self._every[i] if turn else wait
            if turn:
                if due[i]:
                    self.messages.dropped += 1
                due[i] = 1
            if due[i] and not full:
                if writer.room >= self._need[i]:
                    due[i] = 0
                    self._send[i]()
                else:
                    full = True  # the less important ones do not overtake it
            i += 1
        writer.flush(line)
        line.step()

    def _health(self):
        """LOOP_TIMING; and in words, late ticks for who debugs, a short heap for everybody."""
        schedule = self._schedule
        if schedule.overruns != self._overruns:
            self._overruns = schedule.overruns
            self.say(7, _LATE_TEXT)
        short = schedule.heap[FREE] < _SHORT_BYTES
        if short and not self._short:
            self.say(4, _SHORT_TEXT)
        self._short = short
        self.messages.loop_timing()

    def _text(self):
        at = self._text_at
        self._text_at = (at + 1) % _TEXTS
        self._text_count -= 1
        writer = self._writer
        off = writer.begin(d.STATUSTEXT)
        if off < 0:
            return
        buf = writer.buf
        buf[off + d.STATUSTEXT_SEVERITY] = self._severities[at]
        off += d.STATUSTEXT_TEXT
        text = self._texts[at]
        if isinstance(text, int):
            self.spell(text, buf, off)
        else:
            n = len(text)
            for i in range(n if n < 50 else 50):
                buf[off + i] = text[i]
        writer.end()
