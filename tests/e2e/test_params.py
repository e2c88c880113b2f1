"""The car's parameters over its telemetry line: told, set, stored and kept, whatever is lost."""

from __future__ import annotations

import contextlib
import json
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymavlink.mavparm import MAVParmDict

from in_process import Patrol, in_process, refused
from patrolcar.link import dialect
from patrolcar.link.connection import connect
from patrolcar.params.exchange import Exchange
from patrolcar.params.session import load
from patrolcar.params.table import known
from patrolcar_sim.faults import Timeline, parse
from patrolcar_sim.powered import Powered
from served import Served
from simulated import Answers


@pytest.fixture
def patrol(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Patrol:
    return in_process(capsys, monkeypatch, "params")


def test_a_person_lists_sets_saves_compares_and_loads(
    patrol: Patrol, uart: str, tmp_path: Path
) -> None:
    names = list(known())
    listed = json.loads(patrol(uart, "list", "--json").stdout)
    assert [one["name"] for one in listed] == names
    assert not any(one["changed"] for one in listed)
    assert listed[names.index("TRACK")]["sentence"] == known()["TRACK"].sentence

    file = tmp_path / "my car" / "as it was.param"
    file.parent.mkdir()
    assert patrol(uart, "save", file).stdout == f"{file}: {len(names)} parameters\n"
    assert "# firmware 0.1.0 build" in file.read_text()
    refused(patrol(uart, "save", file), 2, "--force")

    done = patrol(uart, "set", "track", "13040", "GYRO_BIAS_Z", "-77")
    assert done.returncode == 0, done.stderr
    assert "TRACK 13000 -> 13040 mm/100" in done.stdout
    got = patrol(uart, "get", "GYRO_BIAS_Z", "track")
    assert got.stdout == "GYRO_BIAS_Z -77\nTRACK 13040\n"
    (record,) = json.loads(patrol(uart, "get", "TRACK", "--json").stdout)
    assert (record["value"], record["changed"], record["default"]) == (13040, True, 13000)

    table = patrol(uart, "list", "--filter", "wheels").stdout
    assert "WHEEL_LEFT" in table
    assert "GYRO" not in table
    assert [line.split()[1:3] for line in table.splitlines() if "TRACK" in line] == [
        ["*", "13040"]
    ]

    done = patrol(uart, "diff", file)
    assert done.returncode == 1
    assert "13040" in done.stdout
    assert "WHEEL_LEFT" not in done.stdout
    differences = json.loads(patrol(uart, "diff", "--json").stdout)  # from the defaults
    assert differences == [
        {"name": "GYRO_BIAS_Z", "left": -77, "right": 0},
        {"name": "TRACK", "left": 13040, "right": 13000},
    ]

    refused(patrol(uart, "load", file), 2, "Set 2 parameters", "--yes")
    done = patrol(uart, "load", file, "--yes")
    assert done.returncode == 0, done.stderr
    assert f"2 set, {len(names) - 2} as they were" in done.stdout
    assert patrol(uart, "diff", file).returncode == 0
    assert patrol(uart, "load", file).stdout == f"{file}: all {len(names)} as they were\n"


def test_a_refused_value_is_one_line(patrol: Patrol, uart: str) -> None:
    refused(patrol(uart, "set", "TRACK", "99"), 1, "TRACK cannot be 99", "11000 to 15000 mm/100")


def test_wrong_input_is_one_line_and_2(patrol: Patrol, uart: str, tmp_path: Path) -> None:
    bad = tmp_path / "a bad.param"
    bad.write_text("LOG_LEVEL 7\nTRAK 13000\n")
    other = tmp_path / "other.param"
    other.write_text("LOG_LEVEL loud\n")
    for words, parts in (
        ((uart, "get", "TRAK"), ("TRAK", "did you mean TRACK?")),
        ((uart, "set", "TRACK"), ("TRACK has no value",)),
        ((uart, "set", "TRACK", "wide"), ("TRACK", "'wide' is no number")),
        ((uart, "set", "TRAK", "13000"), ("TRAK", "did you mean TRACK?")),
        ((uart, "set", "TRACK", "1", "track", "2"), ("track is there twice",)),
        ((uart, "load", tmp_path / "no.param"), ("no.param does not exist",)),
        ((uart, "load", other), ("other.param:1: 'loud' is no number",)),
        ((uart, "save", tmp_path / "no" / "a.param"), ("does not exist",)),
        ((uart, "diff", "/dev/pts/99999"), ("/dev/pts/99999",)),
        ((bad, "set", "TRACK", "13000"), ("is a file",)),
        (("list",), ("the port comes first",)),
        (("--metadata", tmp_path / "a.txt"), (".xml",)),
    ):
        refused(patrol(*words), 2, *parts)
    refused(patrol(uart, "load", bad, "--yes"), 2, "bad.param:2: ", "did you mean TRACK?")
    assert patrol(uart, "get", "LOG_LEVEL").stdout == "LOG_LEVEL 6\n"  # nothing of it was set
    refused(patrol("tcp:127.0.0.1:1", "list"), 1, "127.0.0.1:1")


def test_files_are_looked_at_without_a_car(
    patrol: Patrol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (("a.param", 13_000), ("b.params", 13_040)):
        (tmp_path / name).write_text(f"TRACK {value}\nNEW_ONE 5\n")
    listed = patrol("a.param", "list")
    assert "2 parameters, all as they come" in listed.stdout
    assert patrol("a.param", "get", "new_one").stdout == "NEW_ONE 5\n"
    assert patrol("a.param", "diff", "b.params").returncode == 1
    assert patrol("a.param", "diff", "a.param").returncode == 0


def test_metadata_needs_no_car(patrol: Patrol, tmp_path: Path) -> None:
    path = tmp_path / "apm pdef.xml"
    assert patrol("--metadata", path).stdout == f"{path}\n"
    assert "Rover:GYRO_BIAS_X" in path.read_text()


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    with Served("--flash", tmp_path / "erased.img", "--speed", "1") as sim:  # says nothing
        process = subprocess.Popen(
            [sys.executable, "-m", "patrolcar", "params", sim.uart, "save", tmp_path / "a.param"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(5)
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate(timeout=20)
    assert (process.returncode, said, complaint) == (130, "", "")
    assert not list(tmp_path.glob("a.param*"))


# Of frames of 37 bytes, as PARAM_VALUE is one: 10 % lost by lost bytes, 3 % by turned bits.
LOSSES = ("uart.bits@0:both,rate=1e-4", "uart.drop@0:both,rate=0.0028")


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.acceptance) for seed in range(2, 7))]
)
def test_parameters_come_and_are_set_over_a_bad_line(
    image: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(f"values {seed}")
    wanted = {name: chance.randint(one.low, one.high) for name, one in known().items()}
    file = tmp_path / "all.param"
    file.write_text("".join(f"{name} {value}\n" for name, value in wanted.items()))
    board = Powered(image)
    Timeline([parse(text) for text in LOSSES], seed).attach(board.board)
    with board:
        start = time.monotonic()
        with connect(board.uart) as link:
            assert set(Exchange(link).fetch()) == set(known())
        changed, same = load(board.uart, file, Answers(), lambda found: None)
        with connect(board.uart) as link:
            assert Exchange(link).fetch() == wanted
            link.recv(2)
            lost = link.lost + link.bad_crc
        assert time.monotonic() - start < 60
    assert changed + same == len(wanted)
    assert lost


@contextlib.contextmanager
def forwarded(url: str, to: int) -> Iterator[None]:
    """What a board's TCP port says is sent to a UDP port, and what that answers to the board."""
    host, _, port = url.removeprefix("socket://").rpartition(":")
    ended = threading.Event()
    with (
        socket.create_connection((host, int(port))) as board,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station,
    ):
        station.connect(("127.0.0.1", to))

        def forward() -> None:
            while not ended.is_set():
                for one in select.select([board, station], [], [], 0.05)[0]:
                    other = station if one is board else board
                    with contextlib.suppress(ConnectionRefusedError):  # nobody listens yet
                        other.send(one.recv(1000))

        thread = threading.Thread(target=forward)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def test_tcp_and_udp_do_as_well(patrol: Patrol, image: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Powered(image) as board:
        assert board.board.uart is not None
        url = board.board.uart.url
        done = patrol(url, "set", "TRACK", "13050")
        assert done.returncode == 0, done.stderr
        with forwarded(url, port):
            done = patrol(f"udp:127.0.0.1:{port}", "get", "TRACK")
    assert (done.stdout, done.stderr) == ("TRACK 13050\n", "")


def test_pymavlinks_own_loader_sets_them(uart: str, tmp_path: Path) -> None:
    from pymavlink import mavutil

    dialect.load()
    (tmp_path / "a.parm").write_text("TRACK 13060\n")
    link = mavutil.mavlink_connection(uart, baud=921600, dialect="patrol", source_system=255)
    try:
        assert link.wait_heartbeat(timeout=10) is not None
        values = MAVParmDict()
        values["TRACK"] = 13_000
        assert values.load(str(tmp_path / "a.parm"), mav=link)
        assert values["TRACK"] == 13_060
        assert values.mavset(link, "TRACK", 13_000)
    finally:
        link.close()
