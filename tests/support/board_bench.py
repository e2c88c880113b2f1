"""What the board's tests share: a car that only remembers, and a board that runs snippets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel


class SilentImu:
    """An I2C slave with 256 registers."""

    def __init__(self) -> None:
        self.registers = bytearray(256)
        self.registers[0x75] = 0x68
        self.pointer = 0

    def write(self, data: bytes) -> None:
        self.pointer = data[0]
        for byte in data[1:]:
            self.registers[self.pointer] = byte
            self.pointer += 1

    def read(self, n: int) -> bytes:
        return bytes(self.registers[self.pointer : self.pointer + n])


class StubCar:
    """A car that stands still and remembers what the pins did to it."""

    def __init__(self) -> None:
        self.imu = SilentImu()
        self.tofs: list[Any] = []
        self.xshut: bool | None = None
        self.floor_mv = [300.0] * 5
        self.overheard_us: dict[tuple[int, int], int] = {}
        self.motors: dict[int, tuple[bool, bool, float]] = {}
        self.standby: bool | None = None
        self.counts = [0, 0]
        self.echo_us: int | None = 5800
        self.pings: list[tuple[int, int]] = []
        self.pressed = False
        self.time_us = 0

    def advance(self, to_us: int) -> None:
        assert to_us >= self.time_us, "time went backwards"
        self.time_us = to_us

    def set_motor(self, side: int, in1: bool, in2: bool, duty: float) -> None:
        self.motors[side] = (in1, in2, duty)

    def set_standby(self, enabled: bool) -> None:
        self.standby = enabled

    def encoder_count(self, side: int, at_us: int) -> int:
        return self.counts[side]

    def ping(self, sensor: int, at_us: int) -> int | None:
        self.pings.append((sensor, at_us))
        return self.echo_us

    def overheard(self, sender: int, listener: int) -> int | None:
        return self.overheard_us.get((sender, listener))

    def set_xshut(self, high: bool) -> None:
        self.xshut = high

    def reflectance_mv(self, sensor: int) -> float:
        return self.floor_mv[sensor]

    def power_up(self) -> None:
        pass

    def battery_mv(self) -> int:
        return 7400

    def current_ma(self) -> int:
        return 300

    def bumper(self) -> bool:
        return self.pressed

    def jam(self, side: int) -> None:
        self.jammed = side


class Bench:
    """A board with a stub car, at full speed, without ports; a program that runs is stopped."""

    def __init__(
        self, image: Path, model: BoardModel = DEFAULT_MODEL, *, program: bool = False
    ) -> None:
        self.car = StubCar()
        self.board = VirtualBoard(self.car, image, model=model, ports=False, speed=float("inf"))
        self.console = bytearray()
        self.board.console.on_output = self.console.extend
        self.board.start()
        if program:
            self.board.run(1_000_000)
            self.board.type(b"\x03")
        self.to_raw_repl()

    def to_raw_repl(self) -> bytes:
        """From the boot on; what the board said until its prompt."""
        said = self.until(b">>> ")
        self.board.type(b"\x01")
        self.until(b"\r\n>")
        return said

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self.board.stop()

    def use_littlefs(self) -> None:
        """Makes the filesystem littlefs 2, as the port's documentation says."""
        self.run(
            "import os, pyb\nos.umount('/flash')\nos.VfsLfs2.mkfs(pyb.Flash(start=0))\n"
            "os.mount(pyb.Flash(start=0), '/flash')\nos.chdir('/flash')"
        )

    def until(self, mark: bytes, most_s: float = 60.0) -> bytes:
        """Runs until the console shows `mark`; what it showed."""
        board = self.board
        end = board.now_us + int(most_s * 1e6)
        while mark not in self.console:
            assert board.now_us < end, f"no {mark!r} in {bytes(self.console)!r}"
            board.run(min(end, board.now_us + 10_000))
        seen, _, rest = bytes(self.console).partition(mark)
        self.console[:] = rest
        return seen

    def run(self, code: str) -> str:
        """Runs a snippet in the raw REPL; what it printed. AssertionError with its trace."""
        self.board.type(code.encode() + b"\x04")
        self.until(b"OK")
        printed = self.until(b"\x04").decode()
        trace = self.until(b"\x04>").decode()
        assert not trace, trace
        return printed.replace("\r\n", "\n")

    def fails(self, code: str) -> str:
        """Runs a snippet that must raise; the last line of its trace."""
        self.board.type(code.encode() + b"\x04")
        self.until(b"OK")
        self.until(b"\x04")
        trace = self.until(b"\x04>").decode().strip()
        assert trace, f"{code!r} did not raise"
        return trace.splitlines()[-1]
