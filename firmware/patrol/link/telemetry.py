"""What the car tells, and how often: streams by priority within the line's share of each tick.

Every stream has a rate, or is due by an event. When several are due, the more important goes
first; one that finds no room waits, and if its next turn comes before it got any, that one message
is dropped and counted.
"""

from struct import pack_into

from patrol.link import dialect as d
from patrol.link import messages as m
from patrol.link.frame import MORE, NOTHING
from patrol.link.payload import copy
from patrol.portable import const
from patrol.schedule import FREE, MEAN, WORST

# Places in `due` of what others ask for.
ACK = const(0)
_TEXT = const(1)
PING = const(4)
TIMESYNC = const(5)
VERSION = const(6)
_SONAR = const(7)
PARAMETER = const(16)

_SLOW = const(50)  # bytes a tick, 83 kbaud: there what has 20 Hz has 10
_TEXTS = const(8)
_INFO = const(6)  # MAV_SEVERITY
_LATE_TEXT = b"a tick came late: see LOOP_TIMING"
_AGAIN_MS = const(1_000)  # the same text within that time of itself is the same burst


class Telemetry:
    """`writer` is a link.frame.Writer, `uart` what its frames go to, `car` as in link.messages.

    `due` holds 1 for each stream that waits to be sent: what has no rate is asked for there.
    """

    def __init__(self, uart, writer, car):
        # What fills each message, ticks from one to the next, first tick. The order is the
        # priority.
        streams = (
            (d.COMMAND_ACK, m.acknowledgement, 0, 0),
            (d.STATUSTEXT, self._text, 0, 0),
            (d.HEARTBEAT, m.heartbeat, 100, 3),  # 1 Hz
            (d.LOOP_TIMING, self._health, 50, 7),  # 2 Hz
            (d.PING, m.ping, 0, 0),
            (d.TIMESYNC, m.timesync, 0, 0),
            (d.AUTOPILOT_VERSION, m.version, 0, 0),
            (d.DISTANCE_SENSOR, m.sonar, 0, 0),  # each measurement
            (d.ATTITUDE, m.attitude, 5, 2),  # 20 Hz
            (d.LOCAL_POSITION_NED, m.position, 10, 4),  # 10 Hz
            (d.WHEEL_STATUS, m.wheels, 5, 4),  # 20 Hz
            (d.SYS_STATUS, m.system, 50, 23),  # 2 Hz
            (d.BATTERY_STATUS, m.battery, 100, 53),  # 1 Hz
            (d.FLOOR_STATUS, m.floor, 10, 6),  # 10 Hz
            (d.DISTANCE_SENSOR, m.tof, 5, 3),  # of the ToF sensors in turn, 10 Hz each
            (d.TASK_TIMING, m.task, 25, 26),  # 4 Hz, as often as the schedule accounts for one
            (d.PARAM_VALUE, car.parameters.fill, 0, 0),
        )
        slow = writer.portion < _SLOW
        self._ids = tuple([stream[0] for stream in streams])
        self._fill = tuple([stream[1] for stream in streams])
        self._every = bytearray([10 if slow and s[2] == 5 else s[2] for s in streams])
        self._left = bytearray([stream[3] for stream in streams])
        self.due = bytearray(len(streams))
        self.level = _INFO  # of texts: the least severity that is sent
        self.spell = None  # a callable that writes a text which is a number: (number, buf, off)
        self.turn = 0  # the ToF sensor that was told last
        self.dropped = 0
        self.texts_dropped = 0
        self.texts_repeated = 0
        self._uart = uart
        self._writer = writer
        self._car = car
        # Texts wait in a ring; one that finds it full of others as important is dropped.
        self._texts = [b""] * _TEXTS
        self._severities = bytearray(_TEXTS)
        self._text_at = 0
        self._text_count = 0
        self._said = b""
        self._said_ms = 0
        self._overruns = 0

    def say(self, severity, text):
        """Queues a STATUSTEXT: MAV_SEVERITY (0 emergency to 7 debug) and up to 50 bytes, or a
        number that `spell` knows.

        One below the log level is not wanted. One that is the last one again within a second, and
        one that finds no place, are left out and counted; LOOP_TIMING tells both counts.
        """
        if severity > self.level:
            return
        ms = self._car.schedule.ms
        if text == self._said and ms - self._said_ms < _AGAIN_MS:
            self.texts_repeated += 1
            return
        severities = self._severities
        at = self._text_at
        if self._text_count < _TEXTS:
            at = (at + self._text_count) % _TEXTS
            self._text_count += 1
            self.due[_TEXT] = 1
        else:
            # The latest of the least important ones gives way.
            for i in range(_TEXTS):
                other = (self._text_at + i) % _TEXTS
                if severities[other] >= severities[at]:
                    at = other
            self.texts_dropped += 1
            lost = text if severity >= severities[at] else self._texts[at]
            if isinstance(lost, int):
                self._car.faults.untold(lost)
            if severity >= severities[at]:
                return
        self._said = text
        self._said_ms = ms
        self._texts[at] = text
        severities[at] = severity

    def step(self):
        """Once a tick: everything that is due and has room, and a portion to the line."""
        car = self._car
        writer = self._writer
        due = self.due
        left = self._left
        if car.sonars.fresh:
            self.dropped += due[_SONAR]
            due[_SONAR] = 1
        full = False
        i = 0
        while i < len(due):
            wait = left[i]
            if wait:
                wait -= 1
                if not wait:
                    wait = self._every[i]
                    self.dropped += due[i]
                    due[i] = 1
                left[i] = wait
            while due[i] and not full:
                at = writer.begin(self._ids[i])
                if at < 0:
                    full = True  # the less important ones do not overtake it
                else:
                    more = self._fill[i](car, writer.buf, at)
                    due[i] = more == MORE
                    if more != NOTHING:
                        writer.end()
            i += 1
        writer.flush(self._uart)

    def _health(self, car, buf, at):
        """LOOP_TIMING; and for who debugs, late ticks in words."""
        schedule = car.schedule
        heap = schedule.heap
        if schedule.overruns != self._overruns:
            self._overruns = schedule.overruns
            self.say(7, _LATE_TEXT)
        worst = schedule.take_worst()
        pack_into(
            d.LOOP_TIMING_FORMAT,
            buf,
            at,
            schedule.ms,
            schedule.ticks,
            self._writer.sent + 1,
            schedule.overruns,
            self.dropped,
            schedule.load_permille,
            worst if worst < 65_535 else 65_535,
            car.parser.bad_crc & 0xFFFF,
            car.parser.lost & 0xFFFF,
            schedule.collections & 0xFFFF,
            heap[FREE],
            heap[MEAN],
            heap[WORST],
            self.texts_dropped & 0xFFFF,
            self.texts_repeated & 0xFFFF,
            car.failures & 0xFFFF,
            car.reset_cause,
            self.level,
        )

    def _text(self, car, buf, at):
        """STATUSTEXT: the oldest text."""
        i = self._text_at
        self._text_at = (i + 1) % _TEXTS
        self._text_count -= 1
        buf[at + d.STATUSTEXT_SEVERITY] = self._severities[i]
        at += d.STATUSTEXT_TEXT
        text = self._texts[i]
        if isinstance(text, int):
            self.spell(text, buf, at)
        else:
            n = len(text)
            copy(buf, at, text, 0, n if n < 50 else 50)
        return MORE if self._text_count else None
