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
    writer, sink = frame.Writer(), Sink()
    for _ in range(300):
        writer.begin(dialect.HEARTBEAT)
        writer.end()
        writer.flush(sink)
    message = Framer().feed(sink.data)[0]
    assert (message.get_srcSystem(), message.get_srcComponent()) == (1, 1)
    assert message.get_seq() == 299 % 256
    assert writer.sent == 300


def test_the_cars_own_messages_have_a_component_and_a_sequence_of_their_own(uart):
    writer = frame.Writer(system=7)
    order = (dialect.WHEEL_STATUS, dialect.HEARTBEAT, dialect.HEARTBEAT, dialect.LOOP_TIMING)
    for message in order * 100:
        writer.begin(message)
        writer.end()
        writer.flush(uart)
    framer = Framer()
    found = [(m.get_srcComponent(), m.get_seq()) for m in framer.feed(uart.data)]
    assert {m[0] for m in found} == {1, 25}
    for component in (1, 25):
        assert [s for c, s in found if c == component] == [k % 256 for k in range(200)]
    assert (writer.sent, framer.lost) == (400, 0)


def test_trailing_zeros_are_cut_but_for_the_first_byte():
    assert len(written(dialect.ATTITUDE, b"")) == 12 + 1
    assert len(written(dialect.ATTITUDE, b"\x01\x00\x02")) == 12 + 3
    assert len(written(dialect.ATTITUDE, b"\x01" * 28)) == 12 + 28


def test_a_payload_is_zero_whatever_was_there_before():
    writer = frame.Writer()
    writer.buf[:] = b"\xff" * len(writer.buf)
    at = writer.begin(dialect.ATTITUDE)
    assert bytes(writer.buf[at : at + 28]) == bytes(28)


def test_a_message_is_begun_only_where_its_full_length_has_room(uart):
    writer = frame.Writer(9_600)
    assert len(writer.buf) == 5 + 192
    for _ in range(4):
        at = writer.begin(dialect.ATTITUDE)
        writer.buf[at : at + 28] = b"\x01" * 28
        writer.end()
    assert writer.begin(dialect.ATTITUDE) == -1  # 37 bytes are left, and it may take 40
    assert writer.begin(dialect.HEARTBEAT) == 170
    writer.end()
    assert writer.sent == 5
    emptied(writer, uart)
    assert [m.get_type() for m in Framer().feed(uart.data)] == ["ATTITUDE"] * 4 + ["HEARTBEAT"]
    assert writer.begin(dialect.ATTITUDE) == 10


def emptied(writer, uart):
    """Flushes until there is nothing left."""
    before = -1
    while uart.writes != before:
        before = uart.writes
        writer.flush(uart)


def test_an_id_outside_the_dialect_cannot_be_begun():
    with pytest.raises(IndexError):
        frame.Writer().begin(11030)


@pytest.mark.parametrize(("baud", "portion"), [(9_600, 5), (57_600, 34), (921_600, 350)])
def test_flush_is_one_write_of_a_portion_at_most(baud, portion, uart):
    writer = frame.Writer(baud)
    assert writer.portion == portion
    sent = 0
    while writer.begin(dialect.HEARTBEAT) >= 0:
        writer.end()
        sent += 13
    writer.flush(uart)
    assert (uart.writes, len(uart.data)) == (1, portion)
    emptied(writer, uart)
    assert len(uart.data) == sent
    assert uart.writes == -(-sent // portion)
