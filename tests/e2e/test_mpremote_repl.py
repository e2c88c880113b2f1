"""A person at a terminal with the unmodified mpremote: repl, mount, Ctrl-C, Ctrl-D."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from served import Served
from terminal import Terminal

PROMPT = b">>> "
LEAVE = b"\x1d"


@pytest.fixture(scope="module")
def sim() -> Iterator[Served]:
    with Served("--world", "empty") as served:
        yield served


def mpremote(sim: Served, *words: str | Path) -> Terminal:
    return Terminal([sys.executable, "-m", "mpremote", "connect", sim.repl, *map(str, words)])


def at_the_prompt(terminal: Terminal) -> Terminal:
    """Waits for mpremote's own words, then for the board's prompt."""
    terminal.until(b"exit this shell\r\n")
    terminal.until_raw()
    terminal.type(b"\x03")
    terminal.until(PROMPT)
    return terminal


def run(terminal: Terminal, code: bytes) -> bytes:
    terminal.type(code + b"\r")
    terminal.until(code + b"\r\n")
    return terminal.until(PROMPT)


def test_a_session_at_the_prompt(sim: Served) -> None:
    with mpremote(sim, "repl") as terminal:
        at_the_prompt(terminal)
        assert run(terminal, b"x = 6; x * 7") == b"42\r\n"
        terminal.type(b"import mach\t\r")
        terminal.until(b"import machine\r\n" + PROMPT)
        terminal.type(b"while True: pass\r\x08\r")
        time.sleep(0.3)
        terminal.type(b"\x03")
        assert terminal.until(PROMPT).endswith(b"KeyboardInterrupt: \r\n")
        terminal.type(b"\x04")
        shown = terminal.until(PROMPT)
        assert b"MPY: sync filesystems\r\nMPY: soft reboot\r\nMicroPython v" in shown
        assert b"NameError" in run(terminal, b"x")
        terminal.type(LEAVE)
        assert terminal.wait() == 0


def test_the_banner_tells_the_board(sim: Served) -> None:
    with mpremote(sim, "repl") as terminal:
        at_the_prompt(terminal)
        terminal.type(b"\x02")
        banner = terminal.until(PROMPT).split(b"\r\n")
        assert banner[1].endswith(b"PYBv1.1 with STM32F405RG")
        assert banner[2] == b'Type "help()" for more information.'


def test_ctrl_d_mounts_the_folder_again(sim: Served, tmp_path: Path) -> None:
    (tmp_path / "far.py").write_text("answer = 7\n")
    with mpremote(sim, "mount", tmp_path) as terminal:
        at_the_prompt(terminal)
        assert run(terminal, b"import far; far.answer") == b"7\r\n"
        (tmp_path / "far.py").write_text("answer = 8\n")
        terminal.type(b"\x04")
        terminal.until(b"Remount local directory")
        terminal.until(PROMPT)
        assert run(terminal, b"import far; far.answer") == b"8\r\n"
        assert run(terminal, b"open('new', 'w').write('x' * 4000)") == b"4000\r\n"
        terminal.type(LEAVE)
        assert terminal.wait() == 0
    assert (tmp_path / "new").read_text() == "x" * 4000


@pytest.mark.parametrize("endless", ["pass", "time.sleep(1)"])
def test_the_next_command_ends_an_endless_program(
    sim: Served, tmp_path: Path, endless: str
) -> None:
    script = tmp_path / "endless.py"
    script.write_text(f"import time\nprint('on and on')\nwhile True:\n    {endless}\n")
    with mpremote(sim, "run", script) as terminal:
        terminal.until(b"on and on")
        terminal.interrupt()
        assert terminal.wait() == 1
    with mpremote(sim, "eval", "'free'") as terminal:
        assert terminal.wait() == 0
        assert b"free" in terminal.seen


def test_ctrl_c_ends_what_another_session_left_running(sim: Served, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text("import time\nprint('on and on')\nwhile True:\n    time.sleep_ms(5)\n")
    with mpremote(sim, "run", script) as terminal:
        terminal.until(b"on and on")
    with mpremote(sim, "resume", "repl") as terminal:
        terminal.until(b"exit this shell\r\n")
        terminal.until_raw()
        terminal.type(b"\x03")
        terminal.until(b"KeyboardInterrupt")
        terminal.type(b"\x02")  # raw mode was left on
        terminal.until(PROMPT)
