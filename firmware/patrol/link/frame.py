"""MAVLink frames in fixed buffers: a Writer and a Parser.

Nothing here allocates once a Writer or a Parser is made, so all of it runs under heap_lock.
Viper functions use only `ptr8` and keep every value inside 32 bits, so they mean the same as
plain Python, on 64 bits and on 32 bits. Layout and checksum of a frame:
mavlink.io/en/guide/serialization.html.

    at = writer.begin(dialect.HEARTBEAT)
    if at >= 0:
        pack_into(dialect.HEARTBEAT_FORMAT, writer.buf, at, mode, 10, 0, base_mode, 4, 3)
        writer.end()
    writer.flush(uart)                        # once a tick
"""

from struct import pack_into

from patrol.link.dialect import MESSAGES
from patrol.link.payload import clear, copy
from patrol.portable import const, micropython

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import UART

# What fills a message returns one of these where it is not the only one, or none at all.
MORE = const(1)
NOTHING = const(2)

_PERCENT = const(60)  # of a tick at most for one write; the rest is for everything else
_MOST = const(350)  # bytes: a fast line is never kept busy for longer than 4 ms
_HELD = const(192)  # bytes that may wait beyond a portion: two long frames
# Messages that only this car has come from a component of their own, with its own sequence: a
# ground station that does not know them then misses nothing. 25: MAV_COMP_ID_USER1.
_OWN = const(52_100)
_OWN_COMPONENT = const(25)
# Bytes by which a sender's newer version of a message may be longer than ours. It bounds how long
# a damaged length byte can keep the parser waiting: less than two short frames.
_SLACK = const(16)


@micropython.viper
def _entry(table: ptr8, size: int, message: int) -> int:
    """Where the table has a message; `size` where it has not."""
    at = 0
    while at < size and (table[at] | (table[at + 1] << 8)) != message:
        at += 5
    return at


@micropython.viper
def _trimmed(buf: ptr8, least: int, stop: int) -> int:
    """The end of buf[:stop] without trailing zeros, of which those below `least` stay."""
    while stop > least and buf[stop - 1] == 0:
        stop -= 1
    return stop


@micropython.viper
def _checksum(buf: ptr8, at: int, stop: int, extra: int) -> int:
    """CRC-16/MCRF4XX of buf[at:stop] and, behind it, the message's CRC_EXTRA."""
    crc = 0xFFFF
    while at <= stop:
        x = extra
        if at < stop:
            x = buf[at]
        x = (x ^ crc) & 0xFF
        x = (x ^ (x << 4)) & 0xFF
        crc = (crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)
        at += 1
    return crc


class Writer:
    """Builds frames one behind the other in `buf` and hands them to a UART, a portion each tick,
    since a write lasts until its last bit has left.

    `portion` is in bytes a tick of 10 ms, and may be lowered. `sent` counts finished frames.
    """

    def __init__(self, baud=921_600, system=1):
        portion = baud * _PERCENT // 100_000
        self.portion = portion = _MOST if portion > _MOST else (portion if portion > 0 else 1)
        self.buf = bytearray(portion + _HELD)
        self.sent = 0
        self._system = system
        self._own = 0  # of them with messages of the car's own
        self._fill = 0
        self._extra = 0

    def begin(self, message):
        """Starts a message (an id of dialect.py): offset of its zeroed payload in buf; -1 while
        there is no room for its full length."""
        at = _entry(MESSAGES, len(MESSAGES), message)
        length = MESSAGES[at + 2]
        self._extra = MESSAGES[at + 3]
        buf = self.buf
        at = self._fill
        if at + length + 12 > self.portion + _HELD:
            return -1
        component = 1
        sequence = self.sent - self._own
        if message >= _OWN:
            component = _OWN_COMPONENT
            sequence = self._own
        # Its flags are zero and so is the third byte of its id.
        pack_into("<BBHBB", buf, at, 0xFD, length, 0, sequence & 0xFF, self._system)
        pack_into("<BHB", buf, at + 6, component, message, 0)
        at += 10
        clear(buf, at, at + length)
        return at

    def end(self):
        """Finishes the message begun last: it waits for flush."""
        buf = self.buf
        at = self._fill + 1
        if buf[at + 5] == _OWN_COMPONENT:
            self._own += 1
        stop = _trimmed(buf, at + 10, at + 9 + buf[at])  # the first byte always stays
        buf[at] = stop - at - 9
        crc = _checksum(buf, at, stop, self._extra)
        buf[stop] = crc & 0xFF
        buf[stop + 1] = crc >> 8
        self._fill = stop + 2
        self.sent += 1

    def flush(self, uart: "UART"):
        """Once a tick: one uart.write(buf, 0, n) of the oldest bytes, a portion at most."""
        buf = self.buf
        fill = self._fill
        n = self.portion if self.portion < fill else fill
        if n:
            uart.write(buf, 0, n)
            self._fill = fill = fill - n
            copy(buf, 0, buf, n, fill)


