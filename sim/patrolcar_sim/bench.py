"""A board with a stub car, at full speed, that runs snippets of MicroPython and tells what they
printed.

    with Bench(image) as bench:
        assert bench.run("print(6 * 7)") == "42\\n"
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel
from patrolcar_sim.faults import Fault, Timeline
from patrolcar_sim.ground_station import ScriptedStation
from patrolcar_sim.stub_car import StubCar

STEP_US = 10_000
START_S = 1.0  # of virtual time: by then a program on the board runs
MOST_S = 60.0


class Bench:
    """A virtual board from power-on to `close`, without ports.

    Args:
        program: the image has a main.py: let it run until the first snippet stops it. Otherwise
            the board is at its raw prompt at once.
        station: a ground station at its telemetry line, if any.
        faults, seed: what goes wrong, and when.

    Attributes:
        car: what its pins reach; board: the VirtualBoard; station: as given.
        console: what the board has printed and nobody has taken.
    """

    def __init__(
        self,
        image: Path,
        model: BoardModel = DEFAULT_MODEL,
        *,
        program: bool = False,
        station: ScriptedStation | None = None,
        faults: Sequence[Fault] = (),
        seed: int = 1,
    ) -> None:
        self.car = StubCar()
        self.board = VirtualBoard(self.car, image, model=model, ports=False, speed=float("inf"))
        self.console = bytearray()
        self.board.console.on_output = self.console.extend
        self.station = station
        self.board.line.station = station
        Timeline(faults, seed).attach(self.board)
        self.board.start()
        self._runs = program
        if program:
            self.wait(START_S)
        else:
            self.to_raw_repl()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Power off."""
        self.board.stop()

    def wait(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.board.run(self.board.now_us + int(seconds * 1e6))

    def to_raw_repl(self) -> bytes:
        """From the boot on; what the board said until its prompt."""
        said = self.until(b">>> ")
        self.board.type(b"\x01")
        self.until(b"\r\n>")
        return said

    def use_littlefs(self) -> None:
        """Makes the filesystem littlefs 2, as the port's documentation says."""
        self.run(
            "import os, pyb\nos.umount('/flash')\nos.VfsLfs2.mkfs(pyb.Flash(start=0))\n"
            "os.mount(pyb.Flash(start=0), '/flash')\nos.chdir('/flash')"
        )

    def until(self, mark: bytes, most_s: float = MOST_S) -> bytes:
        """Runs until the console shows `mark`; what it showed before. AssertionError if never."""
        board = self.board
        end = board.now_us + int(most_s * 1e6)
        while mark not in self.console:
            if board.now_us >= end:
                raise AssertionError(f"no {mark!r} in {bytes(self.console)!r}")
            board.run(min(end, board.now_us + STEP_US))
        seen, _, rest = bytes(self.console).partition(mark)
        self.console[:] = rest
        return seen

    def run(self, code: str) -> str:
        """Runs a snippet in the raw REPL; what it printed. AssertionError with its trace."""
        printed, trace = self._execute(code)
        if trace:
            raise AssertionError(trace)
        return printed.replace("\r\n", "\n")

    def fails(self, code: str) -> str:
        """Runs a snippet that must raise; the last line of its trace."""
        _, trace = self._execute(code)
        if not trace:
            raise AssertionError(f"{code!r} did not raise")
        return trace.strip().splitlines()[-1]

    def _execute(self, code: str) -> tuple[str, str]:
        if self._runs:
            self._runs = False
            self.board.type(b"\x03")
            self.to_raw_repl()
        self.board.type(code.encode() + b"\x04")
        self.until(b"OK")
        printed = self.until(b"\x04").decode()
        return printed, self.until(b"\x04>").decode()
