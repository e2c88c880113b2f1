"""A mission in the log: records of its items, then one that says that all are there.

An upload that a cut ends leaves no such record, and the mission before it is the one that counts.
"""

from stm import mem16

from patrol.portable import const
from patrol.store import log as types
from patrol.store.items import EACH, ITEM

_LAYOUT = const(1)
_PAYLOAD = const(6)  # where it begins in a record


def find(log):
    """(addresses of the records' items, number of items) of the newest whole mission."""
    places = list(log.records())
    for i in range(len(places) - 1, -1, -1):
        if mem16[places[i] + 2] & 0xFF != types.MISSION:
            continue
        end = log.read(places[i])
        if end is None or end[1] != _LAYOUT or i < end[3][1]:
            continue
        count, parts = end[3]
        found = []
        for at in places[i - parts : i]:
            part = log.read(at)
            if part is not None and part[0] == types.PART:
                if (part[2] + parts - len(found)) & 0xFFFF == end[2]:
                    found.append(at + _PAYLOAD)
        if len(found) == parts:
            return tuple(found), count
    return (), 0


def save(log, items):
    """Appends a mission, ITEM bytes each: False where there is no room for it."""
    parts = 0
    each = EACH * ITEM
    for at in range(0, len(items), each):
        parts += 1
        if not log.append(types.PART, _LAYOUT, items[at : at + each]):
            return False
    return log.append(types.MISSION, _LAYOUT, bytes((len(items) // ITEM, parts)))
