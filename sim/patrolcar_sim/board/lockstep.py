"""The records of the lockstep: what the chip asks and what it is told (rom/chip.py is its side).

A request is a header, outputs and data; a reply always has the same length, but converters and
counters in it only where the request asked for them. Times are microseconds since the chip's
reset.
"""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

NEVER = 1 << 60
PAYLOAD = 96  # bytes of a reply that carry data
ENODEV = 19
ETIMEDOUT = 110

_HEADER = struct.Struct("<BBHBBHqqq")
_OUTPUT = struct.Struct("<BBHiq")
_REPLY = struct.Struct("<IqqIIQ16H6I3IqI12x128s")
assert _REPLY.size == 256
_INTERRUPTIBLE, _INPUTS, _PRINTED = 0x80, 0x40, 0x20  # flags of a request's kind
_KIND = 0x1F  # the rest of it
_INTERRUPT, _NEWS = 1, 2  # flags of a reply
_MOST = 8192
# The encoder timers' place in a reply, and of a converter's channels.
ENCODER_PLACE = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 8: 5}
COUNTERS = len(ENCODER_PLACE)
CHANNELS = 16
NO_INPUTS = (0,) * (CHANNELS + COUNTERS)


class Kind(IntEnum):
    """What a request asks for."""

    WAIT = 0  # to go on to its target
    I2C = 1  # one transfer
    REPL = 2  # a prompt waits for input
    RESET = 3  # to start again


class Output(IntEnum):
    """What an output record tells."""

    LEVEL = 1
    MODE = 2
    IRQ = 3
    PWM = 4
    UART = 5
    LED = 6
    FLASH = 7  # see FlashWork
    BACKUP = 8  # a backup register and what was written there
    WATCHDOG = 9  # started; its timeout in microseconds
    RTC = 10
    SEND = 11  # so many bytes leave a UART from then on; they lead the request's data


class FlashWork(IntEnum):
    """What the flash does: during the first two the chip stands still."""

    PROGRAM = 0
    ERASE = 1
    DONE = 2
    WORD = 3  # the program writes one itself; told only where the board is asked to


class Cause(IntEnum):
    """machine.reset_cause(), as ports/stm32/modmachine.c counts.

    machine.reset() shows as HARD: the chip pulls its own reset pin low (PINRSTF).
    """

    SOFT = 0
    POWER_ON = 1
    HARD = 2
    WATCHDOG = 3
    DEEPSLEEP = 4


class Request(NamedTuple):
    """One request; `aux` is the room in the receive buffer, the I2C address and length, or the
    cause of a reset. `inputs`: at its target converters and counters are wanted. `printed`: stdout
    has something new. `outputs` are (kind, index, small, value, time)."""

    kind: int
    sequence: int
    bus: int
    aux: int
    now: int
    target: int
    watchdog: int
    interruptible: bool
    inputs: bool
    printed: bool
    outputs: Iterator[tuple[int, ...]] | tuple[()]
    data: bytes


def read_request(fd: int) -> Request | None:
    """The request that has come; None when the interpreter is gone.

    Raises BlockingIOError where none has.
    """
    data = os.read(fd, _MOST)
    if not data:
        return None
    kind, sequence, n, n_outputs, bus, aux, now, target, watchdog = _HEADER.unpack_from(data)
    size = _HEADER.size + _OUTPUT.size * n_outputs
    while len(data) < size + n:  # what does not fit into a pipe comes in pieces
        select.select((fd,), (), ())
        more = os.read(fd, _MOST)
        if not more:
            return None
        data += more
    outputs = _OUTPUT.iter_unpack(data[_HEADER.size : size]) if n_outputs else ()
    return Request(
        kind & _KIND,
        sequence,
        bus,
        aux,
        now,
        target,
        watchdog,
        kind >= _INTERRUPTIBLE,
        kind & _INPUTS != 0,
        kind & _PRINTED != 0,
        outputs,
        data[size:],
    )


def pack_reply(
    sequence: int,
    now: int,
    horizon: int,
    edge: int | None,
    levels: int,
    inputs: Sequence[int],
    interrupt: bool = False,
    result: int = 0,
    uart: int = 0,
    received: int = 0,
    data: bytes = b"",
    news: bool = False,
    leap_us: int = 0,
    taken_kb: int = 0,
) -> bytes:
    """A reply: the pin of an interrupting edge or None, levels, converters and then counters or
    NO_INPUTS, and `received` bytes for the UART or the bytes of an I2C read in `data`; `news`
    where one of these may have changed: how far the clock has leapt, what is gone of the heap."""
    return _REPLY.pack(
        sequence << 8 | (_INTERRUPT if interrupt else 0) | (_NEWS if news else 0),
        now,
        horizon,
        0 if edge is None else 1,
        edge or 0,
        levels,
        *inputs,
        result,
        uart,
        received,
        leap_us,
        taken_kb,
        data,
    )
