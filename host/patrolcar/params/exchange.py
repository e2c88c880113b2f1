"""Parameters over a link that loses and damages frames: asked for again until they are there.

mavlink.io/en/services/parameter.html. It sends no heartbeat: a ground station that is heard once
and then gone stops a car that drives.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from patrolcar.errors import PatrolError
from patrolcar.params.table import known
from patrolcar.view.feed import no_frame

Number = int | float  # every parameter of this car is a whole number
Values = dict[str, Number]  # by name, in the car's order
Progress = Callable[[int, int], object]  # so many are there, of so many

QUIET_S = 0.5  # without a value for that long, what is missing is asked for again
BATCH = 10  # so many at once: their requests are no more than a slow line takes in that time
PATIENCE_S = 10.0  # without anything new for that long, it is given up
MOST_S = 60.0  # for all of them, however slowly they come
ANSWER_S = 0.5  # until a question is repeated
ATTEMPTS = 12  # of which 10 % lost frames, each way, let one in 10^8 fail
_REFUSED = 2  # answers with another value: the first may have been under way already
_FIRST_ATTEMPTS = 4  # by name, before the car is asked for its list


class Link(Protocol):
    """What is needed of a connection.Connection."""

    module: Any
    mav: Any
    target_system: int
    target_component: int

    @property
    def name(self) -> str: ...
    @property
    def received(self) -> int: ...
    def recv(self, timeout: float | None = None) -> Any: ...


def whole(value: float) -> Number:
    """A value as the car tells it, as an integer where it is one."""
    return int(value) if math.isfinite(value) and value == int(value) else value


@dataclass(frozen=True)
class Identity:
    """What a car says of itself; texts are empty where it does not."""

    system: int
    firmware: str
    build: str
    chip: str


class Exchange:
    """Asks the car at the other end of a link for its parameters, and sets them."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def fetch(self, progress: Progress = lambda have, of: None) -> Values:
        """All of them. PatrolError when none come, or when some never do."""
        found: dict[int, tuple[str, Number]] = {}
        count = 0
        start = news = time.monotonic()
        asked = self._ask_all()
        while not count or len(found) < count:
            message = self._value(QUIET_S)
            now = time.monotonic()
            if message is not None and message.param_index < message.param_count:
                asked = now
                if message.param_count != count:  # the first one, or the car is another by now
                    count = message.param_count
                    found.clear()
                if message.param_index not in found:
                    news = now
                found[message.param_index] = message.param_id, whole(message.param_value)
                progress(len(found), count)
            if now - news > PATIENCE_S or now - start > MOST_S:
                self._give_up(len(found), count)
            if now - asked > QUIET_S:
                asked = self._ask_again(found, count)
        return dict(found[index] for index in sorted(found))

    def read(self, name: str) -> Number | None:
        """One of them; None when the car does not answer, as for a name that it does not know."""
        for _ in range(_FIRST_ATTEMPTS):
            self._link.mav.param_request_read_send(*self._target(), name.encode(), -1)
            for message in self._values(ANSWER_S):
                if message.param_id == name:
                    return whole(message.param_value)
        return None

    def set(self, name: str, value: int) -> None:
        """Sets one; returns when the car has told the new value. PatrolError when it refuses."""
        refusals = 0
        for _ in range(ATTEMPTS):
            kind = self._link.module.MAV_PARAM_TYPE_REAL32
            self._link.mav.param_set_send(*self._target(), name.encode(), value, kind)
            for message in self._values(ANSWER_S):
                if message.param_id != name:
                    continue
                if message.param_value == value:
                    return
                refusals += 1
                if refusals == _REFUSED:
                    raise PatrolError(refusal(name, value, whole(message.param_value)))
                break
        raise PatrolError(
            f"the car did not answer within {ATTEMPTS * ANSWER_S:g} s whether {name} is {value} "
            f"now: check that {self._link.name} is its telemetry port, and ask again"
        )

    def identity(self) -> Identity:
        """What it says of itself, as far as it answers."""
        link = self._link
        for _ in range(_FIRST_ATTEMPTS):
            m = link.module
            link.mav.command_long_send(
                *self._target(),
                m.MAV_CMD_REQUEST_MESSAGE,
                0,
                m.MAVLINK_MSG_ID_AUTOPILOT_VERSION,
                *[0] * 6,
            )
            for message in self._messages("AUTOPILOT_VERSION", ANSWER_S):
                version = message.flight_sw_version
                return Identity(
                    link.target_system,
                    ".".join(str(version >> shift & 0xFF) for shift in (24, 16, 8)),
                    bytes(message.flight_custom_version).hex(),
                    f"{message.uid:016x}",
                )
        return Identity(link.target_system, "", "", "")

    # Inside.

    def _target(self) -> tuple[int, int]:
        return self._link.target_system, self._link.target_component

    def _messages(self, kind: str, seconds: float) -> Iterator[Any]:
        """Those of that name from the car that come within that time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = self._link.recv(left)
            if (
                message is not None
                and message.get_type() == kind
                and message.get_srcSystem() == self._link.target_system
            ):
                yield message

    def _values(self, seconds: float) -> Iterator[Any]:
        return self._messages("PARAM_VALUE", seconds)

    def _value(self, seconds: float) -> Any:
        """The next PARAM_VALUE; None when there is none in that time."""
        return next(self._values(seconds), None)

    def _ask_all(self) -> float:
        self._link.mav.param_request_list_send(*self._target())
        return time.monotonic()

    def _ask_again(self, found: dict[int, Any], count: int) -> float:
        if not count:
            return self._ask_all()
        missing = [index for index in range(count) if index not in found]
        for index in missing[:BATCH]:
            self._link.mav.param_request_read_send(*self._target(), b"", index)
        return time.monotonic()

    def _give_up(self, have: int, count: int) -> None:
        link = self._link
        if count:
            raise PatrolError(
                f"{link.name} told {have} of {count} parameters and then no more: "
                "check the line or the radio, and ask again"
            )
        if not link.received:
            raise PatrolError(no_frame(link.name))
        raise PatrolError(
            f"the car at {link.name} tells no parameters: it may be in safe mode, or its firmware "
            "older (patrol flash)"
        )


def refusal(name: str, value: int, stays: Number) -> str:
    """Why the car has not taken a value, as far as this package knows."""
    one = known().get(name)
    if one is not None and not one.low <= value <= one.high:
        return (
            f"{name} cannot be {value}: the car takes {one.range} {one.shown_unit}".rstrip()
            + f", and stays at {stays}"
        )
    return f"{name} cannot be {value}: the car refuses it, and stays at {stays}"
