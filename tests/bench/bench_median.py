"""What the sonars' median costs: a window kept sorted by insertion, against sorting it each time.

    python tests/bench/bench_median.py

The peers are bubble sort of a copy and the built-in `sorted`, in the same run of the interpreter
that the virtual board uses; the function is the firmware's own. Best of five, per measurement; the
loop without any of them is taken off. `sorted` allocates, which a steady tick may not.
"""

from __future__ import annotations

import ast
import subprocess
import tempfile
from pathlib import Path

from patrolcar.flash.build import firmware_dir
from patrolcar_sim.board.process import find_interpreter

PROGRAM = """
import gc
from time import ticks_diff, ticks_us

def insertion(window, ring, at, value):
    replace(window, ring[at], value)
    return window[len(window) >> 1]

def bubble(window, ring, at, value):
    n = len(ring)
    ring[at] = value
    i = 0
    while i < n:
        window[i] = ring[i]
        i += 1
    i = n - 1
    while i:
        k = 0
        while k < i:
            if window[k] > window[k + 1]:
                window[k], window[k + 1] = window[k + 1], window[k]
            k += 1
        i -= 1
    return window[n >> 1]

def built_in(window, ring, at, value):
    ring[at] = value
    window = sorted(ring)
    return window[len(window) >> 1]

def nothing(window, ring, at, value):
    return value

def run(f, n, values):
    ring = [9999] * n
    window = list(ring)
    at = 0
    medians = 0
    for value in values:
        medians += f(window, ring, at, value)
        ring[at] = value
        at = at + 1 if at < n - 1 else 0
    return medians

values = []
x = 12345
for i in range(20000):
    x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    values.append(300 + i % 1500 + (x >> 16) % 40)

for n in (3, 5, 7, 9):
    best = []
    sums = []
    for f in (nothing, insertion, bubble, built_in):
        least = 1 << 29
        for _ in range(5):
            gc.collect()
            start = ticks_us()
            total = run(f, n, values)
            spent = ticks_diff(ticks_us(), start)
            least = min(least, spent)
        best.append(least)
        sums.append(total)
    assert sums[1] == sums[2] == sums[3], sums
    print(n, *[b - best[0] for b in best[1:]])
"""


def replacing() -> str:
    """The source of the driver's function."""
    text = (firmware_dir() / "patrol" / "drivers" / "sonar.py").read_text(encoding="utf-8")
    (node,) = (
        n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == "replace"
    )
    return ast.unparse(node)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "median.py"
        script.write_text(replacing() + "\n" + PROGRAM, encoding="utf-8")
        command = [*find_interpreter(), str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    print("median of   insertion   bubble sort         sorted()")
    for line in done.stdout.splitlines():
        n, *spent = map(int, line.split())
        own, bubble, built_in = (us / 20_000 for us in spent)
        print(
            f"{n:9d} {own:8.2f} us {bubble:8.2f} us x{bubble / own:4.1f} "
            f"{built_in:8.2f} us x{built_in / own:4.1f}"
        )


if __name__ == "__main__":
    main()
