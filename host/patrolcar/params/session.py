"""What `patrol params` does with a car or a file."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from patrolcar.doctor.person import Person
from patrolcar.errors import PatrolError
from patrolcar.files import check_target, write_whole
from patrolcar.link.connection import connect
from patrolcar.params.compare import Difference, differences
from patrolcar.params.exchange import Exchange, Number, Values
from patrolcar.params.file import (
    check_lines,
    is_file,
    nearest,
    read_lines,
    read_values,
    text_of,
    whole_number,
)
from patrolcar.params.table import known

Say = Callable[[str], object]

STORED = "the car stores it 2 s after the last change, as soon as it is disarmed"
LATER = "acts from the next boot"


def silent(text: str) -> None:
    """Tells nobody."""


@contextlib.contextmanager
def car(source: str) -> Iterator[Exchange]:
    """The car at a connection. PatrolError (2) for a file, in which nothing can be set."""
    if is_file(source):
        raise PatrolError(f"{source} is a file: name the car's telemetry port", 2)
    with connect(source) as link:
        yield Exchange(link)


def _fetched(exchange: Exchange, source: str, say: Say) -> Values:
    say(f"asking {source}")
    return exchange.fetch(lambda have, of: say(f"{source}: {have} of {of} parameters"))


def values_of(source: str, say: Say = silent) -> Values:
    """All values of a car, or of a file."""
    if is_file(source):
        return read_values(Path(source))
    with car(source) as exchange:
        return _fetched(exchange, source, say)


def get(source: str, names: Sequence[str], say: Say = silent) -> Values:
    """Some of them, in the order in which they were named. PatrolError (2) for an unknown name."""
    wanted = [name.upper() for name in names]
    if is_file(source):
        return _some(source, wanted, read_values(Path(source)))
    with car(source) as exchange:
        return _read(exchange, source, wanted, say)


def _read(exchange: Exchange, source: str, names: Sequence[str], say: Say) -> Values:
    """Asks by name what is known here; where that does not do, the car's own list decides."""
    found: dict[str, Number] = {}
    for name in dict.fromkeys(names):
        value = exchange.read(name) if name in known() else None
        if value is None:
            return _some(source, names, _fetched(exchange, source, say))
        found[name] = value
    return found


def _some(source: str, names: Sequence[str], values: Values) -> Values:
    for name in names:
        if name not in values:
            words = nearest(name, values)
            raise PatrolError(f"{source} has no parameter {name:.60}: {words}", 2)
    return {name: values[name] for name in names}


def pairs(words: Sequence[str]) -> dict[str, int]:
    """NAME VALUE NAME VALUE ... PatrolError (2) for anything else."""
    if len(words) % 2:
        raise PatrolError(f"{words[-1]:.60} has no value: write NAME VALUE, as often as wanted", 2)
    found: dict[str, int] = {}
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name.upper() in found:
            raise PatrolError(f"{name} is there twice: set it once", 2)
        try:
            found[name.upper()] = whole_number(value)
        except ValueError as error:
            raise PatrolError(f"{name:.60}: {error}", 2) from None
    return found


def set_values(
    source: str, words: Sequence[str], say: Say = silent
) -> list[tuple[str, Number, int]]:
    """Sets them; each with its old and new value. All names are known before one is set."""
    wanted = pairs(words)
    with car(source) as exchange:
        old = _read(exchange, source, list(wanted), say)
        for name, value in wanted.items():
            exchange.set(name, value)
    return [(name, old[name], value) for name, value in wanted.items()]


def save(source: str, path: Path, *, force: bool = False, say: Say = silent) -> int:
    """Writes all values to a file, whole or not at all; how many."""
    check_target(path, force)
    with car(source) as exchange:
        values = _fetched(exchange, source, say)
        identity = exchange.identity()
    when = time.strftime("%Y-%m-%d %H:%M:%S %z")
    write_whole(path.resolve(), text_of(values, identity, source, when).encode())
    return len(values)


def load(
    source: str,
    path: Path,
    person: Person,
    show: Callable[[list[Difference]], object],
    say: Say = silent,
) -> tuple[int, int]:
    """Sets what a file says, after it was checked, shown and agreed to; (set, the same already).

    Afterwards the car's values are those of the file, or it is a PatrolError. (0, 0) where the
    person does not agree.
    """
    lines = read_lines(path)
    if not lines:
        raise PatrolError(f"{path} has no parameter in it: pass one that was saved", 2)
    with car(source) as exchange:
        values = _fetched(exchange, source, say)
        check_lines(path, lines, values)
        wanted: Values = {line.name: line.value for line in lines}
        found = differences({name: values[name] for name in wanted}, wanted)
        if not found:
            return 0, len(lines)
        show(found)
        if not person.confirm(f"Set {_count(len(found))} of the car at {source}?"):
            return 0, 0
        _set_all(exchange, {line.name: line.value for line in lines}, found, say)
        after = _fetched(exchange, source, say)
        for name, value in wanted.items():
            if after.get(name) != value:
                raise PatrolError(
                    f"{name} is {after.get(name)} again, not {value}: somebody else sets it, or "
                    "the car was reset; load the file again"
                )
    return len(found), len(lines) - len(found)


def _set_all(
    exchange: Exchange, wanted: dict[str, int], found: Sequence[Difference], say: Say
) -> None:
    done = 0
    try:
        for one in found:
            exchange.set(one.name, wanted[one.name])
            done += 1
            say(f"{done} of {len(found)} set")
    except PatrolError as error:
        raise PatrolError(f"{error} ({done} of {len(found)} are set)", error.code) from None
    except KeyboardInterrupt:
        print(f"interrupted: {done} of {len(found)} are set", file=sys.stderr)
        raise


def _count(n: int) -> str:
    return f"{n} parameter" if n == 1 else f"{n} parameters"


def set_line(name: str, old: Number, new: int) -> str:
    """What has become of a parameter, for a person."""
    one = known().get(name)
    if one is None:
        return f"{name} {old} -> {new}"
    unit = f" {one.shown_unit}" if one.shown_unit else ""
    return f"{name} {old} -> {new}{unit}" + (f" ({LATER})" if one.reboot else "")
