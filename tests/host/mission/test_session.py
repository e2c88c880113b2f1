"""What `patrol mission` does with a car: what is said of it is true, whoever comes in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mission_car import MissionCar
from patrolcar.errors import PatrolError
from patrolcar.mission import session
from patrolcar.mission.file import BrokenMission, read_mission, write_mission
from patrolcar.mission.item import WAYPOINT, Mission, item_of
from patrolcar.mission.session import checked, clear, download, part_of, save, upload

ITEMS = [item_of(WAYPOINT, 1, [0, 0, 0, 0, n, 0, 0], True) for n in range(8)]
MISSION = Mission(ITEMS)


@pytest.fixture
def car(dialect: Any, monkeypatch: pytest.MonkeyPatch) -> MissionCar:
    """A car at any port."""
    made = MissionCar(dialect, 0.0, 0)
    monkeypatch.setattr(session, "connect", lambda source: made)
    monkeypatch.setattr("patrolcar.mission.exchange.time.monotonic", lambda: made.now)
    return made


def test_it_is_told_how_far_it_is(car: MissionCar) -> None:
    said: list[str] = []
    assert upload("COM5", MISSION, say=said.append) == range(8)
    assert said[0] == "asking COM5"
    assert "sent 8 of 8 items" in said
    assert said[-1] == "read back 8 of 8 items"
    assert [one.as_bytes() for one in download("COM5")] == [one.as_bytes() for one in ITEMS]


def test_a_part_is_sent_and_read_back(car: MissionCar) -> None:
    upload("COM5", MISSION)
    assert upload("COM5", MISSION, 6) == range(6, 8)
    assert upload("COM5", MISSION, None, 1) == range(2)
    assert car.stored == 3
    for first, last in ((5, 8), (-1, 2), (3, 2), (8, None)):
        with pytest.raises(PatrolError, match="the file has 0 to 7"):
            part_of(ITEMS, first, last)


def test_another_mission_in_between_is_noticed(car: MissionCar) -> None:
    def spoil(text: str) -> None:
        if text == "read back 3 of 8 items":
            car.items[5] = car.items[0]

    with pytest.raises(PatrolError, match="item 5 is another than was sent: somebody else"):
        upload("COM5", MISSION, say=spoil)

    upload("COM5", MISSION)
    real = car.mission_request_list_send

    def list_send(*target: int) -> None:
        car.items = car.items[:2]
        real(*target)

    car.mission_request_list_send = list_send  # type: ignore[method-assign]
    with pytest.raises(PatrolError, match="its number of items is another"):
        upload("COM5", MISSION)
    car.mission_clear_all_send = lambda *_: car.tell(  # type: ignore[method-assign]
        "mission_ack", 255, 190, 0
    )
    with pytest.raises(PatrolError, match="has a mission again"):
        clear("COM5")


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("sent 3 of 8 items", "not stored: the car keeps what it had"),
        ("read back 3 of 8 items", "stored, not read back"),
    ],
)
def test_ctrl_c_tells_what_the_car_has(
    car: MissionCar, capsys: pytest.CaptureFixture[str], at: str, state: str
) -> None:
    def interrupt(text: str) -> None:
        if text == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload("COM5", MISSION, say=interrupt)
    assert capsys.readouterr().err == f"interrupted: {state}\n"


def test_an_empty_file_is_sent_to_nobody(car: MissionCar) -> None:
    with pytest.raises(PatrolError, match="patrol mission clear COM5"):
        upload("COM5", Mission())
    assert car.opened == 0


def test_what_is_saved_is_what_the_car_has(car: MissionCar, tmp_path: Path) -> None:
    upload("COM5", MISSION)
    for name in ("a b.plan", "a.waypoints", "a.txt"):
        assert save("COM5", tmp_path / name) == 8
        found = checked(tmp_path / name)
        assert [one.as_bytes() for one in found.items] == [one.as_bytes() for one in ITEMS]
        with pytest.raises(PatrolError, match="--force"):
            save("COM5", tmp_path / name)
    assert not list(tmp_path.glob("*.new"))
    for name in ("a.json", "a"):
        with pytest.raises(PatrolError, match=r"let it end in \.plan"):
            save("COM5", tmp_path / name)


def test_a_file_in_the_place_of_a_port_is_told(tmp_path: Path) -> None:
    write_mission(tmp_path / "a.plan", ITEMS)
    for ask in (download, clear):
        with pytest.raises(PatrolError, match="the car's telemetry port comes first"):
            ask(str(tmp_path / "a.plan"))


def test_what_the_car_would_refuse_is_told_with_its_line_or_item(tmp_path: Path) -> None:
    wrong = [*ITEMS, item_of(WAYPOINT, 1, [-1, 0, 0, 0, 0, 0, 0], True)]
    for name, place in (("a.plan", ": item 8: "), ("a.wp", ":10: item 8: ")):
        path = tmp_path / name
        write_mission(path, wrong)
        with pytest.raises(BrokenMission) as broken:
            checked(path)
        assert broken.value.lines == [
            f"{path}{place}WAYPOINT stays -1 s: parameter 1 is from 0 to 86400 s"
        ]
    write_mission(path, ITEMS * 9)
    with pytest.raises(BrokenMission, match="72 items are more than the 64"):
        checked(path)


def test_what_is_no_mission_is_told(tmp_path: Path) -> None:
    for name, content, words in (
        ("a.plan", b"TRACK 13000\n", "is no mission"),
        ("b.plan", b"\xff\xfe\x00", "is no text"),
        ("c.plan", b"{", "line 1 is no JSON"),
        ("d.wp", b"QGC WPL 99\n", "d.wp:1: "),
        ("e.plan", b" " * 1_000_001, "too large"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(PatrolError, match=words) as refused:
            read_mission(tmp_path / name)
        assert refused.value.code == 2
    with pytest.raises(PatrolError, match="is a folder"):
        read_mission(tmp_path)
    with pytest.raises(PatrolError, match="does not exist"):
        read_mission(tmp_path / "no.plan")
