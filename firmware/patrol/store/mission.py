"""A mission in the log: records of its items, then one that says that all are there.

An upload that a cut ends leaves no such record, and the mission before it is the one that counts.
"""

from stm import mem16

from patrol.portable import const
from patrol.store import log as types
from patrol.store.items import EACH, ITEM

_LAYOUT = const(1)
_PAYLOAD = const(6)  # where it begins in a record
_LATEST = const(4)  # missions that are looked at, the newest first: of a rotten one the one before


def find(log):
    """(addresses of the records' items, number of items) of the newest whole mission.

    There may be more records than the heap holds places of: only the last ones are kept.
    """
    before = []  # the records right before
    latest = []
    for at in log.records():
        if log.kind(at) == types.MISSION:
            latest.append((at, list(before)))
            if len(latest) > _LATEST:
                del latest[0]
        before.append(at)
        if len(before) > types.PARTS:
            del before[0]
    while latest:
        at, before = latest.pop()
        end = log.read(at)
        if end is None or end[1] != _LAYOUT:
            continue
        count, parts = end[3]
        found = []
        for at in before[len(before) - parts :]:
            part = log.read(at)
            if part is not None and part[0] == types.PART:
                if (part[2] + parts - len(found)) & 0xFFFF == end[2]:
                    found.append(at + _PAYLOAD)
        if len(found) == parts:
            return tuple(found), count
    return (), 0


def _is(log, items):
    """Whether that mission is there already."""
    found, count = find(log)
    if count * ITEM != len(items):
        return False
    for i in range(0, len(items), 2):
        part = i // (EACH * ITEM)
        if mem16[found[part] + i - part * EACH * ITEM] != items[i] | items[i + 1] << 8:
            return False
    return True


def save(log, items):
    """Appends a mission, ITEM bytes each: False where there is no room for it. One that is there
    already takes none."""
    if log.trouble is not None:
        return False
    if _is(log, items):
        return True
    if log.free() < types.RESERVE + len(items):
        return False
    parts = 0
    each = EACH * ITEM
    for at in range(0, len(items), each):
        parts += 1
        if not log.append(types.PART, _LAYOUT, items[at : at + each]):
            return False
    return log.append(types.MISSION, _LAYOUT, bytes((len(items) // ITEM, parts)))
