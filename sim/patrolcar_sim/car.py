"""A car in a world with a scripted ground station, in one process: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, find_model
from patrolcar_sim.faults import Fault, Timeline, props_of
from patrolcar_sim.faults.breaks import find_breaks
from patrolcar_sim.ground_station import MODES, ScriptedStation
from patrolcar_sim.world.world import World

MAX_SPEED = float("inf")
STICKS_US = 100_000  # as often as a ground station sends MANUAL_CONTROL
BOOT_S = 10.0  # of virtual time, until the first heartbeat


class VirtualCar:
    """Board, world and station in lockstep, at full speed unless said otherwise.

    Args:
        image: a flash image that holds the firmware.
        world: its name, or a world that was made already.
        seed: of that world if it has to be made, and of the faults.
        board, filesystem_kb: which board it is, and another size for its filesystem.
        ports: whether outside programs can connect as well.
        broken: names of broken parts (faults/breaks.py); unknown: PatrolError.
        faults: what goes wrong, and when; a world that was made already has their props.
    """

    def __init__(
        self,
        image: Path,
        world: str | World = "office",
        seed: int = 1,
        *,
        board: str = DEFAULT_MODEL.name,
        filesystem_kb: int | None = None,
        ports: bool = False,
        speed: float | None = MAX_SPEED,
        station: ScriptedStation | None = None,
        broken: Sequence[str] = (),
        faults: Sequence[Fault] = (),
    ) -> None:
        wrong = find_breaks(broken)
        self.world = (
            World(world, seed, props=props_of(faults)) if isinstance(world, str) else world
        )
        self.board = VirtualBoard(
            self.world,
            image,
            model=find_model(board, filesystem_kb),
            ports=ports,
            speed=speed,
        )
        Timeline([*faults, *wrong], seed).attach(self.board)
        self.station = ScriptedStation() if station is None else station
        self.board.line.station = self.station
        self.console = bytearray()
        self.board.console.on_output = self.console.extend

    def __enter__(self) -> VirtualCar:
        self.board.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.board.stop()

    @property
    def now_s(self) -> float:
        """Virtual time since power-on."""
        return self.board.now_us / 1e6

    def run(self, seconds: float) -> None:
        """Goes on for that long."""
        self.board.run(self.board.now_us + int(seconds * 1e6))

    def until(self, condition: Callable[[], bool], most_s: float = 10.0) -> None:
        """Goes on until `condition()`, looked at every 10 ms of virtual time.

        Raises:
            TimeoutError: it has not come within `most_s` virtual seconds.
        """
        if not self._comes(condition, most_s):
            raise TimeoutError(f"it has not come within {most_s:g} virtual seconds")

    def _comes(self, condition: Callable[[], bool], most_s: float) -> bool:
        end = self.board.now_us + int(most_s * 1e6)
        while self.board.now_us < end:
            if condition():
                return True
            self.board.run(self.board.now_us + 10_000)
        return condition()

    def patrol(self, seconds: float) -> None:
        """Boots, arms, chooses AUTO and drives that long. RuntimeError as arm() says."""
        self.arm("AUTO")
        self.run(seconds)

    def steer(self, forward: int, turn: int, seconds: float) -> None:
        """Holds the sticks for that long, both in per mille; right turns are positive."""
        start = self.board.now_us
        for at_us in range(start, start + int(seconds * 1e6), STICKS_US):
            self.station.manual(forward, turn, at_us)
        self.run(seconds)

    def arm(self, mode: str) -> None:
        """Waits for the first heartbeat, arms and chooses a mode: MANUAL, HOLD or AUTO.

        Raises:
            ValueError: there is no such mode.
            RuntimeError: the car does not boot or refuses; with its console and texts.
        """
        if mode not in MODES:
            raise ValueError(f"mode {mode!r} is not known: use {', '.join(MODES)}")
        if not self._comes(lambda: self.station.last("HEARTBEAT") is not None, BOOT_S):
            raise RuntimeError(f"no heartbeat; console: {self.console.decode(errors='replace')}")
        self.run(1.0)
        now = self.board.now_us
        self.station.arm(now + 100_000)
        self.station.mode(mode, now + 300_000)

        def armed() -> bool:
            beat = self.station.last("HEARTBEAT")
            number = MODES[mode]
            return beat is not None and beat.custom_mode == number and bool(beat.base_mode & 128)

        if not self._comes(armed, 3.0):
            raise RuntimeError(f"{mode} refused: {self.station.texts}")
