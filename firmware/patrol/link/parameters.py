"""The settings as MAVLink's parameters: told, and changed in RAM within their ranges.

Names are those of store/table.py in capitals, values are whole numbers sent as REAL32, which every
ground station reads alike. What was changed is written later, by app.py, when the car is at rest.
mavlink.io/en/services/parameter.html
"""

from struct import pack_into

from patrol.link import dialect as d
from patrol.link.frame import MORE, NOTHING
from patrol.link.payload import get_i16, get_scaled, put_float
from patrol.portable import const, micropython

_REAL32 = const(9)  # MAV_PARAM_TYPE
_REFUSED_TEXT = b"parameter refused: see its range"


@micropython.viper
def _place(names: ptr8, size: int, buf: ptr8, at: int) -> int:
    """Which of the names is buf[at:at + 16] without trailing zeros; -1: none."""
    place = 0
    i = 0
    while i < size:
        n = 0
        while n < 16 and names[i + n] == buf[at + n] and names[i + n] != 124:  # ord("|")
            n += 1
        if names[i + n] == 124 and (n == 16 or buf[at + n] == 0):
            return place
        while names[i] != 124:
            i += 1
        i += 1
        place += 1
    return -1


@micropython.viper
def _name(names: ptr8, place: int, buf: ptr8, at: int):
    """Writes the name at that place."""
    i = 0
    while place > 0:
        if names[i] == 124:
            place -= 1
        i += 1
    while names[i] != 124:
        buf[at] = names[i]
        at += 1
        i += 1


class Parameters:
    """`values` in the order of store/table.py; `names` in one piece, NAME| behind NAME|; `ranges`:
    lowest and highest of each, one behind the other.

    `changed`: something is not written yet, since `changed_ms`. `say(severity, text)` reports.
    """

    def __init__(self, values, names, ranges, say=None):
        self.values = values
        self.changed = False
        self.changed_ms = 0
        self.say = say
        self._names = names
        self._ranges = ranges
        self._asked = bytearray(len(values))  # 1: to be told

    def ask_all(self):
        """PARAM_REQUEST_LIST."""
        asked = self._asked
        for i in range(len(asked)):
            asked[i] = 1

    def ask(self, payload):
        """PARAM_REQUEST_READ, by index or by name: whether there is anything to tell."""
        place = get_i16(payload, d.PARAM_REQUEST_READ_PARAM_INDEX)
        if place < 0:
            place = self._find(payload, d.PARAM_REQUEST_READ_PARAM_ID)
        if not 0 <= place < len(self._asked):
            return False
        self._asked[place] = 1
        return True

    def set(self, payload, now_ms):
        """PARAM_SET: whether there is one of that name, whose value, new or not, is to be told.

        One out of its range, or of another type than it is told with, changes nothing.
        """
        place = self._find(payload, d.PARAM_SET_PARAM_ID)
        if place < 0:
            return False
        self._asked[place] = 1
        value = get_scaled(payload, d.PARAM_SET_PARAM_VALUE, 1)
        ranges = self._ranges
        if payload[d.PARAM_SET_PARAM_TYPE] != _REAL32 or not (
            ranges[2 * place] <= value <= ranges[2 * place + 1]
        ):
            self.say(4, _REFUSED_TEXT)
        elif value != self.values[place]:
            self.values[place] = value
            self.changed = True
            self.changed_ms = now_ms
        return True

    def _find(self, payload, at):
        names = self._names
        return _place(names, len(names), payload, at)

    def fill(self, car, buf, at):
        """PARAM_VALUE: the next one that is asked for."""
        asked = self._asked
        place = -1
        left = 0
        for i in range(len(asked)):
            if asked[i]:
                if place < 0:
                    place = i
                left += 1
        if not left:
            return NOTHING
        asked[place] = 0
        put_float(buf, at + d.PARAM_VALUE_PARAM_VALUE, self.values[place], 1)
        pack_into("<HH", buf, at + d.PARAM_VALUE_PARAM_COUNT, len(asked), place)
        buf[at + d.PARAM_VALUE_PARAM_TYPE] = _REAL32
        _name(self._names, place, buf, at + d.PARAM_VALUE_PARAM_ID)
        return MORE if left > 1 else None
