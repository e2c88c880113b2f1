"""A car of nothing but numbers for the black box, each tick's its own; and what was stored."""

from __future__ import annotations

import contextlib
import io
from types import SimpleNamespace
from typing import Any

from patrolcar.blackbox.box import Box
from patrolcar.blackbox.fetch import parse


class Ticking:
    """`box` is its BlackBox; `tick` goes on, `stop` posts as the Supervisor does.

    The left wheel's speed counts the ticks, so that a record tells which one it is of.
    """

    def __init__(self) -> None:
        from patrol.behaviour.blackbox import BlackBox
        from patrol.behaviour.supervisor import AUTO

        sonar = SimpleNamespace(raw_mm=1_000)
        self.supervisor = SimpleNamespace(state=AUTO)
        self.schedule = SimpleNamespace(ms=5_000, last_us=3_000)
        self.encoder_left = SimpleNamespace(speed=0)
        self.encoder_right = SimpleNamespace(speed=-7)
        self.motor_left = self.motor_right = SimpleNamespace(duty=-200)
        self.drive = SimpleNamespace(speed=100, turn=-640)
        self.sonars = SimpleNamespace(sonars=[sonar, SimpleNamespace(raw_mm=6_500), sonar])
        self.odometry = SimpleNamespace(heading=-3_141, at_rest=False)
        self.battery = SimpleNamespace(mv=7_700)
        self.failsafe = SimpleNamespace(raised=0)
        self.bumper = SimpleNamespace(pressed=False)
        self.floor = SimpleNamespace(edge=0)
        self.box = BlackBox(self)

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.schedule.ms += 10
            self.encoder_left.speed += 1
            self.box.step()

    def stop(self, reason: int, state: int | None = None) -> int:
        """In the next tick, before it is recorded; the tick's number."""
        if state is not None:
            self.supervisor.state = state
        self.box.stop(reason)
        return int(self.encoder_left.speed) + 1


def stored(log: Any) -> list[Box]:
    """The boxes in a log, as the host reads them from what the board prints."""
    from patrol.store import box

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        box.dump(log)
    return parse(said.getvalue(), "the board")


def numbers(box: Box) -> list[int]:
    """Which ticks of a Ticking these are."""
    return [tick.speed_left for tick in box.ticks]
