"""Many runs on several processes: one that dies takes only its own run along."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from patrolcar_sim.scenario.format import Scenario
from patrolcar_sim.scenario.result import Result, broken_result
from patrolcar_sim.scenario.worker import work

Job = tuple[Scenario, int]
END_S = 5.0  # what a worker has to end in good order


@dataclass
class _Worker:
    """A process and what it works on."""

    process: SpawnProcess
    pipe: Connection
    core: int | None
    job: Job | None = None


def cores(count: int) -> list[int | None]:
    """A core for each worker, in turn; None where the system does not let us choose."""
    if sys.platform != "linux":
        return [None] * count
    allowed = sorted(os.sched_getaffinity(0))
    return [allowed[i % len(allowed)] for i in range(count)]


class Pool:
    """Runs jobs on `count` processes.

        with Pool(2, artifacts, scratch) as pool:
            pool.run(jobs, on_result)

    Leaving it early, as by Ctrl-C, ends the processes and their boards.
    """

    def __init__(self, count: int, artifacts: Path | None, scratch: Path) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._artifacts = artifacts
        self._scratch = scratch
        self._cores = cores(count)
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        with _uninterrupted():  # an impatient second Ctrl-C would leave processes behind
            for worker in self._workers:
                worker.pipe.close()
                if worker.job is not None:  # the others leave by themselves
                    worker.process.terminate()
            for worker in self._workers:
                worker.process.join(END_S)
                if worker.process.is_alive():
                    worker.process.kill()
                    worker.process.join()

    def run(self, jobs: Iterable[Job], on_result: Callable[[Result], bool]) -> None:
        """Does all jobs; `on_result` is called with each one's result, and ends it with False."""
        waiting = list(reversed(list(jobs)))
        for core in self._cores[: len(waiting)]:
            self._start(core)
        for worker in self._workers:
            self._hand(worker, waiting)
        while busy := [worker for worker in self._workers if worker.job is not None]:
            ready = wait([worker.pipe for worker in busy])
            for worker in busy:
                if worker.pipe not in ready:
                    continue
                result = self._take(worker)
                if not on_result(result):
                    return
                if worker.process.is_alive() or not waiting:
                    self._hand(worker, waiting)
                else:
                    self._workers.remove(worker)
                    self._hand(self._start(worker.core), waiting)

    def _start(self, core: int | None) -> _Worker:
        near, far = self._context.Pipe()
        process = self._context.Process(
            target=work, args=(far, core, self._artifacts, self._scratch), daemon=True
        )
        # A child inherits that Ctrl-C is ignored, and so is quiet from its first moment on.
        with _uninterrupted():
            process.start()
        far.close()
        worker = _Worker(process, near, core)
        self._workers.append(worker)
        return worker

    def _hand(self, worker: _Worker, waiting: list[Job]) -> None:
        worker.job = waiting.pop() if waiting else None
        with contextlib.suppress(OSError):  # one that has died is noticed at its answer
            worker.pipe.send(worker.job)

    def _take(self, worker: _Worker) -> Result:
        assert worker.job is not None
        scenario, seed = worker.job
        try:
            result: Result = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(END_S)
            code = worker.process.exitcode
            how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
            return broken_result(scenario, seed, f"the process that ran it died ({how})")
        return result


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C does nothing meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def jobs_of(scenarios: Sequence[Scenario], seed: int | None) -> list[Job]:
    """Each scenario with each of its seeds, or with that one."""
    return [
        (scenario, one)
        for scenario in scenarios
        for one in (scenario.seeds if seed is None else (seed,))
    ]
