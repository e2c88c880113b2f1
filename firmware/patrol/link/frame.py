"""MAVLink frames in fixed buffers: a Writer and a Parser.

Nothing here allocates once a Writer or a Parser is made, so all of it runs under heap_lock.
Viper functions use only `ptr8` and keep every value inside 32 bits, so they mean the same as
plain Python, on 64 bits and on 32 bits. Layout and checksum of a frame:
mavlink.io/en/guide/serialization.html.

    writer.room = 92                          # bytes this tick may send
    at = writer.begin(dialect.HEARTBEAT)
    if at >= 0:
        pack_into(dialect.HEARTBEAT_FORMAT, writer.buf, at, mode, 10, 0, base_mode, 4, 3)
        writer.end()
    writer.flush(uart)
"""

from patrol.link.dialect import MESSAGES
from patrol.link.payload import clear, copy
from patrol.portable import const, micropython

# What _scan found, above the position (16 bits) and the offset in MESSAGES (12 bits).
_GOOD = const(1)
_BAD = const(2)
_UNKNOWN = const(3)
# Bytes by which a sender's newer version of a message may be longer than ours. It bounds how long
# a damaged length byte can keep the parser waiting: less than two short frames.
_SLACK = const(16)


@micropython.viper
def _open(buf: ptr8, start: int, limit: int, message: int, table: ptr8, size: int) -> int:
    """Zero-fills a payload and writes what is known of its header; False if it does not fit.

    The checksum's seed waits in the byte behind the payload until _seal overwrites it.
    """
    entry = 0
    while entry < size and (table[entry] | (table[entry + 1] << 8)) != message:
        entry += 5
    if entry >= size:
        return 0
    length = table[entry + 2]
    if length + 12 > limit:
        return 0
    buf[start + 1] = length
    buf[start + 7] = table[entry]
    buf[start + 8] = table[entry + 1]
    at = start + 10
    start = at + length
    while at < start:
        buf[at] = 0
        at += 1
    buf[at] = table[entry + 3]
    return 1


@micropython.viper
def _seal(buf: ptr8, start: int, sender: int) -> int:
    """Trims trailing zeros, completes the header and appends the checksum; the frame's length.

    `sender` is sequence + 256 * system + 65536 * component.
    """
    length = buf[start + 1]
    stop = start + 10 + length
    extra = buf[stop]
    while stop > start + 11 and buf[stop - 1] == 0:  # the first byte always stays
        stop -= 1
    buf[start] = 0xFD
    buf[start + 1] = stop - start - 10
    buf[start + 2] = 0
    buf[start + 3] = 0
    buf[start + 4] = sender & 0xFF
    buf[start + 5] = (sender >> 8) & 0xFF
    buf[start + 6] = (sender >> 16) & 0xFF
    buf[start + 9] = 0
    buf[stop] = extra  # so that one loop covers it
    crc = 0xFFFF
    at = start + 1
    while at <= stop:
        x = (buf[at] ^ crc) & 0xFF
        x = (x ^ (x << 4)) & 0xFF
        crc = (crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)
        at += 1
    buf[stop] = crc & 0xFF
    buf[stop + 1] = crc >> 8
    return stop + 2 - start


@micropython.viper
def _scan(buf: ptr8, at: int, end: int, table: ptr8, size: int) -> int:
    """Looks for a frame in buf[at:end]: position | entry << 16 | outcome << 28.

    Outcome 0 wants more bytes. Any other is about the whole frame at position, whose checksum is
    right or not, or whose id is not in the table (which is said without waiting for its end).
    """
    while at < end:
        magic = buf[at]
        if magic != 0xFD and magic != 0xFE:
            at += 1
            continue
        header = 10
        if magic == 0xFE:
            header = 6
        if end - at < header:
            return at
        length = buf[at + 1]
        tail = 2
        ident = buf[at + 5]
        if magic == 0xFD:
            if buf[at + 2] > 1:  # a flag that we do not know: not a frame for us
                at += 1
                continue
            if buf[at + 2]:
                tail = 15
            ident = buf[at + 7] | (buf[at + 8] << 8) | (buf[at + 9] << 16)
        entry = 0
        while entry < size and (table[entry] | (table[entry + 1] << 8)) != ident:
            entry += 5
        if entry >= size or length > table[entry + 2] + _SLACK:
            return at | (_UNKNOWN << 28)
        stop = at + header + length
        if end - stop < tail:
            return at
        first = buf[stop]
        buf[stop] = table[entry + 3]  # so that one loop covers it
        crc = 0xFFFF
        i = at + 1
        while i <= stop:
            x = (buf[i] ^ crc) & 0xFF
            x = (x ^ (x << 4)) & 0xFF
            crc = (crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)
            i += 1
        buf[stop] = first
        if crc == (buf[stop] | (buf[stop + 1] << 8)):
            return at | (entry << 16) | (_GOOD << 28)
        return at | (_BAD << 28)
    return at


