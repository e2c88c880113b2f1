"""A calibration as a whole: the steps in their order, what is new, and its storing after a yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from patrolcar.calibrate.formulas import diameter_mm
from patrolcar.calibrate.steps import STEPS, Calibration, Given, Row, Skipped, check
from patrolcar.doctor.person import Person
from patrolcar.doctor.session import Examined
from patrolcar.errors import PatrolError
from patrolcar.flash.repl import BoardError


@dataclass(frozen=True)
class Change:
    """One setting, from old to new, as it is stored; `shown` is the same for a person."""

    name: str
    unit: str
    old: int
    new: int
    shown: str


@dataclass
class Outcome:
    """What a calibration came to: `skipped` has the reason by the step's name."""

    changes: list[Change] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    stored: bool = False


def check_steps(names: Sequence[str]) -> list[str]:
    """The steps of these names in their order, all without any. PatrolError (2) for another."""
    for name in names:
        if name not in STEPS:
            raise PatrolError(f"--only {name}: pass {', '.join(STEPS)}", 2)
    return [name for name in STEPS if name in names or not names]


def calibrate(
    port: str,
    names: Sequence[str],
    given: Given,
    person: Person,
    say: Callable[[str], None],
    show: Callable[[list[Change]], None],
) -> Outcome:
    """Goes through the steps of these names (none: all) with the person, and stores.

    `show` gets what is new before the person is asked whether to store it.

    Raises:
        PatrolError: a name that is none or nobody to ask (code 2); nobody answers at the port, no
            firmware, the car does not do its way, a value that cannot be. Nothing is stored then.
    """
    steps = check_steps(names)
    outcome = Outcome()
    say("stopping the program")
    with Examined(port) as board:
        board.load("about", "common", "parts", "calibrate")
        board.do("make")
        settings, table, diameter, said = board.call("stored")
        for text in said:
            person.tell(f"the car says: {text}")
        file = board.call("about")["board"]
        run = Calibration(board, person, given, say, file, settings, table)
        old = dict(settings)
        found: dict[str, int] = {}
        for name in steps:
            say(name)
            try:
                new = STEPS[name](run)
            except Skipped as reason:
                outcome.skipped[name] = str(reason)
                continue
            check(table, new)
            found |= new
            settings |= new
        outcome.changes = [
            _change(row, old[row[0]], found[row[0]], diameter) for row in table if row[0] in found
        ]
        if outcome.changes:
            show(outcome.changes)
            if person.confirm("Store these on the board?"):
                say("storing")
                _keep(board, found)
                outcome.stored = True
    return outcome


def _keep(board: Examined, found: dict[str, int]) -> None:
    try:
        kept = board.call("keep", found)
    except BoardError as error:
        raise PatrolError(
            f"nothing was stored on the board at {board.port}: {error.name}"
        ) from None
    wrong = [name for name in found if kept[name] != found[name]]
    if wrong:
        raise PatrolError(f"{', '.join(wrong)} did not read back as stored: run again")


def _change(row: Row, old: int, new: int, diameter: float) -> Change:
    name, unit, _, _, default, _ = row
    if name.startswith("wheel_"):
        was, now = (diameter_mm(value, default, diameter) for value in (old, new))
        shown = f"diameter {was:.2f} -> {now:.2f} mm"
    elif unit == "mm/100":
        shown = f"{old / 100:.2f} -> {new / 100:.2f} mm"
    elif unit == "1/1000":
        shown = f"{old / 1000:.3f} -> {new / 1000:.3f}"
    else:
        shown = f"{old} -> {new} {unit}"
    return Change(name, unit, old, new, shown)
