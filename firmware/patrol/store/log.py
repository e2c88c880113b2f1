"""An append-only log in raw flash: records that a cut at any moment leaves whole or not there.

    log = Log(board.SETTINGS)
    log.append(SETTINGS, 1, payload)       # True when it is there
    layout, payload = log.newest(SETTINGS)

An area begins with a head: magic, and a generation that is written when all before is in place.
Two areas are used in turn (`compact`); a single one is only appended to. A record, in half-words:
its length, which proves itself; type and layout; a sequence number; the payload; a checksum.
Flash interface: RM0090 section 3. By half-words, since a word past 2**30 allocates.
"""

import stm
from stm import mem16, mem32

from patrol.portable import const

# Types of records.
SETTINGS = const(1)
CRASH = const(2)
LIVED = const(3)  # the car has run for a minute: what crashed before is forgiven
CLEARED = const(4)  # a person has read what crashed before
PART = const(5)  # of a mission: some of its items
MISSION = const(6)  # the parts right before it are one: how many items, how many parts
BLACKBOX = const(7)  # some ticks before and after a stop
TYPES = const(8)
_KEPT = (0, 1, 3, 1, 1, 0, 1, 4)  # how many of each type compacting takes along
PARTS = const(5)  # the most of a mission
# Bytes that missions and boxes leave to settings and crash records: less than what `tidy` makes.
RESERVE = const(4_096)
_TORN = const(8)  # by so many cuts of the power in a row no record is lost

MOST = const(508)  # bytes of payload
_ROOM = const(8_192)
_MAGIC = const(0x504C)
_HEAD = const(6)  # magic, generation, its complement
_FRAME = const(8)  # length, type and layout, sequence, checksum

_SR = stm.FLASH + stm.FLASH_SR
_CR = stm.FLASH + stm.FLASH_CR
_ACR = stm.FLASH + stm.FLASH_ACR
_ERRORS = const(0xF2)
_BUSY = const(0x10000)
_PROGRAM = const(0x101)  # PG, PSIZE: by half-words
_ERASE = const(0x10202)  # STRT, PSIZE: by words, SER


def checksum(data, crc=0xFFFF):
    """CRC-16/MCRF4XX (polynomial 0x1021 reflected, from 0xFFFF), as MAVLink has it."""
    for byte in data:
        x = (byte ^ crc) & 0xFF
        x = (x ^ (x << 4)) & 0xFF
        crc = (crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)
    return crc


