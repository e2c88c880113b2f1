"""The car's parameters over its telemetry line: told, set, stored and kept, whatever is lost."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymavlink.mavparm import MAVParmDict

from patrolcar.cli import main
from patrolcar.flash.build import firmware_dir
from patrolcar.link import dialect
from patrolcar.link.connection import connect
from patrolcar.params.exchange import Exchange
from patrolcar.params.session import load
from patrolcar.params.table import known
from patrolcar_sim.board.image import BASE, F405
from patrolcar_sim.board.lockstep import FlashWork
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import Timeline, parse
from patrolcar_sim.powered import Powered
from served import Served
from simulated import Answers

Patrol = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def patrol(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Patrol:
    """`patrol params ...`, in this process: to start Python takes longer than all the rest."""

    def run(*words: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["patrol", "params", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return Done(code, *capsys.readouterr())

    return run


def refused(done: Done, code: int, *parts: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line
    assert "Traceback" not in done.stdout


@pytest.fixture(scope="module")
def uart(firmware_image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The telemetry port of a car that these tests share."""
    image = tmp_path_factory.mktemp("params") / "flash.img"
    shutil.copyfile(firmware_image, image)
    with Powered(image) as board:
        yield board.uart


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


# What is stored, and when.


def settings_of(image: Path) -> bytes:
    start, size = F405.settings[0]
    return image.read_bytes()[start : start + size]


def set_parameter(car: VirtualCar, name: str, value: int) -> None:
    message = dialect.load().MAVLink_param_set_message(1, 1, name.encode(), value, 9)
    car.station.send(message, car.board.now_us)


def told(car: VirtualCar, name: str) -> float | None:
    """What the car told last of a parameter."""
    values = [one for one in car.station.all("PARAM_VALUE") if one.param_id == name]
    return values[-1].param_value if values else None


def ask(car: VirtualCar, name: str) -> float:
    car.station.messages.clear()
    message = dialect.load().MAVLink_param_request_read_message(1, 1, name.encode(), -1)
    car.station.send(message, car.board.now_us)
    car.until(lambda: told(car, name) is not None)
    value = told(car, name)
    assert value is not None
    return value


def test_set_while_armed_acts_at_once_and_is_stored_after_disarming(
    image: Path, make_car: Callable[..., VirtualCar]
) -> None:
    car = make_car(world="empty")
    car.arm("HOLD")
    before = settings_of(image)
    set_parameter(car, "TRACK", 13_040)
    car.run(5)
    assert ask(car, "TRACK") == 13_040
    assert settings_of(image) == before
    car.station.disarm(car.board.now_us)
    set_parameter(car, "LOG_LEVEL", 7)
    car.run(1.5)
    assert settings_of(image) == before
    car.until(lambda: "parameters stored" in car.station.texts, 2.0)
    car.board.cut_power()
    car.until(lambda: any("ready" in text for text in car.station.texts))
    assert (ask(car, "TRACK"), ask(car, "LOG_LEVEL")) == (13_040, 7)


@pytest.fixture(scope="module")
def storing(
    firmware_image: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[tuple[int, bytes]]]:
    """An image with a stored TRACK of 13040, and of storing 13100 with LOG_LEVEL 7 after it each
    programming, as (offset, what the settings' areas hold before it); at last how they end."""
    image = tmp_path_factory.mktemp("storing") / "flash.img"
    shutil.copyfile(firmware_image, image)
    states: list[tuple[int, bytes]] = []

    def store(car: VirtualCar, *changes: tuple[str, int]) -> None:
        car.station.messages.clear()
        for change in changes:
            set_parameter(car, *change)
        car.until(lambda: "parameters stored" in car.station.texts, 8.0)

    with VirtualCar(image, "empty") as car:
        car.until(lambda: car.station.last("HEARTBEAT") is not None)
        store(car, ("TRACK", 13_040))
    old = image.with_name("old.img")
    shutil.copyfile(image, old)
    car = VirtualCar(image, "empty")
    car.board.quirks = {"flash": True}  # each half-word is told before it is programmed
    with car:
        car.until(lambda: car.station.last("HEARTBEAT") is not None)

        def work(kind: FlashWork, offset: int) -> None:
            assert kind == FlashWork.WORD
            states.append((offset, settings_of(image)))

        car.board.on_flash = work
        store(car, ("TRACK", 13_100), ("LOG_LEVEL", 7))
    return old, [*states, (-1, settings_of(image))]


OLD, NEW = (13_040, 6), (13_100, 7)


def torn(states: list[tuple[int, bytes]], i: int, chance: random.Random) -> bytes:
    """What the areas hold if power fails in the i-th programming: some of its bits have fallen."""
    offset, before = states[i]
    at = offset - F405.settings[0][0]
    value = int.from_bytes(states[i + 1][1][at : at + 2], "little") | chance.getrandbits(16)
    was = int.from_bytes(before[at : at + 2], "little")
    return before[:at] + (was & value).to_bytes(2, "little") + before[at + 2 :]


def test_a_cut_at_any_programming_of_a_store_leaves_old_or_new(
    storing: tuple[Path, list[tuple[int, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the firmware's own reading, for every programming, cut before and in the middle of it."""
    from flash_chip import FlashChip

    monkeypatch.syspath_prepend(str(firmware_dir()))
    import patrol.portable  # noqa: F401  (the shim for MicroPython's own)

    _, states = storing
    chance = random.Random("torn")
    areas = tuple((BASE + start, size) for start, size in F405.settings)
    assert len(states) > 2 * len(known())  # two half-words each
    cut = [(i, state) for i, (_, state) in enumerate(states)]
    cut += [(i, torn(states, i, chance)) for i in range(len(states) - 1) for _ in range(8)]
    for i, state in cut:
        chip = FlashChip().install(monkeypatch)
        start = F405.settings[0][0]
        chip.flash[start : start + len(state)] = state
        from patrol.store import settings
        from patrol.store.log import Log

        said: list[tuple[int, bytes]] = []
        values = settings.load(Log(areas), lambda *text, said=said: said.append(text))
        read = values["track"], values["log_level"]
        assert read == NEW if i == len(states) - 1 else read in (OLD, NEW), i
        assert said == []
        settings.save(Log(areas), {"track": 13_200})  # and it goes on
        assert settings.load(Log(areas), lambda *_: None)["track"] == 13_200


@pytest.mark.parametrize(
    "share",
    [
        0.0,
        0.5,
        0.99,
        *(pytest.param(i / 40, marks=pytest.mark.acceptance) for i in range(1, 40)),
    ],
)
def test_a_board_that_lost_power_while_storing_boots_with_old_or_new(
    storing: tuple[Path, list[tuple[int, bytes]]], image: Path, share: float
) -> None:
    old, states = storing
    shutil.copyfile(old, image)
    state = torn(states, int(share * (len(states) - 1)), random.Random(f"torn {share}"))
    with image.open("r+b") as file:
        file.seek(F405.settings[0][0])
        file.write(state)
    with VirtualCar(image, "empty") as car:
        car.until(lambda: any("ready" in text for text in car.station.texts))
        assert (ask(car, "TRACK"), ask(car, "LOG_LEVEL")) in (OLD, NEW)
        assert not any("refused" in text for text in car.station.texts)


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
