"""A port of the virtual board as its clients meet it."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterator

import pytest
import serial

from patrolcar.errors import PatrolError
from patrolcar_sim.board.ports import QUEUE_BYTES, Port


@pytest.fixture
def port() -> Iterator[Port]:
    made = Port("a test")
    made.attach(select.poll())
    made.look()
    yield made
    made.close()


def test_bytes_pass_both_ways_over_pty_and_tcp(port: Port) -> None:
    for name in (port.pty, port.url):
        with serial.serial_for_url(name, 115200, timeout=2) as client:
            client.write(b"ping")
            end = time.monotonic() + 2
            heard = b""
            while heard != b"ping" and time.monotonic() < end:
                port.look()
                heard += port.read()
            assert heard == b"ping"
            port.write(b"pong")
            assert client.read(4) == b"pong"
        port.look()
        port.read()


def test_what_the_board_says_is_not_echoed_back_to_it(port: Port) -> None:
    fd = os.open(port.pty, os.O_RDWR | os.O_NOCTTY)
    port.look()
    port.write(b"hello\r\n")
    time.sleep(0.05)
    assert port.read() == b""
    os.close(fd)


def test_the_next_client_meets_no_stale_bytes(port: Port) -> None:
    fd = os.open(port.pty, os.O_RDWR | os.O_NOCTTY)
    port.look()
    port.write(b"stale")
    os.close(fd)
    port.look()
    port.write(b"nobody there")
    with serial.serial_for_url(port.pty, timeout=0.2) as client:
        port.look()
        port.write(b"fresh")
        assert client.read(50) == b"fresh"


def test_nobody_connected_costs_nothing_and_drops_nothing(port: Port) -> None:
    for _ in range(100):
        port.write(b"x" * 10_000)
    assert not port.waiting
    assert not port.connected


def test_a_slow_reader_costs_bytes_not_memory(port: Port) -> None:
    fd = os.open(port.pty, os.O_RDWR | os.O_NOCTTY)
    port.look()
    for _ in range(30):
        port.write(b"x" * 100_000)
    assert port.dropped >= 30 * 100_000 - QUEUE_BYTES - 200_000
    os.close(fd)


def test_several_tcp_clients_hear_the_same(port: Port) -> None:
    host, number = port.url.removeprefix("socket://").split(":")
    clients = [socket.create_connection((host, int(number)), timeout=2) for _ in range(3)]
    time.sleep(0.05)
    port.read()
    port.write(b"all")
    assert [client.recv(10) for client in clients] == [b"all"] * 3
    for client in clients:
        client.close()


def test_a_taken_tcp_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PatrolError, match="not free"):
            Port("a test", taken.getsockname()[1])
