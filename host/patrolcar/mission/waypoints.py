"""Waypoints files: "QGC WPL 110", as MAVProxy and Mission Planner have them.

mavlink.io/en/file_formats: a line is index, current, frame, command, parameters 1 to 4, x, y, z,
autocontinue. ArduPilot's programs keep HOME as the first item, as a WAYPOINT in frame GLOBAL; 120
in place of 110 has none (QGroundControl, MissionController.cc). This car's missions have no HOME.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from patrolcar.mission.item import (
    GLOBAL,
    JUMP,
    WAYPOINT,
    Item,
    Mission,
    coordinate_text,
    item_of,
    text_of,
)

BEGIN = "QGC WPL"
NO_HOME = "# item 0 is a place to drive to: this file has no HOME"
_VERSIONS = ("110", "120")
_COLUMNS = 12
_SHOWN = 60
_JUMP_HOME = "jumps to HOME, which is no item of this car's: use RETURN_TO_LAUNCH (20)"


class WrongLines(ValueError):
    """Lines that are wrong: `problems` has a text for the number of each."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def read_waypoints(text: str, *, first_is_home: bool = True) -> Mission:
    """A file's mission. WrongLines for one that is none.

    `first_is_home`: whether a first item that looks as HOME does is one.
    """
    lines = text.splitlines()
    version = lines[0].removeprefix(BEGIN).strip() if lines else ""
    if version not in _VERSIONS:
        raise WrongLines({1: f"{lines[0] if lines else ''!r:.{_SHOWN}}: begin with QGC WPL 110"})
    found = Mission()
    problems: dict[int, str] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == NO_HOME:
            first_is_home = False
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            item = _item(words, len(found.items) + len(problems))
        except ValueError as error:
            problems[number] = str(error)
        else:
            found.items.append(item)
            found.lines.append(number)
    if not problems and version == "110" and first_is_home:
        problems = _without_home(found)
    if problems:
        raise WrongLines(problems)
    return found


def _item(words: list[str], number: int) -> Item:
    if len(words) != _COLUMNS:
        raise ValueError(f"{len(words)} columns: a waypoint has {_COLUMNS}")
    index, current, frame, command, goes_on = (
        _whole(words[i], name)
        for i, name in (
            (0, "index"),
            (1, "current"),
            (2, "frame"),
            (3, "command"),
            (11, "autocontinue"),
        )
    )
    if index != number:
        raise ValueError(f"index {index} should be {number}: number the lines from 0")
    if not {current, goes_on} <= {0, 1}:
        raise ValueError(f"current {current} and autocontinue {goes_on} are 0 or 1")
    if command == 0 and number == 0:  # so Mission Planner writes HOME
        command = WAYPOINT
    values = [_number(word, i) for i, word in enumerate(words[4:11], 1)]
    return item_of(command, frame, values, bool(goes_on))


def _whole(word: str, name: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 10):
        raise ValueError(f"{name} {word!r:.{_SHOWN}} is no whole number")
    return int(word)


def _number(word: str, number: int) -> float:
    try:
        return float(word) if word.isascii() and "_" not in word else math.inf
    except ValueError:
        raise ValueError(f"parameter {number} {word!r:.{_SHOWN}} is no number") from None


def _looks_as_home(item: Item) -> bool:
    return item.command == WAYPOINT and item.frame == GLOBAL and not any(item.params)


def _without_home(found: Mission) -> dict[int, str]:
    """Takes HOME out, if the first item is that; what jumps there cannot."""
    if not found.items or not _looks_as_home(found.items[0]):
        return {}
    home = found.items.pop(0)
    line = found.lines.pop(0)
    found.home = home.x / home.scale, home.y / home.scale, home.z
    where = ", ".join(coordinate_text(value, home.scale) for value in (home.x, home.y))
    found.notes.append(
        f"line {line} is taken for HOME ({where}) and left out: if it is a place to drive to, "
        "pass --no-home"
    )
    problems = {}
    for i, one in enumerate(found.items):
        if one.command == JUMP:
            target = one.params[0]
            if target == 0:
                problems[found.lines[i]] = _JUMP_HOME
            found.items[i] = replace(one, params=(target - 1, *one.params[1:]))
    return problems


def waypoints_text(items: Sequence[Item]) -> str:
    """The text of a file that has these items, the first one in front."""
    lines = [f"{BEGIN} 110"]
    if items and _looks_as_home(items[0]):
        lines.append(NO_HOME)
    for number, one in enumerate(items):
        cells = (
            str(number),
            "1" if number == 0 else "0",
            str(one.frame),
            str(one.command),
            *(text_of(value) for value in one.params),
            coordinate_text(one.x, one.scale),
            coordinate_text(one.y, one.scale),
            text_of(one.z),
            str(int(one.autocontinue)),
        )
        lines.append("\t".join(cells))
    return "\n".join((*lines, ""))
