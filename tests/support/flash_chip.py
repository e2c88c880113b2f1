"""The stm module over an STM32F405's flash, for CPython, with a power that can be cut."""

from __future__ import annotations

import random
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any, TextIO

import pytest

START = 0x08000000
SR, CR, KEYR, ACR = 0x40023C0C, 0x40023C10, 0x40023C04, 0x40023C00
KEYS = (0x45670123, 0xCDEF89AB)
LOCKED = 0x80000000
SECTOR_10, SECTOR_11, SECTOR_BYTES = 0x080C0000, 0x080E0000, 0x20000


def print_trace(error: BaseException, text: TextIO) -> None:
    """sys.print_exception as MicroPython has it: no lines of source."""
    text.write("Traceback (most recent call last):\n")
    for frame in traceback.extract_tb(error.__traceback__):
        text.write(f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n')
    text.write(f"{type(error).__name__}: {error}\n")


class PowerCut(Exception):
    """The supply was gone."""


class FlashChip:
    """Flash from 0x08000000 and registers. `cut_at` writes to flash or erases, it loses power.

    The one that it is cut in is done in part: bits that were to fall may stay, as chance has it.
    """

    def __init__(self, size: int = 1 << 20, seed: int = 0) -> None:
        self.flash = bytearray(b"\xff" * size)
        self.registers: dict[int, int] = {CR: LOCKED, ACR: 0x705}
        self.writes = 0
        self.cut_at: int | None = None
        self.erases: list[int] = []
        self._keys: list[int] = []
        self._random = random.Random(seed)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> FlashChip:
        """As the module `stm`; what of the firmware had another one is imported anew."""
        stm = types.ModuleType("stm")
        stm.__dict__.update(
            FLASH=0x40023C00, FLASH_ACR=0x00, FLASH_KEYR=0x04, FLASH_SR=0x0C, FLASH_CR=0x10,
            RTC=0x40002800, RTC_BKP19R=0x9C,
            mem8=_Memory(self, 1), mem16=_Memory(self, 2), mem32=_Memory(self, 4),
        )  # fmt: skip
        monkeypatch.setitem(sys.modules, "stm", stm)
        for name in list(sys.modules):
            if name.startswith("patrol.store"):
                monkeypatch.delitem(sys.modules, name)
        return self

    def _powered(self, act: Callable[[bool], None]) -> None:
        self.writes += 1
        whole = self.cut_at is None or self.writes < self.cut_at
        act(whole)
        if not whole:
            raise PowerCut

    def program(self, address: int, width: int, value: int) -> None:
        assert self.registers[CR] == 0x101, "programming without PG and PSIZE"
        assert width == 2
        at = address - START

        def act(whole: bool) -> None:
            old = int.from_bytes(self.flash[at : at + 2], "little")
            stays = 0 if whole else self._random.getrandbits(16)
            self.flash[at : at + 2] = (old & (value | stays)).to_bytes(2, "little")

        self._powered(act)

    def erase(self, sector: int) -> None:
        at = {10: 0xC0000, 11: 0xE0000}[sector]

        def act(whole: bool) -> None:
            for i in range(at, at + SECTOR_BYTES):
                self.flash[i] |= 0xFF if whole else self._random.getrandbits(8)

        self.erases.append(sector)
        self._powered(act)

    def write_register(self, address: int, value: int) -> None:
        if address == KEYR:
            self._keys.append(value)
            assert tuple(self._keys) == KEYS[: len(self._keys)], "a wrong key: bus fault"
            if len(self._keys) == 2:
                self.registers[CR] = 0
        elif address == CR:
            assert not self.registers[CR] & LOCKED, "FLASH_CR is locked"
            self.registers[CR] = value
            if value & LOCKED:
                self._keys = []
            elif value & 1 << 16:
                assert value & 2, "STRT without SER"
                self.erase(value >> 3 & 15)
        elif address == SR:
            self.registers[SR] = self.registers.get(SR, 0) & ~value
        else:
            self.registers[address] = value


class _Memory:
    def __init__(self, chip: FlashChip, width: int) -> None:
        self._chip = chip
        self._width = width

    def __getitem__(self, address: int) -> int:
        if START <= address < START + len(self._chip.flash):
            at = address - START
            return int.from_bytes(self._chip.flash[at : at + self._width], "little")
        shift = (address & 3) * 8
        value = self._chip.registers.get(address & ~3, 0)
        return value >> shift & ((1 << 8 * self._width) - 1)

    def __setitem__(self, address: int, value: int) -> None:
        if START <= address < START + len(self._chip.flash):
            self._chip.program(address, self._width, value)
        else:
            self._chip.write_register(address, value)


def all_of(log: Any, *kinds: int) -> list[Any]:
    """The whole records of these types in a patrol.store.log.Log, oldest first."""
    found = [log.read(at) for at in log.records() if log.kind(at) in kinds]
    return [record for record in found if record is not None]
