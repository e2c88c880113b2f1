"""The built firmware as it lies on a board: its modules compressed into one file.

Half the room and a tenth of the flash erases that a file for each module would take. The format is
firmware/pack.py's. What boots the board stays outside: boot.py, main.py and the modules that must
work where the pack does not.
"""

from __future__ import annotations

import zlib

from patrolcar.errors import PatrolError

NAME = "patrol.pack"
PLACE = "/pack"  # as firmware/pack.py has it
WINDOW_BITS = 12  # as firmware/pack.py has it
MOST_INDEX = 9999


def packed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a built tree as the board gets them: those in folders go into the pack."""
    outside = {name: data for name, data in files.items() if "/" not in name}
    inside = {name: data for name, data in files.items() if "/" in name}
    return {**outside, NAME: pack(inside)} if inside else outside


def pack(files: dict[str, bytes]) -> bytes:
    """One file of many. PatrolError when there are too many."""
    lines, streams, offset = [], b"", {}
    for name, data in sorted(files.items()):
        if data not in offset:  # else it is a copy
            offset[data] = len(streams)
            streams += deflated(data)
        lines.append(f"{name} {offset[data]}")
    index = ("\n" + "\n".join(lines) + "\n").encode()
    if len(index) > MOST_INDEX:
        raise PatrolError(f"{len(files)} modules are more than a pack's index can name")
    index = deflated(index)
    return b"PACK%04d" % len(index) + index + streams


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files in a pack. PatrolError for what is none."""
    if data[:4] != b"PACK" or not data[4:8].isdigit():
        raise PatrolError(f"{data[:8]!r} does not begin a pack")
    start = 8 + int(data[4:8])
    files = {}
    for line in inflated(data[8:start]).decode().split("\n")[1:-1]:
        name, _, offset = line.rpartition(" ")
        files[name] = inflated(data[start + int(offset) :])
    return files


def deflated(data: bytes) -> bytes:
    """As a raw deflate stream that a board can read with a small window."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -WINDOW_BITS, 9)
    return compressor.compress(data) + compressor.flush()


def inflated(stream: bytes) -> bytes:
    """What is in such a stream, whatever comes behind it."""
    return zlib.decompressobj(-WINDOW_BITS).decompress(stream)
