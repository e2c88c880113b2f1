"""The mission as ground stations see it: told, chosen from, and taken anew by an Upload.

Items lie in flash, see store/mission.py. mavlink.io/en/services/mission.html
"""

from struct import pack_into

from stm import mem16

from patrol.link import dialect as d
from patrol.link.frame import MORE, NOTHING
from patrol.link.payload import get_i16, get_u16, put_float
from patrol.link.telemetry import ITEM_INT, ITEM_OF_FLOATS
from patrol.portable import const
from patrol.store.items import COMMAND, CONTINUE, EACH, FRAME, ITEM

# MAV_MISSION_RESULT
ACCEPTED = const(0)
UNSUPPORTED = const(3)
_NO_SPACE = const(4)
_INVALID_SEQUENCE = const(13)
DENIED = const(14)
# MISSION_STATE
_NO_MISSION = const(1)
_NOT_STARTED = const(2)

_REPLACES = (d.MISSION_COUNT, d.MISSION_CLEAR_ALL, d.MISSION_WRITE_PARTIAL_LIST)
_ALL = const(255)  # MAV_MISSION_TYPE
_LOCAL_FRAMES = const(0b110)  # MAV_FRAME: LOCAL_NED, MISSION


class Mission:
    """`count` items, of which `current` is next; `parts` are the addresses of their records.

    `car` has command, telemetry, drive and uploader; see app.py.
    """

    def __init__(self, parts, count):
        self.parts = parts
        self.count = count
        self.current = 0
        self.upload = None  # while one is under way
        self.last = -1  # the last item of one that is over, whose sender may not know yet
        self.last_system = 0
        self._wanted = 0  # up to _until: some ask for several at once
        self._until = 0
        self._system = 0  # who wants it
        self._component = 0

    def read(self, number, buf, at):
        """Writes an item as it lies in flash, ITEM bytes."""
        address = self.parts[number // EACH] + number % EACH * ITEM
        for i in range(0, ITEM, 2):
            half = mem16[address + i]
            buf[at + i] = half & 0xFF
            buf[at + i + 1] = half >> 8

    def choose(self, number):
        """Makes an item the next one; False where there is none of that number."""
        if not 0 <= number < self.count:
            return False
        self.current = number
        return True

    def take(self, car, message, payload):
        """What a ground station sent of this service."""
        command = car.command
        number = get_u16(payload, 0)
        if message == d.MISSION_REQUEST_LIST:
            at = command.answer(d.MISSION_COUNT)
            command.address(at + d.MISSION_COUNT_TARGET_SYSTEM)
            kind = payload[d.MISSION_REQUEST_LIST_MISSION_TYPE]
            command.answers[at + d.MISSION_COUNT_MISSION_TYPE] = kind
            if not kind:
                command.answers[at] = self.count
        elif message == d.MISSION_REQUEST_INT or message == d.MISSION_REQUEST:
            kind = payload[d.MISSION_REQUEST_MISSION_TYPE]
            if kind or number >= self.count:
                self.acknowledge(car, _INVALID_SEQUENCE, kind)
                return
            if not self._until or number < self._wanted:
                self._wanted = number
            if number >= self._until:
                self._until = number + 1
            self._system = car.parser.system
            self._component = car.parser.component
            car.telemetry.due[ITEM_OF_FLOATS if message == d.MISSION_REQUEST else ITEM_INT] = 1
        elif message == d.MISSION_SET_CURRENT:
            if self.choose(number):
                car.telemetry.ask(d.MISSION_CURRENT)
        elif message == d.MISSION_ITEM_INT or message == d.MISSION_ITEM:
            if self.upload is not None:
                self.upload.take(message, payload)
            elif (
                get_u16(payload, d.MISSION_ITEM_INT_SEQ) == self.last
                and car.parser.system == self.last_system
                and not payload[d.MISSION_ITEM_INT_MISSION_TYPE]
            ):
                self.acknowledge(car, ACCEPTED, 0)
        elif message in _REPLACES:
            self._replace(car, message, payload)

    def _replace(self, car, message, payload):
        """An upload begins, or the mission is cleared."""
        upload = self.upload
        at = d.MISSION_COUNT_MISSION_TYPE
        if message == d.MISSION_CLEAR_ALL:
            at = d.MISSION_CLEAR_ALL_MISSION_TYPE
        elif message == d.MISSION_WRITE_PARTIAL_LIST:
            at = d.MISSION_WRITE_PARTIAL_LIST_MISSION_TYPE
        kind = payload[at]
        if kind and (kind != _ALL or message != d.MISSION_CLEAR_ALL):
            result = ACCEPTED if message == d.MISSION_CLEAR_ALL else UNSUPPORTED
        elif upload is not None and upload.system != car.parser.system:
            result = DENIED
        elif car.drive.powered:
            result = DENIED
            car.telemetry.say(4, b"mission refused: disarm first")
        else:
            self.upload = None
            self.last = -1
            try:
                car.uploader()(car).begin(message, payload)
                return
            except (MemoryError, ImportError):  # to look for a module takes memory, too
                self.upload = None
                result = _NO_SPACE
        self.acknowledge(car, result, kind)

    def acknowledge(self, car, result, kind):
        """MISSION_ACK to whom was heard last."""
        command = car.command
        at = command.answer(d.MISSION_ACK)
        command.address(at)
        command.answers[at + d.MISSION_ACK_TYPE] = result
        command.answers[at + d.MISSION_ACK_MISSION_TYPE] = kind

    # What is told: see messages.py.

    def item(self, car, buf, at):
        """MISSION_ITEM_INT: the next one that is wanted. It begins as an item in flash does."""
        number = self._wanted
        if number >= self._until or number >= self.count:
            self._until = 0
            return NOTHING
        self.read(number, buf, at)
        at += d.MISSION_ITEM_INT_SEQ
        pack_into(
            "<HBBBBBBB",
            buf,
            at,
            number,
            buf[at],
            buf[at + 1],
            self._system,
            self._component,
            buf[at + FRAME - COMMAND],
            number == self.current,
            buf[at + CONTINUE - COMMAND],
        )
        self._wanted = number + 1
        if number + 1 < self._until:
            return MORE
        self._until = 0
        return None

    def item_of_floats(self, car, buf, at):
        """MISSION_ITEM: the same for who asked in the old way, to 0.000001 degrees."""
        more = self.item(car, buf, at)
        if more == NOTHING:
            return NOTHING
        local = _LOCAL_FRAMES >> buf[at + d.MISSION_ITEM_INT_FRAME] & 1
        at += d.MISSION_ITEM_INT_X
        for where in range(at, at + 8, 4):  # x, y
            high = get_i16(buf, where + 2)
            # A tenth of it, as 65,536 is 10 times 6,553 and 6.
            tenth = high * 6_553 + (high * 6 + get_u16(buf, where)) // 10
            put_float(buf, where, tenth, 1_000 if local else 1_000_000)
        return more

    def progress(self, car, buf, at):
        """MISSION_CURRENT."""
        state = _NOT_STARTED if self.count else _NO_MISSION
        pack_into(d.MISSION_CURRENT_FORMAT, buf, at, self.current, self.count, state)