class Log:
    """`areas` are (address, size) of whole sectors, or of a part of one for a single area.

    `trouble` is None, or a text that says why nothing can be stored; what can be read still is.
    """

    def __init__(self, areas):
        self.trouble = None
        self._areas = areas
        self._active = -1
        self._generation = 0
        ours = False
        blank = True
        for i in range(len(areas)):
            at = areas[i][0]
            ours = ours or mem16[at] == _MAGIC
            # Erased, or with a magic that was cut short.
            rest = mem16[at + 2] & mem16[at + 4]
            blank = blank and mem16[at] & _MAGIC == _MAGIC and rest == 0xFFFF
            generation = mem16[at + 2]
            # A generation that was cut short is not its complement's.
            if mem16[at] == _MAGIC and generation ^ mem16[at + 4] == 0xFFFF:
                if generation > self._generation:
                    self._generation = generation
                    self._active = i
        if not areas:
            self.trouble = b"no flash for settings on this board"
        elif not ours and not blank:
            self.trouble = b"flash for settings holds something else: unused"
        self._end = self._tail()

    # Reading.

    def records(self):
        """Yields the address of each record, oldest first; it may be torn, see `read`."""
        if self._active < 0:
            return
        at, size = self._areas[self._active]
        end = at + size
        at += _HEAD
        while at + _FRAME <= end:
            length = mem16[at]
            n = length >> 8
            if n ^ length & 0xFF ^ 0xFF or n == 0xFF or at + _FRAME + 2 * n > end:
                at += 2  # erased, or a length that was cut short
                if length == 0xFFFF:
                    return
            else:
                yield at
                at += _FRAME + 2 * n

    def kind(self, at):
        """The type of the record there, whole or torn."""
        return mem16[at + 2] & 0xFF

    def read(self, at):
        """(type, layout, sequence, payload) of the record there, or None for a torn one."""
        n = (mem16[at] >> 8) * 2 + _FRAME
        data = bytearray(n)
        for i in range(0, n, 2):
            half = mem16[at + i]
            data[i] = half & 0xFF
            data[i + 1] = half >> 8
        if checksum(memoryview(data)[:-2]) != data[n - 2] | data[n - 1] << 8:
            return None
        return data[2], data[3], data[4] | data[5] << 8, bytes(data[6:-2])

    def newest(self, kind):
        """(layout, payload) of the newest whole record of a type, or None."""
        places = [at for at in self.records() if mem16[at + 2] & 0xFF == kind]
        while places:
            record = self.read(places.pop())
            if record is not None:
                return record[1], record[3]
        return None

    def free(self):
        """Bytes that are left."""
        if self._active < 0:
            return self._areas[0][1] - _HEAD if self._areas and self.trouble is None else 0
        at, size = self._areas[self._active]
        return at + size - self._end

    def _tail(self):
        """Where the next record goes: behind everything that is not erased."""
        if self._active < 0:
            return 0
        at, size = self._areas[self._active]
        end = at + size
        at += _HEAD
        for at in self.records():
            at += _FRAME + 2 * (mem16[at] >> 8)
        # A length that was cut short may lie behind the last record.
        while at < end and mem16[at] != 0xFFFF:
            at += 2
        return at

    # Writing.

    def append(self, kind, layout, payload):
        """Adds a record of up to MOST bytes, zero-padded to an even number; False: no room."""
        if self.trouble is not None:
            return False
        if len(payload) > MOST:
            raise ValueError("record of %d bytes: at most %d" % (len(payload), MOST))
        if self._active < 0:
            self._program(self._areas[0][0], _MAGIC)
            self._begin(0)
        n = (len(payload) + 1) // 2
        if _FRAME + 2 * n > self.free():
            return False
        sequence = 0
        for at in self.records():
            sequence = mem16[at + 4] + 1 & 0xFFFF
        return self._write(kind, layout, sequence, payload)

    def _write(self, kind, layout, sequence, payload):
        n = (len(payload) + 1) // 2
        data = bytearray(_FRAME + 2 * n)
        data[0] = n ^ 0xFF
        data[1] = n
        data[2] = kind
        data[3] = layout
        data[4] = sequence & 0xFF
        data[5] = sequence >> 8
        data[6 : 6 + len(payload)] = payload
        crc = checksum(memoryview(data)[:-2])
        data[-2] = crc & 0xFF
        data[-1] = crc >> 8
        at = self._end
        self._end = at + len(data)
        for i in range(0, len(data), 2):
            self._program(at + i, data[i] | data[i + 1] << 8)
        return self.read(at) is not None

    def _begin(self, area):
        """The area is complete: from now on it is the one that counts."""
        at = self._areas[area][0]
        self._generation += 1
        self._program(at + 2, self._generation)
        self._program(at + 4, self._generation ^ 0xFFFF)
        self._active = area
        self._end = self._tail()

    def tidy(self):
        """Makes room before there is none: see `compact`."""
        if self.free() < _ROOM:
            self.compact()

    def compact(self):
        """Moves what counts to the other area; erasing that stalls the chip for 1 to 2.6 s.

        Only where the motors are off and no watchdog runs. False with a single area.
        """
        if self.trouble is not None or len(self._areas) < 2 or self._active < 0:
            return False
        kept = [self.read(at) for at in self._that_count()]
        other = 1 - self._active
        at = self._areas[other][0]
        self._erase(at)
        self._program(at, _MAGIC)
        self._end = at + _HEAD
        for kind, layout, sequence, payload in kept:
            self._write(kind, layout, sequence, payload)
        self._begin(other)
        return True

    def _that_count(self):
        """The places of the records that compacting takes along, oldest first.

        There may be more records than the heap holds places of: of each type only the last ones
        are looked at, a few more than are kept, as some may be torn.
        """
        last = [[] for _ in range(TYPES)]
        parts = []
        for at in self.records():
            kind = self.kind(at)
            if kind == PART:
                parts.append(at)
                if len(parts) > PARTS:
                    del parts[0]
            elif kind < TYPES:
                last[kind].append(parts + [at] if kind == MISSION else [at])
                if len(last[kind]) > _KEPT[kind] + _TORN:
                    del last[kind][0]
        found = []
        for kind in range(TYPES):
            left = _KEPT[kind]
            while left and last[kind]:
                places = last[kind].pop()
                record = self.read(places[-1])
                if record is None:
                    continue
                places = places[len(places) - 1 - record[3][1] :] if kind == MISSION else places
                if None not in [self.read(at) for at in places]:
                    left -= 1
                    found.extend(places)
        return sorted(found)

    # The flash interface.

    def _unlock(self):
        if mem16[_CR + 2] & 0x8000:
            mem32[stm.FLASH + stm.FLASH_KEYR] = 0x45670123
            mem32[stm.FLASH + stm.FLASH_KEYR] = 0xCDEF89AB
        mem32[_SR] = _ERRORS

    def _finish(self):
        while mem32[_SR] & _BUSY:
            pass
        mem32[_CR] = 0x80000000  # locked

    def _program(self, at, half):
        self._unlock()
        mem32[_CR] = _PROGRAM
        mem16[at] = half
        self._finish()

    def _erase(self, at):
        # Areas in turn are sectors of 128 KB, which from 0x08020000 on are 5, 6 ...
        self._unlock()
        mem32[_CR] = _ERASE | 4 + (at >> 17 & 7) << 3
        self._finish()
        # The data cache may hold what was there before; it is emptied while it is off.
        acr = mem32[_ACR]
        mem32[_ACR] = acr & ~0x400
        mem32[_ACR] = acr & ~0x400 | 0x1000
        mem32[_ACR] = acr
