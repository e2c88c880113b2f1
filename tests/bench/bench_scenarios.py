"""How much faster two processes run scenarios than one, in the same run.

    python tests/bench/bench_scenarios.py [runs] [seconds]

The peer is the same command with --jobs 1. Each is started in turn and the best of three counts,
so that a machine with other work on it is not taken for a slow pool. It needs two free cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
PATROL = """title = "The office is patrolled"
world = "office"
seeds = "1..{runs}"
duration = "{seconds:g} s"
mission = [{{ at = "1.5 s", do = "arm" }}, {{ at = "1.7 s", do = "mode", mode = "AUTO" }}]
[expect]
contacts = "== 0"
"""


def wall_s(file: Path, jobs: int, out: Path) -> float:
    """Wall seconds of one call of the command."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "patrolcar", "scenario", "run", str(file),
         "--jobs", str(jobs), "--artifacts", str(out)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begin


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    best = {1: float("inf"), 2: float("inf")}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "patrol.toml"
        file.write_text(PATROL.format(runs=runs, seconds=seconds))
        wall_s(file, 1, Path(folder) / "out")  # makes what is kept in the cache
        for _ in range(ROUNDS):
            for jobs in best:
                best[jobs] = min(best[jobs], wall_s(file, jobs, Path(folder) / "out"))
    print(f"{runs} runs of {seconds:g} simulated seconds, {os.cpu_count()} cores:")
    for jobs, took in best.items():
        print(f"  --jobs {jobs}: {took:6.2f} s, {runs * seconds / took:5.1f} simulated s per s")
    print(f"  ratio {best[1] / best[2]:.2f} (the aim is 1.8)")


if __name__ == "__main__":
    main()
