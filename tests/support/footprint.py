"""What the firmware takes of a board's RAM, as far as a 64-bit heap can tell.

`measure` boots two virtual boards, one of them with an empty flash, and asks both with
tests/board/probes/heap.py: what the second one has more is the firmware's, up to three things:

* pins and buses of the stand-ins, which are Python here and C on the chip, are taken off, all but
  the UART's receive buffer;
* names: the interpreter keeps every name that it has met in tables, each twice as long as the one
  before. Here the boot ROM's fill the first ones, so the firmware's are counted as if alone;
* machine code lies outside of the heap here and is counted from the .mpy files for the chip.

On 32 bits a cell of the heap takes half as much and bytecode as much, so CODE of a module and
OBJECTS of all else; tests/narrow, which runs the car on 32 bits, holds that against what it
measures. Buffers count in full.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpy import native_bytes
from patrolcar_sim.car import VirtualCar
from prompt import run_code, stop_afresh

PROBE = Path(__file__).parents[1] / "board" / "probes" / "heap.py"
CODE, OBJECTS = 0.72, 0.55
FIRST_TABLE, CELL = 20, 7  # names; bytes for a name in a table: address, hash, length
AUTO = 3  # the supervisor's state
DRIVE_TICKS = 1_000


@dataclass(frozen=True)
class Footprint:
    """Bytes. `modules` and `parts` by name; those in `let_go` have left the heap again, and what
    a part let go is taken off it. `table` is a table of names that was begun meanwhile.

    `raw` is the 64-bit heap in use beyond the empty board's; `heap` the same without pins and
    names; `names_bytes` are those on 32 bits; `board` what all comes to on the chip.
    """

    modules: dict[str, int]
    parts: dict[str, int]
    let_go: set[str]
    raw: int
    heap: int
    pins: int
    table: int
    names: int
    names_bytes: int
    buffers: dict[str, int]
    native: int

    @property
    def board(self) -> float:
        buffers = sum(self.buffers.values())
        code = sum(size for name, size in self.modules.items() if name not in self.let_go)
        objects = self.heap - code - buffers
        return CODE * code + OBJECTS * objects + self.names_bytes + buffers + self.native


class _Prompt:
    """A virtual car's raw REPL, after a soft reset that has run boot.py and not main.py."""

    def __init__(self, car: VirtualCar, modules: str) -> None:
        self.car = car
        car.run(1.0)
        stop_afresh(car)
        self.run(PROBE.read_text() + f"\nMODULES = {modules!r}\n")

    def run(self, code: str) -> str:
        return run_code(self.car, code, 40.0)

    def value(self, expression: str) -> Any:
        return ast.literal_eval(self.run(f"print(repr({expression}))").strip().splitlines()[-1])

    def names(self) -> tuple[int, int, int]:
        """How many names, bytes of their letters, bytes with their tables."""
        found = re.search(
            r"n_qstr=(\d+), n_str_data_bytes=(\d+), n_total_bytes=(\d+)", self.run("names()")
        )
        assert found
        return int(found[1]), int(found[2]), int(found[3])


def _tables(names: int) -> int:
    """Bytes of the tables that so many names fill, on 32 bits."""
    size, room = FIRST_TABLE, FIRST_TABLE
    while room < names:
        size *= 2
        room += size
    return room * CELL


def _written(name: str, names: dict[str, str]) -> str:
    """`class.attribute` with the class called as in the sources."""
    owner, _, attribute = name.partition(".")
    return f"{names.get(owner, owner)}.{attribute}"


def measure(image: Path, empty: Path, chip_build: Path) -> Footprint:
    """Of the firmware on an image; `empty` will be one, `chip_build` is the chip's .mpy files."""
    files = sorted(chip_build.rglob("*.mpy"))
    names = [
        ".".join(path.relative_to(chip_build).with_suffix("").parts).removesuffix(".__init__")
        for path in files
    ]
    modules = f" {' '.join(names)} "
    with VirtualCar(empty, "empty") as car:
        prompt = _Prompt(car, modules)
        base, base_names = prompt.value("used()"), prompt.names()
    with VirtualCar(image, "empty") as car:
        prompt = _Prompt(car, modules)
        prompt.run("car = take_car(MODULES)")
        report = prompt.value("report")
        loaded = prompt.value("[name for name in sys.modules]")
        now = car.board.now_us
        car.station.arm(now + 2_500_000)
        car.station.mode("AUTO", now + 2_700_000)
        used, state, failures = prompt.value(f"take_drive(car, 300 + {DRIVE_TICKS})")
        assert (state, failures) == (AUTO, 0), car.station.texts
        count, letters, whole = (a - b for a, b in zip(prompt.names(), base_names, strict=True))
        buffers = dict(prompt.value("buffers(car)"))
        prompt.run("from patrol import stubs")
        stubs = prompt.value("list(stubs.TABLE.values())")
    written = {short: public for rows in stubs for public, short in rows if isinstance(short, str)}
    parts = {written.get(name, name): size for name, size in report["parts"].items()}
    buffers = {_written(name, written): size for name, size in buffers.items()}
    pins = sum(report["pins"].values()) - buffers["UART._ring"]
    names_bytes = letters + _tables(count)
    table = whole - letters
    if table:  # in whichever module came to it
        widest = max(report["modules"], key=lambda name: report["modules"][name])
        report["modules"][widest] -= table
    return Footprint(
        report["modules"],
        parts,
        set(report["modules"]) - set(loaded),
        used - base,
        used - base - pins - whole,
        pins,
        table,
        count,
        names_bytes,
        buffers,
        sum(native_bytes(path) for path in files),
    )
