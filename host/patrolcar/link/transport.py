"""Ways to carry bytes, chosen by URI: serial ports and PTYs, TCP, UDP. All have four methods."""

from __future__ import annotations

import errno
import os
import select
import socket
import sys
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs

import serial

from patrolcar.errors import PatrolError
from patrolcar.link.ports import refuse_repl

DEFAULT_BAUD = 921600
MOST_BAUD = 100_000_000
# How long a read waits for the first byte: bounds how late close() and vanished ports are noticed.
POLL_S = 0.05
WRITE_TIMEOUT_S = 2.0
_CHUNK = 65536


class Transport(Protocol):
    """What a connection needs. `read` and `write` raise OSError when the other side is gone."""

    name: str

    def read(self) -> bytes:
        """What has come; waits up to POLL_S for it, then b""."""

    def write(self, data: bytes) -> None:
        """Sends all of it."""

    def close(self) -> None:
        """Lets go of the port."""


class SerialTransport:
    """A serial port or a PTY, held exclusively: two readers would steal each other's bytes."""

    def __init__(self, name: str, baud: int) -> None:
        self.name = name
        try:
            try:
                self._port = self._open(name, baud)
            except (OSError, ValueError) as error:  # SerialException is an OSError
                # macOS gives a PTY no speed above the standard ones; a PTY needs none.
                if os.strerror(errno.ENOTTY) not in str(error):
                    raise
                self._port = self._open(name, 115200)
        except (OSError, ValueError) as error:
            raise PatrolError(why_not(name, error)) from None

    @staticmethod
    def _open(name: str, baud: int) -> serial.Serial:
        return serial.Serial(
            name, baud, timeout=POLL_S, write_timeout=WRITE_TIMEOUT_S, exclusive=_exclusive()
        )

    def read(self) -> bytes:
        if os.name == "posix":  # one system call a chunk, where pyserial needs four
            file = self._port.fileno()
            if not select.select([file], [], [], POLL_S)[0]:
                return b""
            data = os.read(file, _CHUNK)
            if not data:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return data
        first = bytes(self._port.read(1))
        waiting = self._port.in_waiting if first else 0
        return first + bytes(self._port.read(waiting)) if waiting else first

    def write(self, data: bytes) -> None:
        self._port.write(data)

    def close(self) -> None:
        self._port.close()


class TcpTransport:
    """A TCP client."""

    def __init__(self, name: str, host: str, port: int, timeout: float) -> None:
        self.name = name
        try:
            self._socket = socket.create_connection((host, port), timeout=timeout)
        except TimeoutError:
            raise PatrolError(
                f"port {name} does not answer within {timeout:g} s: check host and port"
            ) from None
        except (OSError, UnicodeError) as error:  # UnicodeError: no name of a host
            raise PatrolError(
                f"port {name} cannot be reached ({getattr(error, 'strerror', None) or error}): "
                "check that the other side runs"
            ) from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(POLL_S)
        self._out = self._socket.dup()  # a timeout belongs to a socket object
        self._out.settimeout(WRITE_TIMEOUT_S)

    def read(self) -> bytes:
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "closed by the other side")
        return data

    def write(self, data: bytes) -> None:
        self._out.sendall(data)

    def close(self) -> None:
        self._out.close()
        self._socket.close()


class UdpTransport:
    """A UDP port that listens; it answers whoever sent last."""

    def __init__(self, name: str, host: str, port: int) -> None:
        self.name = name
        self._peer: tuple[str, int] | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise PatrolError(
                f"port {name} cannot be listened on ({error.strerror or error}): "
                "close the program that holds it or pass another"
            ) from None
        self._socket.settimeout(POLL_S)

    def read(self) -> bytes:
        try:
            data, self._peer = self._socket.recvfrom(_CHUNK)
        except TimeoutError:
            return b""
        except ConnectionResetError:  # Windows reports a peer's closed port here
            return b""
        return data

    def write(self, data: bytes) -> None:
        if self._peer is not None:
            self._socket.sendto(data, self._peer)

    def close(self) -> None:
        self._socket.close()


def _number(text: str, most: int) -> bool:
    """Whether a text is a whole number from 1 to `most`, in plain digits."""
    return text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most


def open_transport(uri: str, timeout: float) -> Transport:
    """Opens what a URI names (see `connection.connect`); PatrolError with the reason if not."""
    for prefix in ("tcp:", "socket://"):
        if uri.startswith(prefix):
            return TcpTransport(uri, *_host_and_port(uri, uri.removeprefix(prefix)), timeout)
    if uri.startswith("udp:"):
        return UdpTransport(uri, *_host_and_port(uri, uri.removeprefix("udp:")))
    name, _, query = uri.partition("?")
    options = parse_qs(query)
    text = options.pop("baud", [str(DEFAULT_BAUD)])[-1]
    if options or not _number(text, MOST_BAUD):
        raise PatrolError(f"port {uri} has an unknown option: only ?baud=NUMBER is known", code=2)
    refuse_repl(name)
    return SerialTransport(name, int(text))


def _host_and_port(uri: str, address: str) -> tuple[str, int]:
    host, _, port = address.removeprefix("//").rpartition(":")
    if not host or not _number(port, 65535):
        raise PatrolError(f"port {uri} is not HOST:PORT: write it like tcp:127.0.0.1:5760", code=2)
    return host.strip("[]"), int(port)


def _exclusive() -> bool | None:
    return True if os.name == "posix" else None


def why_not(name: str, error: Exception) -> str:
    """One line on why a serial port did not open, and what to do."""
    number = getattr(error, "errno", None)
    held = isinstance(error.__context__, BlockingIOError) or "exclusively lock" in str(error)
    if number == errno.ENOENT or (os.name == "posix" and not Path(name).exists()):
        return f"port {name} does not exist: check the path and that the board or simulator runs"
    if held or number in (errno.EBUSY, errno.EAGAIN):
        return f"port {name} is held by {_holder(name)}: close it or pass another port"
    if number in (errno.EACCES, errno.EPERM):
        return f"port {name} may not be opened by this user: join its group (often dialout)"
    if os.strerror(errno.ENOTTY) in str(error) or Path(name).is_dir():
        return f"port {name} is not a serial port: pass one, or socket://HOST:PORT"
    return f"port {name} cannot be opened: {error}"


def _holder(name: str) -> str:
    """Who has a device open, where the system tells."""
    if sys.platform.startswith("linux"):
        device = os.path.realpath(name)
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if os.readlink(link) == device and link.parts[2] != str(os.getpid()):
                    command = Path(*link.parts[:3], "comm").read_text().strip()
                    return f"process {link.parts[2]} ({command})"
            except OSError:
                continue
    return "another program"
