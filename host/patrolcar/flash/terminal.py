"""What a person sees of a flash: a bar on the terminal, and a question before it erases."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn

from patrolcar.errors import PatrolError
from patrolcar.flash.sync import Progress as Told

Pause = Callable[[], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def bar() -> Iterator[Told]:
    """What tells a bar on stderr of progress."""
    with shown() as (progress, _):
        yield progress


@contextlib.contextmanager
def shown() -> Iterator[tuple[Told, Pause]]:
    """A bar on stderr; what tells it of progress, and what takes it away for a question."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
    )
    console = Console(stderr=True)
    rows = Progress(
        *columns,
        console=console,
        transient=True,
        redirect_stdout=False,
        disable=not console.is_terminal,
    )
    with rows:
        task = rows.add_task("asking the board", total=None)

        def progress(what: str, done: int, total: int) -> None:
            rows.update(task, description=what, completed=done, total=total or None)

        @contextlib.contextmanager
        def pause() -> Iterator[None]:
            rows.stop()
            yield
            rows.start()

        yield progress, pause


def attended() -> bool:
    """Whether a person can type an answer. A program without a stdin has none at all."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def ask(question: str, pause: Pause) -> bool:
    """A yes or no from the person at the terminal, Ctrl-D being a no.

    PatrolError (2) where nobody is there.
    """
    if not attended():
        raise PatrolError(f"{question} Nobody is there to answer: pass --yes", 2)
    with pause():
        try:
            answer = input(f"{question} [y/N] ")
        except EOFError:
            print(file=sys.stderr)
            return False
    return answer.strip().lower() in ("y", "yes")
