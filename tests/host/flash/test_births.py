"""What only making the car takes is loaded to make it, on its lines, and can be had again."""

import sys
import types
from collections.abc import Callable

import pytest

from patrolcar.flash.births import moved
from patrolcar.flash.build import firmware_dir
from patrolcar.flash.link import link
from patrolcar.flash.names import shorten

APP = '''"""The car."""

from patrol.parts import Made, Motor, Part


class Car:
    def __init__(self):
        from patrol import births

        self._make()
        births.forget()

    def _make(self):
        self.motor = Motor(3)
        self.parts = []

    def grow(self):
        self.parts.append(Part(len(self.parts)))
        return self.parts[-1].number
'''
PARTS = '''"""Parts."""

from patrol.portable import const

_MOST = const(7)


class Motor:
    def __init__(self, duty, most=_MOST):
        self.duty = min(duty + 1, most)

    def faster(self):
        self.duty += 1


class Part:
    def __init__(self, number):
        self.number = number


class Made(Part):
    def __init__(self):
        super().__init__(5)
'''
STUBS = (firmware_dir() / "patrol" / "stubs.py").read_text(encoding="utf-8")
TREE = {
    "main.py": "from patrol.app import Car\n",
    "patrol/__init__.py": "",
    "patrol/stubs.py": STUBS,
    "patrol/app.py": APP,
    "patrol/parts.py": PARTS,
    "patrol/portable.py": "def const(x):\n    return x\n",
    "patrol/births.py": 'METHODS = ("__init__", "_make")\ndef forget():\n    pass\n',
}


@pytest.fixture
def made() -> dict[str, str]:
    linked = link(TREE, ("main.py",))
    return moved(linked, shorten(linked.sources, ("main.py",), ("patrol/app.py",)), ("main.py",))


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, made: dict[str, str]) -> Callable[[str], object]:
    """Imports a module of the built tree."""

    class Finder:
        @staticmethod
        def find_spec(name: str, path: object, target: object = None) -> object:
            from importlib.machinery import ModuleSpec

            file = name.replace(".", "/")
            for at in (f"{file}.py", f"{file}/__init__.py"):
                if at in made:
                    spec = ModuleSpec(name, Loader(at), is_package=at.endswith("__init__.py"))
                    return spec
            return None

    class Loader:
        def __init__(self, at: str) -> None:
            self.at = at

        def create_module(self, spec: object) -> None:
            return None

        def exec_module(self, module: types.ModuleType) -> None:
            exec(compile(made[self.at], self.at, "exec"), module.__dict__)

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    for name in list(sys.modules):
        if name.split(".")[0] == "patrol":
            monkeypatch.delitem(sys.modules, name)

    def load(name: str) -> object:
        import importlib

        return importlib.import_module(name)

    yield load
    for name in list(sys.modules):
        if name.split(".")[0] == "patrol":
            del sys.modules[name]


def test_the_car_is_made_and_forgets_how(load) -> None:
    app = load("patrol.app")
    car = app.Car()
    assert car.motor.duty == 4
    car.motor.faster()
    assert car.motor.duty == 5
    with pytest.raises(TypeError):
        type(car.motor)(3)


def test_another_car_can_be_made(load) -> None:
    app = load("patrol.app")
    assert app.Car().motor.duty == 4
    del sys.modules["patrol.births"]
    del sys.modules["patrol"].births
    assert app.Car().motor.duty == 4


def test_what_the_running_car_makes_and_what_has_a_base_keeps_its_own(load, made) -> None:
    car = load("patrol.app").Car()
    assert (car.grow(), car.grow()) == (0, 1)
    assert load("patrol.parts").Made().number == 5
    assert made["patrol/app.py"].count("def __init__") == 3  # Car, Part, Made


def test_whoever_asks_for_a_class_gets_it_whole_and_for_good(load) -> None:
    parts = load("patrol.parts")
    assert parts.Motor(1).duty == 2
    assert sys.modules["patrol.births"].kept


def test_every_line_is_where_it_was(made) -> None:
    before = shorten(link(TREE, ("main.py",)).sources, ("main.py",), ("patrol/app.py",))[
        "patrol/app.py"
    ].split("\n")
    for file in ("patrol/app.py", "patrol/births.py"):
        for number, line in enumerate(made[file].split("\n")[: len(before)]):
            if "def " in line or "self." in line:
                assert line == before[number]


def test_a_tree_without_births_stays_as_it_is() -> None:
    tree = {path: text for path, text in TREE.items() if "births" not in path}
    linked = link(tree, ("main.py",))
    assert moved(linked, linked.sources, ("main.py",)) == linked.sources
