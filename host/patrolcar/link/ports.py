"""Finding the board: which ports may lead to a MicroPython REPL, and where its telemetry is.

A running `patrol sim` keeps symlinks to its ports, `WORLD-PID/repl` and `WORLD-PID/uart`, in a
folder of the user's, beside a file that it holds a lock on; a udev rule may do the same for a real
car, as /dev/patrolcar/NAME/repl. A port called `repl` has its telemetry beside it, called `uart`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from patrolcar.errors import PatrolError

REPL, UART = "repl", "uart"
_LOCK = "lock"
REAL_CARS = Path("/dev/patrolcar")

# USB identities of what a board's REPL comes through.
USB = {
    (0xF055, 0x9800): "MicroPython",
    (0xF055, 0x9801): "MicroPython",
    (0xF055, 0x9802): "MicroPython",
    (0x0483, 0x5740): "STM32 virtual COM port",
    (0x0483, 0x374B): "ST-Link",
    (0x0483, 0x374E): "ST-Link",
    (0x0483, 0x3752): "ST-Link",
    (0x0483, 0x3753): "ST-Link",
}


@dataclass(frozen=True)
class Candidate:
    """A port that may be a board's REPL, and why."""

    port: str
    what: str


def cars_dir() -> Path:
    """Where running simulators name their ports."""
    import platformdirs

    return Path(platformdirs.user_state_dir("patrolcar", appauthor=False)) / "ports"


def candidates() -> list[Candidate]:
    """Every port that is likely to be a board's REPL."""
    from serial.tools.list_ports import comports

    found = [
        Candidate(port.device, USB[port.vid, port.pid])
        for port in comports()
        if (port.vid, port.pid) in USB
    ]
    _clear_left_over()
    for folder in (REAL_CARS, cars_dir()):
        found += [
            Candidate(str(link), f"car {link.parent.name}")
            for link in sorted(folder.glob(f"*/{REPL}"))
            if link.exists()
        ]
    return list({os.path.realpath(one.port): one for one in found}.values())


def _clear_left_over() -> None:
    """Takes away what simulators left that were killed: their terminals may be others' by now.

    A process that lives may have got a dead one's number, so only the lock tells.
    """
    for folder in cars_dir().glob("*-*"):
        try:
            with (folder / _LOCK).open("r+") as lock:
                left = _take(lock)
        except OSError:
            left = True  # it never had one
        if left:
            shutil.rmtree(folder, ignore_errors=True)


def _take(lock: IO[str]) -> bool:
    """Locks a file until it is closed; False where another process has it."""
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def find_port() -> str:
    """The one board's port. PatrolError when there is none, or when there are several."""
    found = candidates()
    if len(found) == 1:
        return found[0].port
    if found:
        listed = ", ".join(f"{os.path.realpath(one.port)} ({one.what})" for one in found)
        raise PatrolError(f"{len(found)} boards are there, so name the port of one: {listed}", 2)
    raise PatrolError(
        "no board was found: check the USB cable (one that carries data) and that MicroPython is "
        "on the board, start a virtual one with patrol sim, or pass its port",
    )


def chosen_port(port: str | None) -> str:
    """The port that was named, or without one the one board's. PatrolError (2) for an empty name:
    a script's unset variable must not reach whichever car is there."""
    if port == "":
        raise PatrolError("the port's name is empty: name one, or leave it out", 2)
    return find_port() if port is None else port


def telemetry_beside(port: str) -> str | None:
    """The telemetry port that belongs to a REPL's, where its name tells."""
    path = Path(port)
    beside = path.with_name(UART)
    return str(beside) if path.name == REPL and beside.exists() else None


def refuse_repl(port: str) -> None:
    """PatrolError (2) for a port that is known as a car's REPL, where telemetry was to be.

    A byte of a frame may be a Ctrl-C there, which stops the car's program.
    """
    _clear_left_over()  # whose terminals may be others' by now
    for folder in (REAL_CARS, cars_dir()):
        for link in folder.glob(f"*/{REPL}"):
            if link.exists() and os.path.realpath(link) == os.path.realpath(port):
                beside = telemetry_beside(str(link))
                there = f": its telemetry is {os.path.realpath(beside)}" if beside else ""
                raise PatrolError(f"port {port} is the REPL of car {link.parent.name}{there}", 2)


def _word(text: str) -> str:
    """A short name for a folder, made of a world's name or file."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", Path(text).stem)[:20] or "car"


class NamedPorts:
    """This process's board's ports under names of their own, for as long as this is entered.

    `path` is the folder of the two links; where links cannot be made there are none.
    """

    def __init__(self, world: str, repl: str, uart: str) -> None:
        self.path = cars_dir() / f"{_word(world)}-{os.getpid()}"
        self._links = {REPL: repl, UART: uart}
        self._lock: IO[str] | None = None

    def __enter__(self) -> NamedPorts:
        try:
            _clear_left_over()
            # It gets its name when all is there and locked, so that nobody takes it for left over.
            new = self.path.with_name(f"new.{os.getpid()}")
            shutil.rmtree(new, ignore_errors=True)  # of one that ended here, with this number
            new.mkdir(parents=True)
            self._lock = (new / _LOCK).open("w")
            _take(self._lock)
            for name, target in self._links.items():
                if target:
                    (new / name).symlink_to(target)
            new.rename(self.path)
        except OSError:
            self.__exit__()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # one that never came to be
            for name in (*self._links, _LOCK):
                (self.path / name).unlink(missing_ok=True)
            os.rmdir(self.path)
        if self._lock is not None:
            self._lock.close()
