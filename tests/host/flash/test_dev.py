"""What `patrol dev` does where its watch or its flash fails, told without a board."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash import dev
from patrolcar.flash.flash import Options
from patrolcar.flash.sync import Progress


def test_a_watch_that_ended_is_told(tmp_path: Path) -> None:
    with dev.Changes(tmp_path / "gone") as changes:
        changes._thread.join(5)
        with pytest.raises(
            PatrolError, match=r"gone is not watched any more .*: start patrol dev"
        ):
            changes.take()


class Board:
    """A REPL that keeps what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def interrupt(self) -> None:
        self.done.append("interrupt")

    def reset(self) -> None:
        self.done.append("reset")


@contextlib.contextmanager
def shown() -> Iterator[Progress]:
    yield lambda *_: None


def raising(error: BaseException) -> Callable[..., None]:
    def transfer(*_: object) -> None:
        raise error

    return transfer


def test_the_car_goes_on_after_what_could_not_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    board, said = Board(), []
    monkeypatch.setattr(dev, "transfer", raising(PatrolError("a.py, line 3: SyntaxError")))
    dev._update(board, Options(), shown, said.append)  # type: ignore[arg-type]
    assert said == ["a.py, line 3: SyntaxError"]
    assert board.done == ["reset"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ZeroDivisionError()])
def test_the_car_goes_on_whatever_ends_a_flash(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board()
    monkeypatch.setattr(dev, "transfer", raising(error))
    with pytest.raises(type(error)):
        dev._update(board, Options(), shown, print)  # type: ignore[arg-type]
    assert board.done == ["interrupt", "reset"]
