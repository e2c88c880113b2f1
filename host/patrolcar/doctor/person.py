"""The person at the terminal, who sees the car and answers; or nobody."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Protocol

from rich.console import Console

from patrolcar.errors import PatrolError
from patrolcar.flash.terminal import Pause, ask


class Person(Protocol):
    """Who is asked. `present` is False where only `--yes` answers."""

    @property
    def present(self) -> bool: ...
    def confirm(self, question: str) -> bool: ...
    def tell(self, text: str) -> None: ...
    def answer(self, question: str) -> str: ...


class AtTerminal:
    """The person at this terminal; `yes` answers what can be answered so, and asks for nothing."""

    def __init__(self, yes: bool, pause: Pause) -> None:
        self._yes = yes
        self._pause = pause

    @property
    def present(self) -> bool:
        return not self._yes and sys.stdin.isatty()

    def confirm(self, question: str) -> bool:
        """Yes or no. PatrolError (code 2) where nobody is there to say."""
        return self._yes or ask(question, self._pause)

    def tell(self, text: str) -> None:
        with self._pause():
            print(text, file=sys.stderr, flush=True)

    def answer(self, question: str) -> str:
        """What the person types. PatrolError (code 2) where nobody is there."""
        if not self.present:
            raise PatrolError(f"{question} Nobody is there to answer", 2)
        with self._pause():
            return input(f"{question} ").strip()


@contextlib.contextmanager
def progress() -> Iterator[tuple[Callable[[str], None], Pause]]:
    """A line on stderr that says what is being done, and what takes it away for a question."""
    with Console(stderr=True).status("") as status:

        @contextlib.contextmanager
        def pause() -> Iterator[None]:
            status.stop()
            yield
            status.start()

        yield lambda text: status.update(text), pause
