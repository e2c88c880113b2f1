"""Bad input: one clear line, exit code 1 or 2, no traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]


def patrol(*words: str | Path, **environment: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def refused(done: Done, code: int, *parts: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    for part in parts:
        assert part in lines[0], lines[0]
    assert "Traceback" not in done.stderr + done.stdout


def test_an_unknown_world() -> None:
    refused(patrol("sim", "--world", "moon"), 2, "moon", "office")


@pytest.mark.parametrize(
    ("fault", "parts"),
    [
        ("sonar.loud", ("sonar.loud", "did you mean sonar.late")),
        ("uart.bits@3,rate=2", ("uart.bits@3,rate=2", "rate", "0 to 1")),
        ("sonar.silent@x", ("sonar.silent@x", "KIND")),
        ("sonar.silent:back", ("where", "left, front, right")),
    ],
)
def test_a_fault_that_cannot_be(fault: str, parts: tuple[str, ...]) -> None:
    refused(patrol("sim", "--fault", fault), 2, *parts)


def test_two_breaks_that_contradict() -> None:
    done = patrol("sim", "--break", "encoder-left", "--break", "encoder-left-reversed")
    refused(done, 2, "encoder-left", "encoder-left-reversed", "left encoder")


def test_a_taken_tcp_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for option in ("--repl-tcp", "--uart-tcp"):
            refused(patrol("sim", option, str(port)), 1, str(port))


def test_a_missing_interpreter() -> None:
    done = patrol("sim", PATROL_MICROPYTHON="/nowhere/micropython")
    refused(done, 2, "/nowhere/micropython", "PATROL_MICROPYTHON")


def test_an_interpreter_that_is_none() -> None:
    refused(patrol("sim", "--duration", "1", PATROL_MICROPYTHON="true"), 1, "true")


def test_a_broken_world_file(tmp_path: Path) -> None:
    path = tmp_path / "broken world.xml"
    path.write_text("<mujoco><worldbody><geom type='cube'/></worldbody></mujoco>")
    refused(patrol("sim", "--world", path), 1, "broken world.xml")
    path.write_text("not xml at all")
    refused(patrol("sim", "--world", path), 1, "broken world.xml")


def test_a_flash_image_of_another_size(tmp_path: Path) -> None:
    path = tmp_path / "flash.img"
    path.write_bytes(b"short")
    refused(patrol("sim", "--flash", path), 1, "flash.img", "5 bytes")
    assert path.read_bytes() == b"short"


def test_a_summary_in_a_missing_folder(tmp_path: Path) -> None:
    refused(patrol("sim", "--summary", tmp_path / "no" / "s.json"), 2, "s.json")


@pytest.mark.parametrize("speed", ["fast", "-1", "0", "nan"])
def test_a_speed_that_is_none(speed: str) -> None:
    done = patrol("sim", "--speed", speed)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert speed in done.stderr


@pytest.mark.parametrize("command", ["view", "record"])
def test_a_port_that_is_not_there(command: str, tmp_path: Path) -> None:
    extra = ["--headless", "--snapshot", str(tmp_path / "x.png")]
    if command == "record":
        extra = [str(tmp_path / "x.tlog")]
    refused(patrol(command, "/dev/pts/9999", *extra), 1, "/dev/pts/9999")
    refused(patrol(command, "tcp:127.0.0.1:1", *extra), 1, "127.0.0.1:1")


def test_a_recording_into_a_missing_folder(tmp_path: Path) -> None:
    done = patrol("record", "tcp:127.0.0.1:1", tmp_path / "no" / "run.tlog")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("sim", "--seed", "abc"),
        ("sim", "--duration", "nan"),
        ("sim", "--nope"),
        ("sim", "--uart-tcp", "70000"),
        ("record",),
        ("fly",),
        ("sim", "--world", "room:" + "9" * 5000),
        ("record", "tcp:127.0.0.1:\u00b2", "x.tlog"),
        ("view", "/dev/ttyS0?baud=" + "9" * 30, "--headless"),
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_wrong_usage_is_one_line_too(words: tuple[str, ...]) -> None:
    refused(patrol(*words), 2)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "x" * 5000),
        ("sim", "--duration", "1", "--world", "x" * 5000),
        ("record", "tcp:a..b:80", "never.tlog"),
    ],
    ids=["long recording", "long world", "no host"],
)
def test_what_the_system_cannot_take_is_one_line(words: tuple[str, ...]) -> None:
    refused(patrol(*words), 1)


def test_a_world_file_that_is_none_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "world.xml"
    path.write_text("root:x:0:0\n")
    done = subprocess.run(
        [sys.executable, "-m", "patrolcar", "sim", "--world", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    refused(done, 1, "world.xml")
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_board_and_a_filesystem_that_does_not_fit(tmp_path: Path) -> None:
    refused(patrol("sim", "--board", "esp32"), 2, "esp32", "blackpill_f411")
    refused(patrol("demo", "--board", "esp32", "--out", tmp_path), 2, "esp32", "blackpill_f411")
    refused(patrol("sim", "--filesystem-kb", "2000"), 2, "2000 KB", "752 KB")


def test_an_image_of_another_chip(tmp_path: Path) -> None:
    image = tmp_path / "f411.img"
    done = patrol("sim", "--board", "blackpill_f411", "--flash", image, "--duration", "1")
    assert done.returncode == 0, done.stderr
    refused(patrol("sim", "--flash", image), 1, "524288 bytes", "1048576")
