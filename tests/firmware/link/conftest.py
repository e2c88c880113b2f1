"""What the link's tests share: the host's dialect, a sender of it, and random messages."""

import os
import shutil
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from patrolcar.link import dialect as host_dialect
from patrolcar.link.generate import ACCEPTS

RANGES = {
    "uint8_t": (0, 2**8 - 1),
    "int8_t": (-(2**7), 2**7 - 1),
    "uint16_t": (0, 2**16 - 1),
    "int16_t": (-(2**15), 2**15 - 1),
    "uint32_t": (0, 2**32 - 1),
    "int32_t": (-(2**31), 2**31 - 1),
    "uint64_t": (0, 2**64 - 1),
    "int64_t": (-(2**63), 2**63 - 1),
}
SHORT = 48  # bytes of an array: with what is before it less than LONGEST


def _field(kind, length):
    if kind == "char":
        return st.binary(min_size=0, max_size=length)
    if kind == "float":
        one = st.floats(width=32, allow_nan=False)
    else:
        one = st.integers(*RANGES[kind])
    if length > SHORT:  # the car hears no longer ones
        return st.lists(one, max_size=SHORT).map(lambda v: v + [0] * (length - len(v)))
    return st.lists(one, min_size=length, max_size=length) if length > 1 else one


def messages(mav, names):
    """A strategy of pymavlink messages of these names with any field values."""

    def build(name):
        kind = getattr(mav, f"MAVLink_{name.lower()}_message")
        order = dict(zip(kind.ordered_fieldnames, kind.array_lengths, strict=True))
        fields = [
            _field(t, order[n]) for n, t in zip(kind.fieldnames, kind.fieldtypes, strict=True)
        ]
        return st.tuples(*fields).map(lambda values: kind(*values))

    return st.sampled_from(names).flatmap(build)


@pytest.fixture(scope="session")
def mav():
    """The host's generated module."""
    return host_dialect.load()


@pytest.fixture(scope="session")
def accepted(mav):
    """A strategy of every message that the car accepts."""
    return messages(mav, list(ACCEPTS))


@pytest.fixture
def sender(mav):
    """Packs messages as a ground station does: `sender.pack(message)` counts its sequence up."""
    encoder = mav.MAVLink(None, srcSystem=255, srcComponent=190)

    def pack(message, **options):
        frame = bytes(message.pack(encoder, **options))
        encoder.seq = (encoder.seq + 1) % 256
        return frame

    return SimpleNamespace(pack=pack, encoder=encoder)


class Uart:
    """Takes what a Writer flushes, as the board's UART does."""

    def __init__(self):
        self.data = b""
        self.writes = 0

    def write(self, buf, offset, count):
        self.data += bytes(buf[offset : offset + count])
        self.writes += 1


@pytest.fixture
def uart():
    return Uart()


def _drain(parser, data, chunk=64):
    found = []
    at = 0
    while at < len(data):
        part = data[at : at + chunk]
        taken = parser.feed(part, len(part))
        assert taken == len(part)
        at += taken
        while (number := parser.next()) >= 0:
            found.append(
                (number, parser.system, parser.component, parser.sequence, bytes(parser.payload))
            )
    return found


@pytest.fixture(scope="session")
def drain():
    """Feeds a Parser everything: [(id, system, component, sequence, payload bytes)]."""
    return _drain


@pytest.fixture(scope="session")
def wire():
    """A pymavlink message's payload in wire order, at full length."""

    def pack(message):
        values = []
        for name in message.ordered_fieldnames:
            value = getattr(message, f"_{name}_raw", getattr(message, name))
            values.extend(value if isinstance(value, list) else [value])
        return struct.pack(message.unpacker.format, *values)

    return pack


@pytest.fixture(scope="session")
def interpreter():
    """Runs a script in the real MicroPython with firmware/ on its path; its standard output."""
    import subprocess

    beside = Path(sys.executable).parent / "micropython"
    program = os.environ.get("PATROL_MICROPYTHON") or (
        str(beside) if beside.exists() else shutil.which("micropython")
    )
    firmware = Path(__file__).resolve().parents[3] / "firmware"

    def run(script):
        environment = dict(os.environ, MICROPYPATH=f"{firmware}:.frozen")
        done = subprocess.run(
            [program, str(script)], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    return run
