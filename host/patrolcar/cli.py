"""The entry point of the command `patrol`; the commands are in patrolcar.commands."""

import io
import signal
import sys

import typer

from patrolcar.commands import (  # noqa: F401  (they register themselves)
    board,
    mission,
    params,
    scenario,
    simulate,
    watch,
    world,
)
from patrolcar.commands.base import app, complain
from patrolcar.errors import PatrolError

# Wrong usage of any kind: what BadParameter is one kind of. The class has no public name.
WrongUsage: type[Exception] = typer.BadParameter.__mro__[1]


def _interrupt_on_termination() -> None:
    """Lets a polite kill, or a closed terminal, end a command as Ctrl-C does: in good order."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    # A child of a background shell starts with Ctrl-C ignored; a simulator is stopped by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def main() -> None:
    """The entry point of the command `patrol`."""
    _interrupt_on_termination()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except WrongUsage as error:
        context = getattr(error, "ctx", None)
        name = context.command_path if context is not None else "patrol"
        message = error.format_message().strip()  # type: ignore[attr-defined]
        if message:  # without one, the help has been shown
            complain(PatrolError(f"{message} (see {name} --help)", 2))
        code = 2
    sys.exit(code or 0)
