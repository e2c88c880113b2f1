"""What is to be called at given virtual times."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from patrolcar_sim.board.lockstep import NEVER

Action = Callable[[], None]


class Agenda:
    """Actions in the order of their times; those of one time in the order in which they came.

    `next_us` is when the first of them is due.
    """

    def __init__(self) -> None:
        self.next_us = NEVER
        self._actions: list[tuple[int, int, Action]] = []
        self._ever = 0

    def at(self, us: int, action: Action) -> None:
        """Adds one."""
        self._ever += 1
        heapq.heappush(self._actions, (us, self._ever, action))
        self.next_us = self._actions[0][0]

    def take(self) -> tuple[int, Action]:
        """The first one and its time; it is gone then."""
        due, _, action = heapq.heappop(self._actions)
        self.next_us = self._actions[0][0] if self._actions else NEVER
        return due, action
