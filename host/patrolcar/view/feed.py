"""The stream of messages behind every viewer: taken from a connection, recorded if asked.

The connection's own thread reads the port, so a slow redraw or a dragged window loses nothing.
"""

import math
import time
from typing import Any, Protocol

from patrolcar.view.state import Telemetry

HEARTBEAT_S = 1.0
MOST_AT_ONCE = 5000  # so that a flood cannot keep the window from being drawn


class Link(Protocol):
    """What the viewer needs of a connection (patrolcar.link.connection.Connection has it)."""

    mav: Any

    def recv(self, timeout: float | None = None) -> Any:
        """The next message, or None after `timeout` seconds."""

    def close(self) -> None:
        """Closes the port."""


class Recorder(Protocol):
    """What the viewer needs of a recording (patrolcar.link.tlog.TlogWriter has it)."""

    def write(self, time_us: int, frame: bytes) -> None:
        """Writes one frame."""


def no_frame(uri: str) -> str:
    """What to say of a port from which nothing has come."""
    return (
        f"no frame came from {uri}: check that it is the car's telemetry port, "
        "and that the board has its firmware (patrol flash PORT)"
    )


def arrival_us(message: Any) -> int:
    """When a message arrived, in microseconds of the wall's clock."""
    return int(getattr(message, "_timestamp", 0.0) * 1e6) or time.time_ns() // 1000


class Feed:
    """Hands what a link receives to a Telemetry, and to a recording, each time `poll` is called.

    `talk` makes it a ground station: it sends a HEARTBEAT each second. Without it nothing is sent.
    The commands below send and do not wait for the answer, as suits a keyboard.
    """

    def __init__(
        self,
        link: Link,
        telemetry: Telemetry,
        recorder: Recorder | None = None,
        talk: bool = False,
    ) -> None:
        self.link = link
        self.telemetry = telemetry
        self._talk = talk
        self._recorder = recorder
        self._next_heartbeat = -math.inf
        self._heard_s = math.nan

    def poll(self, wait_s: float = 0.0) -> int:
        """Takes what has come, waiting `wait_s` for the first; returns how many messages.

        Raises the link's PatrolError when the port has vanished and all before it is taken.
        """
        if self._talk:
            self._greet()
        taken = 0
        while taken < MOST_AT_ONCE:
            message = self.link.recv(timeout=wait_s if taken == 0 else 0.0)
            if message is None:
                break
            taken += 1
            if message.get_type() == "BAD_DATA":
                continue
            if self._recorder is not None:
                self._recorder.write(arrival_us(message), bytes(message.get_msgbuf()))
            self.telemetry.take(message, time.monotonic())
        return taken

    def _greet(self) -> None:
        """Sends a HEARTBEAT each second of our clock, and each of the car's: it may run faster."""
        now, heard_s = time.monotonic(), self.telemetry.time_s
        if now < self._next_heartbeat and not abs(heard_s - self._heard_s) >= HEARTBEAT_S / 2:
            return
        self._next_heartbeat, self._heard_s = now + HEARTBEAT_S, heard_s
        # MAV_TYPE_GCS, MAV_AUTOPILOT_INVALID, MAV_STATE_ACTIVE
        self.link.mav.heartbeat_send(6, 8, 0, 0, 4)

    def arm(self, armed: bool) -> None:
        """Asks the car to arm or disarm (MAV_CMD_COMPONENT_ARM_DISARM)."""
        self._command(400, 1.0 if armed else 0.0)

    def set_mode(self, number: int) -> None:
        """Asks the car for a mode by its Rover number (MAV_CMD_DO_SET_MODE)."""
        self._command(176, 1.0, float(number))

    def drive(self, forward: int, right: int) -> None:
        """One MANUAL_CONTROL, axes -1000 to 1000; the car's deadman wants one every 500 ms."""
        self.link.mav.manual_control_send(self.telemetry.system or 1, forward, 0, 0, right, 0)

    def _command(self, command: int, param1: float, param2: float = 0.0) -> None:
        car = self.telemetry
        self.link.mav.command_long_send(
            car.system or 1, car.component, command, 0, param1, param2, 0, 0, 0, 0, 0
        )
