"""The process that drives scenarios one after the other, on a core of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from patrolcar_sim.scenario.judge import run_one


def work(jobs: Connection, core: int | None, artifacts: Path | None, scratch: Path) -> None:
    """Takes (scenario, seed), sends back a Result, until there are no more or the parent is gone.

    `core`: of the allowed ones, that on which board and world take turns; None: any.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends us
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_follow_parent, daemon=True).start()
    if core is not None and sys.platform == "linux":
        os.sched_setaffinity(0, {core})
    while True:
        try:
            job = jobs.recv()
        except EOFError:
            return
        if job is None:
            return
        scenario, seed = job
        jobs.send(run_one(scenario, seed, artifacts, scratch))


def _follow_parent() -> None:
    """Ends this process, in the middle of a run too, when the parent is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _leave(number: int, frame: FrameType | None) -> None:
    """In good order: the interpreter is ended as well."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(1)
