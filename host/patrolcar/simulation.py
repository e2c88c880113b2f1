"""`patrol sim` as a child process: its ports, its end and its summary."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from patrolcar.errors import PatrolError

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
PORT_LINE = re.compile(r"^(REPL|UART)\s+(.*\S)\s*$")


class Simulation:
    """A running `patrol sim`; entering it waits for its ports, leaving it stops the process.

    `command` replaces the process for tests. After leaving, `summary` holds what it wrote at its
    end (empty when it did not get that far).
    """

    def __init__(self, arguments: list[str], command: list[str] | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="patrol-sim-")
        self._summary_path = Path(self._scratch.name) / "summary.json"
        self._errors_path = Path(self._scratch.name) / "stderr"
        self._command = [
            *(command or [sys.executable, "-m", "patrolcar", "sim"]),
            *arguments,
            "--summary",
            str(self._summary_path),
        ]
        self._ports: dict[str, str] = {}
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.summary: dict[str, Any] = {}

    def __enter__(self) -> "Simulation":
        # A session of its own: Ctrl-C reaches the parent alone, which then stops it in good order.
        own_group: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}
        )
        with self._errors_path.open("w") as errors:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                errors="replace",
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                **own_group,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self._wait_for_ports()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _read(self) -> None:
        """Reads all of its output, so that it never waits for us; picks out the ports."""
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = PORT_LINE.match(line)
            if found:
                # The terminal device where the system has them ("None" if not), else the TCP port.
                names = [word for word in found[2].split() if word != "None"]
                self._ports[found[1]] = names[0]
            if len(self._ports) == 2:
                self._ready.set()

    def _wait_for_ports(self) -> None:
        end = time.monotonic() + START_TIMEOUT_S
        while not self._ready.wait(0.05):
            if not self.alive:
                raise PatrolError(f"the simulator ended at its start: {self.reason()}")
            if time.monotonic() > end:
                raise PatrolError(
                    f"the simulator named no ports within {START_TIMEOUT_S:.0f} s: {self.reason()}"
                )

    @property
    def repl(self) -> str:
        """The port of the board's REPL, as mpremote takes it."""
        return self._ports["REPL"]

    @property
    def uart(self) -> str:
        """The port of the board's telemetry UART."""
        return self._ports["UART"]

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process is not None and self._process.poll() is None

    def ended(self, within_s: float) -> bool:
        """Whether the process has ended, or does so within a moment."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(within_s)
        return not self.alive

    def reason(self) -> str:
        """The last line that it wrote to stderr."""
        try:
            lines = self._errors_path.read_text(errors="replace").split("\n")
        except OSError:
            lines = []
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        code = None if self._process is None else self._process.poll()
        return last.removeprefix("patrol: ") or f"it said nothing (exit code {code})"

    def stop(self) -> None:
        """Asks it to end, as Ctrl-C does; kills it if it does not; reads its summary."""
        if self._process is None:
            return
        process = self._process
        if process.poll() is None:
            ask = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
            with contextlib.suppress(OSError):
                process.send_signal(ask)
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._reader is not None:
            self._reader.join(2.0)
        if process.stdout is not None:
            process.stdout.close()
        with contextlib.suppress(OSError, ValueError):
            self.summary = json.loads(self._summary_path.read_text())
        with contextlib.suppress(OSError):
            self._scratch.cleanup()
        self._process = None
