"""QGroundControl's plan files. docs.qgroundcontrol.com, Plan File Format

A jump in them names its target by the target's doJumpId, which need not be its place in the list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from patrolcar.mission.item import JUMP, Item, Mission, item_of, text_of

_NOT_A_PLAN = "it is no plan of QGroundControl's: "
_RELATIVE = 1  # AltitudeMode, of what is drawn; the car knows no altitude
_ROVER = 10  # MAV_TYPE_GROUND_ROVER
_SPEED = 0.3  # m/s, for the time that QGroundControl shows
# What else a plan may have, and the lists in it that are not empty then.
_OTHERS = {"geoFence": ("circles", "polygons"), "rallyPoints": ("points",)}
_NAMES = {"geoFence": "geofence", "rallyPoints": "rally points"}


class WrongItems(ValueError):
    """Items that are wrong: `problems` has a text for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_plan(text: str) -> Mission:
    """A file's mission. WrongItems, or ValueError where it is no plan."""
    try:
        plan = json.loads(text)
    except RecursionError:
        raise ValueError(_NOT_A_PLAN + "it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno} is no JSON: {error.msg}") from None
    if not isinstance(plan, dict) or plan.get("fileType") != "Plan":
        raise ValueError(_NOT_A_PLAN + 'its "fileType" is not "Plan"')
    mission = plan.get("mission")
    if not isinstance(mission, dict) or not isinstance(items := mission.get("items"), list):
        raise ValueError(_NOT_A_PLAN + '"mission" has no list of "items"')
    found = Mission(notes=_left_out(plan), home=_home(mission.get("plannedHomePosition")))
    numbers: dict[int, int] = {}  # of items, by doJumpId
    problems: list[str] = []
    for number, raw in enumerate(items):
        try:
            identity = _identity(raw, number)
            if identity in numbers:
                raise ValueError(f"doJumpId {identity} is that of item {numbers[identity]} too")
            numbers[identity] = number
            found.items.append(_item(raw))
        except ValueError as error:
            problems.append(f"item {number}: {error}")
    if problems:
        raise WrongItems(problems)
    _resolve(found, numbers)
    return found


def _left_out(plan: dict[str, Any]) -> list[str]:
    return [
        f"the {_NAMES[key]} of the plan: left out, the car has none"
        for key, lists in _OTHERS.items()
        if isinstance(plan.get(key), dict) and any(plan[key].get(name) for name in lists)
    ]


def _home(value: Any) -> tuple[float, float, float] | None:
    if isinstance(value, list) and len(value) == 3 and all(map(_is_number, value)):
        return float(value[0]), float(value[1]), float(value[2])
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _identity(raw: Any, number: int) -> int:
    if not isinstance(raw, dict):
        raise ValueError(f"{raw!r:.40} is no item")
    if raw.get("type") == "ComplexItem":
        kind = raw.get("complexItemType", "ComplexItem")
        raise ValueError(
            f"a {kind!s:.40} is a pattern that only QGroundControl can lay out: draw it with "
            "waypoints, or send it from there and pass what patrol mission download makes of it"
        )
    return _whole(raw.get("doJumpId", number + 1), "doJumpId")


def _item(raw: dict[str, Any]) -> Item:
    if raw.get("type", "SimpleItem") != "SimpleItem":
        raise ValueError(f"type {raw['type']!r:.40} is not SimpleItem")
    values = raw.get("params")
    if not isinstance(values, list) or len(values) != 7:
        raise ValueError('"params" is no list of 7 numbers')
    numbers = []
    for number, value in enumerate(values, 1):
        if value is not None and not _is_number(value):
            raise ValueError(f"parameter {number} {json.dumps(value):.40} is no number")
        numbers.append(math.nan if value is None else float(value))
    goes_on = raw.get("autoContinue", True)
    if not isinstance(goes_on, bool):
        raise ValueError(f"autoContinue {goes_on!r:.40} is not true or false")
    command, frame = (_whole(raw.get(name), name) for name in ("command", "frame"))
    return item_of(command, frame, numbers, goes_on)


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} {json.dumps(value):.40} is no whole number")
    return value


def _resolve(found: Mission, numbers: dict[int, int]) -> None:
    """Jumps by doJumpId become jumps to items."""
    problems = []
    for i, one in enumerate(found.items):
        if one.command != JUMP:
            continue
        target = one.params[0]
        number = None if math.isnan(target) else numbers.get(int(target))
        if number is None:
            known = ", ".join(map(str, numbers))
            problems.append(f"item {i}: jumps to doJumpId {target:g}: the plan has {known}")
        else:
            found.items[i] = replace(one, params=(float(number), *one.params[1:]))
    if problems:
        raise WrongItems(problems)


def plan_text(items: Sequence[Item]) -> str:
    """The text of a file that has these items."""
    home: list[float] = [0, 0, 0]
    for one in items:
        if one.is_place and not one.is_local:
            home = [one.x / one.scale, one.y / one.scale, 0]
            break
    plan = {
        "fileType": "Plan",
        "geoFence": {"circles": [], "polygons": [], "version": 2},
        "groundStation": "patrolcar",
        "mission": {
            "cruiseSpeed": _SPEED,
            "firmwareType": 0,
            "globalPlanAltitudeMode": _RELATIVE,
            "hoverSpeed": _SPEED,
            "items": [_as_json(number, one) for number, one in enumerate(items)],
            "plannedHomePosition": home,
            "vehicleType": _ROVER,
            "version": 2,
        },
        "rallyPoints": {"points": [], "version": 2},
        "version": 1,
    }
    return json.dumps(plan, indent=4) + "\n"


def _number(value: float) -> float | None:
    """A single float as JSON has it best; null for what is no number."""
    found: float | None = json.loads(text_of(value)) if math.isfinite(value) else None
    return found


def _as_json(number: int, one: Item) -> dict[str, Any]:
    values: list[float | None] = [_number(value) for value in one.params]
    if one.command == JUMP:
        values[0] = int(one.params[0]) + 1
    x, y = (value / one.scale if value else 0 for value in (one.x, one.y))
    return {
        "AMSLAltAboveTerrain": None,
        "Altitude": _number(one.z),
        "AltitudeMode": _RELATIVE,
        "autoContinue": one.autocontinue,
        "command": one.command,
        "doJumpId": number + 1,
        "frame": one.frame,
        "params": [*values, x, y, _number(one.z)],
        "type": "SimpleItem",
    }
