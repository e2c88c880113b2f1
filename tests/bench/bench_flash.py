"""What a flash takes: the first, one with nothing changed, and one file changed.

    python tests/bench/bench_flash.py

The peer is `mpremote cp -r` of the same tree, in the same run. Wall time is the host's, on a
board that waits for nobody; the board's time is what a real one would take for its flash's erases.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from patrolcar.flash.build import build, firmware_dir
from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.repl import Repl
from powered import Powered


def timed(board: Powered, tree: Path) -> tuple[float, float, int]:
    """Wall seconds, the board's seconds, and how many files were sent."""
    wall, virtual = time.perf_counter(), board.board.now_us
    with Repl(board.repl) as repl:
        done = transfer(repl, Options(tree=tree), lambda *_: None)
    virtual = board.board.now_us - virtual
    return time.perf_counter() - wall, virtual / 1e6, len(done.plan.send)


def copied(board: Powered, folder: Path) -> tuple[float, float]:
    """Wall and board's seconds of `mpremote cp -r` of the built tree."""
    with Repl(board.repl) as repl:
        transfer(repl, Options(littlefs=True), lambda *_: None)  # makes the littlefs
        repl.run("import os\nos.remove('main.py')")
    build(folder / "out", "x64")
    entries = [str(entry) for entry in (folder / "out").iterdir()]
    words = [sys.executable, "-m", "mpremote", "connect", board.repl, "cp", "-f", "-r", *entries]
    wall, virtual = time.perf_counter(), board.board.now_us
    subprocess.run([*words, ":"], check=True, capture_output=True)
    virtual = board.board.now_us - virtual
    return time.perf_counter() - wall, virtual / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tree = folder / "firmware"
        shutil.copytree(firmware_dir(), tree)
        with Powered(folder / "peer.img") as board:
            peer, peer_board = copied(board, folder)
        with Powered(folder / "flash.img") as board:
            with Repl(board.repl) as repl:
                transfer(repl, Options(littlefs=True, tree=tree), lambda *_: None)
                repl.run("import os\nos.remove('main.py')")
                for name in ("board.mpy", "safe.mpy"):
                    repl.run(f"os.remove({name!r})")
                repl.run(
                    "def rm(d):\n"
                    " for e in os.ilistdir(d):\n"
                    "  p = d + '/' + e[0]\n"
                    "  rm(p) if e[1] & 0x4000 else os.remove(p)\n"
                    "rm('/flash/patrol')",
                    60.0,
                )
            first = timed(board, tree)
            second = timed(board, tree)
            path = tree / "patrol" / "car.py"
            path.write_text(path.read_text() + "CHANGED = 1\n")
            third = timed(board, tree)
    print(f"{'':24}{'wall s':>8}{'board s':>9}{'files':>7}   of the first")
    print(f"{'mpremote cp -r (peer)':24}{peer:8.2f}{peer_board:9.1f}{'all':>7}")
    for name, (wall, board_s, files) in (
        ("first flash", first),
        ("nothing changed", second),
        ("one file changed", third),
    ):
        share = f"{wall / first[0]:6.2f} wall, {board_s / first[1]:.2f} board"
        print(f"{name:24}{wall:8.2f}{board_s:9.1f}{files:7}   {share}")


if __name__ == "__main__":
    main()
