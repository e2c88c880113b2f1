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
    """Who is asked.

    `there`: somebody can type an answer; `present`: and wants to be asked what --yes would skip.
    """

    @property
    def present(self) -> bool: ...
    @property
    def there(self) -> bool: ...
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
        return not self._yes and self.there

    @property
    def there(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty()  # None: it was closed

    def confirm(self, question: str) -> bool:
        """Yes or no, which Ctrl-D is too. PatrolError (code 2) where nobody is there to say."""
        if self._yes:
            return True
        if not self.there:
            raise PatrolError(f"{question} Nobody is there to answer: pass --yes", 2)
        try:
            return ask(question, self._pause)
        except EOFError:
            print(file=sys.stderr)
            return False

    def tell(self, text: str) -> None:
        with self._pause():
            print(text, file=sys.stderr, flush=True)

    def answer(self, question: str) -> str:
        """What the person types. PatrolError for Ctrl-D, or (code 2) where nobody is there."""
        if not self.there:
            raise PatrolError(f"{question} Nobody is there to answer", 2)
        try:
            with self._pause():
                return input(f"{question} ").strip()
        except EOFError:
            print(file=sys.stderr)
            raise PatrolError("no answer: nothing was stored") from None


@contextlib.contextmanager
def progress() -> Iterator[tuple[Callable[[str], None], Pause]]:
    """A line on stderr that says what is being done, and what takes it away for a question.

    Where stderr is no terminal, nothing is said.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: None, contextlib.nullcontext
        return
    with console.status("") as status:

        @contextlib.contextmanager
        def pause() -> Iterator[None]:
            status.stop()
            yield
            status.start()

        yield lambda text: status.update(text), pause
