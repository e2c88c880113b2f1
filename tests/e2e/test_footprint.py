"""What the firmware takes of flash and RAM, printed by module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import figures
from footprint import CODE, OBJECTS, Footprint, measure
from patrolcar.flash.build import Build, boards, build
from patrolcar.flash.pack import packed
from patrolcar.flash.sync import read_tree

CHIP = "armv7emsp"  # F405, F411, F446
BIG = 64  # bytes: smaller buffers are one row together


@pytest.fixture(scope="module")
def chip_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return build(tmp_path_factory.mktemp("chip") / "build", CHIP)


@pytest.fixture(scope="module")
def footprint(
    firmware_image: Path, chip_build: Build, tmp_path_factory: pytest.TempPathFactory
) -> Footprint:
    folder = tmp_path_factory.mktemp("footprint")
    image = folder / "flash.img"
    image.write_bytes(firmware_image.read_bytes())
    return measure(image, folder / "empty.img", chip_build.folder)


def _on_flash(made: Build) -> int:
    """Bytes that lie on the board: the modules are packed there."""
    return sum(map(len, packed(read_tree(made.folder)).values()))


@pytest.mark.parametrize("board", boards())
def test_the_firmware_of_each_board_leaves_room_on_its_flash(board: str, tmp_path: Path) -> None:
    made = build(tmp_path / "build", CHIP, board=board)
    assert _on_flash(made) <= figures.FLASH_KB * 1024


def test_the_running_car_leaves_40_kb_of_ram(
    footprint: Footprint, chip_build: Build, record_property: Callable[[str, object], None]
) -> None:
    sizes = {
        ".".join(path.relative_to(chip_build.folder).with_suffix("").parts): path.stat().st_size
        for path in chip_build.folder.rglob("*")
        if path.is_file()
    }
    modules = [
        (
            name + (" (let go)" if name.removesuffix(".__init__") in footprint.let_go else ""),
            size,
            footprint.modules.get(name.removesuffix(".__init__"), "-"),
        )
        for name, size in sorted(sizes.items())
    ]
    parts = sorted(footprint.parts.items(), key=lambda item: -item[1])
    figures.add(
        record_property,
        f"firmware by module: bytes of .mpy ({CHIP}), bytes of the 64-bit heap that it takes",
        ("", "flash", "heap"),
        [
            *modules,
            ("a table of names, for the boot ROM's too", "-", footprint.table),
            *((f"made: {name}", "-", size) for name, size in parts),
        ],
    )
    big = {name: size for name, size in footprint.buffers.items() if size >= BIG}
    rest = sum(footprint.buffers.values()) - sum(big.values())
    figures.add(
        record_property,
        "buffers, bytes: the same on every board",
        ("", "bytes"),
        [*sorted(big.items(), key=lambda item: -item[1]), ("smaller ones", rest)],
    )
    ram = footprint.board
    figures.add(
        record_property,
        f"totals, KB: flash of {figures.FLASH_KB}, RAM of {figures.RAM_KB} with the car in AUTO",
        ("", "KB"),
        [
            ("flash", _on_flash(chip_build) / 1024),
            ("  the modules before they are packed", chip_build.size / 1024),
            (f"RAM: {CODE} x modules + {OBJECTS} x the rest of the heap + these:", ram / 1024),
            (
                f"  {footprint.names} names, tables as if alone, on 32 bits",
                footprint.names_bytes / 1024,
            ),
            ("  buffers", sum(footprint.buffers.values()) / 1024),
            (f"  machine code ({CHIP})", footprint.native / 1024),
            ("64-bit heap without pins, buses and names", footprint.heap / 1024),
            ("64-bit heap beyond an empty board's, as it is", footprint.raw / 1024),
        ],
    )
    assert ram <= figures.RAM_KB * 1024
