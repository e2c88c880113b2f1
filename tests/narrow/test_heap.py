"""What the running car takes of a 32-bit heap, measured; the others only reckon from 64 bits."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import figures
from footprint import measure
from mpy import native_bytes
from patrolcar.flash.build import DEFAULT_BOARD, board_data, build
from patrolcar_sim.firmware_image import firmware_image

HERE = Path(__file__).parent
STAND_INS = HERE.parent / "board" / "stand_ins"
CHIP = "armv7emsp"


def test_the_car_takes_less_of_a_32_bit_heap_than_is_reckoned_from_64_bits(
    wasm: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    plain = build(tmp_path / "plain", None)  # it has no code for this processor
    done = subprocess.run(
        ["node", str(HERE / "heap.mjs"), str(wasm), str(plain.folder), str(STAND_INS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    limits, names = told["printed"]
    assert limits == f"{2**31 - 1} (1, 29) 0", limits
    chip = build(tmp_path / "chip", CHIP)
    native = sum(native_bytes(path) for path in chip.folder.rglob("*.mpy"))
    # The stand-ins' pins and buses are still in it, and viper functions as bytecode as well.
    ring = board_data(DEFAULT_BOARD)["UART_RXBUF"]
    measured = told["ran"] - told["empty"] + native + ring
    image = tmp_path / "flash.img"
    shutil.copyfile(firmware_image(), image)
    reckoned = measure(image, tmp_path / "empty.img", chip.folder)
    figures.add(
        record_property,
        f"RAM of {figures.RAM_KB} KB, on a 32-bit MicroPython 1.29 (WebAssembly), KB",
        ("", "KB"),
        [
            ("the car's modules", (told["loaded"] - told["empty"]) / 1024),
            (
                "the car, other modules let go",
                (told["made"] - told["loaded"]) / 1024,
            ),
            ("what 400 ticks add", (told["ran"] - told["made"]) / 1024),
            (f"machine code ({CHIP}) and the UART's buffer", (native + ring) / 1024),
            ("together", measured / 1024),
            ("reckoned from a 64-bit heap, in AUTO", reckoned.board / 1024),
        ],
    )
    print(names)
    assert measured <= figures.RAM_KB * 1024
    assert measured <= reckoned.board
