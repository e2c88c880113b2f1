"""The turns of the lockstep: what the program asks is taken in, the world goes on, and it is told.

A request (lockstep.py) says how far the program waits; the world goes there, or to the first
interrupt before it, and the reply carries the inputs. A request that waits longer than anybody has
let time go stays pending.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from patrolcar_sim.board.agenda import Agenda
from patrolcar_sim.board.console import Console
from patrolcar_sim.board.lockstep import (
    ENODEV,
    ETIMEDOUT,
    NEVER,
    NO_INPUTS,
    PAYLOAD,
    Cause,
    FlashWork,
    Kind,
    Output,
    Request,
    pack_reply,
)
from patrolcar_sim.board.pins import Car, PinBus
from patrolcar_sim.board.process import Interpreter
from patrolcar_sim.board.rtc import Rtc
from patrolcar_sim.board.telemetry_line import TelemetryLine
from patrolcar_sim.board.wiring import Wiring

# Plain numbers: to look up an enumeration's member costs more than to compare it.
I2C, REPL, RESET = int(Kind.I2C), int(Kind.REPL), int(Kind.RESET)
UART, RTC, FLASH = int(Output.UART), int(Output.RTC), int(Output.FLASH)
SEND = int(Output.SEND)
BACKUP, WATCHDOG = int(Output.BACKUP), int(Output.WATCHDOG)
BACKUP_REGISTERS = 20


class World(Car, Protocol):
    """What drives the board's time on."""

    def advance(self, to_us: int) -> None: ...


