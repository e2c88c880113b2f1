"""Files of waypoints: what others wrote is read, HOME is no item, every wrong line is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymavlink import mavutil
from pymavlink.mavwp import MAVWPLoader

from patrolcar.link import dialect
from patrolcar.mission.item import JUMP, LOITER_TIME, WAYPOINT, Item, item_of
from patrolcar.mission.waypoints import WrongLines, read_waypoints, waypoints_text

# As Mission Planner writes it: HOME in front, above the sea.
ARDUPILOT = """QGC WPL 110
0\t1\t0\t16\t0\t0\t0\t0\t69.6835659082675\t18.8681602478027\t100.000000\t1
1\t0\t3\t16\t0.5\t0\t0\t0\t69.6858902674109544\t18.8794898986816406\t1\t1
2\t0\t3\t19\t30\t0\t0\t0\t69.6854432764853584\t-18.8910770416259766\t1\t1
3\t0\t3\t177\t1\t-1\t0\t0\t0\t0\t0\t1
"""
ITEMS = [
    item_of(WAYPOINT, 0, [0, 0, 0, 0, -52.1234567, 13.0, 0], True),
    item_of(WAYPOINT, 1, [0.1, 0, 0, float("nan"), 0.0001, -1.5, 1 / 3], False),
    item_of(JUMP, 2, [0, -1, 0, 0, 0, 0, 0], True),
]


def same(some: list[Item], others: list[Item]) -> bool:
    return [one.as_bytes() for one in some] == [one.as_bytes() for one in others]


def test_home_of_ardupilots_programs_is_left_out_and_jumps_follow() -> None:
    found = read_waypoints(ARDUPILOT)
    assert [one.command for one in found.items] == [WAYPOINT, LOITER_TIME, JUMP]
    assert (found.items[0].x, found.items[0].y) == (696_858_903, 188_794_899)
    assert found.items[2].params[:2] == (0.0, -1.0)
    assert found.home == pytest.approx((69.6835659, 18.8681602, 100.0))
    (note,) = found.notes
    assert "line 2 is taken for HOME" in note
    assert "--no-home" in note


def test_home_without_a_command_is_home_too() -> None:
    found = read_waypoints(ARDUPILOT.replace("0\t1\t0\t16", "0\t0\t0\t0"))
    assert len(found.items) == 3


def test_a_person_may_say_that_it_is_a_place_to_drive_to() -> None:
    found = read_waypoints(ARDUPILOT, first_is_home=False)
    assert len(found.items) == 4
    assert found.items[3].params[0] == 1
    assert found.notes == []


@pytest.mark.parametrize(
    "other",
    [
        ARDUPILOT.replace("110", "120"),  # of QGroundControl, which keeps no HOME there
        ARDUPILOT.replace("0\t1\t0\t16\t0\t", "0\t1\t3\t16\t0\t"),  # relative to HOME
        ARDUPILOT.replace("0\t1\t0\t16\t0\t", "0\t1\t0\t16\t0.15\t"),  # stays there
    ],
)
def test_what_does_not_look_as_home_is_an_item(other: str) -> None:
    assert len(read_waypoints(other).items) == 4


def test_what_is_written_is_read_bit_for_bit() -> None:
    for items in (ITEMS, ITEMS[1:], []):
        found = read_waypoints(waypoints_text(items))
        assert same(found.items, items)
        assert found.notes == []


def test_pymavlink_reads_what_is_written_and_the_other_way_round(tmp_path: Path) -> None:
    path = tmp_path / "a.waypoints"
    path.write_text(waypoints_text(ITEMS))
    dialect.load()
    mavutil.set_dialect("patrol")
    loader = MAVWPLoader(1, 1)
    assert loader.load(str(path)) == 3
    first = loader.wp(0)
    assert (first.command, first.frame, first.x) == (WAYPOINT, 0, -52.1234567)
    loader.save(str(tmp_path / "b.txt"))
    found = read_waypoints((tmp_path / "b.txt").read_text(), first_is_home=False)
    assert [one.command for one in found.items] == [one.command for one in ITEMS]
    assert found.items[0].x == -521_234_570  # it writes 6 digits


def test_comments_and_empty_lines_are_no_items() -> None:
    lines = ARDUPILOT.splitlines()
    text = "\r\n".join([lines[0], "# a round", "", *lines[1:]])
    found = read_waypoints(text)
    assert len(found.items) == 3
    assert found.lines == [5, 6, 7]


def test_every_wrong_line_is_told() -> None:
    text = (
        "QGC WPL 110\n"
        "0 0 3 16 0 0 0 0 52 13 0\n"
        "1 0 3 16 0 0 0 zero 52 13 0 1\n"
        "2 0 3 16 0 0 0 0 523 13 0 1\n"
        "7 0 3 16 0 0 0 0 52 13 0 1\n"
        "4 0 3.5 16 0 0 0 0 52 13 0 1\n"
        "5 0 3 16 0 0 0 0 52 13 0 yes\n"
        "6 0 3 16 0 inf 0 0 52 13 0 1\n"
        "7 2 3 16 0 0 0 0 52 13 0 1\n"
        "8 0 3 16 0 1e39 0 0 52 13 0 1\n"
        "9 0 3 70000 0 0 0 0 52 13 0 1\n"
        "10 0 300 16 0 0 0 0 52 13 0 1\n"
        "11 0 3 16 0 0 0 0 nan 13 0 1\n"
    )
    with pytest.raises(WrongLines) as wrong:
        read_waypoints(text)
    assert wrong.value.problems == {
        2: "11 columns: a waypoint has 12",
        3: "parameter 4 'zero' is no number",
        4: "latitude is 523, not within +-215 degrees",
        5: "index 7 should be 3: number the lines from 0",
        6: "frame '3.5' is no whole number",
        7: "autocontinue 'yes' is no whole number",
        8: "parameter 2 is inf: write a number",
        9: "current 2 and autocontinue 1 are 0 or 1",
        10: "1e+39 is larger than any number of the link",
        11: "command 70000 is not within 0 to 65535",
        12: "frame 300 is not within 0 to 255",
        13: "latitude is missing: write a number",
    }


def test_a_jump_to_home_is_told() -> None:
    with pytest.raises(WrongLines) as wrong:
        read_waypoints(ARDUPILOT.replace("177\t1", "177\t0"))
    assert "jumps to HOME" in wrong.value.problems[5]


@pytest.mark.parametrize("text", ["", "QGC WPL", "QGC WPL 100\n", "QGC WPL PB 110\n"])
def test_another_version_is_told(text: str) -> None:
    with pytest.raises(WrongLines, match="begin with QGC WPL 110"):
        read_waypoints(text)
