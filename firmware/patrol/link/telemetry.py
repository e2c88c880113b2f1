"""What the car tells, and how often: streams by priority within the line's share of each tick.

Answers go first. Every stream has a rate, or is due by an event. When several are due, the more
important goes first; one that finds no room waits, and if its next turn comes before it got any,
that one message is dropped and counted. A radio that tells that its buffer fills gets less, until
it has room again.
"""

from array import array
from struct import pack_into

from patrol.link import dialect as d
from patrol.link import messages as m
from patrol.link.frame import MORE, NOTHING
from patrol.link.payload import copy
from patrol.link.results import ACCEPTED, FAILED, UNSUPPORTED
from patrol.portable import const
from patrol.schedule import FREE, MEAN, WORST

# Places in `due` of what others ask for.
_TEXT = const(0)
VERSION = const(3)
HOME = const(4)
PARAMETER = const(5)
ITEM_INT = const(6)
ITEM_OF_FLOATS = const(7)
_SONAR = const(8)

# What has its own ways to be asked for.
_ASKED_FOR = (d.STATUSTEXT, d.PARAM_VALUE, d.MISSION_ITEM_INT, d.MISSION_ITEM)

# For ticks from one message to the next.
OFF = const(-1)
USUAL = const(0)
_EACH = const(1)  # sonars: each measurement
MOST_TICKS = const(0xFFFF)

# MAV_DATA_STREAM
ALL = const(0)
_RAW = const(1)
_STATUS = const(2)
_CONTROLLER = const(4)
_POSITION = const(6)
_EXTRA1 = const(10)
_EXTRA2 = const(11)
_EXTRA3 = const(12)

_RADIO = const(127)  # ticks and one more, from one look at the radio's room to the next

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
        # What fills each message, ticks from one to the next, first tick, the group in which
        # REQUEST_DATA_STREAM paces it. The order is the priority.
        streams = (
            (d.STATUSTEXT, self._text, 0, 0, 0),
            (d.HEARTBEAT, m.heartbeat, 100, 3, 0),  # 1 Hz
            (d.LOOP_TIMING, self._health, 50, 7, _EXTRA3),  # 2 Hz
            (d.AUTOPILOT_VERSION, m.version, 0, 0, 0),
            (d.HOME_POSITION, m.home, 0, 0, 0),
            (d.PARAM_VALUE, car.parameters.fill, 0, 0, 0),
            (d.MISSION_ITEM_INT, car.mission.item, 0, 0, 0),
            (d.MISSION_ITEM, car.mission.item_of_floats, 0, 0, 0),
            (d.DISTANCE_SENSOR, m.sonar, _EACH, 0, _EXTRA3),
            (d.ATTITUDE, m.attitude, 5, 2, _EXTRA1),  # 20 Hz
            (d.LOCAL_POSITION_NED, m.position, 10, 4, _POSITION),  # 10 Hz
            (d.WHEEL_STATUS, m.wheels, 5, 4, _CONTROLLER),  # 20 Hz
            (d.SYS_STATUS, m.system, 50, 23, _STATUS),  # 2 Hz
            (d.GLOBAL_POSITION_INT, m.place, 20, 13, _POSITION),  # 5 Hz, where HOME is known
            (d.VFR_HUD, m.panel, 25, 19, _EXTRA2),  # 4 Hz
            (d.BATTERY_STATUS, m.battery, 100, 53, _EXTRA3),  # 1 Hz
            (d.MISSION_CURRENT, car.mission.progress, 100, 66, _STATUS),  # 1 Hz
            (d.GPS_RAW_INT, m.fix, 100, 78, _STATUS),  # 1 Hz
            (d.FLOOR_STATUS, m.floor, 10, 6, _RAW),  # 10 Hz
            # of the ToF sensors in turn, 10 Hz each
            (d.DISTANCE_SENSOR, m.tof, 5, 3, _EXTRA3),
            # 4 Hz, as often as the schedule accounts for one
            (d.TASK_TIMING, m.task, 25, 26, _EXTRA3),
        )
        slow = writer.portion < _SLOW
        self._ids = tuple([stream[0] for stream in streams])
        self._fill = tuple([stream[1] for stream in streams])
        self._usual = bytes([10 if slow and s[2] == 5 else s[2] for s in streams])
        self._every = array("H", list(self._usual))
        self._left = array("H", [stream[3] for stream in streams])
        self._groups = bytes([stream[4] for stream in streams])
        self.due = bytearray(len(streams))
        self.rssi = 255  # of the radio, as it says; 255: it does not, or there is none
        self.room = 100  # per cent of the radio's buffer, as it has said lately
        self.level = _INFO  # of texts: the least severity that is sent
        self.spell = None  # a callable that writes a text which is a number: (number, buf, off)
        self.turn = 0  # the ToF sensor that was told last
        self.dropped = 0
        self.texts_dropped = 0
        self.texts_repeated = 0
        self._uart = uart
        self._writer = writer
        self._full = writer.portion
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
        if not car.schedule.ticks & _RADIO:
            self._adapt()
        if car.sonars.fresh and self._every[_SONAR] == _EACH:
            self.dropped += due[_SONAR]
            due[_SONAR] = 1
        full = False
        answers = car.command
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
            while i == VERSION and answers.waiting and not full:
                at = writer.begin(answers.answers[0])
                if at < 0:
                    full = True
                else:
                    answers.give(writer.buf, at, writer.buf[at - 9])
                    writer.end()
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

    def _adapt(self):
        """Takes less of a line behind which a radio's buffer fills, and slowly more again."""
        portion = self._writer.portion
        room = self.room
        if room < 20:
            portion >>= 1
        elif room < 50:
            portion -= portion >> 2
        elif room > 90:
            portion += (self._full >> 4) + 1
        least = self._full >> 3
        self._writer.portion = max(least, min(portion, self._full))
        self.room = 100  # until it says so again

    # What a ground station may ask for and set: every stream but _ASKED_FOR.

    def interval(self, message):
        """Ticks from one of these messages to the next; -1: it is not sent on its own; 0: it is
        not known."""
        if message not in _ASKED_FOR:
            for i in range(len(self._ids)):
                if self._ids[i] == message:
                    return self._every[i] or OFF
        return 0

    def pace(self, message, group, ticks):
        """That message, or that group of REQUEST_DATA_STREAM, every so many ticks from now on.

        Ticks may be USUAL or OFF. Of all groups at once none comes more often than usual.
        """
        for i in range(len(self._ids)):
            own = self._groups[i]
            if self._ids[i] == message or (own and (own == group or group == ALL)):
                every = usual = self._usual[i]
                if ticks != USUAL and (group != ALL or ticks > usual or ticks == OFF):
                    every = ticks
                if every == OFF:
                    every = self.due[i] = 0
                self._every[i] = every
                self._left[i] = every if i != _SONAR or every != _EACH else 0

    def ask(self, message):
        """All streams of that message are due: a MAV_RESULT."""
        car = self._car
        if not self.interval(message):
            return UNSUPPORTED
        # What has nothing to tell is not sent.
        if message == d.DISTANCE_SENSOR:
            car.sonars.untold = 7
        elif message == d.FLOOR_STATUS:
            if not car.floor.present:
                return FAILED
        elif message == d.HOME_POSITION or message == d.GLOBAL_POSITION_INT:
            if not car.home.known:
                return FAILED
        for i in range(len(self._ids)):
            if self._ids[i] == message:
                self.due[i] = 1
        return ACCEPTED

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
