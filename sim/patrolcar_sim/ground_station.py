"""A scripted ground station inside the lockstep: it speaks at given virtual times, so that the
same script gives the same bytes on every run."""

from __future__ import annotations

from typing import Any

from patrolcar.link import dialect

HEARTBEAT_US = 1_000_000
ARM, SET_MODE = 400, 176
MODES = {"MANUAL": 0, "HOLD": 4, "AUTO": 10}


class ScriptedStation:
    """Sends a heartbeat each second and what it was told to, and keeps what the car says.

    Args:
        keep_s: how many seconds of what the car said are kept; None: all of it.

    Attributes:
        raw: every byte of the car, in order; none of them where not all is kept.
        messages: what was decoded of them, each with its virtual time in microseconds.
    """

    def __init__(
        self, *, heartbeat: bool = True, decode: bool = True, keep_s: float | None = None
    ) -> None:
        self._mavlink = dialect.load()
        self._out = self._mavlink.MAVLink(None, srcSystem=255, srcComponent=190)
        self._in = self._mavlink.MAVLink(None)
        self._in.robust_parsing = True
        self._decode = decode
        self._keep_us = None if keep_s is None else int(keep_s * 1e6)
        self._due: list[tuple[int, bytes]] = []
        self._next_heartbeat = 0 if heartbeat else 1 << 60
        self.raw = bytearray()
        self.messages: list[tuple[int, Any]] = []

    # -- what the board calls --------------------------------------------------------------

    def receive(self, data: bytes, at_us: int) -> None:
        """Takes in what the car sent."""
        if self._keep_us is None:
            self.raw += data
        if self._decode:
            messages = self.messages
            for message in self._in.parse_buffer(data) or ():
                messages.append((at_us, message))
            # Half of them at once: to take out single ones would move all the others each time.
            if (
                self._keep_us is not None
                and messages
                and messages[0][0] < at_us - 2 * self._keep_us
            ):
                self.messages = [entry for entry in messages if entry[0] >= at_us - self._keep_us]

    def poll(self, now_us: int) -> bytes:
        """What it sends by now."""
        data = b""
        if now_us >= self._next_heartbeat:
            self._next_heartbeat = now_us + HEARTBEAT_US
            data = self._pack(
                self._mavlink.MAVLink_heartbeat_message(
                    self._mavlink.MAV_TYPE_GCS, self._mavlink.MAV_AUTOPILOT_INVALID, 0, 0, 0, 3
                )
            )
        while self._due and self._due[0][0] <= now_us:
            data += self._due.pop(0)[1]
        return data

    # -- the script ------------------------------------------------------------------------

    def _pack(self, message: Any) -> bytes:
        packed: bytes = message.pack(self._out)
        self._out.seq = (self._out.seq + 1) % 256
        return packed

    def send(self, message: Any, at_us: int = 0) -> None:
        """Sends a message of the dialect at a virtual time."""
        self.send_raw(self._pack(message), at_us)

    def send_raw(self, data: bytes, at_us: int = 0) -> None:
        """Sends bytes as they are."""
        self._due.append((at_us, data))
        self._due.sort(key=lambda entry: entry[0])

    def command(self, number: int, *parameters: float, at_us: int = 0) -> None:
        """COMMAND_LONG to the car."""
        seven = [*parameters, *[0.0] * (7 - len(parameters))]
        self.send(self._mavlink.MAVLink_command_long_message(1, 1, number, 0, *seven), at_us)

    def arm(self, at_us: int = 0) -> None:
        """Arms the car."""
        self.command(ARM, 1.0, at_us=at_us)

    def disarm(self, at_us: int = 0) -> None:
        """Disarms the car."""
        self.command(ARM, 0.0, at_us=at_us)

    def mode(self, name: str, at_us: int = 0) -> None:
        """Chooses a mode: MANUAL, HOLD or AUTO."""
        self.command(SET_MODE, 1.0, float(MODES[name]), at_us=at_us)

    def manual(self, forward: int, turn: int, at_us: int = 0) -> None:
        """MANUAL_CONTROL, both in per mille; right turns are positive."""
        self.send(self._mavlink.MAVLink_manual_control_message(1, forward, 0, 0, turn, 0), at_us)

    # -- what came back --------------------------------------------------------------------

    def last(self, kind: str) -> Any | None:
        """The newest message of that name, or None."""
        for _, message in reversed(self.messages):
            if message.get_type() == kind:
                return message
        return None

    def all(self, kind: str) -> list[Any]:
        """Every message of that name, oldest first."""
        return [message for _, message in self.messages if message.get_type() == kind]

    @property
    def texts(self) -> list[str]:
        """The STATUSTEXTs."""
        return [message.text for message in self.all("STATUSTEXT")]
