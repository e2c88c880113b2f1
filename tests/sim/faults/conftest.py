"""One board for all tests of a file, and faults that begin on it while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench
from patrolcar_sim.faults import Timeline, parse


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("board") / "flash.img") as made:
        yield made


Inject = Callable[..., None]


@pytest.fixture
def inject(bench: Bench) -> Inject:
    """Begins a fault as parse() takes it, its start counted from now."""

    def begin(text: str, seed: int = 1) -> None:
        fault = parse(text)
        fault = replace(fault, at_us=bench.board.now_us + fault.at_us)
        Timeline([fault], seed).attach(bench.board)
        if fault.at_us == bench.board.now_us:
            bench.board.run(bench.board.now_us + 1000)

    return begin


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return tmp_path / "flash.img"
