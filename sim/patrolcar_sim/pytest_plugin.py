"""pytest fixtures for anyone's own tests of the car: `virtual_car`, `virtual_board`, `fake_uart`.

    @pytest.mark.car(world="corridor", seed=3)
    def test_it_keeps_off_the_walls(virtual_car):
        virtual_car.patrol(20)
        assert virtual_car.world.contacts == 0

It is registered by installing the package (sim/README.md), so nothing but pytest is imported
before a test asks for one of the fixtures.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from patrolcar_sim.bench import Bench
    from patrolcar_sim.car import VirtualCar
    from patrolcar_sim.uart import FakeUart

INI = {
    "patrolcar_firmware": "a whole firmware to test instead of patrolcar's own: a folder",
    "patrolcar_changes": "a folder with files that take the place of the firmware's own",
}
FIRMWARE = ("board", "firmware", "changes")
CAR = (*FIRMWARE, "world", "seed", "props", "broken", "faults", "filesystem_kb", "ports", "speed")
UART = ("baud", "fifo", "seed", "bit_error_rate", "drop_rate", "duplicate_rate", "stalls")
MARKERS = {
    "car": ("virtual_car", CAR),
    "board": ("virtual_board or shared_board", FIRMWARE),
    "uart": ("fake_uart", UART),
}
_TEXT, _PATH, _WHOLE, _NUMBER, _LIST = str, (str, Path), int, (int, float), (list, tuple)
VALUES: dict[str, tuple[Any, str]] = {
    **dict.fromkeys(("board", "world"), (_TEXT, "a text")),
    **dict.fromkeys(("firmware", "changes"), (_PATH, "a path")),
    **dict.fromkeys(("seed", "baud", "fifo"), (_WHOLE, "a whole number")),
    "filesystem_kb": ((int, type(None)), "a whole number, or None"),
    "ports": (bool, "True or False"),
    "speed": ((int, float, type(None)), "a number, or None"),
    **dict.fromkeys(("bit_error_rate", "drop_rate", "duplicate_rate"), (_NUMBER, "a number")),
    **dict.fromkeys(("props", "broken", "faults", "stalls"), (_LIST, "a list")),
}
"""What a key takes: its types, and what to call them."""
BAUD = 115_200
SHOWN = 2000  # characters of a console, in the report of a failure
_CAR: pytest.StashKey[VirtualCar] = pytest.StashKey()
_BOARD: pytest.StashKey[Bench] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    for name, sentence in INI.items():
        parser.addini(name, f"{sentence}, relative to this file", default="")


def pytest_configure(config: pytest.Config) -> None:
    for name, (fixture, keys) in MARKERS.items():
        config.addinivalue_line(
            "markers", f"{name}({', '.join(f'{key}=' for key in keys)}): what {fixture} is"
        )


@pytest.fixture
def virtual_car(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VirtualCar]:
    """A car that boots in a world, at full speed, with a ground station; see VirtualCar.

    `@pytest.mark.car(...)` takes what VirtualCar and World take (world, seed, props, ...), and
    which firmware: `firmware=` a whole one, `changes=` files that differ, beside the test.
    """
    options = _options(request.node, "car")
    with _clean_errors():
        from patrolcar.errors import PatrolError
        from patrolcar_sim.car import VirtualCar
        from patrolcar_sim.faults import Fault, parse, props_of
        from patrolcar_sim.world.props import Prop
        from patrolcar_sim.world.world import World

        image = _image(request, options, tmp_path)
        name, seed, props = (
            options.pop(key, default)
            for key, default in (("world", "office"), ("seed", 1), ("props", ()))
        )
        faults = [parse(one) if isinstance(one, str) else one for one in options.pop("faults", ())]
        for one in (*faults, *props):
            if not isinstance(one, Fault | Prop):
                raise PatrolError(f"marker car: {one!r:.60} is neither a fault nor a prop", 2)
        props = (*props, *props_of(faults))
        car = VirtualCar(image, World(name, seed, props=props), seed, faults=faults, **options)
        car.__enter__()
    request.node.stash[_CAR] = car
    yield car
    car.__exit__()
    image.unlink()


@pytest.fixture
def virtual_board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A board of the test's own with the firmware running, a car that stands still on its pins,
    and a ground station; see Bench. The first snippet that it is to run stops the firmware."""
    with _clean_errors():
        bench = _board(request, tmp_path)
    request.node.stash[_BOARD] = bench
    yield bench
    bench.close()
    bench.board.image.unlink()


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Shared]:
    shared = _Shared(tmp_path_factory.mktemp("board"))
    yield shared
    shared.close()


@pytest.fixture
def shared_board(request: pytest.FixtureRequest, _shared: _Shared) -> Iterator[Bench]:
    """A board as virtual_board, for tests that only run snippets: those of a module share one as
    long as they leave it as it was; its names are forgotten after each."""
    with _clean_errors():
        bench = _shared.ready(request)
    request.node.stash[_BOARD] = bench
    yield bench
    _shared.tidy()


