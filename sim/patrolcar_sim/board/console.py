"""The REPL's line: what is typed goes to the interpreter's stdin, what it prints comes back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from patrolcar_sim.board.ports import Port

CTRL_C = b"\x03"
SIGNAL_S = 0.05  # a Ctrl-C that no exchange has taken by then is sent as a signal
PIECE = 4096
BOOT_S = 1.0  # how long boot.py may keep what was typed waiting


class Console:
    """Typed bytes, printed bytes and the pending Ctrl-C.

    While a program runs, the interrupt character is taken out of the stream, as the port does; the
    next exchange delivers it, or, to a program that only computes, a signal. What is typed while
    the board boots waits, as it does on the host until the board's USB is up, behind boot.py.

    Attributes:
        interruptible: a program runs that a Ctrl-C stops.
        news: something was typed since the prompt last asked.
        last_words: the last line that was printed.
    """

    def __init__(self, port: Port | None) -> None:
        self._port = port
        self._typed = bytearray()
        self._interrupt_at = 0.0
        self._programs = 0  # that have begun since the reset: boot.py, main.py
        self._booted_by = 0.0
        self.interruptible = False
        self.news = False
        self.last_words = ""
        self.on_output: Callable[[bytes], None] | None = None

    def reset(self) -> None:
        """The program is gone; what was typed stays in the line."""
        self.interruptible = False
        self._interrupt_at = 0.0
        self._programs = 0

    @property
    def _booting(self) -> bool:
        """Whether what is typed has to wait; a boot.py that goes on for long is not waited for."""
        if self._programs == 1 and time.monotonic() > self._booted_by:
            self._programs = 2
        return self._programs < 2

    def type(self, data: bytes) -> None:
        """Takes in what a person or a program types."""
        self._typed += data
        if not self._booting:
            self._pick_interrupt()

    def _pick_interrupt(self) -> None:
        if self.interruptible and CTRL_C in self._typed:
            self._interrupt_at = self._interrupt_at or time.monotonic()
            self._typed = self._typed.replace(CTRL_C, b"")

    def take_back(self, data: bytes) -> None:
        """What a program that is gone had not read: it stays in the line."""
        self._typed[:0] = data

    def program_is(self, interruptible: bool) -> None:
        """What the last request said of the program; a prompt takes no interrupt."""
        if interruptible and not self.interruptible:
            self._programs += 1
            self._booted_by = time.monotonic() + BOOT_S
        self.interruptible = interruptible
        if self._typed and not self._booting:
            self._pick_interrupt()
        if not interruptible:
            self._interrupt_at = 0.0

    @property
    def interrupting(self) -> bool:
        """A Ctrl-C waits for the program."""
        return self._interrupt_at > 0 and self.interruptible

    def take_interrupt(self) -> bool:
        """Whether a Ctrl-C waits; it is delivered with that."""
        waits = self.interrupting
        if waits:
            self._interrupt_at = 0.0
        return waits

    def take_signal(self, now: float) -> bool:
        """Whether a Ctrl-C has waited for long enough to be sent as a signal."""
        if self._typed and not self._booting:
            self._pick_interrupt()
        return now > self._interrupt_at + SIGNAL_S and self.take_interrupt()

    @property
    def waiting(self) -> bool:
        """Something was typed that a prompt does not know of yet."""
        return self.news or bool(self._typed)

    def prompted(self) -> None:
        """A prompt waits: the board has booted, with or without a program."""
        self._programs = 2

    def feed(self, stdin: int) -> None:
        """Writes what was typed into the interpreter's pipe, as far as it takes it."""
        if not self._typed or self._booting:
            return
        try:
            sent = os.write(stdin, self._typed[:PIECE])
        except (BlockingIOError, BrokenPipeError):
            return
        del self._typed[:sent]
        self.news = True

    def drain(self, stdout: int) -> None:
        """Takes what the program printed."""
        while True:
            try:
                data = os.read(stdout, 65536)
            except BlockingIOError:
                return
            if not data:
                return
            self.last_words = data[-200:].decode(errors="replace").strip().split("\n")[-1]
            if self.on_output is not None:
                self.on_output(data)
            if self._port is not None:
                self._port.write(data)
