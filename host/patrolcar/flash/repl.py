"""A board's raw REPL, by mpremote's own transport: the one file that knows mpremote's Python API.

    with Repl("/dev/ttyACM0") as board:
        board.run("import machine; print(machine.freq())")

The API may change with any release of mpremote, so that is pinned.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from patrolcar.errors import PatrolError
from patrolcar.link.transport import why_not

ATTEMPTS = 3  # Ctrl-C's before a program counts as one that ignores it
ATTEMPT_S = 2.0
LOOK_S = 0.2
ANSWER_S = 10.0  # a command may erase a few sectors
CHUNK = 512  # bytes of a file in one command: its literal is compiled on the board
REAPPEAR_S = 15.0  # a USB board is away while it resets


class BoardError(PatrolError):
    """An exception that a command raised on the board; `name` is its class and text."""

    def __init__(self, port: str, trace: str) -> None:
        lines = [line.strip() for line in trace.splitlines() if line.strip()]
        self.name = lines[-1] if lines else "no reason"
        self.trace = trace
        super().__init__(f"the board at {port} reports {self.name}")


class Repl:
    """The raw REPL of the board at a port; the program that runs there is interrupted.

    `port` is a device, a symlink to one, or a URL of pyserial's (socket://, rfc2217://).
    PatrolError: the port cannot be opened, nobody answers on it, or it vanishes.
    """

    def __init__(self, port: str) -> None:
        self.port = port
        self._transport: Any = self._open()

    def _open(self) -> Any:
        # mpremote tells a PTY by its path, so a symlink to one must be followed.
        device = self.port if "://" in self.port else os.path.realpath(self.port)
        try:
            return SerialTransport(device, timeout=LOOK_S)
        except (TransportError, ValueError) as error:
            raise PatrolError(self._reason(device, error)) from None

    def _reason(self, device: str, error: Exception) -> str:
        """Why the port did not open, which mpremote keeps to itself."""
        if "://" in device:
            return (
                f"port {self.port} cannot be reached: check the address and that the other side "
                "runs"
            )
        try:
            serial.Serial(device, exclusive=True if os.name == "posix" else None).close()
        except (OSError, ValueError) as again:
            return why_not(self.port, again)
        return f"port {self.port} cannot be opened: {error}"

    def __enter__(self) -> Repl:
        try:
            self.interrupt()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            if self._transport.in_raw_repl:
                self._transport.exit_raw_repl()
        self.close()

    def close(self) -> None:
        """Lets go of the port."""
        with contextlib.suppress(OSError):
            self._transport.close()

    # -- the prompt ------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stops what runs and enters the raw REPL. PatrolError when nothing stops, or answers."""
        heard = b""
        with self._watched():
            self._transport.serial.timeout = LOOK_S
            for _ in range(ATTEMPTS):
                printed = io.StringIO()  # mpremote prints what it got instead of a prompt
                with contextlib.redirect_stdout(printed):
                    try:
                        self._transport.enter_raw_repl(soft_reset=False, timeout_overall=ATTEMPT_S)
                    except TransportError:
                        heard += _literal(printed.getvalue())
                        continue
                if self._in_step():
                    return
        if heard.strip():
            raise PatrolError(
                f"port {self.port} gives no MicroPython prompt, though something runs there "
                f"(it said {_excerpt(heard)!r}): if it is the board, its program ignores Ctrl-C: "
                "hold the bumper while resetting it for safe mode; else pass another port"
            )
        raise PatrolError(
            f"port {self.port} does not answer: check that it is the REPL of a board with "
            "MicroPython, or reset the board with its bumper held if a program keeps it busy"
        )

    def _in_step(self) -> bool:
        """Whether the prompt answers a command. One that came up in the middle may not yet."""
        self._transport.serial.timeout = ATTEMPT_S
        self._transport.use_raw_paste = True
        try:
            return bool(self._transport.exec_raw("print(1)", timeout=ATTEMPT_S)[0].strip() == b"1")
        except (TransportError, IndexError, ValueError, struct.error):
            return False

    def run(
        self,
        code: str,
        timeout_s: float = ANSWER_S,
        on_output: Callable[[bytes], None] | None = None,
    ) -> str:
        """Runs code on the board; what it printed. BoardError for an exception there."""
        with self._watched():
            self._transport.serial.timeout = timeout_s
            out, trace = self._transport.exec_raw(code, timeout=timeout_s, data_consumer=on_output)
        if trace:
            raise BoardError(self.port, trace.decode(errors="replace"))
        return str(out.decode(errors="replace").replace("\r\n", "\n"))

    def value(self, code: str, timeout_s: float = ANSWER_S) -> Any:
        """Runs code whose last line of output is the repr of a literal; the literal."""
        answer = self.run(code, timeout_s).strip().rpartition("\n")[2]
        try:
            return ast.literal_eval(answer)
        except (ValueError, SyntaxError) as error:
            raise PatrolError(
                f"the board at {self.port} answered {answer[-80:]!r}: reset it and run again"
            ) from error

    def write_file(
        self, path: str, data: bytes, on_sent: Callable[[int], None] = lambda n: None
    ) -> None:
        """Writes a file of the board's filesystem; `on_sent` is told of each piece's length."""
        self.run(f"f=open({path!r},'wb')\nw=f.write")
        for at in range(0, len(data), CHUNK):
            piece = data[at : at + CHUNK]
            self.run(f"w({piece!r})")
            on_sent(len(piece))
        self.run("f.close()\ndel f,w")

    @contextlib.contextmanager
    def mounted(self, folder: Path) -> Iterator[None]:
        """Meanwhile the board's current directory is this folder of the host's, by mpremote's
        file server: nothing is stored on the board."""
        with self._watched():
            self._transport.mount_local(str(folder))
        try:
            yield
        finally:
            with self._watched():
                self._transport.umount_local()

    def read_file(self, path: str) -> bytes:
        """Reads a file of the board's filesystem."""
        code = (
            "import binascii\n"
            f"with open({path!r}, 'rb') as f:\n"
            " while 1:\n"
            f"  b = f.read({CHUNK})\n"
            "  if not b: break\n"
            "  print(binascii.hexlify(b).decode())\n"
            "del f, b"
        )
        return bytes.fromhex(self.run(code).replace("\n", ""))

    # -- the program -----------------------------------------------------------------------

    def reset(self) -> None:
        """Resets the board as its button does: it boots what is on its filesystem."""
        with self._watched():
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
            self._transport.in_raw_repl = False

    def soft_reset(self) -> None:
        """Empties the heap and stays at the raw REPL: boot.py has run, main.py has not."""
        printed = io.StringIO()
        with self._watched(), contextlib.redirect_stdout(printed):
            self._transport.serial.timeout = LOOK_S
            self._transport.enter_raw_repl(soft_reset=True)
            self._transport.serial.timeout = ANSWER_S

    def lines(self, seconds: float) -> Iterator[str]:
        """What the program prints, line by line, for so long; a port that vanishes is reopened."""
        end = time.monotonic() + seconds
        kept = b""
        self._transport.serial.timeout = LOOK_S
        while time.monotonic() < end:
            try:
                kept += self._transport.serial.read(max(1, self._transport.serial.in_waiting))
            except (OSError, TypeError):  # pyserial's own error for a file that has gone
                self._reopen()
                continue
            *whole, kept = kept.split(b"\n")
            for line in whole:
                yield line.decode(errors="replace").rstrip("\r")

    def _reopen(self) -> None:
        self.close()
        end = time.monotonic() + REAPPEAR_S
        while True:
            try:
                self._transport = self._open()
                return
            except PatrolError:
                if time.monotonic() > end:
                    raise
                time.sleep(LOOK_S)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """A port that goes away, or an answer that does not come, is one line."""
        try:
            yield
        except TransportExecError as error:
            raise BoardError(self.port, error.error_output) from None
        except TransportError as error:
            raise PatrolError(
                f"the board at {self.port} stopped answering ({error}): reset it and run again"
            ) from None
        except (OSError, TypeError) as error:  # TypeError: pyserial's, for a closed file
            raise PatrolError(
                f"port {self.port} vanished ({getattr(error, 'strerror', None) or error}): "
                "plug the board in and run again"
            ) from None
        except (IndexError, ValueError) as error:  # an answer that is cut short
            raise PatrolError(
                f"the board at {self.port} answered out of step ({error}): reset it and run again"
            ) from None


def _literal(printed: str) -> bytes:
    """The bytes whose repr mpremote printed."""
    for line in printed.splitlines():
        with contextlib.suppress(ValueError, SyntaxError):
            value = ast.literal_eval(line)
            if isinstance(value, bytes):
                return value
    return b""


def _excerpt(heard: bytes) -> str:
    text = heard.decode(errors="replace").replace("\r", " ").replace("\n", " ").strip()
    return text if len(text) <= 40 else text[:37] + "..."
