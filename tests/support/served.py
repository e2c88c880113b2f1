"""`patrol sim` as a process of its own, as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path


class Served:
    """The running simulator and the names of its ports."""

    def __init__(self, *arguments: str | Path, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "patrolcar", "sim", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.repl = self.repl_url = self.uart = self.uart_url = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.split()
            if words[:1] == ["REPL"]:
                _, self.repl, self.repl_url = words
            elif words[:1] == ["UART"]:
                _, self.uart, self.uart_url = words
                break

    def stop(self) -> tuple[int, str]:
        """Ctrl-C; exit code and what it said on stderr."""
        self.process.send_signal(signal.SIGINT)
        _, complaint = self.process.communicate(timeout=20)
        return self.process.returncode, complaint

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
