"""`patrol flash` puts the car onto an empty board, at real time too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from patrolcar.link.connection import connect
from served import Served


def patrol(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_empty_board_is_flashed_starts_and_keeps_its_firmware(tmp_path: Path) -> None:
    image = tmp_path / "my car.img"
    with Served("--flash", image, "--speed", "1") as sim:
        silent = patrol("record", sim.uart, tmp_path / "nothing.tlog", "--duration", "1")
        assert silent.returncode == 1
        assert "patrol flash" in silent.stderr
        assert len(silent.stderr.strip().splitlines()) == 1
        done = patrol("flash", sim.repl)
        assert done.returncode == 0, done.stderr
        link = connect(sim.uart)
        assert link.recv(timeout=5) is not None
        link.close()
        assert sim.stop()[0] == 0
    with Served("--flash", image, "--speed", "1") as sim:
        link = connect(sim.uart)
        assert link.recv(timeout=5) is not None
        link.close()


def test_flashing_what_is_no_board_is_one_line(tmp_path: Path) -> None:
    done = patrol("flash", "/dev/pts/9999")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "/dev/pts/9999" in done.stderr


def test_a_person_can_type_after_stopping_the_program(image: Path) -> None:
    import serial

    with (
        Served("--flash", image, "--speed", "1") as sim,
        serial.serial_for_url(sim.repl, timeout=3) as port,
    ):
        link = connect(sim.uart)
        assert link.recv(timeout=5) is not None  # the program runs
        link.close()
        port.write(b"\x03")
        assert b">>> " in port.read_until(b">>> ")
        for _ in range(5):
            port.write(b"print('a line that a person types, and not the shortest one')\r")
            assert port.read_until(b"\r\n>>> ").endswith(b"shortest one\r\n>>> ")
    assert sim.process.poll() is not None
