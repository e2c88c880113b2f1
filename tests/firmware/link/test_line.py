"""The firmware's frames over the fake UART, with and without faults; pymavlink is the peer."""

import random

import pytest
from patrol.link import dialect, frame

from patrolcar.link.framer import Framer
from patrolcar_sim.uart import FakeUart, LineFaults

TICK_US = 10_000


class Port:
    """The board's UART on a fake line: a write goes out at the time that `now_us` has."""

    def __init__(self, line):
        self.line = line
        self.now_us = 0

    def write(self, buf, offset, count):
        self.line.send(bytes(buf[offset : offset + count]), self.now_us)


def telemetry(line, ticks, rng):
    """Sends two messages each tick; (writer, bytes as they arrived)."""
    writer, port = frame.Writer(line.baud), Port(line)
    arrived = b""
    for _ in range(ticks):
        for message in (dialect.ATTITUDE, dialect.HEARTBEAT):
            at = writer.begin(message)
            if at >= 0:
                writer.buf[at : at + 9] = rng.randbytes(9)
                writer.end()
        writer.flush(port)
        port.now_us += TICK_US
        arrived += line.receive(port.now_us)
    for _ in range(10):  # what is held back
        writer.flush(port)
        port.now_us += TICK_US
    return writer, arrived + line.receive(port.now_us + 1_000_000)


@pytest.mark.parametrize("baud", [57600, 921600])
def test_a_clean_line_loses_nothing(baud):
    line = FakeUart(baud)
    writer, arrived = telemetry(line, 200, random.Random(1))
    framer = Framer()
    assert len(framer.feed(arrived)) == writer.sent
    assert (framer.lost, framer.bad_crc, line.overruns) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "faults",
    [LineFaults(drop_rate=1e-3), LineFaults(bit_error_rate=1e-4), LineFaults(duplicate_rate=1e-3)],
    ids=["dropped", "flipped", "doubled"],
)
def test_each_damaged_byte_costs_the_host_one_frame_at_most(faults, seed):
    clean_writer, clean = telemetry(FakeUart(921600), 500, random.Random(seed))
    writer, arrived = telemetry(
        FakeUart(921600, seed=seed, faults=faults), 500, random.Random(seed)
    )
    framer = Framer()
    got = [bytes(m.get_msgbuf()) for m in framer.feed(arrived)]
    sent = {bytes(m.get_msgbuf()) for m in Framer().feed(clean)}
    assert writer.sent == clean_writer.sent == len(sent)
    assert set(got) <= sent  # nothing that was not sent
    # A damaged byte is in one frame; where two hit the same frame it is less.
    hits = damaged_bytes(faults, seed, clean)
    assert 0 < writer.sent - len(got) <= hits


def damaged_bytes(faults, seed, clean):
    """How many bytes of one line's stream the same faults with the same seed hit."""
    rng = random.Random(seed)
    hits = 0
    for _ in clean:
        if faults.bit_error_rate:
            hits += any([rng.random() < faults.bit_error_rate for _ in range(8)])
        else:
            hits += rng.random() < (faults.drop_rate or faults.duplicate_rate)
    return hits


@pytest.mark.parametrize("seed", range(5))
def test_each_damaged_byte_costs_the_board_one_frame_at_most(mav, drain, sender, seed):
    commands = [
        sender.pack(mav.MAVLink_manual_control_message(1, seed, k, 0, -k, 0)) for k in range(400)
    ]
    faults = LineFaults(drop_rate=1e-3)
    line = FakeUart(115200, seed=seed, faults=faults, fifo=100_000)
    line.send(b"".join(commands), 0)
    parser = frame.Parser()
    found = drain(parser, line.receive(10_000_000), 100)
    sent = {tuple(c[10:-2]) for c in commands}
    assert all(tuple(f[4][: commands[0][1]]) in sent for f in found)
    hits = damaged_bytes(faults, seed, b"".join(commands))
    assert len(commands) - len(found) <= hits
    # A damaged id looks like a message that the car does not know.
    assert parser.lost <= len(commands) - len(found) <= parser.lost + parser.unknown + 1


def test_a_reader_that_is_too_slow_loses_bytes_but_not_its_way(mav, drain, sender):
    line = FakeUart(921600, fifo=64)
    heartbeat = mav.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
    line.send(b"".join(sender.pack(heartbeat) for _ in range(20)), 0)
    parser = frame.Parser()
    late = drain(parser, line.receive(100_000))
    line.send(b"".join(sender.pack(heartbeat) for _ in range(3)), 100_000)
    found = drain(parser, line.receive(200_000))
    assert line.overruns > 0
    assert len(late) == 3
    assert len(found) == 3
    assert parser.lost == 17
