"""A made-up drive as MAVLink messages, for the host's tests: no board, no port."""

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

STEP_S = 0.05


class Drive:
    """Makes the messages of a car that drives an arc at 0.3 m/s, as pymavlink decodes them."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.mav = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
        self.sent = 0

    def frame(self, message: Any) -> bytes:
        """The message's bytes, as the car would send them."""
        self.sent += 1
        return bytes(message.pack(self.mav))

    def receive(self, message: Any) -> Any:
        """The message as a receiver has it, with its bytes and sender."""
        parser = self.dialect.MAVLink(None)
        (decoded,) = parser.parse_buffer(self.frame(message))
        return decoded

    def messages(self, seconds: float, start_s: float = 1.0, armed: bool = True) -> Iterator[Any]:
        """All messages of `seconds`, in the order and at the rates of the firmware."""
        d = self.dialect
        for step in range(int(seconds / STEP_S)):
            t = start_s + step * STEP_S
            ms = int(t * 1000)
            yaw = math.remainder(0.25 * (t - start_s), 2 * math.pi)
            if step % 20 == 0:
                mode, flags = (10, 129) if armed else (4, 1)
                yield d.MAVLink_heartbeat_message(10, 0, flags, mode, 4 if armed else 3, 3)
                yield d.MAVLink_battery_status_message(
                    0, 0, 3, 2500, [7600] + [65535] * 9, 40, -1, -1, 81
                )
            if step % 10 == 0:
                volts = 7600 - 2 * step
                yield d.MAVLink_sys_status_message(0, 0, 0, 220, volts, 40, -1, 0, 0, 0, 0, 0, 0)
                yield d.MAVLink_loop_timing_message(
                    ms, step * 5, self.sent + 1, 0, 0, 220 + step % 7, 3100, 0, 0, 0
                )
            yield d.MAVLink_attitude_message(ms, 0, 0, yaw, 0, 0, 0.25)
            if step % 2 == 0:
                x, y = (
                    1.2 * math.sin(0.25 * (t - start_s)),
                    1.2 * (1 - math.cos(0.25 * (t - start_s))),
                )
                yield d.MAVLink_local_position_ned_message(ms, x, y, 0, 0, 0, 0)
            rolled = int(300 * (t - start_s))
            yield d.MAVLink_wheel_status_message(
                ms, rolled + 5, rolled - 5, 310, 290, 316, 284, 410, 390
            )
            if step % 3 == 0:
                sensor = (step // 3) % 3
                range_cm = 401 if sensor == 2 and step % 2 else int(80 + 40 * math.sin(t + sensor))
                yield d.MAVLink_distance_sensor_message(
                    ms, 2, 400, range_cm, 1, sensor, (7, 0, 1)[sensor], 0
                )

    def feed(self, telemetry: Any, seconds: float, **how: Any) -> None:
        """Lets a Telemetry take a whole drive, on a host clock equal to the board's."""
        now = 0.0
        for message in self.messages(seconds, **how):
            decoded = self.receive(message)
            now = getattr(decoded, "time_boot_ms", 1000 * now) / 1000
            telemetry.take(decoded, now)


class FakeCar:
    """A car on a TCP port: sends a drive, `pace` times as fast, and notes what is asked of it."""

    def __init__(self, drive: Drive, seconds: float, pace: float) -> None:
        self._drive = drive
        self._seconds = seconds
        self._pace = pace
        self._server = socket.create_server(("127.0.0.1", 0))
        self.uri = f"tcp:127.0.0.1:{self._server.getsockname()[1]}"
        self.asked: list[Any] = []
        self.frames = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            client, _ = self._server.accept()
        except OSError:
            return
        parser = self._drive.dialect.MAVLink(None)
        client.settimeout(0.001)
        started = time.monotonic()
        with client:
            try:
                for message in self._drive.messages(self._seconds):
                    ms = getattr(message, "time_boot_ms", 0) - 1000
                    while time.monotonic() - started < ms / 1000 / self._pace:
                        self._listen(client, parser)
                    client.sendall(self._drive.frame(message))
                    self.frames += 1
                self._listen(client, parser)
            except OSError:
                return

    def _listen(self, client: socket.socket, parser: Any) -> None:
        try:
            data = client.recv(4096)
        except TimeoutError:
            return
        if not data:
            raise OSError("closed")
        self.asked += parser.parse_buffer(data) or []

    def close(self) -> None:
        """Ends the car."""
        self._server.close()
        self._thread.join(5)


@pytest.fixture(scope="session")
def dialect() -> Any:
    from patrolcar.link.dialect import load

    return load()


@pytest.fixture
def drive(dialect: Any) -> Drive:
    return Drive(dialect)


@pytest.fixture
def make_drive(dialect: Any) -> Callable[[], Drive]:
    return lambda: Drive(dialect)


@pytest.fixture
def car(drive: Drive) -> Iterator[Callable[..., FakeCar]]:
    """Starts fake cars: `car(seconds=2, pace=4)`; the connection ends with the drive."""
    cars: list[FakeCar] = []

    def start(seconds: float = 2.0, pace: float = 10.0) -> FakeCar:
        cars.append(FakeCar(drive, seconds, pace))
        return cars[-1]

    yield start
    for each in cars:
        each.close()
