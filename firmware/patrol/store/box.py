"""Black boxes in flash: some ticks before and after a stop, as behaviour/blackbox.py has them.

    write(log, blackbox)   # motors off: what there is, as (severity, text) to be said
    dump(log)              # prints each box that was not cleared, for `patrol blackbox`
    clear(log)             # a person has read them

Layout 1 of a part: uptime in ms at the last tick, reason (the number of a text, faults.py), the
part's number and how many there are, ticks of the whole box, how many of them came from the stop
on, build; then up to 25 ticks, oldest first. A record of layout 0 says that those before it were
read.
"""

from struct import pack

from patrol.behaviour import blackbox as ring
from patrol.portable import const
from patrol.store import log as types
from patrol.version import BUILD

LAYOUT = const(1)
READ = const(0)  # the layout of the mark
HEAD = "<IHBBBB8s"
HEAD_BYTES = const(18)
PART_TICKS = const(25)


def write(log, box):
    """Writes what was set aside, and what ended the drive."""
    parts = []
    if box.aside[ring.REASON]:
        _split(parts, box.ring, box.aside, ring.HALF)
    if box.left < 0:
        _split(parts, box.ring, box.now, box.size)
    stored = log.free() >= types.RESERVE + len(parts) * types.MOST
    for part in parts:
        stored = stored and log.append(types.BLACKBOX, LAYOUT, part)
    box.begin(box.budget - 1 if stored else 0)  # what could not be stored is not tried again
    if stored:
        return 5, b"black box stored: patrol blackbox"
    return 4, (b"black box not stored: %s" % (log.trouble or b"no room in flash"))[:50]


def _split(parts, data, piece, size):
    """Appends the payloads of a piece of the ring that has `size` places."""
    count = piece[ring.COUNT]
    n = (count + PART_TICKS - 1) // PART_TICKS
    for part in range(n):
        payload = pack(
            HEAD,
            piece[ring.END_MS],
            piece[ring.REASON],
            part,
            n,
            count,
            piece[ring.AFTER],
            BUILD,
        )
        for i in range(part * PART_TICKS, min(count, (part + 1) * PART_TICKS)):
            at = (piece[ring.AT] - count + i) % size
            at = (piece[ring.BASE] + at) % ring.TICKS * ring.BYTES
            payload += data[at : at + ring.BYTES]
        parts.append(payload)


def _boxes(log):
    """The places of the records behind the newest mark; one at a time is read, since they may be
    more than the heap holds."""
    found = []
    for at in log.records():
        if log.kind(at) == types.BLACKBOX:
            record = log.read(at)
            if record is not None:
                if record[1] == READ:
                    found = []
                else:
                    found.append(at)
    return found


def clear(log):
    """A person has read everything."""
    if _boxes(log) and not log.append(types.BLACKBOX, READ, b""):
        print("trouble no room in flash to note that they were read")


def dump(log):
    """Prints sequence, layout and hex of each part."""
    if log.trouble is not None:
        print("trouble", log.trouble.decode())
    for at in _boxes(log):
        record = log.read(at)
        print("box", record[2], record[1], record[3].hex())
