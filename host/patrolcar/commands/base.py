"""What the commands share: the application, how errors are told, options and arguments."""

import functools
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, ParamSpec

import typer

from patrolcar.errors import PatrolError

P = ParamSpec("P")

INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended

app = typer.Typer(
    help="Flash, watch, record and simulate the patrol car.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def complain(error: PatrolError) -> None:
    """Prints an error as the one line that a person sees."""
    print(f"patrol: {error}", file=sys.stderr)


def guarded(
    *, until_interrupted: bool = False
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Makes errors of a function one line, and Ctrl-C no traceback.

    `until_interrupted` marks one that Ctrl-C is the ordinary end of: it exits with 0.
    """

    def guard(function: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                function(*args, **kwargs)
            except PatrolError as error:
                complain(error)
                raise typer.Exit(error.code) from None
            except BrokenPipeError:  # whoever read us has enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(1) from None
            except OSError as error:  # a name that the system cannot take, a disk that is full
                thing = f"{error.filename!s:.80}: " if error.filename else ""
                complain(PatrolError(f"{thing}{error.strerror or error}: check what was passed"))
                raise typer.Exit(1) from None
            except KeyboardInterrupt:
                raise typer.Exit(0 if until_interrupted else INTERRUPTED) from None

        return run

    return guard


def command(
    *,
    until_interrupted: bool = False,
    group: typer.Typer = app,
    name: str | None = None,
    context_settings: dict[str, Any] | None = None,
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Registers a guarded function as a command.

    `group` is the application that it belongs to, `name` another name than the function's,
    `context_settings` are those of its parser.
    """

    def register(function: Callable[P, None]) -> Callable[P, None]:
        made = guarded(until_interrupted=until_interrupted)(function)
        group.command(name, context_settings=context_settings)(made)
        return made

    return register


Uri = Annotated[
    str,
    typer.Argument(
        metavar="URI",
        help="The telemetry port: /dev/pts/3, /dev/ttyACM0?baud=57600, COM5, "
        "socket://host:port, udp:host:port.",
    ),
]
Port = Annotated[
    str | None,
    typer.Argument(
        metavar="[PORT]",
        help="The board's REPL: /dev/ttyACM0, COM4, /dev/pts/2, socket://host:port. "
        "Without it, the one board that is found.",
    ),
]
BoardName = Annotated[
    str | None,
    typer.Option(
        help="Which board it is wired like: pyboard_v11, blackpill_f411, nucleo_f446re. "
        "Without it, what the board calls itself decides."
    ),
]
AsSource = Annotated[
    bool, typer.Option("--source", help="Send .py files instead of bytecode, to debug.")
]
Duration = Annotated[float | None, typer.Option(min=0.0, help="End after so many seconds.")]
