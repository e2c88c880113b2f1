"""The plain interpreter behind a terminal device: a MicroPython that has no pins at all."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import threading
import tty
from pathlib import Path

from patrolcar_sim.board.process import find_interpreter

REPL = Path(__file__).parent / "plain_repl.py"


class PlainBoard:
    """`port` is its REPL; the interpreter is started anew whenever it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._off = False
        self._up = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._off:
            self._process = subprocess.Popen(
                [*find_interpreter(), "-X", "heapsize=400k", str(REPL)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
            self._up.set()
            assert self._process.stdout is not None
            while data := self._process.stdout.read(4096):
                if data.endswith(b"soft reboot\r\n"):
                    self._up.clear()  # whatever is typed now is for the next one
                os.write(self._master, data)
            self._up.clear()
            self._process.wait()

    def _in(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 4096):
                self._up.wait()
                assert self._process is not None
                assert self._process.stdin is not None
                self._process.stdin.write(data)

    def __enter__(self) -> PlainBoard:
        self._thread.start()
        threading.Thread(target=self._in, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._off = True
        if self._process is not None:
            self._process.kill()
        self._thread.join(10)
        os.close(self._slave)
        os.close(self._master)
