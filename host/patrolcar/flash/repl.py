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
SOFT_RESET_S = 30.0  # boot.py runs in it
READ_S = 60.0  # a file as large as a filesystem, at 115200 baud
OUTPUT_MAX = 1 << 21  # bytes of one command: several times a flash in hex
HEARD_MAX = 1000
CHUNK = 512  # bytes of a file in one command: its literal is compiled on the board
REAPPEAR_S = 15.0  # a USB board is away while it resets


class _Unanswered(TransportError):  # type: ignore[misc]
    """The board exceeded a bound; the text says which."""


class _Bounded:
    """A serial port that is listened to until a deadline, and for so many bytes.

    mpremote itself reads on for ever while something comes. `heard` is how it began. A read waits
    for all of its bytes, whatever the port's own timeout; writing and the rest is the port's.
    """

    def __init__(self, port: serial.Serial) -> None:
        self.port = port
        self.heard = b""
        self.bound(ANSWER_S)

    def bound(self, seconds: float) -> None:
        """Begins anew: everything up to the next call must come within so long."""
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._left = OUTPUT_MAX

    def _check(self) -> None:
        if self._left < 0:
            raise _Unanswered(f"said more than {OUTPUT_MAX} bytes")
        if time.monotonic() > self._end:
            raise _Unanswered(f"did not answer within {self._seconds:.0f} s")

    def read(self, size: int = 1) -> bytes:
        data = b""
        while len(data) < size:
            self._check()
            data += self.port.read(size - len(data))
        self._left -= size
        if len(self.heard) < HEARD_MAX:
            self.heard += data[:HEARD_MAX]
        return data

    def inWaiting(self) -> int:  # pyserial's name, which mpremote calls
        self._check()
        return int(self.port.in_waiting)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)


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
        self._transport: Any = None
        self._open()

    def _open(self) -> None:
        # mpremote tells a PTY by its path, so a symlink to one must be followed.
        device = self.port if "://" in self.port else os.path.realpath(self.port)
        try:
            self._transport = SerialTransport(device, timeout=LOOK_S)
        except (TransportError, ValueError) as error:
            raise PatrolError(self._reason(device, error)) from None
        self._serial = self._transport.serial = _Bounded(self._transport.serial)

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
        self._transport.serial = self._serial.port
        with contextlib.suppress(OSError):
            self._transport.close()

    # -- the prompt ------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stops what runs and enters the raw REPL. PatrolError when nothing stops, or answers."""
        self._serial.heard = b""
        answer = None
        with self._watched():
            for _ in range(ATTEMPTS):
                answer = None
                with contextlib.suppress(TransportError):
                    self._serial.bound(ATTEMPT_S)
                    self._transport.enter_raw_repl(soft_reset=False, timeout_overall=ATTEMPT_S)
                    answer = self._answer()
                if answer == "1":
                    return
        if answer is not None:
            said = repr(_excerpt(answer)) if answer else "nothing"
            raise PatrolError(
                f"port {self.port} has a prompt, but print(1) gives {said} there: if it is the "
                "board, what its boot.py or main.py did is in the way: reset it with its USR "
                "button held (MicroPython's safe boot) and run again; else pass another port"
            )
        if b"\xfd" in self._serial.heard:
            raise PatrolError(
                f"port {self.port} speaks MAVLink: it is a car's telemetry, pass its REPL's port"
            )
        if heard := self._serial.heard.decode(errors="replace").strip():
            raise PatrolError(
                f"port {self.port} gives no MicroPython prompt, though something runs there "
                f"(it said {_excerpt(heard)!r}): if it is the board, its program ignores Ctrl-C: "
                "hold the bumper while resetting it for safe mode; else pass another port"
            )
        raise PatrolError(
            f"port {self.port} does not answer: check that it is the REPL of a board with "
            "MicroPython, or reset the board with its bumper held if a program keeps it busy"
        )

    def _answer(self) -> str:
        """What the prompt answers to print(1). One that came up in the middle may not yet."""
        self._serial.bound(ATTEMPT_S)
        self._transport.use_raw_paste = True
        out, trace = self._transport.exec_raw("print(1)", timeout=ATTEMPT_S)
        lines = (trace or out).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def run(self, code: str, timeout_s: float = ANSWER_S) -> str:
        """Runs code on the board; what it printed. BoardError for an exception there.

        PatrolError when it has not ended after `timeout_s`, or prints without end.
        """
        out = bytearray()
        with self._watched():
            self._serial.bound(timeout_s)
            # Without a consumer mpremote copies all of what it has with each byte.
            trace = self._transport.exec_raw(
                code, timeout_s, data_consumer=lambda data: out.extend(self._heard(data))
            )[1]
        if trace:
            raise BoardError(self.port, trace.decode(errors="replace"))
        return out.removesuffix(b"\x04").decode(errors="replace").replace("\r\n", "\n")

    def _heard(self, data: bytes) -> bytes:
        """What counts as output of what the board sends."""
        return data

    def value(self, code: str, timeout_s: float = ANSWER_S) -> Any:
        """Runs code whose last line of output is the repr of a literal; the literal."""
        return self._literal(self.run(code, timeout_s).strip().rpartition("\n")[2])

    def values(self, code: str, timeout_s: float = ANSWER_S) -> list[Any]:
        """Runs code whose output is the repr of a literal a line; the literals."""
        return [self._literal(line) for line in self.run(code, timeout_s).strip().splitlines()]

    def _literal(self, answer: str) -> Any:
        try:
            return ast.literal_eval(answer)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
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
            self._serial.bound(ANSWER_S)
            self._transport.mount_local(str(folder))
        try:
            yield
        finally:
            with self._watched():
                self._serial.bound(ANSWER_S)
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
        return bytes.fromhex(self.run(code, READ_S).replace("\n", ""))

    # -- the program -----------------------------------------------------------------------

    def reset(self) -> None:
        """Resets the board as its button does: it boots what is on its filesystem."""
        with self._watched():
            self._serial.bound(ANSWER_S)
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
            self._transport.in_raw_repl = False

    def soft_reset(self) -> None:
        """Empties the heap and stays at the raw REPL: boot.py has run, main.py has not."""
        with self._watched():
            self._serial.bound(SOFT_RESET_S)
            self._transport.enter_raw_repl(soft_reset=True, timeout_overall=SOFT_RESET_S)

    def lines(self, seconds: float) -> Iterator[str]:
        """What the program prints, line by line, for so long; a port that vanishes is reopened."""
        end = time.monotonic() + seconds
        kept = b""
        while time.monotonic() < end:
            port = self._serial.port
            try:
                kept += port.read(max(1, port.in_waiting))
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
                self._open()
                return
            except PatrolError:
                if time.monotonic() > end:
                    raise
                time.sleep(LOOK_S)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """A port that goes away, or an answer that does not come, is one line."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints what it did not get
                yield
        except TransportExecError as error:
            raise BoardError(self.port, error.error_output) from None
        except _Unanswered as error:
            raise PatrolError(
                f"the board at {self.port} {error}: reset it and run again"
            ) from None
        except (OSError, TypeError) as error:  # TypeError: pyserial's, for a closed file
            raise PatrolError(
                f"port {self.port} vanished ({getattr(error, 'strerror', None) or error}): "
                "plug the board in and run again"
            ) from None
        except (TransportError, IndexError, ValueError):  # another answer than the protocol's
            raise PatrolError(
                f"the board at {self.port} answered out of step: reset it and run again"
            ) from None


def _excerpt(heard: str) -> str:
    text = " ".join(heard.split())
    return text if len(text) <= 60 else text[:57] + "..."
