"""The pace of virtual time against the wall's, and the core on which a board runs."""

from __future__ import annotations

import os
import sys
import time

from patrolcar.errors import PatrolError

MAX = float("inf")
AHEAD_US = 2_000  # how far a board may run ahead: shorter sleeps cost more than they give
MOST_BEHIND_US = 500_000  # a machine that was busy for longer is not made up for


class Pace:
    """Holds virtual time to `speed` simulated seconds per second.

    `speed` None is real time while somebody is connected and no limit without; MAX is no limit,
    except at an idle prompt, where nothing would ever stop it. PatrolError for one that is not
    over 0.
    """

    def __init__(self, speed: float | None) -> None:
        if speed is not None and not speed > 0:
            raise PatrolError(f"speed {speed} cannot be: give a number over 0, or None", 2)
        self.speed = speed
        self._limited = False
        self._wall = 0.0
        self._virtual = 0

    def rebase(self, now_us: int) -> None:
        """Virtual time is right as it is now."""
        self._wall = time.monotonic()
        self._virtual = now_us

    @property
    def free(self) -> bool:
        """Whether no clock counts, now as before, but at a prompt."""
        return self.speed == MAX and not self._limited

    @property
    def factor(self) -> float:
        """Simulated seconds per second where there is a limit."""
        return 1.0 if self.speed is None or self.speed == MAX else self.speed

    def elapsed_us(self) -> int:
        """Where virtual time should be, going by the clock on the wall."""
        return self._virtual + int((time.monotonic() - self._wall) * self.factor * 1e6)

    def limited(self, now_us: int, prompt: bool, connected: bool) -> bool:
        """Whether the clock counts: at an idle prompt always, else as `speed` says."""
        limited = prompt or (connected if self.speed is None else self.speed != MAX)
        if limited != self._limited:
            self._limited = limited
            self.rebase(now_us)
        return limited

    def ahead_s(self, goal_us: int) -> float:
        """How long to wait before virtual time may be `goal_us`; 0 for not at all."""
        ahead = goal_us - self.elapsed_us()
        if -ahead > MOST_BEHIND_US:  # do not race to catch up
            self.rebase(goal_us)
        return ahead / 1e6 / self.factor if ahead >= AHEAD_US else 0.0


class OneCore:
    """Keeps this thread, and the processes it starts, on one core.

    The interpreter and the world take turns, and handing a turn to another core costs ten times as
    much as staying. Different processes choose different cores.
    """

    def __init__(self) -> None:
        self._before: set[int] | None = None

    def __enter__(self) -> OneCore:
        if sys.platform == "linux":
            allowed = sorted(os.sched_getaffinity(0))
            if len(allowed) > 1:
                self._before = set(allowed)
                os.sched_setaffinity(0, {allowed[os.getpid() % len(allowed)]})
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            os.sched_setaffinity(0, self._before)
            self._before = None
