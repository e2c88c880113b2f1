"""When parameters are stored, and that power which fails then leaves the old or the new ones."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flash_chip import FlashChip
from patrolcar.flash.build import firmware_dir
from patrolcar.link import dialect
from patrolcar.params.table import known
from patrolcar_sim.board.image import BASE, F405
from patrolcar_sim.board.lockstep import FlashWork
from patrolcar_sim.car import VirtualCar


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
