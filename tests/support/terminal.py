"""A person at a terminal: a command on a PTY, whose keys are typed and whose screen is read."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Sequence


class Terminal:
    """A running command; `seen` is all that it has shown."""

    def __init__(self, command: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.seen = b""
        self._unread = b""

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def until(self, mark: bytes, within_s: float = 20.0) -> bytes:
        """Waits for `mark` on the screen; what came before it."""
        end = time.monotonic() + within_s
        while mark not in self._unread:
            left = end - time.monotonic()
            assert left > 0, f"no {mark!r} in {self._unread!r}"
            if select.select([self._master], [], [], left)[0]:
                data = self._read()
                assert data, f"it ended without {mark!r}: {self._unread!r}"
                self.seen += data
                self._unread += data
        before, _, self._unread = self._unread.partition(mark)
        return before

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 4096)
        except OSError:  # the command has ended
            return b""

    def until_raw(self, within_s: float = 20.0) -> None:
        """Waits until the command takes each key as it is: mpremote says so before it does so."""
        end = time.monotonic() + within_s
        while termios.tcgetattr(self._master)[3] & termios.ICANON:
            assert time.monotonic() < end, "the terminal stays in line mode"
            time.sleep(0.01)

    def interrupt(self) -> None:
        """Ctrl-C at a terminal that makes a signal of it."""
        self.process.send_signal(signal.SIGINT)

    def wait(self, within_s: float = 20.0) -> int:
        """Waits for the end; the exit code."""
        end = time.monotonic() + within_s
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end: {self._unread!r}"
            if select.select([self._master], [], [], 0.05)[0]:
                self.seen += self._read()
        while data := self._read():
            self.seen += data
        return self.process.returncode

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        self.process.wait()
        os.close(self._master)
