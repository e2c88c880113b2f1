"""Modules that are always loaded together become one, and can be imported as before."""

import sys
import types

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir
from patrolcar.flash.link import Linked, link
from patrolcar.flash.places import places, told

APP = """
import gc
from time import ticks_us as now

from patrol import limits
from patrol.drive import Drive, clamp as clipped
from patrol.link import words as w

_LIMIT = 9


class Car:
    def __init__(self):
        self.drive = Drive(limits)
        self.text = w.said(clipped(20, _LIMIT))


def late():
    from patrol import rare

    return rare.VALUE, now
"""
DRIVE = """
from time import sleep_us, ticks_us

_LIMIT = 3


def clamp(value, most=_LIMIT):
    return value if value < most else most


class Drive:
    _LIMIT = 5

    def __init__(self, limits):
        clamp = 7
        self.all = (limits.MOST, _LIMIT, clamp, [_LIMIT for _LIMIT in (1, 2)], self._LIMIT)
"""
WORDS = """
import gc


def said(limit):
    gc.collect()
    return "at most %d" % limit
"""
STUBS = (firmware_dir() / "patrol" / "stubs.py").read_text(encoding="utf-8")
TREE = {
    "main.py": "from patrol.app import Car\n",
    "patrol/__init__.py": "",
    "patrol/stubs.py": STUBS,
    "patrol/app.py": APP,
    "patrol/drive.py": DRIVE,
    "patrol/limits.py": "MOST = 4\n",
    "patrol/link/__init__.py": "",
    "patrol/link/words.py": WORDS,
    "patrol/rare.py": "from patrol.link.words import said\nVALUE = said(1)\n",
}


@pytest.fixture
def linked() -> Linked:
    return link(TREE, ("main.py",))


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    """Runs a tree's modules as imports would; gives them by name."""

    def load(sources: dict[str, str], *names: str) -> types.ModuleType:
        time = types.ModuleType("time")
        time.ticks_us = time.sleep_us = None  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "time", time)
        for name in list(sys.modules):
            if name.split(".")[0] == "patrol":
                monkeypatch.delitem(sys.modules, name)
        for name in names:
            path = name.replace(".", "/")
            path = path + (".py" if path + ".py" in sources else "/__init__.py")
            module = types.ModuleType(name)
            monkeypatch.setitem(sys.modules, name, module)
            package, _, last = name.rpartition(".")
            if package:
                setattr(sys.modules[package], last, module)
            exec(compile(sources[path], path, "exec"), module.__dict__)
        return sys.modules[names[-1]]

    return load


PACKAGES = ("patrol", "patrol.link", "patrol.limits")


def test_the_car_is_the_same(linked: Linked, load) -> None:
    alone = load(TREE, *PACKAGES, "patrol.drive", "patrol.link.words", "patrol.app").Car()
    whole = load(linked.sources, *PACKAGES, "patrol.app").Car()
    assert whole.drive.all == alone.drive.all == (4, 3, 7, [1, 2], 5)
    assert whole.text == alone.text == "at most 9"


def test_what_was_linked_can_be_imported_from_where_it_was(linked: Linked, load) -> None:
    app = load(linked.sources, *PACKAGES, "patrol.app")
    tree = linked.sources | {"patrol/births.py": ""}
    drive = load(tree, *PACKAGES, "patrol.app", "patrol.births", "patrol.stubs", "patrol.drive")
    assert drive.clamp(20, 6) == 6
    assert drive.Drive.__name__ == type(app.Car().drive).__name__
    assert linked.stubs == {"patrol/drive.py", "patrol/link/words.py"}


def test_what_is_not_linked_imports_no_stub(linked: Linked, load) -> None:
    assert "patrol.app import" in linked.sources["patrol/rare.py"]
    rare = load(linked.sources, *PACKAGES, "patrol.app", "patrol.rare")
    assert rare.VALUE == "at most 1"


def test_a_module_that_is_handed_on_stays_and_data_stays_as_well(linked: Linked) -> None:
    assert linked.sources["patrol/limits.py"] == TREE["patrol/limits.py"]
    data = {**TREE, "patrol/version.py": "BUILD = 1\n"}
    data["patrol/app.py"] += "\n\nfrom patrol.version import BUILD\n"
    made = link(data, ("main.py",)).sources
    assert made["patrol/version.py"] == "BUILD = 1\n"
    assert " = 1\n" in made["patrol/app.py"]


def test_an_import_from_elsewhere_stands_once(linked: Linked) -> None:
    app = linked.sources["patrol/app.py"]
    assert app.count("import gc") == 1
    assert app.count("ticks_us") == 1


def test_files_that_are_fixed_and_a_tree_without_a_car_stay_as_they_are(linked: Linked) -> None:
    assert linked.sources["main.py"] == TREE["main.py"]
    assert link({"main.py": "x = 1\n"}).sources == {"main.py": "x = 1\n"}


def test_a_name_that_its_module_lacks_is_told_with_the_file_that_wants_it() -> None:
    tree = {**TREE, "patrol/drive.py": DRIVE.replace("class Drive", "class Drives")}
    with pytest.raises(PatrolError, match=r"patrol/app\.py: Drive is imported from patrol\.drive"):
        link(tree, ("main.py",))


def test_a_builtin_is_not_hidden_by_another_file_s_function() -> None:
    tree = {
        "patrol/app.py": "from patrol.a import abs as a\nx = abs(-3), a(-3)\n",
        "patrol/a.py": "def abs(x):\n    return 7\n",
        "user.py": "from patrol.app import x\n",
        "patrol/stubs.py": STUBS,
    }
    scope: dict = {}
    exec(link(tree).sources["patrol/app.py"], scope)
    assert scope["x"] == (3, 7)


def test_a_traceback_tells_the_file_and_the_line_that_were_written(linked: Linked) -> None:
    known = places(linked, linked.sources)
    lines = linked.sources["patrol/app.py"].split("\n")
    for path, text in (("patrol/drive.py", "    _LIMIT = 5"), ("patrol/app.py", "class Car:")):
        there = TREE[path].split("\n").index(text) + 1
        frame = f'  File "/pack/patrol/app.mpy", line {lines.index(text) + 1}, in f'
        assert told(frame, known) == f'  File "{path}", line {there}, in f'
    assert told('  File "boot.py", line 3', known) == '  File "boot.py", line 3'
