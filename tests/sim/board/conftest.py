"""One board for all tests of a file; each test may rely on nothing that another one left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar_sim.bench import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("board")
    made = Bench(folder / "flash.img")
    yield made
    made.board.stop()
