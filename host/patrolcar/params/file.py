"""Files of parameters: `NAME value` lines as MAVProxy and Mission Planner have them, and
QGroundControl's of five columns. What is written is of the first kind.

Checking a file tells every line that is wrong, before anything is done with it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.files import read_text
from patrolcar.params.exchange import Identity, Number, Values
from patrolcar.params.table import MOST, known

SUFFIXES = (".param", ".parm", ".params")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_NEARLY = 1e-6  # as far as programs that count in floats are from a whole number
_COMPONENT = 1  # that of the car, MAV_COMP_ID_AUTOPILOT1
_MOST_BYTES = 1_000_000
_SHOWN = 60  # characters of a line that is wrong


@dataclass(frozen=True)
class Line:
    """A line that gives a parameter its value."""

    number: int
    name: str
    value: int


class BrokenFile(PatrolError):
    """A file with lines that are wrong: `lines` has one text each, FILE:LINE: reason."""

    def __init__(self, path: Path, problems: dict[int, str]) -> None:
        self.lines = [f"{path}:{number}: {problems[number]}" for number in sorted(problems)]
        more = f" (and {len(self.lines) - 1} lines more)" if len(self.lines) > 1 else ""
        super().__init__(self.lines[0] + more, 2)


def whole_number(text: str) -> int:
    """A value that a parameter may have. ValueError, with the reason, for any other text."""
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r:.40} is no number")
    value = float(text)
    if abs(value) > MOST or abs(value - round(value)) > _NEARLY:
        raise ValueError(f"{text:.40} is no whole number within +-{MOST}")
    return round(value)


def nearest(name: str, names: Iterable[str]) -> str:
    """What a person may have meant by a name that is not among these."""
    near = difflib.get_close_matches(name, list(names), 1, 0.6)
    return f"did you mean {near[0]}?" if near else "patrol params SOURCE list shows all"


def is_file(source: str) -> bool:
    """Whether a person who names this means a file, not a connection."""
    path = Path(source)
    try:
        return path.is_file() or (path.suffix in SUFFIXES and not path.exists())
    except (OSError, ValueError):  # a name that the system cannot take
        return False


def read_lines(path: Path) -> list[Line]:
    """The lines of a file, each name once. BrokenFile, or PatrolError (2) where it is none."""
    text = read_text(path, "a file of parameters", "one of patrol params SOURCE save", _MOST_BYTES)
    found: dict[str, Line] = {}
    problems: dict[int, str] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.partition("#")[0].replace(",", " ").split()
        if not words:
            continue
        try:
            line = Line(number, *_name_and_value(words))
            if line.name in found:
                raise ValueError(f"{line.name} is in line {found[line.name].number} already")
        except ValueError as error:
            problems[number] = str(error)
        else:
            found[line.name] = line
    if problems:
        raise BrokenFile(path, problems)
    return list(found.values())


def _name_and_value(words: list[str]) -> tuple[str, int]:
    if len(words) == 5:  # vehicle, component, name, value, MAV_PARAM_TYPE
        vehicle, component, name, value, kind = words
        if not all(word.isascii() and word.isdecimal() for word in (vehicle, component, kind)):
            raise ValueError(f"{' '.join(words):.{_SHOWN}} is no line of QGroundControl's")
        if int(component) != _COMPONENT:
            raise ValueError(f"{name:.16} is of component {component:.9}, the car's is 1")
    elif len(words) == 2:
        name, value = words
    else:
        raise ValueError(f"{' '.join(words)!r:.{_SHOWN}} is not NAME VALUE")
    return name.upper(), whole_number(value)


def check_lines(path: Path, lines: list[Line], values: Values) -> None:
    """Compares a file with what a car has: BrokenFile for names that it does not know, and for
    values outside the ranges as far as this package knows them."""
    problems: dict[int, str] = {}
    for line in lines:
        one = known().get(line.name)
        if line.name not in values:
            words = nearest(line.name, values)
            problems[line.number] = f"the car has no parameter {line.name:.{_SHOWN}}: {words}"
        elif one is not None and not one.low <= line.value <= one.high:
            unit = f" {one.shown_unit}".rstrip()
            problems[line.number] = f"{line.name} is {line.value}, not within {one.range}{unit}"
    if problems:
        raise BrokenFile(path, problems)


def read_values(path: Path) -> Values:
    """What a file says, by name."""
    return {line.name: line.value for line in read_lines(path)}


def text_of(values: Values, identity: Identity, source: str, when: str) -> str:
    """The text of a file."""
    firmware = f"firmware {identity.firmware}" if identity.firmware else "firmware unknown"
    build = f" build {identity.build}" if identity.build.strip("0") else ""
    chip = f", chip {identity.chip}" if identity.chip else ""
    head = (
        f"# {len(values)} parameters of patrolcar {identity.system} at {source}{chip}",
        f"# {firmware}{build}; saved {when}",
    )
    rows = [f"{name:16} {_text(value)}" for name, value in values.items()]
    return "\n".join((*(" ".join(line.split()) for line in head), *rows, ""))


def _text(value: Number) -> str:
    return str(value) if isinstance(value, int) else f"{value:.9g}"
