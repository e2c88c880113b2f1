"""What `patrol mission` does with a car."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.files import check_target
from patrolcar.link.connection import connect
from patrolcar.mission.exchange import Exchange
from patrolcar.mission.file import (
    BrokenMission,
    check_ending,
    read_mission,
    refused,
    write_mission,
)
from patrolcar.mission.item import Item, Mission

Say = Callable[[str], object]


def silent(text: str) -> None:
    """Tells nobody."""


@contextlib.contextmanager
def car(source: str) -> Iterator[Exchange]:
    """The car at a connection. PatrolError (2) for a file, which is the other argument."""
    with contextlib.suppress(OSError, ValueError):
        if Path(source).is_file():
            raise PatrolError(f"{source} is a file: the car's telemetry port comes first", 2)
    with connect(source) as link:
        yield Exchange(link)


def checked(path: Path, *, first_is_home: bool = True) -> Mission:
    """A file's mission, which the car takes. BrokenMission with all that it would refuse."""
    mission = read_mission(path, first_is_home=first_is_home)
    lines = refused(path, mission)
    if lines:
        raise BrokenMission(lines)
    return mission


def part_of(items: Sequence[Item], first: int | None, last: int | None) -> range:
    """The items from `first` to `last`, both of them. PatrolError (2) where there are none."""
    begin, end = first or 0, len(items) - 1 if last is None else last
    if not 0 <= begin <= end < len(items):
        raise PatrolError(
            f"items {begin} to {end}: the file has "
            + (f"0 to {len(items) - 1}" if items else "none"),
            2,
        )
    return range(begin, end + 1)


def upload(
    source: str,
    mission: Mission,
    first: int | None = None,
    last: int | None = None,
    say: Say = silent,
) -> range:
    """Sends a mission, or some items of it in place of the car's, and reads them back: which."""
    if not mission.items:
        raise PatrolError(
            f"the file has no items: patrol mission clear {source} empties the car's mission", 2
        )
    numbers = part_of(mission.items, first, last)
    items = [mission.items[number] for number in numbers]
    begin = None if first is None and last is None else numbers.start
    with car(source) as exchange:
        say(f"asking {source}")
        stored = False
        try:
            exchange.upload(items, begin, lambda done, of: say(f"sent {done} of {of} items"))
            stored = True
            if begin is None and exchange.count() != len(items):
                raise _changed("its number of items")
            back = exchange.fetch(numbers, lambda done, of: say(f"read back {done} of {of} items"))
        except KeyboardInterrupt:
            state = "stored, not read back" if stored else "not stored: the car keeps what it had"
            print(f"interrupted: {state}", file=sys.stderr)
            raise
    for number, sent, told in zip(numbers, items, back, strict=True):
        if sent.as_bytes() != told.as_bytes():
            raise _changed(f"item {number}")
    return numbers


def _changed(what: str) -> PatrolError:
    return PatrolError(
        f"{what} is another than was sent: somebody else sends missions too; send it again"
    )


def download(source: str, say: Say = silent) -> list[Item]:
    """The car's mission."""
    with car(source) as exchange:
        say(f"asking {source}")
        return exchange.download(lambda done, of: say(f"{source}: {done} of {of} items"))


def save(source: str, path: Path, *, force: bool = False, say: Say = silent) -> int:
    """Writes the car's mission to a file, whole or not at all: how many items."""
    check_ending(path)
    check_target(path, force)
    items = download(source, say)
    write_mission(path, items)
    return len(items)


def clear(source: str, say: Say = silent) -> None:
    """Empties the car's mission, and asks whether it is empty."""
    with car(source) as exchange:
        say(f"asking {source}")
        exchange.clear()
        if exchange.count():
            raise PatrolError("the car has a mission again: somebody else sends missions too")
