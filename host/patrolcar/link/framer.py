"""Finds MAVLink frames in a stream of bytes and counts what is missing or damaged.

pymavlink's own stream parser loses two frames for each damaged byte and hands on messages of
unknown ids without a checksum; this one goes on at the byte after a false start and drops what it
cannot check. pymavlink still decodes the frames.
"""

from __future__ import annotations

from typing import Any

from patrolcar.link import dialect

V1, V2 = 0xFE, 0xFD
_HEADER = {V1: 6, V2: 10}
# A sender's newer version of a message may be longer than ours, but a damaged length byte must not
# keep us waiting for long.
_SLACK = 32


def frame_length(data: bytes | bytearray, at: int = 0) -> int:
    """Length of the frame whose first three bytes are at data[at]; 0 if they start none."""
    if data[at] == V1:
        return 8 + data[at + 1]
    if data[at] == V2 and data[at + 2] <= 1:
        return 12 + data[at + 1] + 13 * data[at + 2]
    return 0


class Framer:
    """`feed(bytes)` gives the messages that are whole and right.

    Counts: `received`; `lost`, gaps in each sender's 8-bit sequence, so what is lost in a burst of
    128 or more is not seen; `bad_crc`; `unknown`, starts of frames whose id the dialect lacks.
    They count as lost too, since without a checksum nothing in them is to be believed.
    """

    def __init__(self) -> None:
        self._module = dialect.load()
        self._decode = self._module.MAVLink(None).decode
        self._known: dict[int, tuple[int, int]] = {
            number: (message.crc_extra, message.unpacker.size)
            for number, message in self._module.mavlink_map.items()
        }
        self._buffer = bytearray()
        self._sequences: dict[tuple[int, int], int] = {}
        self.received = 0
        self.lost = 0
        self.bad_crc = 0
        self.unknown = 0

    def feed(self, data: bytes) -> list[Any]:
        """Decoded messages that end in these bytes, in order."""
        buffer = self._buffer
        buffer += data
        end = len(buffer)
        messages = []
        at = 0
        while at < end:
            magic = buffer[at]
            header = _HEADER.get(magic)
            if header is None:
                at += 1
                continue
            if end - at < header:
                break
            length = frame_length(buffer, at)
            number = (
                buffer[at + 5]
                if magic == V1
                else buffer[at + 7] | buffer[at + 8] << 8 | buffer[at + 9] << 16
            )
            known = self._known.get(number)
            if not length or known is None or buffer[at + 1] > known[1] + _SLACK:
                self.unknown += bool(length)
                at += 1
                continue
            if end - at < length:
                break
            message = self._check(buffer[at : at + length], header, known[0])
            if message is None:
                self.bad_crc += 1
                at += 1
                continue
            self._count(buffer, at + 2 if magic == V1 else at + 4)
            messages.append(message)
            at += length
        del buffer[:at]
        return messages

    def decode(self, frame: bytes) -> Any:
        """The message of one whole frame, uncounted; None if it is unknown or not right."""
        header = _HEADER.get(frame[0], 0) if len(frame) >= 8 else 0
        if not header or frame_length(frame) != len(frame):
            return None
        number = frame[5] if header == 6 else int.from_bytes(frame[7:10], "little")
        known = self._known.get(number)
        return self._check(bytearray(frame), header, known[0]) if known else None

    def _check(self, frame: bytearray, header: int, crc_extra: int) -> Any:
        stop = header + frame[1]
        checked = frame[1:stop]
        checked.append(crc_extra)
        if self._module.x25crc(checked).crc != frame[stop] | frame[stop + 1] << 8:
            return None
        try:
            return self._decode(frame)
        except self._module.MAVError:
            return None

    def _count(self, buffer: bytearray, at: int) -> None:
        sequence, sender = buffer[at], (buffer[at + 1], buffer[at + 2])
        last = self._sequences.get(sender)
        if last is not None:
            gap = (sequence - last - 1) & 0xFF
            if gap < 128:  # else repeated, or the sender began anew
                self.lost += gap
        self._sequences[sender] = sequence
        self.received += 1
