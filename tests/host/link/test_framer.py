"""The host's stream parser."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolcar.link.framer import Framer


@pytest.fixture
def frames(dialect):
    """A car's stream of 300 frames, alternating between two messages."""
    mav = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    made = []
    for k in range(300):
        message = (
            dialect.MAVLink_attitude_message(k, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
            if k % 2
            else dialect.MAVLink_wheel_status_message(k, k, -k, 1, 2, 3, 4, 5, 6)
        )
        made.append(bytes(message.pack(mav)))
        mav.seq = (mav.seq + 1) % 256
    return made


@pytest.mark.parametrize("chunk", [1, 7, 64, 100_000])
def test_all_arrive_however_they_are_cut(frames, chunk):
    framer, stream = Framer(), b"".join(frames)
    got = [m for at in range(0, len(stream), chunk) for m in framer.feed(stream[at : at + chunk])]
    assert [bytes(m.get_msgbuf()) for m in got] == frames
    assert (framer.received, framer.lost, framer.bad_crc, framer.unknown) == (300, 0, 0, 0)


def test_gaps_are_lost_messages(frames):
    framer = Framer()
    framer.feed(b"".join(frames[:10] + frames[13:255] + frames[257:]))
    assert framer.lost == 5


def test_senders_are_counted_apart(dialect, frames):
    other = dialect.MAVLink(None, srcSystem=255, srcComponent=190)
    other.seq = 77
    heartbeat = bytes(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3).pack(other))
    framer = Framer()
    framer.feed(frames[0] + heartbeat + frames[1])
    assert (framer.received, framer.lost) == (3, 0)


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_byte_costs_one_frame_at_most(frames, seed):
    rng = random.Random(seed)
    hit = rng.randrange(290)
    damaged = bytearray(frames[hit])
    at = rng.randrange(len(damaged))
    if seed % 2:
        damaged[at] ^= rng.randrange(1, 256)
    else:
        del damaged[at]
    framer = Framer()
    got = framer.feed(b"".join([*frames[:hit], bytes(damaged), *frames[hit + 1 :]]))
    assert [bytes(m.get_msgbuf()) for m in got] == frames[:hit] + frames[hit + 1 :]


def test_unknown_ids_never_pass(dialect, frames):
    unknown = bytearray(frames[0])
    unknown[7:10] = (11030).to_bytes(3, "little")  # of another dialect
    framer = Framer()
    got = framer.feed(bytes(unknown) + frames[1])
    assert [m.get_type() for m in got] == ["ATTITUDE"]
    assert framer.unknown >= 1


@settings(deadline=None)
@given(st.binary(max_size=500))
def test_noise_never_raises(noise):
    for message in Framer().feed(noise):
        assert not message.get_type().startswith(("UNKNOWN", "BAD_DATA"))


def test_decode_is_for_one_whole_right_frame(frames):
    framer = Framer()
    assert framer.decode(frames[0]).get_type() == "WHEEL_STATUS"
    assert framer.decode(frames[0][:-1]) is None
    assert framer.decode(frames[0] + b"\0") is None
    assert framer.decode(b"") is None
    assert framer.decode(frames[0][:-1] + bytes([frames[0][-1] ^ 1])) is None
    assert framer.received == 0
