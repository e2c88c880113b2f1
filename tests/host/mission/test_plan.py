"""QGroundControl's plans: what it wrote is read; what cannot be driven is told, item by item."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from patrolcar.mission.item import CHANGE_SPEED, JUMP, RETURN, WAYPOINT, Item, item_of
from patrolcar.mission.plan import WrongItems, plan_text, read_plan


def simple(identity: int, command: int, *params: float | None, frame: int = 3) -> dict[str, Any]:
    return {
        "AMSLAltAboveTerrain": None,
        "Altitude": 0,
        "AltitudeMode": 1,
        "autoContinue": True,
        "command": command,
        "doJumpId": identity,
        "frame": frame,
        "params": [*params, *[0] * (7 - len(params))],
        "type": "SimpleItem",
    }


def plan(*items: Any, **others: Any) -> str:
    """As QGroundControl writes it."""
    return json.dumps(
        {
            "fileType": "Plan",
            "geoFence": {"circles": [], "polygons": [], "version": 2},
            "groundStation": "QGroundControl",
            "mission": {
                "cruiseSpeed": 15,
                "firmwareType": 12,
                "globalPlanAltitudeMode": 1,
                "hoverSpeed": 5,
                "items": items,
                "plannedHomePosition": [47.397742, 8.545594, 489.5],
                "vehicleType": 10,
                "version": 2,
            },
            "rallyPoints": {"points": [], "version": 2},
            "version": 1,
            **others,
        }
    )


def test_a_plan_is_read() -> None:
    found = read_plan(
        plan(
            simple(1, WAYPOINT, None, None, None, None, 47.3977419, -8.5455939, 0.5),
            simple(2, CHANGE_SPEED, 1, 0.25, -1, 0, frame=2),
            simple(3, RETURN, frame=2),
        )
    )
    first, second, _ = found.items
    assert (first.x, first.y, first.z, first.frame) == (473_977_419, -85_455_939, 0.5, 3)
    assert first.params[0] == 0  # the car reads how long it stays
    assert math.isnan(first.params[3])
    assert second.params == (1, 0.25, -1, 0)
    assert found.home == (47.397742, 8.545594, 489.5)
    assert found.notes == []


def test_jumps_are_found_by_their_ids() -> None:
    found = read_plan(
        plan(
            simple(10, WAYPOINT, 0, 0, 0, None, 47, 8, 0),
            simple(20, WAYPOINT, 0, 0, 0, None, 48, 8, 0),
            simple(30, JUMP, 20, 5, frame=2),
        )
    )
    assert found.items[2].params[:2] == (1, 5)
    with pytest.raises(WrongItems, match="item 1: jumps to doJumpId 7: the plan has 10, 30"):
        read_plan(plan(simple(10, WAYPOINT, 0, 0, 0, 0, 47, 8), simple(30, JUMP, 7, 5)))


def test_fences_and_rally_points_are_left_out_and_told() -> None:
    found = read_plan(
        plan(
            simple(1, RETURN),
            geoFence={"circles": [], "polygons": [{"polygon": []}], "version": 2},
            rallyPoints={"points": [[1, 2, 3]], "version": 2},
        )
    )
    assert found.notes == [
        "the geofence of the plan: left out, the car has none",
        "the rally points of the plan: left out, the car has none",
    ]


def test_every_item_that_cannot_be_is_told() -> None:
    half = simple(3, WAYPOINT, 0, 0, 0, 0, None, 8)
    few = {**simple(4, WAYPOINT), "params": [0, 0]}
    text = plan(
        {"type": "ComplexItem", "complexItemType": "survey", "version": 5},
        simple(2, WAYPOINT, 0, 0, 0, 0, 900, 8),
        half,
        few,
        {**simple(5, WAYPOINT), "command": "waypoint"},
        {**simple(6, WAYPOINT), "params": ["fast", 0, 0, 0, 0, 0, 0]},
        simple(6, WAYPOINT),
        7,
        {**simple(8, WAYPOINT), "autoContinue": 1},
    )
    with pytest.raises(WrongItems) as wrong:
        read_plan(text)
    assert [line.partition(": ")[0] for line in wrong.value.problems] == [
        f"item {n}" for n in range(9)
    ]
    for line, part in zip(
        wrong.value.problems,
        (
            "a survey is a pattern that only QGroundControl can lay out: draw it with waypoints",
            "latitude is 900, not within",
            "latitude is missing",
            '"params" is no list of 7 numbers',
            'command "waypoint" is no whole number',
            'parameter 1 "fast" is no number',
            "doJumpId 6 is that of item 5 too",
            "7 is no item",
            "autoContinue 1 is not true or false",
        ),
        strict=True,
    ):
        assert part in line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "line 1 is no JSON"),
        ("[]", '"fileType" is not "Plan"'),
        ('{"fileType": "Parameters"}', '"fileType" is not "Plan"'),
        ('{"fileType": "Plan"}', 'no list of "items"'),
        ('{"fileType": "Plan", "mission": {"items": 3}}', 'no list of "items"'),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_plan_is_told(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_plan(text)


def test_what_is_written_is_read_bit_for_bit() -> None:
    items: list[Item] = [
        item_of(WAYPOINT, 1, [0.1, 0, 0, math.nan, 1.0001, -2.5, 1 / 3], True),
        item_of(WAYPOINT, 6, [0, 1e-20, 3e30, 0, -52.1234567, 179.9, -4], False),
        item_of(JUMP, 2, [1, 3, 0, 0, 0, 0, 0], True),
    ]
    written = json.loads(plan_text(items))
    assert written["mission"]["plannedHomePosition"] == [-52.1234567, 179.9, 0]
    assert [one["doJumpId"] for one in written["mission"]["items"]] == [1, 2, 3]
    assert written["mission"]["items"][2]["params"][:2] == [2, 3]
    found = read_plan(plan_text(items))
    assert [one.as_bytes() for one in found.items] == [one.as_bytes() for one in items]
