"""What the sonars' median costs: the driver's own of three, a window kept sorted by insertion, and
sorting it each time.

    python tests/bench/bench_median.py

The peers are bubble sort of a copy and the built-in `sorted`, in the same run of the interpreter
that the virtual board uses; the driver's lines are read from its source. Best of five, per
measurement; the loop without any of them is taken off. `sorted` allocates, which a steady tick may
not.
"""

from __future__ import annotations

import subprocess
import tempfile
import textwrap
from pathlib import Path

from patrolcar.flash.build import firmware_dir
from patrolcar_sim.board.process import find_interpreter

PROGRAM = """
import gc
from time import ticks_diff, ticks_us

def insertion(window, ring, at, value):
    old = ring[at]
    last = len(window) - 1
    i = 0
    while window[i] != old:
        i += 1
    while i < last and window[i + 1] < value:
        window[i] = window[i + 1]
        i += 1
    while i and window[i - 1] > value:
        window[i] = window[i - 1]
        i -= 1
    window[i] = value
    return window[last + 1 >> 1]

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
    for f in (nothing, insertion, bubble, built_in) + ((of_three,) if n == 3 else ()):
        least = 1 << 29
        for _ in range(5):
            gc.collect()
            start = ticks_us()
            total = run(f, n, values)
            spent = ticks_diff(ticks_us(), start)
            least = min(least, spent)
        best.append(least)
        sums.append(total)
    assert len(set(sums[1:])) == 1, sums
    print(n, *[b - best[0] for b in best[1:]])
"""


def of_three() -> str:
    """The driver's lines as a function like the others."""
    text = (firmware_dir() / "patrol" / "drivers" / "sonar.py").read_text(encoding="utf-8")
    start, end = (
        text.index("        low = self._oldest"),
        text.index("        self.range_mm = middle"),
    )
    lines = textwrap.dedent(text[start:end])
    for theirs, ours in (("self._oldest", "ring[at - 2]"), ("self.raw_mm", "ring[at - 1]")):
        lines = lines.replace(theirs, ours)
    lines = lines.replace("mm or", "value or") + "return middle\n"
    head = "_FAR_MM = 9999\ndef of_three(window, ring, at, value):\n"
    return head + textwrap.indent(lines, "    ")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "median.py"
        script.write_text(of_three() + "\n" + PROGRAM, encoding="utf-8")
        command = [*find_interpreter(), str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    print("median of  insertion    bubble sort         sorted()      the driver's")
    for line in done.stdout.splitlines():
        n, own, *others = map(int, line.split())
        rest = "".join(f"{us / 20_000:9.2f} us x{us / own:4.1f}" for us in others)
        print(f"{n:9d} {own / 20_000:7.2f} us{rest}")


if __name__ == "__main__":
    main()
