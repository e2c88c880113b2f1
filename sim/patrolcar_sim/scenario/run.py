"""`patrol scenario run`: all files are checked, then every run is done, shown and written down."""

from __future__ import annotations

import fnmatch
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from patrolcar.errors import PatrolError
from patrolcar_sim.board.process import find_interpreter
from patrolcar_sim.firmware_image import firmware_image
from patrolcar_sim.scenario import junit, show
from patrolcar_sim.scenario.format import Scenario
from patrolcar_sim.scenario.load import load_files
from patrolcar_sim.scenario.pool import Job, Pool, jobs_of
from patrolcar_sim.scenario.result import Result


@dataclass(frozen=True)
class Options:
    """What was asked for; `pattern` is a part of a scenario's name, or a glob."""

    paths: Sequence[Path]
    jobs: int = 1
    seed: int | None = None
    pattern: str | None = None
    fail_fast: bool = False
    artifacts: Path | None = None
    junit: Path | None = None


def chosen(options: Options) -> list[Job]:
    """All that is to be run.

    Raises:
        PatrolError: (code 2) a path is not there, or the pattern fits nothing.
        BrokenScenarios: a file is broken, also one that the pattern leaves out.
    """
    scenarios = load_files(options.paths)
    pattern = options.pattern
    if pattern is not None:
        names = ", ".join(scenario.name for scenario in scenarios)
        scenarios = [one for one in scenarios if fits(one, pattern)]
        if not scenarios:
            raise PatrolError(f"--filter {pattern} fits no scenario: there are {names}", 2)
    return jobs_of(scenarios, options.seed)


def fits(scenario: Scenario, pattern: str) -> bool:
    """Whether the pattern is a part of the name, or a glob for the whole of it."""
    return pattern in scenario.name or fnmatch.fnmatchcase(scenario.name, pattern)


def run_scenarios(options: Options, console: Console) -> list[Result]:
    """Runs and shows everything; the results so far are written even when Ctrl-C ends it.

    Raises:
        PatrolError, BrokenScenarios: as `chosen`, or a folder that cannot be written.
    """
    jobs = chosen(options)
    _prepare(options, jobs)
    results: list[Result] = []
    begun = time.monotonic()

    def took(result: Result) -> bool:
        results.append(result)
        tell(result)
        return result.verdict.good or not options.fail_fast

    try:
        with (
            tempfile.TemporaryDirectory(prefix="patrol-scenario-") as scratch,
            Pool(options.jobs, options.artifacts, Path(scratch)) as pool,
            show.progress(console, len(jobs)) as tell,
        ):
            pool.run(jobs, took)
    finally:
        show.summary(console, results, len(jobs), time.monotonic() - begun)
        if options.junit is not None:
            junit.write(results, options.junit)
    return results


def _prepare(options: Options, jobs: Sequence[Job]) -> None:
    """What would stop every run is found now: no interpreter, a folder, a firmware's mistake."""
    if options.junit is not None:
        if options.junit.is_dir():
            raise PatrolError(f"--junit {options.junit} is a folder: give the name of a file", 2)
        if any(options.junit.resolve() == Path(one.file).resolve() for one, _ in jobs):
            raise PatrolError(f"--junit {options.junit} is one of the scenarios: give another", 2)
        options.junit.parent.mkdir(parents=True, exist_ok=True)
    if options.artifacts is not None:
        if options.artifacts.exists() and not options.artifacts.is_dir():
            raise PatrolError(f"--artifacts {options.artifacts} is a file: give a folder", 2)
        options.artifacts.mkdir(parents=True, exist_ok=True)
    find_interpreter()
    for board in sorted({scenario.board for scenario, _ in jobs}):
        firmware_image(board)
