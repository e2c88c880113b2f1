"""`patrol mission` with a car: files go there, come back, and whoever reads leaves them there."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from in_process import Done, Patrol, in_process
from patrolcar.link.connection import connect
from patrolcar.mission.exchange import Exchange
from patrolcar.mission.file import read_mission, write_mission
from patrolcar.mission.item import JUMP, LOITER_TIME, WAYPOINT, Item, Mission, item_of
from patrolcar.mission.session import upload
from patrolcar_sim.faults import Timeline, parse
from patrolcar_sim.powered import Powered
from served import Served

ROOT = Path(__file__).resolve().parents[2]
SQUARE = ROOT / "sim" / "missions" / "square.plan"


@pytest.fixture
def patrol(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Patrol:
    return in_process(capsys, monkeypatch, "mission")


def random_items(seed: int) -> list[Item]:
    """64 of them, of the whole range that the car takes."""
    chance = random.Random(f"items {seed}")

    def one(number: int) -> Item:
        kind = chance.choice((WAYPOINT, LOITER_TIME, JUMP)) if number else WAYPOINT
        if kind == JUMP:
            values = [
                (number + chance.randrange(1, 64)) % 64,
                chance.randint(-1, 32_767),
                *[0.0] * 5,
            ]
            return item_of(kind, 2, values, True)
        frame = chance.choice((0, 1, 3, 5, 6))
        ends = (9_990, 9_990) if frame == 1 else (84.99, 179.99)
        place = [chance.uniform(-end, end) for end in ends]
        stay, radius, height = (chance.uniform(0, 100) for _ in range(3))
        values = [stay, radius, 0.0, float("nan"), *place, height]
        return item_of(kind, frame, values, chance.random() < 0.5)

    return [one(number) for number in range(64)]


def same(some: list[Item], others: list[Item]) -> bool:
    return [one.as_bytes() for one in some] == [one.as_bytes() for one in others]


def test_a_person_sends_looks_saves_changes_a_part_and_clears(
    patrol: Patrol, uart: str, tmp_path: Path
) -> None:
    done = patrol("upload", uart, SQUARE)
    assert done == Done(0, f"{SQUARE}: 7 items stored and read back\n", "")
    shown = patrol("show", SQUARE).stdout
    assert "LOITER_TIME" in shown
    assert "3.0 m from the first place to the last" in shown
    for _ in range(2):  # to look changes nothing
        assert patrol("download", uart).stdout == shown

    for name in ("a round.plan", "a round.waypoints"):
        file = tmp_path / name
        assert patrol("download", uart, "-o", file).stdout == f"{file}: 7 items\n"
        assert same(read_mission(file).items, read_mission(SQUARE).items)
        assert patrol("download", uart, "-o", file).returncode == 2
        assert patrol("download", uart, "-o", file, "--force").returncode == 0

    changed = json.loads(SQUARE.read_text())
    changed["mission"]["items"][2]["params"][0] = 7
    file.with_suffix(".plan").write_text(json.dumps(changed))
    done = patrol("upload", uart, file.with_suffix(".plan"), "--from", "2", "--to", "2")
    assert "1 item (2 to 2) stored and read back" in done.stdout
    assert "stay 7 s" in patrol("download", uart).stdout

    assert patrol("clear", uart) == Done(0, "the car has no mission now\n", "")
    assert patrol("download", uart) == Done(0, "the car has no mission\n", "")


def test_bad_input_is_told_and_sends_nothing(patrol: Patrol, uart: str, tmp_path: Path) -> None:
    assert patrol("upload", uart, SQUARE).returncode == 0
    bad = tmp_path / "bad.wp"
    bad.write_text(
        "QGC WPL 110\n0 1 0 16 0 0 0 0 52 13 40 1\n1 0 3 22 0 0 0 0 52 13 0 1\n"
        "2 0 3 16 0 0 0 0 86 13 0 1\n"
    )
    lines = [
        f"{bad}:3: item 0: command NAV_TAKEOFF (22) is not known to the car: use WAYPOINT, "
        "LOITER_TIME, RETURN_TO_LAUNCH, DO_JUMP, DO_CHANGE_SPEED",
        f"{bad}:4: item 1: latitude is 86.0000000: the car takes -84.99 to 84.99 degrees",
    ]
    assert patrol("upload", uart, bad) == Done(2, "", "\n".join((*lines, "")))
    done = patrol("show", bad)
    assert done.returncode == 1
    assert "line 2 is taken for HOME (52.0000000, 13.0000000)" in done.stderr
    assert done.stderr.splitlines()[1:] == lines
    for words, part in (
        (("upload", uart, tmp_path / "no.plan"), "no.plan does not exist"),
        (("upload", uart, SQUARE, "--from", "9"), "items 9 to 6: the file has 0 to 6"),
        (("upload", SQUARE, uart), "does not exist"),
        (("download", uart, "-o", tmp_path / "no" / "a.plan"), "does not exist"),
        (("clear", SQUARE), "is a file"),
    ):
        done = patrol(*words)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert part in line
    assert "7 items" in patrol("download", uart).stdout


def test_a_part_of_what_the_car_has_not_is_refused_in_words(patrol: Patrol, uart: str) -> None:
    patrol("clear", uart)
    done = patrol("upload", uart, SQUARE, "--from", "3")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "does not have these items" in line
    assert "it says: mission refused" in line


def test_an_armed_car_says_why_it_takes_none(patrol: Patrol, image: Path) -> None:
    with (
        Served("--flash", image, "--world", "empty", "--speed", "1") as sim,
        connect(sim.uart) as link,
    ):
        while link.recv(10).get_type() != "HEARTBEAT":
            pass
        link.set_mode("HOLD")
        link.arm()
        done = patrol("upload", sim.uart_url, SQUARE)
        cleared = patrol("clear", sim.uart_url)
    assert "(it says: mission refused: disarm first)" in done.stderr
    for one in (done, cleared):  # it does not repeat a text within a second
        assert one.returncode == 1
        assert "it is armed, so disarm it" in one.stderr


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    with Served("--flash", tmp_path / "erased.img", "--speed", "1") as sim:  # says nothing
        process = subprocess.Popen(
            [sys.executable, "-m", "patrolcar", "mission", "upload", sim.uart, SQUARE],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "")
    assert complaint == "interrupted: not stored: the car keeps what it had\n"


# Of frames of 50 bytes, as MISSION_ITEM_INT is one: 10 % lost by lost bytes, 4 % by turned bits.
LOSSES = ("uart.bits@0:both,rate=1e-4", "uart.drop@0:both,rate=0.0021")


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.acceptance) for seed in range(2, 7))]
)
def test_64_items_go_there_and_back_over_a_bad_line(
    image: Path, tmp_path: Path, seed: int
) -> None:
    items = random_items(seed)
    file = tmp_path / "all.plan"
    write_mission(file, items)
    assert same(read_mission(file).items, items)
    board = Powered(image)
    Timeline([parse(text) for text in LOSSES], seed).attach(board.board)
    with board:
        start = time.monotonic()
        assert upload(board.uart, Mission(items)) == range(64)
        with connect(board.uart) as link:
            assert same(Exchange(link).download(), items)
            Exchange(link).clear()
            assert Exchange(link).count() == 0
            link.recv(2)
            lost = link.lost + link.bad_crc
        print(f"\nseed {seed}: {time.monotonic() - start:.1f} s, {lost} frames lost")
        assert time.monotonic() - start < 120
    assert lost
