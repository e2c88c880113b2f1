"""What the board's tests share: a board that runs snippets."""

from __future__ import annotations

from pathlib import Path

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel
from patrolcar_sim.stub_car import StubCar


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
