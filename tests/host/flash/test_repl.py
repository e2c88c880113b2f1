"""The raw REPL against what talks without end, stops, or is no board."""

from __future__ import annotations

import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash import repl as module
from patrolcar.flash.contents import about
from patrolcar.flash.repl import Repl

PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
ENDLESS = b"on and on\r\n" * 50


class Stranger:
    """Somebody at the other end of a terminal device, who may know the raw REPL's protocol.

    `answers` is what follows a command, None what never ends; `first` is to print(1).
    """

    def __init__(self, answers: bytes | None, first: bytes = b"1\r\n\x04\x04>") -> None:
        self.answers = answers
        self.first = first
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.port = os.ttyname(self.slave)
        self._off = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def _talk(self) -> None:
        got = b""
        while not self._off.is_set():
            if not select.select([self.master], [], [], 0.05)[0]:
                continue
            got += os.read(self.master, 1000)
            if got.endswith(b"\x05A\x01"):
                os.write(self.master, b"R\x00")
                got = b""
            elif got.endswith(b"\x01"):
                os.write(self.master, PROMPT)
                got = b""
            elif got.endswith(b"\x04"):
                self._answer(self.first if b"print(1)" in got else self.answers)
                got = b""

    def _answer(self, answer: bytes | None) -> None:
        os.write(self.master, b"OK" + (answer or b""))
        if answer is None:
            self.flood()

    def flood(self) -> None:
        os.set_blocking(self.master, False)
        while not self._off.is_set():
            try:
                os.write(self.master, ENDLESS)
            except BlockingIOError:
                time.sleep(0.001)

    def close(self) -> None:
        self._off.set()
        self._thread.join()
        os.close(self.master)
        os.close(self.slave)


class Flood(Stranger):
    """Talks from the beginning, whatever it hears."""

    def __init__(self) -> None:
        super().__init__(None)

    def _talk(self) -> None:
        self.flood()


@pytest.fixture
def meet() -> Iterator[Callable[..., str]]:
    """meet(kind, ...) gives the port of a stranger."""
    met: list[Stranger] = []

    def start(kind: type[Stranger], *arguments: Any) -> str:
        met.append(kind(*arguments))
        return met[-1].port

    yield start
    for one in met:
        one.close()


def test_what_talks_without_end_is_told_in_time(meet: Callable[..., str]) -> None:
    begun = time.monotonic()
    with pytest.raises(PatrolError, match=r"it said 'on and on.*ignores Ctrl-C"):
        Repl(meet(Flood)).interrupt()
    assert time.monotonic() - begun < module.ATTEMPTS * module.ATTEMPT_S + 2


def test_a_command_ends_in_time_though_it_talks(meet: Callable[..., str]) -> None:
    port = meet(Stranger, None)
    told = pytest.raises(PatrolError, match=f"board at {port} did not answer within 1 s")
    with Repl(port) as board, told:
        board.run("command", timeout_s=1.0)


def test_a_command_may_not_say_more_than_a_flash_holds(
    meet: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OUTPUT_MAX", 3000)
    port = meet(Stranger, None)
    with Repl(port) as board, pytest.raises(PatrolError, match="said more than 3000 bytes"):
        board.run("command")


def test_a_board_that_freezes_is_told_and_prints_nothing(
    meet: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    port = meet(Stranger, b"half an answer")
    with Repl(port) as board:
        with pytest.raises(PatrolError, match="did not answer within 1 s"):
            board.run("command", timeout_s=1.0)
        with pytest.raises(PatrolError, match=f"board at {port} did not answer within 10 s"):
            board.reset()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"\x04MemoryError: memory allocation failed\r\n\x04>", "'MemoryError: memory"),
        (b"\x04\x04>", "gives nothing there"),
    ],
)
def test_a_prompt_that_cannot_print_is_told_from_none(
    meet: Callable[..., str], answer: bytes, told: str
) -> None:
    with pytest.raises(PatrolError, match=f"has a prompt.*{told}.*safe boot"):
        Repl(meet(Stranger, b"", answer)).interrupt()


@pytest.mark.parametrize(
    "answer",
    [
        "('micropython',)",
        "('micropython', 5, 7, 'x', 3, 4, None, False, 9)",
        "('micropython', (1, 29, 0), 'x', 0, ['flash'], (0, 1, 1), None, True, 'aa')",
        "('micropython', (1, 29, 0), 'x', 0, ['flash'], None, None, True, '../../evil')",
        "{}",
    ],
)
def test_an_answer_of_another_shape_is_no_board(meet: Callable[..., str], answer: str) -> None:
    port = meet(Stranger, answer.encode() + b"\r\n\x04\x04>")
    with (
        Repl(port) as board,
        pytest.raises(PatrolError, match=f"port {port} is no board with MicroPython") as told,
    ):
        about(board)
    assert answer[:20] in str(told.value)
