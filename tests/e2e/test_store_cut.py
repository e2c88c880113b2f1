"""Power that fails while a mission or a crash record is written: old or new, and never neither."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from booting import running
from flash_chip import all_of
from flash_cuts import Cuts, areas, record
from missions import download, same, upload, waypoint
from patrolcar.flash.build import firmware_dir
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.scenario.parameters import store_settings
from prompt import execute

OLD = [waypoint(number) for number in range(3)]
NEW = [waypoint(number) for number in range(100, 120)]
CRASH = """
import board
from patrol.store import crash
from patrol.store.log import Log
crash.note(Log(board.SETTINGS), 0, ValueError({!r}))
"""
SHARES = [0.3, *(pytest.param(i / 41, marks=pytest.mark.acceptance) for i in range(41))]


@pytest.fixture(scope="module")
def image(firmware_image: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A car with settings, a crash record and a mission."""
    made = tmp_path_factory.mktemp("stored") / "flash.img"
    shutil.copyfile(firmware_image, made)
    store_settings(made, "pyboard_v11", {"track": 13_040})
    with VirtualCar(made, "empty") as car:
        running(car)
        car.run(1.0)
        assert upload(car, OLD) == 0
        execute(car, CRASH.format("first"))
    return made


def send(car: VirtualCar) -> None:
    assert upload(car, NEW) == 0


def fail(car: VirtualCar) -> None:
    execute(car, CRASH.format("second"))


def begin(car: VirtualCar) -> None:
    running(car)
    car.run(1.0)


@pytest.fixture(scope="module")
def missions(image: Path) -> Cuts:
    return record(image, begin, send)


@pytest.fixture(scope="module")
def crashes(image: Path, missions: Cuts) -> Cuts:
    shutil.copyfile(missions.old, image)
    return record(image, begin, fail)


@pytest.mark.parametrize("what", ["missions", "crashes"])
def test_a_cut_at_any_half_word_leaves_old_or_new_and_all_else_whole(
    what: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the firmware's own reading, for every half-word, cut before it and in its midst."""
    monkeypatch.syspath_prepend(str(firmware_dir()))
    import patrol.portable  # noqa: F401  (the shim for MicroPython's own)

    cuts: Cuts = request.getfixturevalue(what)
    chance = random.Random(f"cut {what}")
    assert len(cuts) > (320 if what == "missions" else 20)
    found = set()
    for i in range(len(cuts)):
        for torn in (None, chance):
            cuts.chip(i, torn, monkeypatch)
            from patrol.store.log import Log
            from patrol.store.mission import find, save

            log = Log(areas())
            assert len(all_of(log, 1)) == 1
            count, crashed = find(log)[1], len(all_of(log, 2))
            assert count in ((3, 20) if what == "missions" else (3,))
            assert crashed in ((1,) if what == "missions" else (1, 2))
            found.add((count, crashed))
            assert save(log, bytes(32))
            assert find(log)[1] == 1
    assert (3, 1) in found


@pytest.mark.parametrize("share", SHARES)
def test_a_board_that_lost_power_while_it_stored_a_mission_boots_with_old_or_new(
    missions: Cuts, tmp_path: Path, share: float
) -> None:
    image = tmp_path / "cut.img"
    missions.board(int(share * len(missions)), random.Random(f"{share}"), image)
    with VirtualCar(image, "empty") as car:
        begin(car)
        there = download(car)
        wanted = OLD if len(there) == len(OLD) else NEW
        assert len(there) == len(wanted)
        assert all(map(same, wanted, there))
        assert upload(car, NEW) == 0
        assert all(map(same, NEW, download(car)))
