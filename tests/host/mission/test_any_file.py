"""Whatever a file has in it, it is a mission or told to be none; no file ends in a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrolcar.errors import PatrolError
from patrolcar.mission.check import problems
from patrolcar.mission.file import read_mission, refused, write_mission
from patrolcar.mission.item import COMMANDS, FRAMES, Item, item_of
from patrolcar.mission.show import listing, summary
from patrolcar.params.show import console

ANY_NUMBER = st.one_of(st.none(), st.integers(), st.floats(), st.floats(-200, 200))
ANY_JSON: Any = st.recursive(
    st.one_of(ANY_NUMBER, st.booleans(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
COMMAND = st.one_of(st.sampled_from(sorted(COMMANDS)), st.integers(-5, 70_000))
FRAME = st.one_of(st.sampled_from(sorted(FRAMES)), st.integers(-5, 300))
PLAN_ITEM = st.one_of(
    ANY_JSON,
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["SimpleItem", "SimpleItem", "ComplexItem"]),
            "command": COMMAND,
            "frame": FRAME,
            "params": st.lists(ANY_NUMBER, min_size=6, max_size=7),
        },
        optional={"doJumpId": ANY_NUMBER, "autoContinue": ANY_JSON, "complexItemType": ANY_JSON},
    ),
)
PLAN = st.fixed_dictionaries(
    {
        "fileType": st.just("Plan"),
        "mission": st.fixed_dictionaries(
            {"items": st.lists(PLAN_ITEM, max_size=4)}, optional={"plannedHomePosition": ANY_JSON}
        ),
    },
    optional={"geoFence": ANY_JSON, "rallyPoints": ANY_JSON},
).map(json.dumps)
CELL = st.one_of(ANY_NUMBER.map(str), st.text(max_size=4))
LINE = st.one_of(
    st.tuples(st.integers(0, 3), st.integers(0, 1), FRAME, COMMAND, *[CELL] * 7, st.just(1)),
    st.lists(CELL, max_size=13),
)
WAYPOINTS = st.lists(LINE, max_size=4).map(
    lambda lines: "\n".join(["QGC WPL 110", *("\t".join(map(str, line)) for line in lines)])
)

fuzzed = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzed
@given(text=st.one_of(PLAN, WAYPOINTS, ANY_JSON.map(json.dumps), st.text()))
def test_any_text_is_a_mission_or_told_to_be_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    told: PatrolError | None = None
    try:
        found = read_mission(path)
    except PatrolError as error:
        told = error
    if told is not None:
        assert told.code == 2
        assert str(path) in str(told)
        return
    refused(path, found)
    with console().capture():
        console().print(listing(found.items))
    summary(found.items)


SINGLE = st.floats(width=32, allow_infinity=False)
NUMBER = st.floats(-100, 100, width=32)


@st.composite
def an_item(draw: Any) -> Item:
    values = [*draw(st.tuples(SINGLE, SINGLE, SINGLE, SINGLE)), draw(NUMBER), draw(NUMBER)]
    command = draw(st.sampled_from([16, 19, 20, 178]))
    frame = draw(st.sampled_from(sorted(FRAMES)))
    return item_of(command, frame, [*values, draw(NUMBER)], draw(st.booleans()))


@fuzzed
@given(items=st.lists(an_item(), max_size=5))
@pytest.mark.parametrize("name", ["a.plan", "a.waypoints"])
def test_what_is_written_is_what_is_read(name: str, items: list[Item], tmp_path: Path) -> None:
    write_mission(tmp_path / name, items)
    found = read_mission(tmp_path / name).items
    assert list(map(repr, found)) == list(map(repr, items))
    problems(found)
