"""An upload of a mission, or of a part of it: in memory only as long as it lasts.

The car asks for one item after the other, and again when none comes. Nothing is stored before all
are there and good, so that whatever ends an upload leaves the mission before it.
"""

from struct import pack_into

from patrol.link import dialect as d
from patrol.link.mission import ACCEPTED, DENIED
from patrol.link.payload import get_i16, get_scaled, get_u16
from patrol.portable import const
from patrol.store.items import COMMAND, CONTINUE, FRAME, ITEM, MOST

_AGAIN_MS = const(500)
_GIVE_UP_MS = const(5_000)
# MAV_MISSION_RESULT
_FRAME_UNKNOWN = const(2)
_UNSUPPORTED = const(3)
_NO_SPACE = const(4)
_PARAMETER = const(5)  # and 1 to 7
_SEQUENCE = const(13)
_CANCELLED = const(15)
# MAV_CMD
_WAYPOINT = const(16)
_LOITER_TIME = const(19)
_RETURN = const(20)
_JUMP = const(177)
_CHANGE_SPEED = const(178)
# MAV_FRAME, a bit each: GLOBAL, GLOBAL_RELATIVE_ALT, both with _INT; LOCAL_NED and MISSION
_GLOBAL_FRAMES = const(0b1101001)
_LOCAL_FRAMES = const(0b110)
# Upper halves of x and y are below these: 85 degrees, 180 degrees, 10 km.
_LATITUDE = const(12_970)
_LONGITUDE = const(27_466)
_LOCAL = const(1_526)
_TENTH = const(214_748_364)  # of the largest x and y
_LONGEST_S = const(86_400)
_MOST_JUMPS = const(32_767)

_WHY = {
    _FRAME_UNKNOWN: "its frame is not known",
    _UNSUPPORTED: "its command is not known",
    _NO_SPACE: "no room; reset, or patrol flash",
    _SEQUENCE: "no such items",
    DENIED: "disarm first",
    _CANCELLED: "no item came for 5 s",
}


