"""A run with everything around it: it is driven, judged, and its artifacts are written."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.link.tlog import TlogWriter
from patrolcar_sim.scenario import report
from patrolcar_sim.scenario.drive import drive
from patrolcar_sim.scenario.expectations import EXPECTATIONS
from patrolcar_sim.scenario.format import Scenario
from patrolcar_sim.scenario.measures import judge
from patrolcar_sim.scenario.recording import Recording
from patrolcar_sim.scenario.result import Judged, Result, broken_result, result_of
from patrolcar_sim.world.world import World

TLOG, TRUTH, PICTURE = "run.tlog", "truth.csv", "picture.png"
RESULT, REPORT, CONSOLE = "result.json", "report.md", "console.txt"
FILES = (TLOG, TRUTH, PICTURE, RESULT, REPORT, CONSOLE)
TRUTH_S = 0.05  # between two lines of the truth's file


def run_one(scenario: Scenario, seed: int, artifacts: Path | None, scratch: Path) -> Result:
    """Drives one scenario with one seed and judges it; whatever goes wrong is in the result."""
    begun = time.monotonic()
    folder = None if artifacts is None else artifacts / f"{scenario.name}-seed{seed}"
    try:
        with tempfile.TemporaryDirectory(dir=scratch) as own:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                for name in FILES:
                    (folder / name).unlink(missing_ok=True)
            return _run(scenario, seed, folder, Path(own), begun)
    except (PatrolError, OSError) as error:
        reason = str(error)
    except Exception as error:
        if folder is not None:
            with contextlib.suppress(OSError):
                (folder / REPORT).write_text(f"```\n{traceback.format_exc()}```\n")
        reason = f"the simulator broke: {type(error).__name__}: {error}"
    return broken_result(scenario, seed, " ".join(reason.split()), wall_s=time.monotonic() - begun)


def _run(
    scenario: Scenario, seed: int, folder: Path | None, scratch: Path, begun: float
) -> Result:
    with contextlib.ExitStack() as stack:
        if folder is None:
            run, world = drive(scenario, seed, scratch)
        else:
            tlog = stack.enter_context(TlogWriter(folder / TLOG))
            run, world = drive(scenario, seed, scratch, tlog.write)
    judged = []
    for expectation in scenario.expectations:
        outcome = judge(expectation, run, EXPECTATIONS[expectation.name].measure)
        judged.append(Judged(expectation.line, expectation.said, *outcome))
    result = result_of(
        scenario,
        seed,
        tuple(judged),
        truth=_truth(run, world),
        simulated_s=run.end_s,
        folder="" if folder is None else str(folder),
        wall_s=time.monotonic() - begun,
    )
    if folder is not None:
        _write(scenario, result, run, world, folder)
    return result


def _truth(run: Recording, world: World) -> dict[str, Any]:
    """What really happened, in short."""
    return {
        "distance_m": round(world.distance_m, 3),
        "coverage": round(world.coverage.fraction, 4),
        "contacts": [[round(at, 3), name] for at, name in run.contacts],
        "resets": [[round(at, 3), cause] for at, cause in run.resets],
        "modes": [[round(at, 3), mode] for at, mode in run.modes()],
        "texts": [[round(text.time_s, 3), text.severity, text.text] for text in run.texts()],
        "frames": len(run.messages),
        "frames_lost": len(run.lost),
        "died": run.died,
    }


def _write(scenario: Scenario, result: Result, run: Recording, world: World, folder: Path) -> None:
    lines = ["time_s,x_m,y_m,yaw_rad,distance_m,coverage"]
    due = 0.0
    for sample in run.samples:
        if sample.time_s >= due - 1e-9:
            due = sample.time_s + TRUTH_S
            lines.append(
                f"{sample.time_s:.3f},{sample.x:.4f},{sample.y:.4f},{sample.yaw:.4f},"
                f"{sample.distance:.4f},{sample.coverage:.4f}"
            )
    (folder / TRUTH).write_text("\n".join(lines) + "\n")
    (folder / CONSOLE).write_text("".join(text for _, text in run.console))
    record = json.dumps(result.record(), indent=1, ensure_ascii=False)
    (folder / RESULT).write_text(record + "\n")
    if any(not one.passed for one in result.judged):
        (folder / REPORT).write_text(report.text(scenario, result, run))
    if run.messages:
        from patrolcar_sim.scenario.picture import save

        save(scenario, result, run, world, folder / PICTURE)
