"""`patrol flash` puts the car onto a board, sends only what changed, and loses nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar.link.connection import connect
from served import Served

Done = subprocess.CompletedProcess[str]


def patrol(*words: str | Path, **environment: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def mpremote(port: str, *words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", port, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refused(done: Done, code: int, *parts: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for part in parts:
        assert part in lines[0], lines[0]


@pytest.fixture
def sim(image: Path) -> Iterator[Served]:
    """A board that has its firmware and runs."""
    with Served("--flash", image, "--world", "empty") as served:
        yield served


def test_an_empty_board_is_flashed_starts_and_keeps_its_firmware(tmp_path: Path) -> None:
    image = tmp_path / "my car.img"
    with Served("--flash", image, "--speed", "1") as sim:
        silent = patrol("record", sim.uart, tmp_path / "nothing.tlog", "--duration", "1")
        assert silent.returncode == 1
        assert "patrol flash" in silent.stderr
        assert len(silent.stderr.strip().splitlines()) == 1
        done = patrol("flash", sim.repl, "--telemetry", sim.uart)
        assert done.returncode == 0, done.stderr
        assert "patrolcar 0.1.0, build " in done.stdout
        link = connect(sim.uart)
        assert link.recv(timeout=5) is not None
        link.close()
        assert sim.stop()[0] == 0
    with Served("--flash", image, "--speed", "1") as sim:
        link = connect(sim.uart)
        assert link.recv(timeout=5) is not None
        link.close()


def test_a_second_flash_sends_nothing_and_the_car_runs_on(sim: Served) -> None:
    for _ in range(2):
        done = patrol("flash", sim.repl)
        assert done.returncode == 0, done.stderr
        assert ": 0 sent, 0 removed, " in done.stdout
        assert "patrolcar 0.1.0, build " in done.stdout
    link = connect(sim.uart)
    assert link.recv(timeout=5) is not None
    link.close()


def test_what_is_stale_goes_and_what_is_ones_own_stays(sim: Served, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("my notes")
    mpremote(sim.repl, "cp", mine, ":mine.txt")
    mpremote(sim.repl, "cp", mine, ":board.py")
    mpremote(sim.repl, "cp", mine, ":patrol.new")  # of a flash that was cut off
    mpremote(sim.repl, "rm", ":pack.mpy")
    done = patrol("flash", sim.repl)
    assert done.returncode == 0, done.stderr
    assert ": 1 sent, 2 removed, " in done.stdout
    assert mpremote(sim.repl, "cat", ":mine.txt") == "my notes"
    names = mpremote(sim.repl, "ls")
    assert "patrol.new" not in names
    assert "board.py" not in names


def test_a_folder_that_would_hide_the_modules_is_named_and_stays(
    sim: Served, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("mine = True")
    mpremote(sim.repl, "mkdir", ":patrol")
    mpremote(sim.repl, "cp", mine, ":patrol/mine.py")
    refused(patrol("flash", sim.repl), 1, "patrol/", "hides", f"mpremote connect {sim.repl} rm -r")
    assert "mine.py" in mpremote(sim.repl, "ls", ":patrol")


def test_what_is_refused_leaves_the_car_running(sim: Served) -> None:
    refused(patrol("flash", sim.repl, "--telemetry", "/dev/pts/9999"), 1, "/dev/pts/9999")
    refused(patrol("flash", sim.repl, "--telemetry", sim.repl), 2, "the REPL's own")
    refused(patrol("flash", sim.repl, "--board", "nucleo_f446re"), 2, "pyboard_v11")
    link = connect(sim.uart)
    assert link.recv(timeout=5) is not None
    link.close()


@pytest.mark.parametrize("command", ["flash", "dev", "doctor", "calibrate", "crash"])
def test_an_empty_port_is_not_any_port(sim: Served, command: str) -> None:
    refused(patrol(command, ""), 2, "empty")


def test_source_runs_too_and_gives_way_to_bytecode_again(sim: Served) -> None:
    done = patrol("flash", sim.repl, "--source", "--telemetry", sim.uart)
    assert done.returncode == 0, done.stderr
    assert "app.py" in mpremote(sim.repl, "ls", ":/pack/patrol")
    done = patrol("flash", sim.repl, "--telemetry", sim.uart)
    assert done.returncode == 0, done.stderr
    names = mpremote(sim.repl, "ls", ":/pack/patrol")
    assert "app.mpy" in names
    assert "app.py" not in names


def test_another_board_than_the_one_that_is_there_is_refused(sim: Served) -> None:
    refused(patrol("flash", sim.repl, "--board", "blackpill_f411"), 2, "PYBv1.1", "pyboard_v11")
    refused(patrol("flash", sim.repl, "--board", "toaster"), 2, "toaster", "pyboard_v11")


def test_a_full_filesystem_is_refused_before_anything_is_touched(
    sim: Served, tmp_path: Path
) -> None:
    big = tmp_path / "big.bin"
    big.write_bytes(os.urandom(60_000))
    mpremote(sim.repl, "rm", ":patrol.pack")  # in whose place a person puts others
    mpremote(sim.repl, "cp", big, ":big.bin")
    mpremote(sim.repl, "exec", "f = open('more.bin', 'w'); f.write(bytes(20_000)); f.close()")
    before = mpremote(sim.repl, "ls")
    refused(patrol("flash", sim.repl), 1, "full", "big.bin (60000 bytes)", "more.bin")
    assert mpremote(sim.repl, "ls") == before


def test_formatting_asks_and_makes_a_littlefs(tmp_path: Path) -> None:
    with Served("--flash", tmp_path / "flash.img", "--world", "empty") as sim:
        mpremote(sim.repl, "touch", ":keep.txt")
        refused(patrol("flash", sim.repl, "--format"), 2, "--yes")
        assert "keep.txt" in mpremote(sim.repl, "ls")
        done = patrol("flash", sim.repl, "--format", "--yes")
        assert done.returncode == 0, done.stderr
        assert "keep.txt" not in mpremote(sim.repl, "ls")
        magic = "import pyb; b = bytearray(16); pyb.Flash(start=0).readblocks(0, b); print(b[8:])"
        assert "littlefs" in mpremote(sim.repl, "exec", magic)


def test_a_port_held_by_another_program_is_named(sim: Served) -> None:
    import serial

    with serial.Serial(sim.repl, exclusive=True):
        refused(patrol("flash", sim.repl), 1, sim.repl, f"process {os.getpid()}")
    assert "main.py" in mpremote(sim.repl, "ls")


def test_a_program_that_ignores_ctrl_c_is_told_and_stays(sim: Served, tmp_path: Path) -> None:
    stubborn = tmp_path / "main.py"
    stubborn.write_text(
        "import time\nwhile True:\n    try:\n        while True:\n            time.sleep(1)\n"
        "    except KeyboardInterrupt:\n        print('no')\n"
    )
    mpremote(sim.repl, "cp", stubborn, ":main.py", "+", "reset")
    refused(patrol("flash", sim.repl), 1, sim.repl, "ignores Ctrl-C", "'no no")


@pytest.fixture
def stranger() -> Iterator[Callable[[bytes], str]]:
    """A terminal device on which somebody else answers: stranger(answer) gives its name."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    reply = b""

    def talk() -> None:
        try:
            while os.read(master, 1000):
                os.write(master, reply)
        except OSError:
            pass

    def start(answer: bytes) -> str:
        nonlocal reply
        reply = answer
        threading.Thread(target=talk, daemon=True).start()
        return os.ttyname(slave)

    yield start
    os.close(slave)
    os.close(master)


