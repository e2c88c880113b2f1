"""A connection to the car by URI: messages in and out, link counts, arming and modes.

with connect("/dev/pts/3") as car:
    car.arm()
    car.set_mode("AUTO")
    while (message := car.recv(timeout=2)) is not None:
        print(message)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from types import TracebackType
from typing import Any

from serial import SerialTimeoutException

from patrolcar.errors import PatrolError
from patrolcar.link import dialect
from patrolcar.link.framer import Framer
from patrolcar.link.transport import Transport, open_transport

# Custom modes; the numbers of ArduPilot's Rover where one fits.
MODES = {"MANUAL": 0, "HOLD": 4, "AUTO": 10, "RTL": 11, "GUIDED": 15}

_ACK_TIMEOUT_S = 1.0
_ATTEMPTS = 3
_REASON_TIMEOUT_S = 0.3


def connect(
    uri: str,
    *,
    source_system: int = 255,
    source_component: int = 190,
    timeout: float = 5.0,
) -> Connection:
    """Opens a connection; the other side need not say anything yet.

    `uri`: a serial port or PTY (`/dev/ttyACM0`, `/dev/pts/3`, `COM5`; `?baud=57600` behind it,
    default 921600), `tcp:HOST:PORT` or `socket://HOST:PORT`, or `udp:HOST:PORT` to listen.
    `timeout` in seconds is for opening. PatrolError if it cannot be opened, with the reason.
    """
    module = dialect.load()
    return Connection(open_transport(uri, timeout), module, source_system, source_component)


class Connection:
    """An open connection; made by `connect`. A thread reads, so a busy caller loses nothing.

    Counts of what has come: `received`, `lost` (by gaps in the sequence numbers), `bad_crc`.
    `target_system` and `target_component` are the car's, as its heartbeats say (1, 1 before).
    `mav` has pymavlink's helpers: `car.mav.command_long_send(...)`. Any thread may send; `recv`,
    and what waits for an answer, belong to one thread.
    """

    def __init__(
        self, transport: Transport, module: Any, source_system: int, source_component: int
    ) -> None:
        self.target_system = 1
        self.target_component = 1
        self.module = module
        self.mav = module.MAVLink(self, srcSystem=source_system, srcComponent=source_component)
        self._send_unlocked = self.mav.send
        self.mav.send = self.send  # its sequence number is counted up outside of any lock
        self._transport = transport
        self._framer = Framer()
        self._ready: deque[Any] = deque()  # decoded, not yet handed out
        self._arrived: deque[tuple[float, bytes]] = deque()
        self._news = threading.Condition()
        self._gone: str | None = None
        self._closing = False
        self._sending = threading.Lock()
        self._status_texts: deque[str] = deque(maxlen=4)
        self._reader = threading.Thread(
            target=self._read, name=f"link {transport.name}", daemon=True
        )
        self._reader.start()

    @property
    def name(self) -> str:
        """The URI it was opened with, without options."""
        return self._transport.name

    @property
    def received(self) -> int:
        """Messages received."""
        return self._framer.received

    @property
    def lost(self) -> int:
        """Messages missing from their senders' sequences."""
        return self._framer.lost

    @property
    def bad_crc(self) -> int:
        """Frames with a wrong checksum."""
        return self._framer.bad_crc

    def recv(self, timeout: float | None = None) -> Any:
        """The next message; None when `timeout` seconds bring none (0: only look; None: wait).

        `message._timestamp` is when it arrived, in seconds of the wall's clock. PatrolError when
        the port has vanished and all that came before it has been handed out.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ready:
            with self._news:
                while not self._arrived:
                    if self._gone is not None:
                        raise PatrolError(f"port {self.name} vanished: {self._gone}")
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        return None
                    self._news.wait(left)
                when, data = self._arrived.popleft()
            for message in self._framer.feed(data):
                message._timestamp = when
                self._notice(message)
                self._ready.append(message)
        return self._ready.popleft()

    def send(self, message: Any, force_mavlink1: bool = False) -> None:
        """Sends a pymavlink message. PatrolError when the port has vanished."""
        with self._sending:
            self._send_unlocked(message, force_mavlink1)

    def write(self, data: bytes) -> None:
        """Sends raw bytes; `mav` uses it as its file. Errors as `send`."""
        try:
            self._transport.write(data)
        except OSError as error:
            raise PatrolError(f"port {self.name} vanished: {_reason(error)}") from None

    def close(self) -> None:
        """Lets go of the port; harmless when it is closed."""
        self._closing = True
        if self._reader is not threading.current_thread():
            self._reader.join(timeout=2)
        self._transport.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def heartbeat(self) -> None:
        """Says that a ground station is here; once a second is usual."""
        m = self.module
        self.mav.heartbeat_send(m.MAV_TYPE_GCS, m.MAV_AUTOPILOT_INVALID, 0, 0, m.MAV_STATE_ACTIVE)

    def arm(self) -> None:
        """Arms the motors. PatrolError, with the car's reason, when it refuses or is silent."""
        self.command(self.module.MAV_CMD_COMPONENT_ARM_DISARM, 1, what="arm")

    def disarm(self) -> None:
        """Disarms the motors; errors as `arm`."""
        self.command(self.module.MAV_CMD_COMPONENT_ARM_DISARM, 0, what="disarm")

    def set_mode(self, mode: str) -> None:
        """Changes the mode, by name of MODES; errors as `arm`, code 2 for an unknown name."""
        if mode not in MODES:
            raise PatrolError(f"mode {mode} is unknown: use one of {', '.join(MODES)}", code=2)
        custom = self.module.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED
        number = self.module.MAV_CMD_DO_SET_MODE
        self.command(number, custom, MODES[mode], what=f"change to mode {mode}")

    def manual(self, x: int, r: int) -> None:
        """Drives in MANUAL: x forward and r right, per mille, clamped to +-1000; no answer."""
        x, r = (max(-1000, min(1000, round(value))) for value in (x, r))
        self.mav.manual_control_send(self.target_system, x, 0, 0, r, 0)

    def command(self, number: int, *parameters: float, what: str | None = None) -> None:
        """Sends a COMMAND_LONG until it is acknowledged; what else comes stays for recv().

        PatrolError with the car's last STATUSTEXT when it is refused, or if no answer comes.
        """
        what = what or f"command {number}"
        values = (*parameters, 0, 0, 0, 0, 0, 0, 0)[:7]
        self._status_texts.clear()
        m = self.module
        for confirmation in range(_ATTEMPTS):
            self.mav.command_long_send(
                self.target_system, self.target_component, number, confirmation, *values
            )
            ack = self._await(
                lambda got: (
                    got.get_type() == "COMMAND_ACK"
                    and got.command == number
                    and got.result != m.MAV_RESULT_IN_PROGRESS
                ),
                _ACK_TIMEOUT_S,
            )
            if ack is None:
                continue
            if ack.result == m.MAV_RESULT_ACCEPTED:
                return
            if not self._status_texts:  # the reason may follow the refusal
                self._await(lambda got: got.get_type() == "STATUSTEXT", _REASON_TIMEOUT_S)
            result = m.enums["MAV_RESULT"].get(ack.result)
            answer = result.name.removeprefix("MAV_RESULT_") if result else str(ack.result)
            reason = self._status_texts[-1] if self._status_texts else answer
            raise PatrolError(f"the car refused to {what}: {reason}")
        seconds = _ATTEMPTS * _ACK_TIMEOUT_S
        raise PatrolError(
            f"the car did not answer the request to {what} within {seconds:g} s: "
            f"check that {self.name} is its telemetry port"
        )

    def _await(self, wanted: Any, timeout: float) -> Any:
        """The first message that is `wanted`; recv() hands out all that came meanwhile."""
        deadline = time.monotonic() + timeout
        kept: deque[Any] = deque()
        held = self._ready  # older ones are not answers to what was just sent
        self._ready = deque()
        try:
            while (left := deadline - time.monotonic()) > 0:
                message = self.recv(left)
                if message is None:
                    return None
                kept.append(message)
                if wanted(message):
                    return message
            return None
        finally:
            self._ready = held + kept + self._ready

    def _notice(self, message: Any) -> None:
        kind = message.get_type()
        if kind == "STATUSTEXT":
            self._status_texts.append(message.text)
        elif kind == "HEARTBEAT" and message.type != self.module.MAV_TYPE_GCS:
            self.target_system = message.get_srcSystem()
            self.target_component = message.get_srcComponent()

    def _read(self) -> None:
        """The thread: moves what arrives into the queue until the port is closed or gone."""
        gone = "it was closed here"
        while not self._closing:
            try:
                data = self._transport.read()
            except OSError as error:
                gone = _reason(error)
                break
            if data:
                with self._news:
                    self._arrived.append((time.time(), data))
                    self._news.notify_all()
        with self._news:
            self._gone = gone
            self._news.notify_all()


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError | SerialTimeoutException):
        return "it takes no more data"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if "returned no data" in text or "Input/output error" in text:
        return "the other side closed it"
    return str(text)
