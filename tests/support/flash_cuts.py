"""Power that fails at each half-word of what a virtual car writes into its settings' flash."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flash_chip import FlashChip
from patrolcar_sim.board.image import BASE, F405
from patrolcar_sim.board.lockstep import FlashWork
from patrolcar_sim.car import VirtualCar

START, SIZE = F405.settings[0]


def area_of(image: Path) -> bytes:
    """What is in the first of the settings' areas."""
    return image.read_bytes()[START : START + SIZE]


@dataclass(frozen=True)
class Cuts:
    """The image before, the area after, and the offsets in it of each half-word between."""

    old: Path
    after: bytes
    offsets: list[int]

    def __len__(self) -> int:
        return len(self.offsets)

    def area(self, i: int, chance: random.Random | None = None) -> bytes:
        """The area if power fails before the i-th half-word, or in the midst of it."""
        area = bytearray(area_of(self.old))
        for at in self.offsets[:i]:
            area[at : at + 2] = self.after[at : at + 2]
        if chance is not None:
            at = self.offsets[i]
            area[at] &= self.after[at] | chance.getrandbits(8)
            area[at + 1] &= self.after[at + 1] | chance.getrandbits(8)
        return bytes(area)

    def board(self, i: int, chance: random.Random | None, image: Path) -> None:
        """Makes the image of a board that lost power then."""
        shutil.copyfile(self.old, image)
        with image.open("r+b") as file:
            file.seek(START)
            file.write(self.area(i, chance))

    def chip(
        self, i: int, chance: random.Random | None, monkeypatch: pytest.MonkeyPatch
    ) -> FlashChip:
        """The same as a chip for the firmware's own reading on CPython."""
        chip = FlashChip().install(monkeypatch)
        chip.flash[START : START + SIZE] = self.area(i, chance)
        return chip


def areas() -> tuple[tuple[int, int], ...]:
    """As board.SETTINGS has them."""
    return tuple((BASE + start, size) for start, size in F405.settings)


def record(
    image: Path, prepare: Callable[[VirtualCar], None], act: Callable[[VirtualCar], None]
) -> Cuts:
    """What `act` programs, of a car that `prepare` was done to; it is kept beside the image."""
    old = image.with_name("old.img")
    shutil.copyfile(image, old)
    offsets: list[int] = []
    car = VirtualCar(image, "empty")
    car.board.quirks = {"flash": True}  # each half-word is told before it is programmed
    with car:
        prepare(car)

        def work(kind: FlashWork, offset: int) -> None:
            assert kind == FlashWork.WORD
            offsets.append(offset - START)

        car.board.on_flash = work
        act(car)
    return Cuts(old, area_of(image), offsets)
