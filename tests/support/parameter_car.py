"""A car that tells and takes parameters as the firmware does, over a line that loses frames.

Its clock is a number, which is the program's clock as well where a test says so.
"""

from __future__ import annotations

import random
from collections import deque
from typing import Any

from patrolcar.params.table import known

FRAME_S = 0.004
ROUND_TRIP_S = 0.02


class ParameterCar:
    """Both ends of a line that loses each frame with a probability."""

    name = "/dev/pts/3"
    target_system = target_component = 1
    received = 1

    def __init__(self, dialect: Any, values: dict[str, float], loss: float, seed: int) -> None:
        self.module = dialect
        self.mav = self
        self.values = values
        self.now = 1000.0
        self.asked = 0
        self.set_to: list[tuple[str, float]] = []
        self._loss = loss
        self._random = random.Random(f"line {seed}")
        self._coming: deque[tuple[float, Any]] = deque()
        self._packer = dialect.MAVLink(None, srcSystem=1, srcComponent=1)

    def _lost(self) -> bool:
        return self._random.random() < self._loss

    def tell(self, name: str) -> None:
        """PARAM_VALUE, if it is not lost."""
        index = list(self.values).index(name)
        message = self.module.MAVLink_param_value_message(
            name.encode(), self.values[name], 9, len(self.values), index
        )
        if not self._lost():
            (got,) = self.module.MAVLink(None).parse_buffer(message.pack(self._packer))
            last = self._coming[-1][0] if self._coming else self.now + ROUND_TRIP_S
            self._coming.append((last + FRAME_S, got))

    def recv(self, timeout: float | None = None) -> Any:
        assert timeout is not None
        if self._coming and self._coming[0][0] <= self.now + timeout:
            at, message = self._coming.popleft()
            self.now = max(self.now, at)
            return message
        self.now += timeout
        return None

    def param_request_list_send(self, *target: int) -> None:
        self.asked += 1
        if not self._lost():
            for name in self.values:
                self.tell(name)

    def param_request_read_send(self, system: int, component: int, name: bytes, i: int) -> None:
        self.asked += 1
        names = list(self.values)
        wanted = names[i] if 0 <= i < len(names) else name.decode()
        if not self._lost() and wanted in self.values:
            self.tell(wanted)

    def param_set_send(
        self, system: int, component: int, name: bytes, value: float, kind: int
    ) -> None:
        if self._lost():
            return
        one = known().get(name.decode())
        self.set_to.append((name.decode(), value))
        if one is None or one.low <= value <= one.high:
            self.values[name.decode()] = value
        self.tell(name.decode())

    def __enter__(self) -> ParameterCar:
        return self

    def __exit__(self, *_: object) -> None:
        pass