class Parser:
    """Finds whole frames with right checksums in received bytes; MAVLink 2, signed or not, and 1.

    After a false start it goes on at the next byte, so a damaged byte costs one frame at most.
    `chunk` is how much `feed` may bring at a time.
    Counts: `received`, `bad_crc`, `unknown` (starts of a frame whose id is not in the table: never
    handed on, since their checksum cannot be told), `lost` (gaps in one sender's sequence).
    """

    def __init__(self, chunk=128):
        longest = max([MESSAGES[i] for i in range(2, len(MESSAGES), 5)]) + _SLACK
        self.payload = bytearray(longest)
        self.system = 0
        self.component = 0
        self.sequence = 0
        self.target = 0  # the system that the message is for; 0: all, or the message has no target
        self.received = 0
        self.bad_crc = 0
        self.unknown = 0
        self.lost = 0
        self._buf = bytearray(longest + 25 + chunk)  # 25: header, checksum and signature
        self._begin = 0
        self._end = 0

    def feed(self, buf, n):
        """Takes buf[:n]; returns how many fitted (a chunk at least when next() gave -1)."""
        own = self._buf
        end = self._end - self._begin
        copy(own, 0, own, self._begin, end)
        self._begin = 0
        if n > len(own) - end:
            n = len(own) - end
        copy(own, end, buf, 0, n)
        self._end = end + n
        return n

    def next(self):
        """Id of the next whole frame, its content in the attributes; -1 when there is none yet."""
        buf = self._buf
        end = self._end
        at = self._begin
        while True:
            while at < end and buf[at] != 0xFD and buf[at] != 0xFE:
                at += 1
            self._begin = at
            head = at + 4  # its sequence number, system and component
            start = at + 10  # its payload
            if at < end and buf[at] == 0xFE:
                head = at + 2
                start = at + 6
            if start > end:
                return -1
            message = buf[head + 3]
            flags = 0
            if buf[at] == 0xFD:
                message |= buf[head + 4] << 8 | buf[head + 5] << 16
                flags = buf[at + 2]
            at += 1  # from here it goes on after a false start
            if flags > 1:  # one that we do not know: not a frame for us
                continue

            missing = (buf[head] - self.sequence - 1) & 0xFF
            if not (
                self.received
                and buf[head + 1] == self.system
                and buf[head + 2] == self.component
                and missing < 128  # else it was repeated, or the sender began anew
            ):
                missing = -1  # not known
            length = buf[at]
            entry = _entry(MESSAGES, len(MESSAGES), message)
            if entry >= len(MESSAGES) or length > MESSAGES[entry + 2] + _SLACK:
                self.unknown += 1
                if missing == 0:
                    self.sequence = buf[head]  # it is the one that was expected: not lost
                continue
            stop = start + length
            behind = stop + (15 if flags else 2)  # it is signed, or it is not
            if behind > end:
                return -1
            crc = _checksum(buf, at, stop, MESSAGES[entry + 3])
            if crc != buf[stop] | buf[stop + 1] << 8:
                self.bad_crc += 1
                continue

            self._begin = behind
            if missing > 0:
                self.lost += missing
            self.received += 1
            self.sequence = buf[head]
            self.system = buf[head + 1]
            self.component = buf[head + 2]
            payload = self.payload
            copy(payload, 0, buf, start, length)
            clear(payload, length, MESSAGES[entry + 2])
            target = MESSAGES[entry + 4]
            self.target = payload[target] if target != 255 else 0
            return message
