"""A car in a world with a scripted ground station, in one process: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, find_model
from patrolcar_sim.ground_station import ScriptedStation
from patrolcar_sim.world.world import World

MAX_SPEED = float("inf")


class VirtualCar:
    """Board, world and station in lockstep, at full speed unless said otherwise.

    Args:
        image: a flash image that holds the firmware.
        board, filesystem_kb: which board it is, and another size for its filesystem.
        ports: whether outside programs can connect as well.
        broken: names of broken parts; unknown: PatrolError.
    """

    def __init__(
        self,
        image: Path,
        world: str = "office",
        seed: int = 1,
        *,
        board: str = DEFAULT_MODEL.name,
        filesystem_kb: int | None = None,
        ports: bool = False,
        speed: float | None = MAX_SPEED,
        station: ScriptedStation | None = None,
        broken: Sequence[str] = (),
    ) -> None:
        self.world = World(world, seed)
        self.board = VirtualBoard(
            self.world,
            image,
            model=find_model(board, filesystem_kb),
            ports=ports,
            speed=speed,
            broken=broken,
        )
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

    def until(self, condition: Callable[[], bool], most_s: float = 10.0) -> bool:
        """Goes on until `condition()`, looked at every 10 ms of virtual time; whether it came."""
        end = self.board.now_us + int(most_s * 1e6)
        while self.board.now_us < end:
            if condition():
                return True
            self.board.run(self.board.now_us + 10_000)
        return condition()

    def patrol(self, seconds: float) -> None:
        """Waits for the first heartbeat, arms, chooses AUTO and drives that long.

        Raises:
            RuntimeError: the car does not boot or refuses; with its console and texts.
        """
        if not self.until(lambda: self.station.last("HEARTBEAT") is not None):
            raise RuntimeError(f"no heartbeat; console: {self.console.decode(errors='replace')}")
        self.run(1.0)
        now = self.board.now_us
        self.station.arm(now + 100_000)
        self.station.mode("AUTO", now + 300_000)
        if not self.until(self._in_auto, 3.0):
            raise RuntimeError(f"AUTO refused: {self.station.texts}")
        self.run(seconds)

    def _in_auto(self) -> bool:
        beat = self.station.last("HEARTBEAT")
        return beat is not None and beat.custom_mode == 10 and bool(beat.base_mode & 128)
