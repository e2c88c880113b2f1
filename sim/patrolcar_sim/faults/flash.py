"""Faults of the flash: power that fails while it works, bits that turn over, no room."""

from __future__ import annotations

import random
import re

from patrolcar_sim.board.lockstep import FlashWork
from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig

BLOCK = 512
PIECE = 4096  # what a PROGRAM output stands for (rom/flash.py)
_PACK = re.compile(rb"PACK\d{4}")  # how a firmware pack begins (firmware/pack.py)
_NAME = re.compile(rb"patrol\.pack")
_TAG = 4  # bytes between a file's name and where it is


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
        used = _used_blocks(rig, fault.place, data)
        for _ in range(round(fault["bits"]) if used else 0):
            at = chance.choice(used) + chance.randrange(BLOCK)
            data[at] ^= 1 << chance.randrange(8)
            image.seek(at)
            image.write(data[at : at + 1])


def _used_blocks(rig: Rig, where: str, data: bytes | bytearray) -> list[int]:
    """Offsets of the blocks of a region that hold anything."""
    flash = rig.board.model.flash
    if where == "settings":
        areas = list(flash.settings)
    else:
        areas = [(start, size) for start, size, _, _ in flash.filesystem]
    blocks = [at for start, size in areas for at in range(start, start + size, BLOCK)]
    if where == "pack":
        blocks = _pack(data, blocks)
    return [at for at in blocks if data[at : at + BLOCK] != b"\xff" * BLOCK]


def _pack(data: bytes | bytearray, blocks: list[int]) -> list[int]:
    """The blocks of the firmware pack.

    Littlefs 2 keeps beside a file's name its last block and its size, and at the beginning of each
    block but the first the one before (its SPEC.md: CTZ skip-lists). Elsewhere (FAT) what follows
    the first block is taken for the file.
    """
    first = next((at for at in blocks if _PACK.match(data, at)), None)
    if first is None:
        return []
    for name in re.finditer(_NAME, data):
        last = int.from_bytes(data[name.end() + _TAG : name.end() + _TAG + 4], "little")
        chain: list[int] = []
        while last < len(blocks) and len(chain) < len(blocks):
            chain.append(blocks[last])
            if blocks[last] == first:
                return chain
            last = int.from_bytes(data[blocks[last] : blocks[last] + 4], "little")
    return blocks[blocks.index(first) :]


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
