"""The boards that the virtual board can be, each as its build of the stm32 port makes it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar_sim.board import wiring
from patrolcar_sim.board.image import F405, F411, F446, KB, FlashMap
from patrolcar_sim.board.timing import GC_US, OTHER_TASK_US, at_clock
from patrolcar_sim.board.wiring import Wiring

RELEASE = "v1.29.0-preview on 2026-07-12"
UNIQUE_ID_BYTES = 12  # RM0090 section 39.1


@dataclass(frozen=True)
class BoardModel:
    """One board with its chip, its build and its harness.

    Attributes:
        name: as firmware/boards/ and rom/boards/ have it.
        machine, build: sys.implementation._machine and _build.
        flash: the chip's flash and the parts of it.
        heap: bytes of heap free after boot, on the 32-bit chip.
        cpu_hz: what the build sets the processor's clock to.
        littlefs: whether the build has VfsLfs2.
        unique_id: the chip's 96 bits; `of_image` gives each its own.
    """

    name: str
    machine: str
    build: str
    flash: FlashMap
    heap: int
    cpu_hz: int
    littlefs: bool
    wiring: Wiring
    unique_id: bytes = bytes(UNIQUE_ID_BYTES)

    def of_image(self, image: Path) -> BoardModel:
        """The one board of this model whose flash that file is."""
        name = f"{self.name} {image.resolve()}".encode(errors="surrogateescape")
        return replace(self, unique_id=hashlib.sha256(name).digest()[:UNIQUE_ID_BYTES])

    @property
    def banner(self) -> str:
        """The line that the friendly REPL begins with."""
        return f"MicroPython {RELEASE}; {self.machine}"

    def settings(self) -> dict[str, Any]:
        """What the boot ROM has to know of the board (rom/main.py)."""
        return {
            "board": self.name,
            "machine": self.machine,
            "build": self.build,
            "release": RELEASE,
            "banner": self.banner,
            "unique_id": list(self.unique_id),
            "link_uart": self.wiring.uart,
            "gc_us": at_clock(GC_US, self.cpu_hz),
            "other_us": at_clock(OTHER_TASK_US, self.cpu_hz),
            "filesystem": self.flash.filesystem,
            "sectors": self.flash.sectors,
            "program": self.flash.program,
            "littlefs": self.littlefs,
        }


# Machine names, clocks and filesystems: each build's mpconfigboard.h and mpconfigboard.mk.
PYBOARD_V11 = BoardModel(
    name="pyboard_v11",
    machine="PYBv1.1 with STM32F405RG",
    build="PYBV11",
    flash=F405,
    heap=108 * KB,
    cpu_hz=168_000_000,
    littlefs=True,
    wiring=wiring.PYBOARD_V11,
)
BLACKPILL_F411 = BoardModel(
    name="blackpill_f411",
    machine="WEACT_F411_BLACKPILL with STM32F411CE",
    build="WEACT_F411_BLACKPILL",
    flash=F411,
    heap=90 * KB,
    cpu_hz=96_000_000,
    littlefs=True,
    wiring=wiring.BLACKPILL_F411,
)
NUCLEO_F446RE = BoardModel(
    name="nucleo_f446re",
    machine="NUCLEO-F446RE with STM32F446xx",
    build="NUCLEO_F446RE",
    flash=F446,
    heap=90 * KB,  # estimated: 128 KB of RAM and a flash cache in it, as the F411 has
    cpu_hz=168_000_000,
    littlefs=False,
    wiring=wiring.NUCLEO_F446RE,
)
MODELS = {model.name: model for model in (PYBOARD_V11, BLACKPILL_F411, NUCLEO_F446RE)}
DEFAULT_MODEL = PYBOARD_V11


def find_model(name: str, filesystem_kb: int | None = None) -> BoardModel:
    """The model of that name, with a filesystem of another size if one is given.

    Raises:
        PatrolError: (code 2) there is no such board, or the filesystem does not fit its flash.
    """
    if name not in MODELS:
        raise PatrolError(f"board {name}: pass one of {', '.join(sorted(MODELS))}", 2)
    model = MODELS[name]
    if filesystem_kb is None:
        return model
    return replace(model, flash=model.flash.with_filesystem(filesystem_kb))
