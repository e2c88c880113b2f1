"""A virtual car's raw REPL: code instead of its own program, or beside what that left."""

from __future__ import annotations

from patrolcar_sim.car import VirtualCar


def stop_afresh(car: VirtualCar) -> None:
    """Stops the car's program and empties the heap: boot.py has run then, main.py has not.

    Without that the old car would still fill the heap: its interrupts hold on to it.
    """
    for keys in (b"\x03", b"\x03\x01", b"\x04"):
        car.board.type(keys)
        car.run(0.5)


def type_afresh(car: VirtualCar, code: str) -> None:
    """Types a program into the raw REPL of a car stopped so."""
    stop_afresh(car)
    car.console.clear()
    car.board.type(code.encode() + b"\x04")


def run_code(car: VirtualCar, code: str, most_s: float = 30.0) -> str:
    """Runs code in the raw REPL that the car is in; what it printed."""
    car.console.clear()
    car.board.type(code.encode() + b"\x04")
    car.until(lambda: car.console.count(b"\x04") >= 2, most_s)
    printed, trace, *_ = car.console.decode().split("\x04")
    assert not trace, trace
    return printed.partition("OK")[2].replace("\r\n", "\n")


def execute(car: VirtualCar, code: str) -> str:
    """Interrupts what runs, runs code beside it and leaves the raw REPL; what it printed."""
    for keys in (b"\x03", b"\x03\x01"):
        car.board.type(keys)
        car.run(0.3)
    printed = run_code(car, code)
    car.board.type(b"\x02")
    car.run(0.1)
    return printed
