"""Copying to a board with mpremote, the real command: it is the judge of every board's REPL."""

import re
import subprocess
import sys
from pathlib import Path

from patrolcar.errors import PatrolError

TIMEOUT_S = 120.0


def mpremote(port: str, *command: str, timeout_s: float = TIMEOUT_S) -> str:
    """Runs `mpremote connect PORT COMMAND...`; its output, or its complaint as a PatrolError."""
    words = [sys.executable, "-m", "mpremote", "connect", port, *command]
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise PatrolError(
            f"port {port} did not answer mpremote {command[0]} within {timeout_s:.0f} s: "
            "is a MicroPython board on it?"
        ) from error
    if done.returncode != 0:
        raise PatrolError(f"mpremote {command[0]} on port {port}: {_reason(done)}")
    return done.stdout


def _reason(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of mpremote's output that says what went wrong."""
    lines = [line.strip() for line in (done.stderr + "\n" + done.stdout).splitlines()]
    lines = [line for line in lines if line]
    for line in reversed(lines):
        if line.startswith("mpremote:"):
            return line.removeprefix("mpremote:").strip()
    # An exception's last line, from the board or from mpremote itself, is its name and text.
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    if errors:
        return errors[-1]
    return lines[-1] if lines else f"exit code {done.returncode}"


def board_mpy(port: str) -> int:
    """The board's `sys.implementation._mpy` (0 when it has none)."""
    answer = mpremote(
        port, "exec", "import sys; print(getattr(sys.implementation, '_mpy', 0))"
    ).strip()
    try:
        return int(answer.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise PatrolError(
            f"port {port}: expected a number for sys.implementation._mpy, got {answer!r}"
        ) from error


def copy_tree(port: str, tree: Path) -> None:
    """Copies a built tree to the root of the board's filesystem.

    `main.py` goes last: a copy that is cut short leaves a board that waits at its REPL instead of
    one that starts half a program.
    """
    entries = sorted(tree.iterdir(), key=lambda path: (path.name == "main.py", path.name))
    if not entries:
        raise PatrolError(f"nothing to copy: {tree} is empty")
    mpremote(port, "cp", "-r", *(str(entry) for entry in entries), ":")


def reset(port: str) -> None:
    """Resets the board as its reset button does; it boots what is on its filesystem."""
    mpremote(port, "reset")
