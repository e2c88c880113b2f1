"""The Parser, fed by pymavlink, by noise and by both."""

import random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from patrol.link import dialect, frame

from patrolcar.link.framer import Framer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data(), st.booleans())
def test_every_accepted_message_has_equal_fields(mav, accepted, drain, wire, sender, data, v1):
    message = data.draw(accepted)
    packed = sender.pack(message, force_mavlink1=v1)
    assume(len(packed) < 100)  # of version 1, where trailing zeros stay, a file transfer is longer
    [(number, system, component, _, payload)] = drain(frame.Parser(), packed)
    assert (number, system, component) == (message.get_msgId(), 255, 190)
    expected = wire(message)
    if v1:  # version 1 has no extension fields
        expected = expected[: packed[1]] + bytes(len(expected) - packed[1])
    assert payload[: len(expected)] == expected[: len(payload)]
    assert not any(expected[len(payload) :])


@given(st.binary(max_size=600), st.integers(1, 100))
def test_noise_never_raises_and_never_passes_a_wrong_checksum(drain, noise, chunk):
    # Framer checks with pymavlink's table and checksum: whatever passes here must pass there.
    parser = frame.Parser()
    found = drain(parser, noise, chunk)
    assert len(found) == parser.received <= len(Framer().feed(noise))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6))
def test_a_damaged_byte_costs_one_frame_at_most(mav, drain, sender, seed):
    rng = random.Random(seed)
    frames = [sender.pack(mav.MAVLink_manual_control_message(1, k, 0, 0, -k, k)) for k in range(8)]
    hit = rng.randrange(2, 6)
    at = rng.randrange(len(frames[hit]))
    damaged = bytearray(frames[hit])
    if rng.random() < 0.5:
        damaged[at] ^= rng.randrange(1, 256)
    else:
        del damaged[at]
    frames[hit] = bytes(damaged)
    got = [f[3] for f in drain(frame.Parser(), b"".join(frames), rng.randrange(1, 65))]
    first = sender.encoder.seq - 8
    sequences = [(first + k) % 256 for k in range(8)]
    # One: the damaged one, or the next, whose first byte can stand for a last one that is gone.
    lost = [s for s in sequences if s not in got]
    assert lost in ([sequences[hit]], [sequences[hit + 1]])
    assert got == [s for s in sequences if s not in lost]


def test_signed_frames_are_read_and_the_next_one_too(mav, drain, sender):
    sender.encoder.signing.secret_key = bytes(32)
    sender.encoder.signing.sign_outgoing = True
    command = mav.MAVLink_command_long_message(1, 1, 400, 0, 1, 0, 0, 0, 0, 0, 0)
    signed = sender.pack(command)
    assert signed[2] == 1
    sender.encoder.signing.sign_outgoing = False
    found = drain(frame.Parser(), signed + sender.pack(command))
    assert [f[0] for f in found] == [76, 76]


def test_a_frame_may_come_byte_by_byte(mav, drain, sender):
    packed = sender.pack(mav.MAVLink_set_mode_message(1, 1, 10))
    [(number, *_)] = drain(frame.Parser(), packed, chunk=1)
    assert number == dialect.SET_MODE


def test_unknown_ids_are_dropped_whatever_their_checksum(mav, drain, sender):
    parser = frame.Parser()
    unknown = bytearray(sender.pack(mav.MAVLink_named_value_int_message(1, b"n", 5)))
    assert drain(parser, bytes(unknown)) == []
    unknown[-1] ^= 0xFF
    assert drain(parser, bytes(unknown)) == []
    assert (parser.unknown, parser.received) == (2, 0)


def test_an_unknown_message_in_between_is_not_counted_as_lost(mav, drain, sender):
    parser = frame.Parser()
    heartbeat = mav.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
    other = mav.MAVLink_named_value_int_message(1, b"n", 5)
    drain(parser, b"".join(sender.pack(m) for m in (heartbeat, other, other, heartbeat)))
    assert (parser.received, parser.unknown, parser.lost) == (2, 2, 0)


def test_gaps_in_the_sequence_are_counted_as_lost(mav, drain, sender):
    heartbeat = mav.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
    frames = [sender.pack(heartbeat) for _ in range(300)]
    parser = frame.Parser()
    drain(parser, b"".join(frames[:10] + frames[13:255] + frames[257:]))
    assert parser.lost == 5


def test_a_repeated_frame_or_a_sender_that_began_anew_is_no_loss(mav, drain, sender):
    heartbeat = mav.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
    frames = [sender.pack(heartbeat) for _ in range(40)]
    parser = frame.Parser()
    drain(parser, b"".join(frames + frames[-1:] + frames[:2]))
    assert (parser.received, parser.lost) == (43, 0)


def test_the_target_is_that_of_the_message(mav, drain, sender):
    parser = frame.Parser()
    drain(parser, sender.pack(mav.MAVLink_manual_control_message(3, 0, 0, 0, 0, 0)))
    assert parser.target == 3
    drain(parser, sender.pack(mav.MAVLink_command_long_message(4, 1, 400, 0, *[0] * 7)))
    assert parser.target == 4
    drain(parser, sender.pack(mav.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)))
    assert parser.target == 0


def test_a_payload_is_zero_past_what_was_received(mav, drain, sender):
    parser = frame.Parser()
    parser.payload[:] = b"\xff" * len(parser.payload)
    drain(parser, sender.pack(mav.MAVLink_command_long_message(0, 0, 0, 0, *[0] * 7)))
    assert bytes(parser.payload[:33]) == bytes(33)


def test_a_payload_longer_than_ours_is_accepted(mav, drain, sender):
    # A later version of SET_MODE with two bytes more: the checksum covers them.
    packed = bytearray(sender.pack(mav.MAVLink_set_mode_message(1, 1, 10)))
    packed[1] += 2
    packed[-2:] = b"\x05\x06"
    crc = mav.x25crc(bytes(packed[1:]) + bytes([mav.MAVLink_set_mode_message.crc_extra])).crc
    [(number, *_)] = drain(frame.Parser(), bytes(packed) + crc.to_bytes(2, "little"))
    assert number == dialect.SET_MODE


def test_a_damaged_length_does_not_stall_the_frames_behind_it(mav, drain, sender):
    packed = [sender.pack(mav.MAVLink_set_mode_message(1, 1, 10)) for _ in range(4)]
    damaged = bytearray(packed[0])
    damaged[1] = 255
    found = drain(frame.Parser(), bytes(damaged) + b"".join(packed[1:]))
    assert len(found) == 3


def test_feed_says_how_much_it_took():
    parser = frame.Parser(chunk=20)
    room = max(dialect.MESSAGES[2::5]) + 16 + 25 + 20
    assert parser.feed(b"x" * 80, 80) == 80
    assert parser.feed(b"x" * 80, 80) == room - 80
    assert parser.next() == -1
    assert parser.feed(b"x" * 80, 80) == 80


def test_whatever_it_waits_for_a_chunk_has_room():
    length = max(dialect.MESSAGES[2::5]) + 16
    longest = bytes([0xFD, length, 1, 0, 0, 255, 190, 148, 0, 0]) + b"\x01" * (length + 15)
    parser = frame.Parser(chunk=50)
    parser.feed(longest, len(longest) - 1)
    assert parser.next() == -1
    assert parser.unknown == 0  # it waits for the last byte
    assert parser.feed(longest[-1:] + bytes(49), 50) == 50
    assert parser.next() == -1
    assert parser.bad_crc == 1
