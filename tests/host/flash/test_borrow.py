"""Public names that only the firmware uses become names that every interpreter has."""

import ast
import subprocess

from patrolcar.flash.borrow import BUILT_IN, PORT, PUBLIC, borrow
from patrolcar.flash.build import firmware_dir
from patrolcar_sim.board.process import find_interpreter

CAR = """
from wheel import Wheel

class Car:
    def __init__(self, pin):
        self.blocked = 0
        self.battery = pin
        self.pin = pin
        self.shown = getattr(self, "looked_up", 0)
        self.looked_up = 1

    def waits(self, blocked):
        self.blocked += blocked
        self.pin.toggle()
        return self.waits

    def toggle(self):
        return Wheel().diameter + self.looked_up
"""
WHEEL = """
class Wheel:
    diameter = 65

    def turns(self, car):
        car.waits(car.blocked)
"""
LOG = """
class Log:
    def shown(self, car):
        return car.blocked
"""


def _borrowed(**files: str) -> dict[str, str]:
    tree = {f"{name}.py": text for name, text in files.items()}
    return borrow(tree, {"car.py", "wheel.py"}, ("main.py",))


def _attributes(text: str) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}


def test_what_only_the_firmware_asks_for_is_called_by_a_borrowed_name_in_every_file() -> None:
    made = _borrowed(car=CAR, wheel=WHEEL, log=LOG)
    car, wheel, log = (_attributes(made[f"{name}.py"]) for name in ("car", "wheel", "log"))
    assert not {"blocked", "waits"} & (car | wheel | log)
    assert "turns" not in made["wheel.py"]
    assert log < wheel <= car | wheel
    assert (car | wheel | log) - set(BUILT_IN) == {
        "battery",  # public
        "diameter",  # of a class
        "looked_up",  # somebody asks by text
        "shown",  # of a class in a file that is not the owners'
        "toggle",  # a pin has it
    }


def test_every_public_name_is_one_of_the_firmwares() -> None:
    words = {
        node.attr if isinstance(node, ast.Attribute) else node.name
        for path in (firmware_dir() / "patrol").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.FunctionDef)
    }
    assert words >= PUBLIC


def test_parameters_and_lines_stay() -> None:
    made = _borrowed(car=CAR, wheel=WHEEL)["car.py"]
    assert "(self, blocked)" in made
    assert made.count("\n") == CAR.count("\n")


def test_a_name_that_a_file_outside_uses_stays() -> None:
    made = _borrowed(car=CAR, wheel=WHEEL, main="from car import Car\nCar(1).waits(2)\n")
    assert "waits" in made["car.py"]
    assert "blocked" not in _attributes(made["car.py"])


def test_a_borrowed_name_is_one_that_no_file_uses() -> None:
    busy = CAR + "".join(f"    {name} = 0\n" for name in BUILT_IN[:-2])
    made = _borrowed(car=busy, wheel=WHEEL)
    assert _attributes(made["car.py"]) & set(BUILT_IN) <= set(BUILT_IN[-2:])


def test_every_borrowed_name_is_built_in() -> None:
    code = (
        "import micropython\n"
        f"names = {' '.join(BUILT_IN)!r}.split()\n"
        "micropython.qstr_info()\n"
        "for name in names: getattr(object, name, 0)\n"
        "micropython.qstr_info()\n"
    )
    done = subprocess.run(
        [*find_interpreter(), "-c", code], capture_output=True, text=True, check=True
    )
    before, after = done.stdout.splitlines()
    assert before == after
    assert not set(BUILT_IN) & (PUBLIC | PORT)
    assert len(set(BUILT_IN)) == len(BUILT_IN)