class Upload:
    """`begin` with the message that asks for it, `take` with each item, `step` once a tick."""

    def __init__(self, car):
        self._car = car
        self.system = car.parser.system
        self._component = car.parser.component
        self._next = 0
        self._stop = 0
        self._current = 0  # the next item from then on
        self._items = bytearray()
        self._by_floats = False
        self._asked_ms = self._heard_ms = car.schedule.ms

    def begin(self, message, payload):
        """MISSION_COUNT, MISSION_WRITE_PARTIAL_LIST or MISSION_CLEAR_ALL."""
        mission = self._car.mission
        count = 0
        if message == d.MISSION_WRITE_PARTIAL_LIST:
            self._next = get_i16(payload, 0)
            self._stop = get_i16(payload, 2) + 1
            count = mission.count
            if not 0 <= self._next < self._stop <= count:
                self._end(_SEQUENCE)
                return
        elif message == d.MISSION_COUNT:
            count = self._stop = get_u16(payload, 0)
            if count > MOST:
                self._end(_NO_SPACE)
                return
        self._items = bytearray(count * ITEM)
        if message == d.MISSION_WRITE_PARTIAL_LIST:
            self._current = mission.current
            for i in range(count):
                mission.read(i, self._items, i * ITEM)
        if count:
            mission.upload = self
            self._ask()
        else:
            self._store()

    def step(self):
        """Asks again, and gives up when nothing comes."""
        ms = self._car.schedule.ms
        if self._car.drive.powered:
            self._end(DENIED)
        elif ms - self._heard_ms >= _GIVE_UP_MS:
            self._end(_CANCELLED)
        elif ms - self._asked_ms >= _AGAIN_MS:
            self._by_floats = not self._by_floats  # who does not know the one knows the other
            self._ask()

    def take(self, message, payload):
        """MISSION_ITEM_INT or MISSION_ITEM. One that was not asked for is left."""
        number = get_u16(payload, d.MISSION_ITEM_INT_SEQ)
        if (
            number != self._next
            or self._car.parser.system != self.system
            or payload[d.MISSION_ITEM_INT_MISSION_TYPE]
        ):
            return
        if self._car.drive.powered:
            self._end(DENIED)
            return
        if message == d.MISSION_ITEM:
            _to_integers(payload)
        at = number * ITEM
        items = self._items
        items[at : at + COMMAND] = payload[:COMMAND]
        command = d.MISSION_ITEM_INT_COMMAND
        items[at + COMMAND : at + FRAME] = payload[command : command + 2]
        items[at + FRAME] = payload[d.MISSION_ITEM_INT_FRAME]
        items[at + CONTINUE] = payload[d.MISSION_ITEM_INT_AUTOCONTINUE]
        result = _check(payload, number, len(items) // ITEM)
        if result != ACCEPTED:
            self._end(result)
            return
        self._next += 1
        self._heard_ms = self._car.schedule.ms
        if self._next < self._stop:
            self._ask()
        else:
            self._store()

    def _ask(self):
        car = self._car
        self._asked_ms = car.schedule.ms
        message = d.MISSION_REQUEST if self._by_floats else d.MISSION_REQUEST_INT
        at = car.command.answer(message)
        pack_into("<HBB", car.command.answers, at, self._next, self.system, self._component)

    def _store(self):
        car = self._car
        try:
            found = car.keep_mission(self._items)
        except (MemoryError, ImportError):  # to look for a module takes memory, too
            found = None
        if found is None:
            self._end(_NO_SPACE)
            return
        mission = car.mission
        mission.parts, mission.count = found
        mission.current = self._current
        mission.last = self._stop - 1
        mission.last_system = self.system
        self._end(ACCEPTED)

    def _end(self, result):
        car = self._car
        car.mission.upload = None
        if result == ACCEPTED:
            count = len(self._items) // ITEM
            text = "mission stored: %d items" % count if count else "mission cleared"
            car.telemetry.say(6, text.encode())
        else:
            why = _WHY.get(result) or "its parameter %d" % (result - _PARAMETER)
            text = "mission refused, item %d: %s" % (self._next, why)
            car.telemetry.say(4, text.encode())
        at = car.command.answer(d.MISSION_ACK)
        pack_into("<BBB", car.command.answers, at, self.system, self._component, result)


def _to_integers(payload):
    """MISSION_ITEM becomes MISSION_ITEM_INT, to 0.000001 degrees or 1 mm."""
    scale = 1_000 if _LOCAL_FRAMES >> payload[d.MISSION_ITEM_INT_FRAME] & 1 else 1_000_000
    for at in (d.MISSION_ITEM_INT_X, d.MISSION_ITEM_INT_Y):
        tenth = get_scaled(payload, at, scale)
        if not -_TENTH <= tenth <= _TENTH:  # or no number
            payload[at + 3] = 0x7F  # too far for any frame
            continue
        low = (tenth & 0xFFFF) * 10
        pack_into("<Hh", payload, at, low & 0xFFFF, (tenth >> 16) * 10 + (low >> 16))


def _check(payload, number, count):
    """A MAV_MISSION_RESULT: whether the item of that number, of so many, can be driven."""
    command = get_u16(payload, d.MISSION_ITEM_INT_COMMAND)
    one = get_scaled(payload, 0, 1)
    two = get_scaled(payload, 4, 1_000)
    if command == _WAYPOINT or command == _LOITER_TIME:
        frame = payload[d.MISSION_ITEM_INT_FRAME]
        if not 0 <= one <= _LONGEST_S:
            return _PARAMETER + 1
        x = y = _LOCAL
        if frame < 8 and _GLOBAL_FRAMES >> frame & 1:
            x = _LATITUDE
            y = _LONGITUDE
        elif frame > 7 or not _LOCAL_FRAMES >> frame & 1:
            return _FRAME_UNKNOWN
        if not -x <= get_i16(payload, d.MISSION_ITEM_INT_X + 2) < x:
            return _PARAMETER + 5
        if not -y <= get_i16(payload, d.MISSION_ITEM_INT_Y + 2) < y:
            return _PARAMETER + 6
    elif command == _JUMP:
        if not 0 <= one < count or one == number:
            return _PARAMETER + 1
        if not -1_000 <= two <= _MOST_JUMPS * 1_000:
            return _PARAMETER + 2
    elif command == _CHANGE_SPEED:
        if two <= 0 and two != -1_000 and two != -2_000:  # as it is, as by default
            return _PARAMETER + 2
    elif command != _RETURN:
        return _UNSUPPORTED
    return ACCEPTED