def test_a_port_on_which_nobody_answers(stranger: Callable[[bytes], str]) -> None:
    port = stranger(b"")
    refused(patrol("flash", port), 1, port, "does not answer")


def test_a_port_on_which_something_else_answers(stranger: Callable[[bytes], str]) -> None:
    port = stranger(b"$GPGGA,123519\r\n")
    refused(patrol("flash", port), 1, port, "$GPGGA", "no MicroPython prompt")


def test_flashing_what_is_no_board_is_one_line(tmp_path: Path) -> None:
    refused(patrol("flash", "/dev/pts/9999"), 1, "/dev/pts/9999")
    refused(patrol("flash", "socket://127.0.0.1:1"), 1, "127.0.0.1:1")
    refused(patrol("flash", tmp_path / "a file"), 1, "a file")


def test_without_a_port_the_one_board_is_taken_and_several_are_listed(
    image: Path, tmp_path: Path
) -> None:
    own = {"XDG_STATE_HOME": str(tmp_path)}
    refused(patrol("flash", **own), 1, "no board was found", "patrol sim")
    with Served("--flash", image, environment=own) as one:
        done = patrol("flash", **own)
        assert done.returncode == 0, done.stderr
        assert "0 sent" in done.stdout
        with Served(environment=own) as other:
            done = patrol("flash", **own)
            refused(
                done, 2, "2 boards", f"-{one.process.pid})", f"-{other.process.pid})", one.repl
            )


def test_a_simulator_that_was_killed_counts_as_no_board(image: Path, tmp_path: Path) -> None:
    own = {"XDG_STATE_HOME": str(tmp_path)}
    ports = tmp_path / "patrolcar/ports"
    with Served(environment=own) as killed:
        killed.process.kill()
        killed.process.wait()
    assert list(ports.iterdir())
    with Served("--flash", image, environment=own) as one:
        # One whose number is another process's by now, and its terminal that of the new one.
        left = ports / f"empty-{os.getpid()}"
        left.mkdir()
        (left / "repl").symlink_to(os.path.realpath(next(ports.glob("*/repl"))))
        done = patrol("flash", **own)
        assert done.returncode == 0, done.stderr
        assert [folder.name for folder in ports.iterdir()] == [f"office-{one.process.pid}"]


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
