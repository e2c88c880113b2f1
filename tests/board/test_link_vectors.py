"""The firmware's frames and floats on this board against pymavlink and struct on the host."""

from __future__ import annotations

import math
import random
import struct
from fractions import Fraction
from typing import Any

import pytest

from on_board import OnBoard
from patrolcar.link import dialect
from patrolcar.link.definition import messages
from patrolcar.link.framer import Framer
from patrolcar.link.generate import ACCEPTS, LONGEST, SENDS

MOST = 2**30 - 1
INVALID = -(2**30)


@pytest.fixture(scope="module")
def mav() -> Any:
    return dialect.load()


def _frame(mav: Any, name: str, content: bytes, sequence: int) -> bytes:
    """A ground station's frame of any payload."""
    encoder = mav.MAVLink(None, srcSystem=255, srcComponent=190)
    encoder.seq = sequence
    kind = getattr(mav, f"MAVLink_{name.lower()}_message")
    return bytes(mav.MAVLink_message(kind.id, name)._pack(encoder, kind.crc_extra, content))


def test_pymavlink_decodes_what_the_board_frames(board: OnBoard, mav: Any) -> None:
    rng = random.Random(1)
    known = messages()
    with board.session("link"):
        for sequence, name in enumerate(SENDS):
            content = rng.randbytes(rng.randrange(1, known[name].wire_min_length + 1))
            stream = board.value(f"written({known[name].id}, {sequence}, {content!r})")
            (decoded,) = Framer().feed(stream)
            assert decoded.get_type() == name
            own = known[name].id >= 52_100  # of a component and a sequence of their own
            assert (decoded.get_srcComponent(), decoded.get_seq()) == (
                (25, 0) if own else (1, sequence)
            )
            sent = bytes(decoded.get_payload())[4:]
            assert sent.rstrip(b"\0") == content.rstrip(b"\0")


def test_the_board_takes_what_pymavlink_frames_and_refuses_what_is_damaged(
    board: OnBoard, mav: Any
) -> None:
    rng = random.Random(2)
    known = messages()
    stream, expected, damaged = b"", [], 0
    for sequence in range(40):
        name = rng.choice(ACCEPTS)
        length = min(known[name].wire_length, LONGEST)
        content = rng.randbytes(length)
        packed = bytearray(_frame(mav, name, content, sequence))
        if sequence % 5 == 4:
            packed[-1] ^= 0x40  # the checksum
            damaged += 1
        else:
            expected.append((known[name].id, 255, 190, sequence, content[:40]))
        stream += packed
    with board.session("link"):
        found, (bad_crc, _, _) = board.value(f"parsed({stream!r})")
    # A payload is zero-filled to its message's length; what lies behind that is of earlier ones.
    assert len(found) == len(expected)
    for (*head, content), (*wanted, sent) in zip(found, expected, strict=True):
        assert (head, content[: len(sent)]) == (wanted, sent)
    assert bad_crc >= damaged


def test_floats_leave_the_board_as_struct_packs_them(board: OnBoard) -> None:
    rng = random.Random(3)
    edges = [0, 1, 2, 3, 2**24 - 1, 2**24, 2**24 + 1, 2**24 + 3, 2**25 + 2, MOST - 1, MOST]
    edges += [rng.randrange(MOST) for _ in range(60)]
    values = [(s * v, d) for v in edges for s in (1, -1) for d in (1, 10, 1000, 10**6, 2**20)]
    with board.session("link"):
        for at in range(0, len(values), 50):
            some = values[at : at + 50]
            packed = [struct.pack("<f", v / d if v else 0.0) for v, d in some]
            assert board.value(f"put({some!r})") == packed


def _scaled(single: bytes, scale: int) -> int:
    value = struct.unpack("<f", single)[0]
    if math.isnan(value):
        return INVALID
    if math.isinf(value):
        return MOST if value > 0 else -MOST
    return max(-MOST, min(MOST, round(Fraction(value) * scale)))


def test_floats_arrive_on_the_board_rounded_to_nearest(board: OnBoard) -> None:
    rng = random.Random(4)
    patterns = [0, 1 << 31, 1, 0x7FFFFF, 0x800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000]
    patterns += [0x3F000000, 0xBF000000, 0x3FC00000, 0x4E7FFFFF, 0x4E800000]
    patterns += [rng.getrandbits(32) for _ in range(60)]
    values = [(struct.pack("<I", p), s) for p in patterns for s in (1, 1000, 10**6)]
    with board.session("link"):
        for at in range(0, len(values), 50):
            some = values[at : at + 50]
            assert board.value(f"get({some!r})") == [_scaled(*v) for v in some]


GROW = """
import micropython
def _grows(value):
    micropython.heap_lock()
    try:
        value += 1
        return False
    except MemoryError:
        return True
    finally:
        micropython.heap_unlock()
"""


def test_integers_inside_the_firmware_s_range_take_no_heap(board: OnBoard) -> None:
    """31 bits are small on a 32-bit board, 63 on a 64-bit one; the firmware keeps to 31."""
    with board.session():
        board.repl.run(GROW)
        assert not board.value(f"_grows({MOST - 1})")
        assert not board.value(f"_grows({-MOST - 1})")
        assert board.value(f"_grows({MOST})") is not board.wide
