"""A port of the virtual board to the outside: a PTY and a TCP socket on loopback at once."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import sys
from collections import deque
from typing import Protocol

from patrolcar.errors import PatrolError

# What a slow reader may leave unread before bytes are dropped: about ten seconds at 921600 baud.
QUEUE_BYTES = 1 << 20
READ_BYTES = 4096


class _Poller(Protocol):
    def register(self, fd: int, eventmask: int = ..., /) -> None: ...
    def unregister(self, fd: int, /) -> None: ...


class Port:
    """Bytes in and out over whatever clients are there; a wire does not wait for a reader.

    Attributes:
        pty: path of the PTY's slave, or "" where the system has none.
        url: the TCP end, `socket://127.0.0.1:PORT`, as pyserial takes it.
        dropped: bytes that a slow reader has cost.
    """

    def __init__(self, name: str, tcp_port: int = 0) -> None:
        self.name = name
        self.dropped = 0
        self._clients: dict[int, socket.socket] = {}
        self._queues: dict[int, deque[bytes]] = {}
        self._queued: dict[int, int] = {}
        self._poller: _Poller | None = None
        self._server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._server.bind(("127.0.0.1", tcp_port))
        except OSError as error:
            self._server.close()
            raise PatrolError(
                f"TCP port {tcp_port} for {name} is not free ({error.strerror}): "
                "choose another, or 0 for any",
                1,
            ) from error
        self._server.listen(4)
        self._server.setblocking(False)
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self.pty = ""
        self._master = -1
        self._pty_open = False
        if sys.platform != "win32":
            self._open_pty()

    def _open_pty(self) -> None:
        import pty
        import tty

        self._master, slave = pty.openpty()
        # Raw, or the kernel would echo what the board says back to it until a client sets it.
        tty.setraw(slave)
        self.pty = os.ttyname(slave)
        # Once opened and closed, the master reports a hang-up while nobody has it open.
        os.close(slave)
        os.set_blocking(self._master, False)
        self._queues[self._master] = deque()
        self._queued[self._master] = 0

    def attach(self, poller: _Poller) -> None:
        """Registers what can be read with the board's poller."""
        self._poller = poller
        poller.register(self._server.fileno(), select.POLLIN)

    def look(self) -> None:
        """Notices clients that opened or closed the PTY; call now and then."""
        if self._master < 0 or self._poller is None:
            return
        probe = select.poll()
        probe.register(self._master, select.POLLIN)
        hung_up = any(event & select.POLLHUP for _, event in probe.poll(0))
        if hung_up and self._pty_open:
            self._pty_open = False
            self._poller.unregister(self._master)
            self._queues[self._master].clear()
            self._queued[self._master] = 0
            self._forget_unread()
        elif not hung_up and not self._pty_open:
            self._pty_open = True
            self._poller.register(self._master, select.POLLIN)

    def _forget_unread(self) -> None:
        """What the last client left unread must not meet the next one."""
        import termios

        with contextlib.suppress(termios.error, OSError):
            termios.tcflush(self._master, termios.TCIOFLUSH)

    @property
    def connected(self) -> bool:
        """Whether a client has the PTY or the socket open."""
        return self._pty_open or bool(self._clients)

    @property
    def fds(self) -> set[int]:
        """The descriptors whose readiness `read` answers."""
        return {self._server.fileno(), self._master, *self._clients}

    def read(self) -> bytes:
        """What the clients have sent since the last call."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = self._server.accept()
                client.setblocking(False)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                fd = client.fileno()
                self._clients[fd] = client
                self._queues[fd] = deque()
                self._queued[fd] = 0
                if self._poller is not None:
                    self._poller.register(fd, select.POLLIN)
        if self._pty_open:
            try:
                data += os.read(self._master, READ_BYTES)
            except BlockingIOError:
                pass
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                self.look()
        for fd, client in list(self._clients.items()):
            try:
                received = client.recv(READ_BYTES)
            except BlockingIOError:
                continue
            except OSError:
                received = b""
            if received:
                data += received
            else:
                self._drop(fd)
        return data

    def _drop(self, fd: int) -> None:
        if self._poller is not None:
            self._poller.unregister(fd)
        self._clients.pop(fd).close()
        del self._queues[fd], self._queued[fd]

    def write(self, data: bytes) -> None:
        """Sends to every client; what nobody is there for is lost, as on a wire."""
        if not data:
            return
        targets = list(self._clients)
        if self._pty_open:
            targets.append(self._master)
        for fd in targets:
            if self._queued[fd] + len(data) > QUEUE_BYTES:
                self.dropped += len(data)
                continue
            self._queues[fd].append(data)
            self._queued[fd] += len(data)
        self.flush()

    def flush(self) -> None:
        """Sends what is queued as far as the clients take it."""
        for fd, queue in list(self._queues.items()):
            while queue:
                try:
                    if fd == self._master:
                        sent = os.write(fd, queue[0])
                    else:
                        sent = self._clients[fd].send(queue[0])
                except BlockingIOError:
                    break
                except OSError:
                    if fd == self._master:
                        queue.clear()
                        self._queued[fd] = 0
                    else:
                        self._drop(fd)
                    break
                self._queued[fd] -= sent
                if sent == len(queue[0]):
                    queue.popleft()
                else:
                    queue[0] = queue[0][sent:]

    @property
    def waiting(self) -> bool:
        """Whether bytes are queued for a slow reader."""
        return any(self._queues.values())

    def close(self) -> None:
        """Closes every client and the port itself."""
        for fd in list(self._clients):
            self._drop(fd)
        self._server.close()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
            self._pty_open = False
