"""Another program than the car's own, on a board that has nothing loaded yet."""

from __future__ import annotations

from patrolcar_sim.car import VirtualCar


def type_afresh(car: VirtualCar, code: str) -> None:
    """Stops the car's program and types one into the raw REPL, behind a soft reset.

    Without that the old car would still fill the heap: its interrupts hold on to it.
    """
    for keys in (b"\x03", b"\x03\x01", b"\x04"):
        car.board.type(keys)
        car.run(0.5)
    car.console.clear()
    car.board.type(code.encode() + b"\x04")
