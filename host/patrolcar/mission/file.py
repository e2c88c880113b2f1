"""Files of missions, of either kind, by their endings; and what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar.files import read_text, write_whole
from patrolcar.mission.check import problems
from patrolcar.mission.item import Item, Mission
from patrolcar.mission.plan import WrongItems, plan_text, read_plan
from patrolcar.mission.waypoints import BEGIN, WrongLines, read_waypoints, waypoints_text

PLAN = ".plan"
WAYPOINTS = (".waypoints", ".wp", ".txt")
_MOST_BYTES = 1_000_000


class BrokenMission(PatrolError):
    """A mission that is wrong: `lines` has one text each, FILE:LINE: or FILE: in front."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        super().__init__(lines[0] + more, 2)


def read_mission(path: Path, *, first_is_home: bool = True) -> Mission:
    """What is in a file, by what it begins with. BrokenMission, or PatrolError (2) for others."""
    text = read_text(path, "a mission", "a .plan or a .waypoints", _MOST_BYTES)
    try:
        if text.lstrip().startswith("{"):
            return read_plan(text)
        if text.startswith(BEGIN):
            return read_waypoints(text, first_is_home=first_is_home)
    except WrongLines as error:
        numbers = sorted(error.problems)
        raise BrokenMission([f"{path}:{n}: {error.problems[n]}" for n in numbers]) from None
    except WrongItems as error:
        raise BrokenMission([f"{path}: {line}" for line in error.problems]) from None
    except ValueError as error:
        raise PatrolError(f"{path}: {error}", 2) from None
    raise PatrolError(
        f"{path} is no mission: pass a plan of QGroundControl, or a file of waypoints that begins "
        "with QGC WPL 110",
        2,
    )


def refused(path: Path, mission: Mission) -> list[str]:
    """What the car would refuse of a file's mission: a line for each, empty where it takes it."""
    lines = []
    for number, text in problems(mission.items):
        line = f":{mission.lines[number]}" if mission.lines and number >= 0 else ""
        item = f" item {number}:" if number >= 0 else ""
        lines.append(f"{path}{line}:{item} {text}")
    return lines


def check_ending(path: Path) -> None:
    """PatrolError (2) for a file whose ending says nothing."""
    if path.suffix.lower() not in (PLAN, *WAYPOINTS):
        raise PatrolError(
            f"{path}: let it end in {PLAN} (QGroundControl) or {WAYPOINTS[0]} (MAVProxy)", 2
        )


def write_mission(path: Path, items: Sequence[Item]) -> None:
    """Writes a file, whole or not at all, in the format that its ending names."""
    check_ending(path)
    text = plan_text(items) if path.suffix.lower() == PLAN else waypoints_text(items)
    write_whole(path.resolve(), text.encode())
