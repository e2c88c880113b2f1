"""The Writer, judged by pymavlink."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patrol.link import dialect, frame

from patrolcar.link.framer import Framer
from patrolcar.link.generate import ACCEPTS, FORMATS, SENDS


class Sink:
    def write(self, buf, offset, count):
        self.data = bytes(buf[offset : offset + count])


def written(message, payload, **options):
    """One message's frame, its payload given in wire order."""
    writer, sink = frame.Writer(**options), Sink()
    at = writer.begin(message)
    writer.buf[at : at + len(payload)] = payload
    writer.end()
    writer.flush(sink)
    return sink.data


@given(st.sampled_from(SENDS), st.binary(min_size=255, max_size=255), st.integers(0, 255))
def test_pymavlink_decodes_every_sent_message_with_equal_fields(mav, wire, name, noise, cut):
    number = getattr(dialect, name)
    kind = mav.mavlink_map[number]
    used = frame.MESSAGES[5 * list(dict.fromkeys(SENDS + ACCEPTS)).index(name) + 2]
    payload = noise[: min(cut, used)]
    decoded = Framer().feed(written(number, payload))
    assert [m.get_type() for m in decoded] == [name]
    full = payload + bytes(kind.unpacker.size - len(payload))
    # NaN payload bits may be quieted on the way through a float, so compare the frame's bytes.
    got = bytes(decoded[0].get_payload())[4:]
    assert (got + bytes(kind.unpacker.size))[: kind.unpacker.size] == full


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_fills_the_fields_it_names(mav, name):
    number = getattr(dialect, name)
    form = getattr(dialect, f"{name}_FORMAT")
    kind = mav.mavlink_map[number]
    count = len(struct.unpack(form, bytes(struct.calcsize(form))))
    values = list(range(1, count + 1))
    message = Framer().feed(written(number, struct.pack(form, *values)))[0]
    seen = []
    for field in kind.ordered_fieldnames:
        value = getattr(message, field)
        seen.extend(value if isinstance(value, list) else [value])
    assert seen[:count] == values
    assert not any(seen[count:])


def test_system_component_and_sequence_are_in_the_header():
    writer, sink = frame.Writer(system=7, component=9), Sink()
    for _ in range(300):
        writer.begin(dialect.HEARTBEAT)
        writer.end()
        writer.flush(sink)
        writer.room = 100
    message = Framer().feed(sink.data)[0]
    assert (message.get_srcSystem(), message.get_srcComponent()) == (7, 9)
    assert message.get_seq() == 299 % 256
    assert writer.sent == 300


def test_trailing_zeros_are_cut_but_for_the_first_byte():
    assert len(written(dialect.ATTITUDE, b"")) == 12 + 1
    assert len(written(dialect.ATTITUDE, b"\x01\x00\x02")) == 12 + 3
    assert len(written(dialect.ATTITUDE, b"\x01" * 28)) == 12 + 28


def test_a_payload_is_zero_whatever_was_there_before():
    writer = frame.Writer()
    writer.buf[:] = b"\xff" * len(writer.buf)
    at = writer.begin(dialect.ATTITUDE)
    assert bytes(writer.buf[at : at + 28]) == bytes(28)


def test_a_message_that_does_not_fit_the_room_is_left_out_and_counted():
    writer = frame.Writer()
    writer.room = 39  # ATTITUDE is 40 in full
    assert writer.begin(dialect.ATTITUDE) == -1
    assert (writer.sent, writer.dropped, writer.room) == (0, 1, 39)
    writer.room = 40
    assert writer.begin(dialect.ATTITUDE) == 10
    writer.end()
    assert writer.room == 40 - 13  # trimmed


def test_a_message_that_does_not_fit_the_buffer_is_left_out(uart):
    writer = frame.Writer(size=64)
    writer.room = 1000
    assert writer.begin(dialect.ATTITUDE) == 10
    writer.buf[10:38] = b"\x01" * 28
    writer.end()
    assert writer.begin(dialect.ATTITUDE) == -1
    assert writer.begin(dialect.HEARTBEAT) == 50
    writer.end()
    writer.flush(uart)
    assert [m.get_type() for m in Framer().feed(uart.data)] == ["ATTITUDE", "HEARTBEAT"]


def test_an_id_outside_the_dialect_is_not_begun():
    assert frame.Writer().begin(11030) == -1


def test_flush_is_one_write_and_empties(uart):
    writer = frame.Writer()
    for _ in range(3):
        writer.begin(dialect.HEARTBEAT)
        writer.end()
    assert writer.flush(uart) == len(uart.data) == 3 * 13
    assert writer.flush(uart) == 0
    assert uart.writes == 1