class Turns(ABC):
    """A chip in a world, as long as a program runs on it.

    Attributes:
        now_us: virtual time since power-on.
        erases: the flash's wear: erases of each sector, by its offset in the image.
        backup: the RTC's backup registers, which only a power-off clears.
        line: the telemetry UART's line; console: the REPL's.
        on_flash: is called with each work of the flash as it begins, and its offset in the image.
        exchanges: how many requests there have been.
    """

    def __init__(
        self, world: World, wiring: Wiring, line: TelemetryLine, console: Console
    ) -> None:
        self.world = world
        self.pins = PinBus(wiring, world)
        self.line = line
        self.console = console
        self.now_us = 0
        self.erases: Counter[int] = Counter()
        self.backup = [0] * BACKUP_REGISTERS
        self.exchanges = 0
        self.on_flash: Callable[[FlashWork, int], None] | None = None
        self._wiring = wiring
        self._interpreter: Interpreter | None = None
        self._pending: Request | None = None
        self._target = 0  # how far it waits
        self._answer = b""  # what the pending I2C transfer has read
        self._result = 0
        self._reset_us = 0  # virtual time of the last reset
        self._boots = 0
        self._agenda = Agenda()
        self._news = False  # of the two below
        self._leap_us = 0  # the chip's clock is ahead by so much
        self._taken_kb = 0  # of its heap
        self._rtc = Rtc()
        self._deaths = 0
        self._watchdog_us = NEVER
        self._watchdog_timeout_us = 0
        self._stalled = False  # the last request waits for the flash
        self._deaf = False  # and until a filesystem is done with it, a Ctrl-C has to wait
        self._silent_s = 0.0

    @abstractmethod
    def reset(self, cause: Cause = Cause.HARD, raw_repl: bool = False) -> None:
        """Ends the program and boots again."""

    @abstractmethod
    def _await(self) -> None:
        """Lets the interpreter compute, and takes in what it asks next."""

    # -- time ------------------------------------------------------------------------------

    def at(self, us: int, action: Callable[[], None]) -> None:
        """Calls something exactly at that virtual time, also in the middle of a tick.

        Actions of one time are called in the order in which they came; a time that has passed is
        now, or soon. Raises ValueError for what is no number: nothing would ever be due after it.
        """
        self._agenda.at(int(us), action)

    def _act(self, until_us: int) -> int:
        """Goes through what is due by then; how far time is to go now, which may be further."""
        while self._agenda.next_us <= until_us:
            due, action = self._agenda.take()
            if due > self.now_us:
                self.world.advance(due)
                self.now_us = due
                self.line.move(due)
            action()
        return max(until_us, self.now_us)

    def _world_to(self, at_us: int) -> None:
        """Lets the world go on; an action on the way may end the program (`_boots` tells)."""
        if at_us >= self._agenda.next_us:
            at_us = self._act(at_us)
        self.world.advance(at_us)
        self.now_us = at_us
        self.line.move(at_us)

    def stand_still(self, us: int) -> None:
        """The chip's oscillator stops for so long while the world goes on; its pins keep their
        levels. The watchdog has an oscillator of its own."""
        end = self.now_us + us
        if self._watchdog_us <= end:
            boots = self._boots
            self._world_to(self._watchdog_us)
            if self._boots == boots:
                self.reset(Cause.WATCHDOG)
            return
        self._reset_us += us
        self._target += us
        self._world_to(end)

    def leap(self, us: int) -> None:
        """What the chip's clock counts leaps ahead; nothing else does."""
        self._leap_us += us
        self._news = True

    def take_memory(self, kilobytes: int) -> None:
        """So much of the chip's heap is gone, more than before; negative: it is there again."""
        self._taken_kb += kilobytes
        self._news = True

    # -- requests and replies ---------------------------------------------------------------

    def _take(self, request: Request) -> None:
        """A request has come: its outputs take effect, each at its time."""
        self.exchanges += 1
        self._deaths = 0
        self._stalled = self._deaf = False
        self._silent_s = 0.0
        since, boots = self._reset_us, self._boots
        self._watchdog_us = NEVER if request.watchdog >= NEVER else request.watchdog + since
        self.console.program_is(request.interruptible)
        pins, data = self.pins, request.data
        for kind, index, small, value, at in request.outputs:
            if at + since > self.now_us:
                self._world_to(at + since)
                if self._boots != boots:
                    return
                since = self._reset_us
            if kind == SEND:
                if index == self._wiring.uart:
                    self.line.send(data[:small], at + since)
                data = data[small:]
            elif kind == UART:
                if index == self._wiring.uart:
                    self.line.set_up(value)
            elif kind == RTC:
                self._rtc.set(value, small, self.now_us)
            elif kind == FLASH:
                if self.on_flash is not None:
                    self.on_flash(FlashWork(small), value)
                    if self._boots != boots:
                        return
                if small == FlashWork.WORD:
                    continue
                if small == FlashWork.ERASE:
                    self.erases[value] += 1
                self._stalled = small != FlashWork.DONE
                self._deaf = True
            elif kind == BACKUP:
                self.backup[index] = value & 0xFFFFFFFF
            elif kind == WATCHDOG:
                self._watchdog_timeout_us = value
            else:
                pins.output(kind, index, small, value, self.now_us)
        now = request.now + since
        if now > self.now_us:
            self._world_to(now)
            if self._boots != boots:
                return
            since = self._reset_us
        if request.kind == RESET:
            assert self._interpreter is not None
            self.console.take_back(data + self._interpreter.unread())
            self.reset(Cause(request.aux & 0xFF), bool(request.aux >> 8))
            return
        self._answer = b""
        self._result = 0
        if request.kind == I2C:
            address, length = request.aux & 0x7F, request.aux >> 7
            try:
                answer = pins.i2c(request.bus, address, data, length)
                self._answer = answer or b""
                self._result = ENODEV if answer is None else 0
            except TimeoutError:
                self._result = ETIMEDOUT
        else:
            self.line.received.fifo = request.aux
        self._target = request.target + since
        self._pending = request

    def _advance(self, limit_us: int) -> None:
        """Takes the pending request on to its target, an interrupt or the limit."""
        request = self._pending
        interpreter = self._interpreter
        assert request is not None
        assert interpreter is not None
        pins = self.pins
        console = self.console
        edge = None
        transfer = request.kind == I2C
        target = self._target
        stop = target if target < limit_us else limit_us
        if request.kind == REPL:
            console.prompted()
            console.feed(interpreter.stdin)
            if console.news:
                stop = self.now_us
        interrupt = not self._deaf and console.take_interrupt()
        if interrupt:
            stop = self.now_us
        # An I2C transfer takes no interrupt: the chip waits for the next event by itself.
        while edge is None and not transfer and (at := pins.echoes.next_us) <= stop:
            if at > self.now_us:
                self._world_to(at)
                if self._pending is not request:
                    return
            edge = pins.take_event(at)
        if edge is None:
            if stop > self.now_us:
                self._world_to(stop)
                if self._pending is not request:
                    return
            if stop == limit_us < target:
                return
        console.news = False
        if transfer:
            data, received = self._answer, 0
        else:
            line = self.line.received
            data = b""
            if line.flying or line.waiting:
                data = line.receive(self.now_us, min(request.aux, PAYLOAD))
            received = len(data)
        now_us, since = self.now_us, self._reset_us
        event, action = pins.echoes.next_us, self._agenda.next_us
        reply = pack_reply(
            request.sequence,
            now_us - since,
            (event if event < action else action) - since,
            edge,
            pins.levels(),
            (*pins.adc(), *pins.counts(now_us))
            if request.inputs and now_us >= self._target
            else NO_INPUTS,
            interrupt,
            self._result,
            self._wiring.uart,
            received,
            data,
            self._news,
            self._leap_us,
            self._taken_kb,
        )
        self._pending = None
        self._reply(reply)
        self._await()

    def _reply(self, reply: bytes) -> None:
        assert self._interpreter is not None
        try:
            os.write(self._interpreter.to_rom, reply)
        except BrokenPipeError:
            return  # an interpreter that is gone is noticed when its request pipe closes