class Writer:
    """Builds frames one behind the other and hands them over in one write.

    `room` is what the caller still grants in this tick, in bytes; a message whose full length does
    not fit is left out and counted in `dropped`. `sent` counts finished frames.
    """

    def __init__(self, size=1024, system=1, component=1):
        self.buf = bytearray(size)
        self.room = size
        self.sent = 0
        self.dropped = 0
        self._size = size
        self._fill = 0
        self._sender = system << 8 | component << 16

    def begin(self, message):
        """Starts a message (an id of dialect.py): offset of its zeroed payload in buf, or -1."""
        start = self._fill
        limit = self._size - start
        if self.room < limit:
            limit = self.room
        if _open(self.buf, start, limit, message, MESSAGES, len(MESSAGES)):
            return start + 10
        self.dropped += 1
        return -1

    def end(self):
        """Finishes the message begun last: it waits for flush."""
        sent = self.sent
        length = _seal(self.buf, self._fill, self._sender | (sent & 0xFF))
        self.sent = sent + 1
        self._fill += length
        self.room -= length

    def flush(self, uart):
        """Writes all finished frames with one uart.write(buf, 0, n); the number of bytes."""
        n = self._fill
        if n:
            uart.write(self.buf, 0, n)
            self._fill = 0
        return n


class Parser:
    """Finds whole frames with right checksums in received bytes; MAVLink 2, signed or not, and 1.

    After a false start it goes on at the next byte, so a damaged byte costs one frame at most.
    `size` bytes must hold the longest frame.
    Counts: `received`, `bad_crc`, `unknown` (starts of a frame whose id is not in the table: never
    handed on, since their checksum cannot be told), `lost` (gaps in one sender's sequence).
    """

    def __init__(self, size=280):
        self.payload = bytearray(255)
        self.system = 0
        self.component = 0
        self.sequence = 0
        self.target = 0  # the system that the message is for; 0: all, or the message has no target
        self.received = 0
        self.bad_crc = 0
        self.unknown = 0
        self.lost = 0
        self._buf = bytearray(size)
        self._size = size
        self._begin = 0
        self._end = 0

    def feed(self, buf, n):
        """Takes buf[:n]; returns how many fitted (at least 160 of them when next() gave -1)."""
        begin = self._begin
        end = self._end
        if begin:
            end -= begin
            copy(self._buf, 0, self._buf, begin, end)
            self._begin = 0
        if n > self._size - end:
            n = self._size - end
        copy(self._buf, end, buf, 0, n)
        self._end = end + n
        return n

    def next(self):
        """Id of the next whole frame, its content in the attributes; -1 when there is none yet."""
        buf = self._buf
        while True:
            found = _scan(buf, self._begin, self._end, MESSAGES, len(MESSAGES))
            outcome = found >> 28
            at = found & 0xFFFF
            if outcome == _GOOD:
                return self._accept(buf, at, (found >> 16) & 0xFFF)
            if not outcome:
                self._begin = at
                return -1
            self._begin = at + 1
            if outcome == _BAD:
                self.bad_crc += 1
            else:
                self.unknown += 1
                # If it is the one that we expect from this sender, then it is not lost.
                head = at + 4 if buf[at] == 0xFD else at + 2
                if self._follows(buf, head) == 0:
                    self.sequence = buf[head]

    def _follows(self, buf, head):
        """Frames missing before the one with this sequence, system, component; -1 if not known."""
        if self.received and buf[head + 1] == self.system and buf[head + 2] == self.component:
            gap = (buf[head] - self.sequence - 1) & 0xFF
            if gap < 128:  # else it was repeated, or the sender began anew
                return gap
        return -1

    def _accept(self, buf, at, entry):
        length = buf[at + 1]
        if buf[at] == 0xFD:
            head = at + 4
            start = at + 10
            self._begin = start + length + (15 if buf[at + 2] else 2)
        else:
            head = at + 2
            start = at + 6
            self._begin = start + length + 2
        gap = self._follows(buf, head)
        if gap > 0:
            self.lost += gap
        self.received += 1
        self.sequence = buf[head]
        self.system = buf[head + 1]
        self.component = buf[head + 2]
        payload = self.payload
        copy(payload, 0, buf, start, length)
        clear(payload, length, MESSAGES[entry + 2])
        target = MESSAGES[entry + 4]
        self.target = payload[target] if target != 255 else 0
        return MESSAGES[entry] | MESSAGES[entry + 1] << 8
