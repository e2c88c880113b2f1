"""What a flash takes: the first, one with nothing changed, and one file changed.

    python tests/bench/bench_flash.py

The peer is `mpremote cp -r` of the same tree, in the same run; a file for each module does not fit
into a pyboard's own filesystem any more, so both have a larger one. Wall time is the host's, on a
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
from patrolcar.flash.contents import about
from patrolcar.flash.filesystem import make_littlefs
from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.models import DEFAULT_MODEL, find_model
from patrolcar_sim.powered import Powered

MODEL = find_model(DEFAULT_MODEL.name, 144)


def timed(board: Powered, tree: Path) -> tuple[float, float, int]:
    """Wall seconds, the board's seconds, and how many files were sent."""
    wall, virtual = time.perf_counter(), board.board.now_us
    with Repl(board.repl) as repl:
        done = transfer(repl, Options(tree=tree), lambda *_: None)
    virtual = board.board.now_us - virtual
    return time.perf_counter() - wall, virtual / 1e6, len(done.plan.send)


def emptied(board: Powered) -> None:
    """Makes the filesystem an empty littlefs 2."""
    with Repl(board.repl) as repl:
        make_littlefs(repl, about(repl))


def copied(board: Powered, folder: Path) -> tuple[float, float]:
    """Wall and board's seconds of `mpremote cp -r` of the built tree, a file for each module."""
    build(folder / "out", "x64")
    entries = [str(entry) for entry in (folder / "out").iterdir()]
    words = [sys.executable, "-m", "mpremote", "connect", board.repl, "cp", "-f", "-r", *entries]
    wall, virtual = time.perf_counter(), board.board.now_us
    subprocess.run([*words, ":"], check=True, stdout=subprocess.DEVNULL)
    virtual = board.board.now_us - virtual
    return time.perf_counter() - wall, virtual / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tree = folder / "firmware"
        shutil.copytree(firmware_dir(), tree)
        with Powered(folder / "peer.img", MODEL) as board:
            emptied(board)
            before = sum(board.board.erases.values())
            peer = copied(board, folder)
            peer_erases = sum(board.board.erases.values()) - before
        rows = []
        with Powered(folder / "flash.img", MODEL) as board:
            emptied(board)
            for name in ("first flash", "nothing changed", "one module changed"):
                if name == "one module changed":
                    path = tree / "patrol" / "car.py"
                    path.write_text(path.read_text() + "CHANGED = 1\n")
                before = sum(board.board.erases.values())
                rows.append((name, *timed(board, tree), sum(board.board.erases.values()) - before))
    print(f"{'':24}{'wall s':>8}{'board s':>9}{'erases':>8}{'files':>7}")
    print(f"{'mpremote cp -r (peer)':24}{peer[0]:8.2f}{peer[1]:9.1f}{peer_erases:8}{'all':>7}")
    first = rows[0]
    for name, wall, board_s, files, erases in rows:
        share = (
            f"{wall / first[1]:6.2f} of the first's wall time, {board_s / first[2]:.2f} of board's"
        )
        print(f"{name:24}{wall:8.2f}{board_s:9.1f}{erases:8}{files:7}{share}")
    print(f"first flash / peer: {first[1] / peer[0]:.2f} wall, {first[2] / peer[1]:.2f} board")


if __name__ == "__main__":
    main()
