"""Faults of the flash: power that fails while it works, bits that turn over, no room."""

from __future__ import annotations

import random

from patrolcar_sim.board.lockstep import FlashWork
from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig

BLOCK = 512
PIECE = 4096  # what a PROGRAM output stands for (rom/flash.py)
_PACK = b"PACK"  # a firmware pack begins so, with four digits behind (firmware/pack.py)


def cut(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Power fails in the middle of the n-th work of the flash from now on.

    Works are the erase of a sector, the programming of 4 KB of one, and a word that the program
    writes itself. Which bits of the last one have got there, chance decides.
    """
    board = rig.board
    left = round(fault["work"]) or chance.randint(1, round(fault["within"]))
    others = board.on_flash

    def work(kind: FlashWork, offset: int) -> None:
        nonlocal left
        if others is not None:
            others(kind, offset)
        if kind == FlashWork.DONE or not left:
            return
        left -= 1
        if not left:
            if kind == FlashWork.PROGRAM:
                _tear(rig, offset, chance)
            board.cut_power()

    board.on_flash = work

    def end() -> None:
        nonlocal left
        left = 0

    return end


def _tear(rig: Rig, offset: int, chance: random.Random) -> None:
    """Of a piece that was being programmed, only the beginning is there."""
    done = chance.randrange(0, PIECE, 4)
    with rig.board.image.open("r+b") as image:
        image.seek(offset + done)
        image.write(b"\xff" * (PIECE - done))


def rot(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """Bits of what is stored turn over."""
    with rig.board.image.open("r+b") as image:
        data = bytearray(image.read())
        used = [at for area in _areas(rig, fault.place, data) for at in area]
        for _ in range(round(fault["bits"]) if used else 0):
            at = chance.choice(used) + chance.randrange(BLOCK)
            data[at] ^= 1 << chance.randrange(8)
            image.seek(at)
            image.write(data[at : at + 1])


def _areas(rig: Rig, where: str, data: bytes | bytearray) -> list[list[int]]:
    """Offsets of the blocks of a region that hold anything."""
    flash = rig.board.model.flash
    if where == "settings":
        areas = list(flash.settings)
    else:
        areas = [(start, size) for start, size, _, _ in flash.filesystem]
    found = [
        [at for at in range(start, start + size, BLOCK) if _used(data, at)]
        for start, size in areas
    ]
    return found if where != "pack" else [_pack(data, [at for area in found for at in area])]


def _used(data: bytes | bytearray, at: int) -> bool:
    return data[at : at + BLOCK] != b"\xff" * BLOCK


def _pack(data: bytes | bytearray, blocks: list[int]) -> list[int]:
    """The blocks from the firmware pack's first one on, as far as they lie in a row."""
    for i, at in enumerate(blocks):
        if data[at : at + 4] == _PACK and data[at + 4 : at + 8].isdigit():
            return blocks[i:]
    return []


def full(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """No room is left: in the settings' areas at once, in the filesystem from the next boot."""
    if fault.place == "filesystem":
        assert rig.board.quirks is not None
        rig.board.quirks["fill"] = True
        return
    with rig.board.image.open("r+b") as image:
        data = image.read()
        for start, size in rig.board.model.flash.settings:
            kept = len(data[start : start + size].rstrip(b"\xff"))
            kept += -kept % 4
            image.seek(start + kept)
            image.write(bytes(size - kept))
