"""A whole virtual car in a thread of its own, for what talks to it through its ports."""

from __future__ import annotations

import threading
from pathlib import Path

from patrolcar_sim.car import VirtualCar
from patrolcar_sim.world.world import World


class Simulated:
    """A car in a world, at full speed, from its first heartbeat until it is left."""

    def __init__(
        self, image: Path, *, world: str | World = "empty", broken: tuple[str, ...] = ()
    ) -> None:
        self.car = VirtualCar(image, world, ports=True, speed=None, broken=broken)
        self.world = self.car.world
        self._runs = threading.Event()
        self._off = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with self.car:
            self.car.until(lambda: self.car.station.last("HEARTBEAT") is not None)
            self._runs.set()
            self.car.board.run(1 << 60, self._off.is_set)

    def __enter__(self) -> Simulated:
        self._thread.start()
        assert self._runs.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._off.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    @property
    def repl(self) -> str:
        """The REPL's terminal device."""
        assert self.car.board.repl is not None
        return self.car.board.repl.pty


class Answers:
    """A person who has the answers ready, and nods to the rest."""

    present = False

    def __init__(self, *answers: str, consents: bool = True) -> None:
        self.there = bool(answers)
        self.asked: list[str] = []
        self._answers = list(answers)
        self._consents = consents

    def confirm(self, question: str) -> bool:
        self.asked.append(question)
        return self._consents

    def tell(self, text: str) -> None:
        self.asked.append(text)

    def answer(self, question: str) -> str:
        self.asked.append(question)
        return self._answers.pop(0)
