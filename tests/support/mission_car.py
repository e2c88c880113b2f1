"""A car that takes and tells missions as the firmware does, over a line that loses frames.

Its clock is a number, which is the program's clock as well where a test says so. What it refuses,
and when, is for the tests to say; the firmware's own checks are tested with the firmware.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Any

FRAME_S = 0.004
ROUND_TRIP_S = 0.02
AGAIN_S = 0.5
GIVE_UP_S = 5.0
ACCEPTED, INVALID_SEQUENCE, CANCELLED = 0, 13, 15
Fields = tuple[Any, ...]  # frame, command, current, autocontinue, param1 to 4, x, y, z


class MissionCar:
    """Both ends of a line that loses each frame with a probability.

    `refuse` says to each item, and with None to each upload, a MAV_MISSION_RESULT.
    """

    name = "/dev/pts/3"
    target_system = target_component = 1
    received = 1
    srcSystem = 255

    def __init__(self, dialect: Any, loss: float, seed: int) -> None:
        self.module = dialect
        self.mav = self
        self.items: list[Fields] = []
        self.now = 1000.0
        self.stored = 0
        self.opened = 0
        self.acknowledged: list[int] = []
        self.refuse: Callable[[int | None, Fields], int] = lambda number, fields: ACCEPTED
        self.text = ""
        self.asks = "mission_request_int"
        self.round_trip_s = ROUND_TRIP_S
        self.loss = loss
        self._random = random.Random(f"line {seed}")
        self._coming: deque[tuple[float, Any]] = deque()
        self._packer = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
        self._new: list[Fields] | None = None
        self._next = self._stop = 0
        self._asked_at = self._heard_at = 0.0
        self._last = -1

    def _lost(self) -> bool:
        return self._random.random() < self.loss

    def tell(self, kind: str, *fields: Any) -> None:
        """A message to the ground station, if it is not lost."""
        message = getattr(self.module, f"MAVLink_{kind}_message")(*fields)
        if not self._lost():
            (got,) = self.module.MAVLink(None).parse_buffer(message.pack(self._packer))
            last = self._coming[-1][0] if self._coming else 0.0
            self._coming.append((max(last, self.now + self.round_trip_s) + FRAME_S, got))

    def recv(self, timeout: float | None = None) -> Any:
        assert timeout is not None
        end = self.now + timeout
        while True:
            due = self._asked_at + AGAIN_S if self._new is not None else end + 1
            if self._coming and self._coming[0][0] <= min(due, end):
                at, message = self._coming.popleft()
                self.now = max(self.now, at)
                return message
            if due > end:
                self.now = end
                return None
            self.now = max(self.now, due)
            if self.now - self._heard_at >= GIVE_UP_S:
                self._end(CANCELLED)
            else:
                self._ask()

    # What the ground station sends.

    def mission_count_send(self, system: int, component: int, count: int, kind: int) -> None:
        if not self._lost():
            self._begin([()] * count, 0, count)

    def mission_write_partial_list_send(
        self, system: int, component: int, first: int, last: int, kind: int
    ) -> None:
        if self._lost():
            return
        if 0 <= first <= last < len(self.items):
            self._begin(list(self.items), first, last + 1)
        else:
            self._end(INVALID_SEQUENCE)

    def mission_item_int_send(
        self, system: int, component: int, number: int, *fields: Any
    ) -> None:
        if self._lost():
            return
        if self._new is None:
            if number == self._last:
                self.tell("mission_ack", 255, 190, ACCEPTED)
            return
        if number != self._next:
            return
        result = self.refuse(number, fields)
        if result != ACCEPTED:
            self._end(result)
            return
        self._new[number] = fields[:-1]
        self._next += 1
        self._heard_at = self.now
        if self._next < self._stop:
            self._ask()
            return
        self.items = self._new
        self.stored += 1
        self._last = number
        self._end(ACCEPTED)

    def mission_request_list_send(self, system: int, component: int, kind: int) -> None:
        if not self._lost():
            self.tell("mission_count", 255, 190, len(self.items))

    def mission_request_int_send(
        self, system: int, component: int, number: int, kind: int
    ) -> None:
        if self._lost():
            return
        if number < len(self.items):
            self.tell("mission_item_int", 255, 190, number, *self.items[number])
        else:
            self.tell("mission_ack", 255, 190, INVALID_SEQUENCE)

    def mission_clear_all_send(self, system: int, component: int, kind: int) -> None:
        if self._lost():
            return
        result = self.refuse(None, ())
        if result == ACCEPTED:
            self.items = []
        self._end(result)

    def mission_ack_send(self, system: int, component: int, result: int, kind: int) -> None:
        self.acknowledged.append(result)

    # Inside.

    def _begin(self, items: list[Fields], first: int, stop: int) -> None:
        self.opened += 1
        self._last = -1
        result = self.refuse(None, ())
        if result != ACCEPTED:
            self._end(result)
            return
        self._new = items
        self._next, self._stop = first, stop
        self._heard_at = self.now
        self._ask()

    def _ask(self) -> None:
        self._asked_at = self.now
        self.tell(self.asks, 255, 190, self._next)

    def _end(self, result: int) -> None:
        self._new = None
        if result != ACCEPTED and self.text:
            self.tell("statustext", 4, self.text.encode())
        self.tell("mission_ack", 255, 190, result)

    def __enter__(self) -> MissionCar:
        return self

    def __exit__(self, *_: object) -> None:
        pass
