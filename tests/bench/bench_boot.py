"""How long a virtual car takes from power-on to its first heartbeat, in wall time.

    python tests/bench/bench_boot.py [runs]

The peer is the same interpreter that starts bare and imports the same firmware files, compiled, as
far as a host can (those without pins), in the same run.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from patrolcar.flash.arch import decode
from patrolcar.flash.build import build
from patrolcar_sim.board.process import find_interpreter
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.firmware_image import firmware_image

TELL = "import sys; print(sys.implementation._mpy)"

IMPORT = """
import sys
sys.path.insert(0, {folder!r})
loaded = 0
for name in {names!r}:
    try:
        __import__(name)
        loaded += 1
    except Exception:
        pass  # it needs pins, or a module of the chip's
print(loaded)
"""


def median_ms(runs: int, act: Callable[[], object]) -> float:
    """The median wall time of several runs, in milliseconds."""
    took = []
    for _ in range(runs):
        begin = time.perf_counter()
        act()
        took.append(time.perf_counter() - begin)
    return statistics.median(took) * 1e3


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    interpreter = find_interpreter()

    def bare(code: str) -> str:
        return subprocess.run(
            [*interpreter, "-c", code], check=True, capture_output=True, text=True
        ).stdout

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        image = folder / "flash.img"
        shutil.copyfile(firmware_image(), image)

        def boot() -> None:
            with VirtualCar(image, "empty") as car:
                car.until(lambda: car.station.last("HEARTBEAT") is not None)

        made = build(folder / "mpy", decode(int(bare(TELL)))).folder
        names = [
            ".".join(path.relative_to(made).with_suffix("").parts).removesuffix(".__init__")
            for path in sorted(made.rglob("*.mpy"))
        ]
        code = IMPORT.format(folder=str(made), names=names)
        loaded = int(bare(code))
        begin = time.perf_counter()
        boot()  # which imports the physics as well
        first = (time.perf_counter() - begin) * 1e3
        whole = median_ms(runs, boot)
        peer = median_ms(runs, lambda: bare(code))
        empty = median_ms(runs, lambda: bare("pass"))
    print(f"from power-on to the first heartbeat, in the median of {runs}:")
    print(f"  {whole:6.0f} ms, the world's making and the power-off included (500 are allowed)")
    print(f"  {first:6.0f} ms for the first one of a process")
    print(f"  {whole / peer:6.2f} x the bare interpreter's import of {loaded} modules of it,")
    print(f"         which takes {peer:.0f} ms, of which its start alone takes {empty:.0f} ms")


if __name__ == "__main__":
    main()
