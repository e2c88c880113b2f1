"""How fast mpremote copies a file to the virtual board and back.

    python tests/bench/bench_repl.py [KB]

The peer is the same mpremote with the same file on a REPL of 40 lines in the plain interpreter
(minimal_repl.py) on a PTY, which writes to the host's filesystem. Times are the best of five, less
what mpremote needs for its start and a soft reset.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from patrolcar.flash.contents import about
from patrolcar.flash.filesystem import make_littlefs
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.process import find_interpreter
from served import Served

ROUNDS = 5


def mpremote(port: str, *words: str) -> float:
    """Seconds of wall time."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", port, *words],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return time.perf_counter() - begin


@contextmanager
def minimal(folder: Path) -> Iterator[str]:
    """The peer's port."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    peer = Path(__file__).parent / "minimal_repl.py"
    process = subprocess.Popen([*find_interpreter(), str(peer)], stdin=master, stdout=master)
    try:
        yield os.ttyname(slave)
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)


@contextmanager
def virtual(folder: Path) -> Iterator[str]:
    """The virtual board's port, with an empty littlefs 2 that is large enough."""
    image = folder / "flash.img"
    image.unlink(missing_ok=True)
    with Served("--flash", image, "--world", "empty", "--filesystem-kb", "300") as served:
        with Repl(served.repl) as repl:
            make_littlefs(repl, about(repl))
        yield served.repl


def times(port: str, data: Path, remote: str) -> tuple[float, float, float]:
    """Nothing, there and back."""
    back = data.with_suffix(".back")
    nothing = mpremote(port, "exec", "1")
    there = mpremote(port, "cp", "--force", str(data), f":{remote}")
    return nothing, there, mpremote(port, "cp", f":{remote}", str(back))


def main() -> None:
    size = (int(sys.argv[1]) if len(sys.argv) > 1 else 100) * 1024
    best: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        data.write_bytes(os.urandom(size))
        for _ in range(ROUNDS):
            for label, opened, remote in (
                ("minimal REPL", minimal, str(folder / "copy")),
                ("virtual board", virtual, "copy"),
            ):
                with opened(folder) as port:
                    taken = times(port, data, remote)
                best[label] = [*map(min, taken, best.get(label, taken))]
                assert data.with_suffix(".back").read_bytes() == data.read_bytes()
    print(f"mpremote cp of {size // 1024} KB, in seconds:")
    for label, (nothing, there, back) in best.items():
        print(f"  {label:14} there {there - nothing:5.2f}  back {back - nothing:5.2f}")
    peer, board = best["minimal REPL"], best["virtual board"]
    there, back = ((board[i] - board[0]) / (peer[i] - peer[0]) for i in (1, 2))
    print(f"the virtual board takes {there:.2f} x and {back:.2f} x as long as the minimal REPL")


if __name__ == "__main__":
    main()