@pytest.fixture
def fake_uart(request: pytest.FixtureRequest) -> FakeUart:
    """One direction of a serial line, paced by its baud rate; see FakeUart.

    `@pytest.mark.uart(baud=9600, drop_rate=0.01)` sets its baud, FIFO, seed and faults.
    """
    from patrolcar_sim.uart import FakeUart, LineFaults

    options = _options(request.node, "uart")
    own = {key: options.pop(key) for key in ("fifo", "seed") if key in options}
    baud = options.pop("baud", BAUD)
    try:
        return FakeUart(baud, faults=LineFaults(**options), **own)
    except ValueError as error:
        pytest.fail(f"marker uart: {error}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """What the car and the board said goes into the report of a failure."""
    if call.when == "call" and call.excinfo is not None:
        if (car := item.stash.get(_CAR, None)) is not None:
            item.add_report_section("call", "virtual car", _story(car))
        if (bench := item.stash.get(_BOARD, None)) is not None:
            item.add_report_section("call", "virtual board", _console(bench.console))
    return (yield)


# -- inside --------------------------------------------------------------------------------


def _options(node: pytest.Item, marker: str) -> dict[str, Any]:
    """What the markers say, the nearest one first; a clean failure for a key there is not."""
    _, known = MARKERS[marker]
    found: dict[str, Any] = {}
    for mark in node.iter_markers(marker):
        unknown = [*map(repr, mark.args), *(mark.kwargs.keys() - set(known))]
        if unknown:
            keys = ", ".join(f"{key}=" for key in known)
            pytest.fail(f"marker {marker} does not know {unknown[0]}: it takes {keys}", False)
        for key, value in mark.kwargs.items():
            kind, word = VALUES[key]
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                pytest.fail(f"marker {marker}: {key}={value!r:.60} is not {word}", False)
        found = {**mark.kwargs, **found}
    return found


@contextlib.contextmanager
def _clean_errors() -> Iterator[None]:
    """A PatrolError is for the person who wrote the test: one line, no trace."""
    from patrolcar.errors import PatrolError

    try:
        yield
    except PatrolError as error:
        pytest.fail(str(error), pytrace=False)


def _image(request: pytest.FixtureRequest, options: dict[str, Any], folder: Path) -> Path:
    """A copy of the image with that firmware; its keys are taken out of the options."""
    from patrolcar_sim.firmware_image import firmware_image

    config, beside = request.config, request.path.parent
    tree, changes = (
        beside / options.pop(key)
        if key in options
        else (config.rootpath / value if (value := config.getini(f"patrolcar_{key}")) else None)
        for key in ("firmware", "changes")
    )
    kept = firmware_image(options.get("board", "pyboard_v11"), tree, changes=changes)
    image = folder / "flash.img"
    shutil.copyfile(kept, image)
    return image


def _board(request: pytest.FixtureRequest, folder: Path) -> Bench:
    from patrolcar_sim.bench import Bench
    from patrolcar_sim.board.models import find_model
    from patrolcar_sim.ground_station import ScriptedStation

    options = _options(request.node, "board")
    image = _image(request, options, folder)
    model = find_model(options.get("board", "pyboard_v11"))
    return Bench(image, model, program=True, station=ScriptedStation())


class _Shared:
    """The board of a module's tests: kept as long as it is as it was after boot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bench: Bench | None = None
        self._flash = b""
        self._options: dict[str, Any] = {}

    def ready(self, request: pytest.FixtureRequest) -> Bench:
        options = _options(request.node, "board")
        if options != self._options:
            self.close()
        if self._bench is None:
            self._bench = _board(request, self._folder)
            self._options = options
            self._bench.run("_names = set(globals())\nimport sys\n_modules = set(sys.modules)")
            self._flash = self._bench.board.image.read_bytes()
        return self._bench

    def tidy(self) -> None:
        """Forgets what a test has defined; the board itself, if that test has changed it."""
        bench = self._bench
        assert bench is not None
        try:
            bench.run(_FORGET)
        except (AssertionError, KeyError):
            self.close()
            return
        if len(bench.board.resets) > 1 or bench.board.image.read_bytes() != self._flash:
            self.close()

    def close(self) -> None:
        if self._bench is not None:
            self._bench.close()
            self._bench.board.image.unlink()
            self._bench = None


_FORGET = """
import sys
for _name in set(sys.modules) - _modules:
    del sys.modules[_name]
for _name in set(globals()) - _names - {"_names", "_modules", "sys"}:
    del globals()[_name]
"""


def _console(console: bytearray) -> str:
    text = console.decode(errors="replace").replace("\r\n", "\n").strip()
    return f"console: ...{text[-SHOWN:]}" if len(text) > SHOWN else f"console: {text or '(empty)'}"


def _story(car: VirtualCar) -> str:
    """What a person wants to know first of a drive that was not as it should be."""
    world = car.world
    return "\n".join(
        (
            f"at {car.now_s:.2f} s of virtual time: {world.distance_m:.2f} m driven, "
            f"{world.contacts} contacts, resets {[cause.name for cause in car.board.resets]}",
            *(f"said: {text}" for text in car.station.texts[-10:]),
            _console(car.console),
        )
    )
